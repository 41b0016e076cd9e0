#include "plugin/image.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>

#include "vault/digest.hpp"

namespace tappet::plugin {
namespace {

constexpr std::uintmax_t kMostBytes = 512u << 20;

bool write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace

Result<std::shared_ptr<const Image>> Image::read(const std::string& file) {
    std::error_code failed;
    const std::uintmax_t size = std::filesystem::file_size(file, failed);
    if (failed) return Error::invalid("cannot be read: " + failed.message());
    if (size > kMostBytes)
        return Error::invalid("has more than " + std::to_string(kMostBytes) + " bytes, the most of a plugin");
    std::ifstream in(file, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (!in) return Error::invalid(std::string("cannot be read: ") + std::strerror(errno));
    const std::string name = std::filesystem::path(file).filename().string();
    const int fd = memfd_create(name.substr(0, 200).c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0) return Error::invalid(std::string("cannot be kept in memory: ") + std::strerror(errno));
    std::shared_ptr<const Image> image(new Image(fd, vault::sha256_hex(bytes)));
    constexpr int kSeals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
    if (!write_all(fd, bytes) || fcntl(fd, F_ADD_SEALS, kSeals) != 0)
        return Error::invalid(std::string("cannot be kept in memory: ") + std::strerror(errno));
    return image;
}

Image::~Image() { ::close(fd_); }

}  // namespace tappet::plugin
