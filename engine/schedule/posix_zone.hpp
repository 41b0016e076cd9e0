#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace tappet::schedule {

/// From this instant on a zone's clocks are so many seconds ahead of UTC.
struct OffsetChange {
    std::int64_t at = 0;  ///< seconds since 1970 in UTC
    int offset = 0;
};

/// What a POSIX TZ text ("CET-1CEST,M3.5.0,M10.5.0/3") says of the years from `first` to `last`: the offset
/// at their beginning, as a change at the lowest instant, and each change of it, in order. Nothing where the
/// text is malformed.
std::optional<std::vector<OffsetChange>> posix_changes(std::string_view text, int first, int last);

}  // namespace tappet::schedule
