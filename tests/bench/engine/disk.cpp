#include "disk.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <vector>

namespace tappet::bench {

Sync measure_sync(const std::string& folder) {
    std::filesystem::create_directories(folder);
    const std::string path = folder + "/sync";
    const int fd = ::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0) throw std::runtime_error(path + " cannot be written");
    const std::string block(32 * 1024, 'x');
    std::vector<double> took;
    bool ok = true;
    for (int i = 0; ok && i < 300; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        ok = ::write(fd, block.data(), block.size()) == static_cast<ssize_t>(block.size()) &&
             ::fdatasync(fd) == 0;
        took.push_back(
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
    }
    ::close(fd);
    std::filesystem::remove(path);
    if (!ok) throw std::runtime_error(path + " cannot be written and synced");
    std::sort(took.begin(), took.end());
    return {took[took.size() / 2], took[took.size() * 99 / 100]};
}

}  // namespace tappet::bench
