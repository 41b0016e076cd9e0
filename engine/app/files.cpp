#include "app/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace tappet::app {
namespace {

Error failed(const std::string& path) {
    const std::string message = path + ": " + std::strerror(errno);
    return errno == ENOENT || errno == ENOTDIR || errno == EACCES || errno == EISDIR
               ? Error::not_found(message)
               : Error::unavailable(message);
}

Result<std::string> read_all(int fd, const std::string& path, std::size_t max_bytes) {
    std::string out;
    char buffer[1 << 16];
    while (true) {
        const ssize_t got = ::read(fd, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return failed(path);
        if (got == 0) return out;
        out.append(buffer, static_cast<std::size_t>(got));
        if (out.size() > max_bytes)
            return Error::invalid(path + ": larger than " + std::to_string(max_bytes) + " bytes");
    }
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t max_bytes) {
    if (path == "-") return read_all(STDIN_FILENO, "standard input", max_bytes);
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return failed(path);
    auto out = read_all(fd, path, max_bytes);
    ::close(fd);
    return out;
}

Result<void> write_file(const std::string& path, std::string_view content) {
    const std::string fresh = path + "." + std::to_string(::getpid()) + ".tmp";
    const int fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0) return failed(path);
    const bool good = ::write(fd, content.data(), content.size()) == static_cast<ssize_t>(content.size()) &&
                      ::fsync(fd) == 0;
    ::close(fd);
    if (good && ::rename(fresh.c_str(), path.c_str()) == 0) return {};
    const Error error = failed(path);
    ::unlink(fresh.c_str());
    return error;
}

}  // namespace tappet::app
