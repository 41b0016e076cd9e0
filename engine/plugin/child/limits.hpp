#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "plugin/child/link.hpp"

namespace tappet::plugin::child {

/// What one plugin's child process may use, and how long it may take.
struct Limits {
    std::uint64_t memory = 1u << 30;       ///< bytes of address space (RLIMIT_AS)
    std::uint64_t files = 256;             ///< open files (RLIMIT_NOFILE)
    std::uint64_t file_size = 256u << 20;  ///< bytes of a file it writes (RLIMIT_FSIZE)
    LinkLimits link;
    /// Bytes of its questions that wait for an answer of a door that blocks; one larger question may wait
    /// alone. A plugin's library holds back what is more.
    std::size_t asked = 64u << 20;
    std::size_t requested = 256u << 20;       ///< bytes of its HTTP requests that are open; further ones fail
    std::chrono::milliseconds start{10'000};  ///< from its start to its first word
    std::chrono::milliseconds call{
        300'000};               ///< one call; then it is cancelled, and after the grace the child killed
    std::size_t lines = 2'000;  ///< lines a second that it logs or prints; further ones are dropped
    std::size_t series = 200;   ///< of its metrics; the host's (HostOptions::max_series)
};

}  // namespace tappet::plugin::child
