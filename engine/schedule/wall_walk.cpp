#include "schedule/wall_walk.hpp"

#include <algorithm>

namespace tappet::schedule {
namespace {

WallTime wall(Instant at, std::chrono::seconds offset) { return WallTime(at.time_since_epoch() + offset); }
Instant instant(WallTime at, std::chrono::seconds offset) { return Instant(at.time_since_epoch() - offset); }

}  // namespace

std::optional<Due> next_due(const Cron& cron, const Zone& zone, ClockChanges changes, Instant after) {
    const bool both = changes.overlap == Overlap::both || cron.repeats();
    Instant from = after + std::chrono::seconds(1);
    Period period = zone.at(from);
    std::optional<WallTime> named;
    WallTime searched{};  // where the search for it began
    while (true) {
        WallTime begin = wall(from, period.offset);
        std::optional<WallTime> in_gap;
        if (from == period.begin && period.before < period.offset) {
            in_gap = named ? named : cron.next(wall(from, period.before));
            if (in_gap && *in_gap >= begin) in_gap.reset();
        }
        // What came once already, until the clocks were set back, is passed over.
        const bool repeated = period.before > period.offset;
        const WallTime fresh = repeated ? wall(period.begin, period.before) : begin;
        if (!both) begin = std::max(begin, fresh);
        // A time that was found before and lies ahead is still the first, unless the clocks were set back
        // behind where the search began.
        if (!named || *named < begin || begin < searched) {
            named = cron.next(begin);
            searched = begin;
        }
        if (in_gap)
            return Due{.at = from, .offset = period.offset, .in_gap = in_gap, .named = named == begin};
        if (!named) return std::nullopt;
        if (const Instant at = instant(*named, period.offset); at < period.end) {
            Due due{.at = at, .offset = period.offset};
            if (repeated && *named < fresh) due.twice = Due::Twice::second;
            if (period.end != Instant::max()) {
                const Period next = zone.at(period.end);
                if (*named >= wall(period.end, next.offset)) due.twice = Due::Twice::first;
            }
            return due;
        }
        from = period.end;
        period = zone.at(from);
    }
}

}  // namespace tappet::schedule
