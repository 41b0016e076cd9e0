#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace tappet {

/// RFC 3339 in UTC with milliseconds: 2026-01-02T03:04:05.678Z.
std::string to_rfc3339(TimeMs time);
/// Reads RFC 3339 (any offset, up to nanoseconds, cut to milliseconds); nothing when malformed.
std::optional<TimeMs> parse_rfc3339(std::string_view text);

/// Reads a duration as flows write it: 500ms, 5s, 10m, 2h, 3d, sums such as 1h30m, and ISO 8601 (PT1H30M,
/// P3D). Nothing for anything else, for negative ones and for those beyond 100 years.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
/// The shortest way to write a duration that parse_duration reads back: 90000 ms is "1m30s".
std::string to_text(std::chrono::milliseconds duration);

}  // namespace tappet
