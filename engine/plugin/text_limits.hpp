#pragma once
#include <cstddef>

namespace tappet::plugin {

// What plugins say is bounded: bytes, and lines of one call.
inline constexpr std::size_t kMaxLine = 16u << 10;       ///< of a log line; the rest is cut
inline constexpr std::size_t kMaxLines = 1'000;          ///< logged by one call; further ones are dropped
inline constexpr std::size_t kMaxErrorText = 16u << 10;  ///< of an error's message; the rest is cut
inline constexpr std::size_t kMaxErrorCode = 128;        ///< of an error's code; the rest is cut
inline constexpr std::size_t kMaxStateKey = 512;         ///< a longer key is refused
inline constexpr std::size_t kMaxStateValue = 1u << 20;  ///< a longer value is refused

}  // namespace tappet::plugin
