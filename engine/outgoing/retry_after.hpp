#pragma once
#include <chrono>
#include <optional>
#include <string_view>

#include "base/clock.hpp"

namespace tappet::outgoing {

/// How long a Retry-After header (RFC 9110: seconds, or a date as in "Sun, 06 Nov 1994 08:49:37 GMT") asks to
/// wait from now; nothing when it is malformed. A date that is past asks for no wait.
std::optional<std::chrono::milliseconds> read_retry_after(std::string_view text, TimeMs now);

}  // namespace tappet::outgoing
