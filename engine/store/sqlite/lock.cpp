#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "store/sqlite/open.hpp"

namespace tappet::store {

Result<FolderLock> FolderLock::take(const std::string& folder) {
    std::error_code error;
    if (!std::filesystem::exists(folder, error)) {
        std::filesystem::create_directories(folder, error);
        if (!error) ::chmod(folder.c_str(), 0700);
    }
    if (error) return Error::unavailable("the data folder " + folder + " can't be made: " + error.message());
    const std::string file = folder + "/lock";
    const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return Error::unavailable(file + ": " + std::strerror(errno));
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
        char pid[32] = {};
        const ssize_t got = ::pread(fd, pid, sizeof pid - 1, 0);
        const std::string holder = got > 0 ? std::string(pid, static_cast<std::size_t>(got)) : "unknown";
        ::close(fd);
        return Error::conflict("the data folder " + folder + " is in use by process " +
                               holder.substr(0, holder.find('\n')) +
                               "; stop that engine, or give this one another --data");
    }
    const std::string pid = std::to_string(::getpid()) + "\n";
    if (::ftruncate(fd, 0) != 0 || ::pwrite(fd, pid.data(), pid.size(), 0) < 0) {
        const std::string why = std::strerror(errno);
        ::close(fd);
        return Error::unavailable(file + ": " + why);
    }
    return FolderLock(fd);
}

FolderLock::FolderLock(FolderLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

FolderLock& FolderLock::operator=(FolderLock&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
}

FolderLock::~FolderLock() {
    if (fd_ >= 0) ::close(fd_);
}

}  // namespace tappet::store
