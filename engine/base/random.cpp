#include "base/random.hpp"

#include <sys/random.h>

#include <cerrno>
#include <system_error>

namespace tappet {

std::uint64_t SystemRandom::next() {
    if (used_ == buffer_.size()) {
        auto* bytes = reinterpret_cast<unsigned char*>(buffer_.data());
        std::size_t have = 0;
        while (have < sizeof(buffer_)) {
            const auto n = ::getrandom(bytes + have, sizeof(buffer_) - have, 0);
            if (n < 0) {
                if (errno == EINTR) continue;
                throw std::system_error(errno, std::generic_category(), "getrandom");
            }
            have += static_cast<std::size_t>(n);
        }
        used_ = 0;
    }
    return buffer_[used_++];
}

std::uint64_t SeededRandom::next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

}  // namespace tappet
