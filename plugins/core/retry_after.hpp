#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace core {

/// How long a Retry-After header (RFC 9110: seconds, or an HTTP date in any of its three forms) asks to wait
/// from now, in milliseconds; 0 for a date that is past. Nothing when it is malformed.
std::optional<std::int64_t> parse_retry_after(std::string_view text, std::int64_t now_ms);

}  // namespace core
