#pragma once
#include <chrono>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "schedule/cron.hpp"
#include "schedule/zone.hpp"

namespace tappet::schedule {

/// What becomes of wall times that a change of the clocks leaves out.
enum class Gap {
    skip,       ///< they do not fire
    run_after,  ///< they fire at the end of the gap, all of them as one
};
/// What becomes of wall times that a change of the clocks gives twice.
enum class Overlap {
    once,  ///< a time of day fires the first time; a rhythm (Cron::repeats) goes on through both
    both,  ///< all fire both times
};
std::optional<Gap> parse_gap(std::string_view text);          ///< "skip", "runAfter"
std::optional<Overlap> parse_overlap(std::string_view text);  ///< "once", "both"

struct ClockChanges {
    Gap gap = Gap::run_after;
    Overlap overlap = Overlap::once;
};

inline constexpr std::chrono::milliseconds kMinInterval = std::chrono::seconds(1);

/// One entry of Timetable::explain.
struct Occurrence {
    enum class Note {
        none,
        moved,     ///< `named` is left out by the clocks; fires at the end of the gap
        left_out,  ///< `named` is left out by the clocks, and by the schedule: does not fire
        first,     ///< its wall time comes twice; this is the first, and fires alone
        again,     ///< its wall time comes twice; this is the second, and fires, too
    };
    TimeMs at;                       ///< the instant; for left_out that of the end of the gap
    std::chrono::seconds offset{0};  ///< of the zone's clocks at that instant
    Note note = Note::none;
    WallTime named{};  ///< moved, left_out: the first wall time of the gap that is concerned
    bool fires() const { return note != Note::left_out; }
};

/// The instants at which something is due. Immutable, any thread; next() takes microseconds.
class Timetable {
public:
    Timetable(Cron cron, Zone zone, ClockChanges changes = {});
    /// Each `interval` (kMinInterval to 100 years) counted from the Unix epoch, or from `from`, which is then
    /// the first. The zone is for showing. The error (invalid) says what is wrong with the interval.
    static Result<Timetable> every(std::chrono::milliseconds interval, std::optional<TimeMs> from = {},
                                   Zone zone = Zone::utc());

    /// The first instant that is later; nothing where none comes by the end of kLastYear.
    std::optional<TimeMs> next(TimeMs after) const;
    /// The next n instants, and between them the times that are left out, at most one for each change
    /// of the zone's clocks.
    std::vector<Occurrence> explain(TimeMs after, std::size_t n) const;

    const Zone& zone() const { return zone_; }

private:
    struct Every {
        std::chrono::milliseconds interval;
        std::optional<TimeMs> from;
    };
    Timetable(Every every, Zone zone);
    std::optional<TimeMs> next_of(const Every& every, TimeMs after) const;

    std::variant<Cron, Every> when_;
    Zone zone_;
    ClockChanges changes_;
};

}  // namespace tappet::schedule
