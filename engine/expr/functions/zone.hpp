#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace tappet::expr {

/// Seconds that a zone's clocks are ahead of UTC at an instant (seconds since 1970 in UTC). The zone is a
/// name of the time zone database ("Europe/Berlin") or a fixed distance ("+05:30", "-08:00", "02:00");
/// nothing when it is neither. The database is the system's, read once, by whoever asks first; safe on any
/// thread.
std::optional<std::int64_t> zone_offset(std::string_view zone, std::int64_t at);

}  // namespace tappet::expr
