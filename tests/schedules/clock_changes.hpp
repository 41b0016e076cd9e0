#pragma once
#include <cstdint>
#include <vector>

namespace tappet::schedules {

/// A span in which a zone's clocks keep their distance from UTC; seconds since 1970 in UTC, the end excluded.
struct Span {
    std::int64_t begin = 0, end = 0, offset = 0;
};

/// The spans of a zone between two instants, asked of the C library hour by hour: another reader of the
/// database than the engine's. Sets TZ of this process.
std::vector<Span> spans_of(const char* zone, std::int64_t begin, std::int64_t end);

}  // namespace tappet::schedules
