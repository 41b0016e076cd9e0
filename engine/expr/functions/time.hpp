#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "expr/functions/function.hpp"

namespace tappet::expr {

inline constexpr std::int64_t kNanos = 1'000'000'000;  ///< in a second
__extension__ using Wide = __int128;                   ///< nanoseconds without fear of overflow

struct Point {
    std::int64_t seconds = 0;  ///< since 1970-01-01T00:00:00Z
    std::int32_t nanos = 0;
};

/// RFC 3339 with any offset and up to nine digits of fraction; nothing when malformed.
std::optional<Point> read_timestamp(std::string_view text);
/// "1h30m", "-1.5s", "500ms", "3d"; in nanoseconds. Nothing when malformed.
std::optional<Wide> read_duration(std::string_view text);

/// A timestamp of the years 1 to 9999, else a failure.
Value checked_timestamp(std::int64_t seconds, std::int64_t nanos, Meter& meter);
/// A duration within 64 bits of nanoseconds (about 292 years either way), else a failure.
Value checked_duration(Wide nanos, Meter& meter);
/// The nanoseconds of a duration value.
Wide duration_nanos(const Value& duration);

}  // namespace tappet::expr
