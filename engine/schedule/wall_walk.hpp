#pragma once
#include <optional>

#include "schedule/cron.hpp"
#include "schedule/timetable.hpp"
#include "schedule/zone.hpp"

namespace tappet::schedule {

/// A change of the clocks at which something of a cron happens or is left out.
struct Due {
    Instant at;
    std::chrono::seconds offset;
    std::optional<WallTime> in_gap;  ///< a named wall time in the gap that ends here
    bool named = true;               ///< false: only because of in_gap
    enum class Twice { no, first, second } twice = Twice::no;
};

/// The first instant after `after` at which the wall time is one that the cron names, or at which a gap ends
/// that holds such a time; a second occurrence of a wall time counts where `changes` lets it fire.
std::optional<Due> next_due(const Cron& cron, const Zone& zone, ClockChanges changes, Instant after);

}  // namespace tappet::schedule
