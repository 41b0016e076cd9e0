#pragma once
#include <memory>
#include <string>

#include "base/result.hpp"

namespace tappet::plugin {

/// The bytes of a plugin's file as they were read once, in memory that nobody can change: what was hashed is
/// what is loaded, and loaded again after the file has been replaced. Any thread.
class Image {
public:
    /// Fails as invalid for what cannot be read, or has more than 512 MiB.
    static Result<std::shared_ptr<const Image>> read(const std::string& file);
    ~Image();
    Image(const Image&) = delete;
    Image& operator=(const Image&) = delete;

    const std::string& hash() const { return hash_; }  ///< SHA-256, 64 lower-case hexadecimal digits
    int fd() const { return fd_; }                     ///< closed with this
    /// Where this process can load it from.
    std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }

private:
    Image(int fd, std::string hash) : fd_(fd), hash_(std::move(hash)) {}
    int fd_;
    std::string hash_;
};

}  // namespace tappet::plugin
