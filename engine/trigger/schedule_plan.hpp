#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "expr/value.hpp"
#include "schedule/timetable.hpp"

namespace tappet::trigger {

/// What becomes of instants at which the engine did not run, or the clock jumped over them.
enum class Missed {
    skip,  ///< nothing
    last,  ///< the latest of them fires, unless one is due now
    all,   ///< the latest ones fire, as many as are asked for
};

/// The settings of core/schedule, read. Immutable.
struct SchedulePlan {
    schedule::Timetable table;
    std::string definition;  ///< when it fires, as a text: another one begins anew
    Missed missed = Missed::last;
    std::size_t max_missed = 100;                        ///< instants, of Missed::all
    std::chrono::milliseconds max_lateness{86'400'000};  ///< older instants do not fire
    std::chrono::milliseconds jitter{0};                 ///< an instant fires up to so much later
};

inline constexpr std::size_t kMostMissed = 1'000;
inline constexpr std::chrono::milliseconds kOnTime{10'000};  ///< an instant that is no later is not missed

/// Reads a trigger's `with`; fails as invalid, naming the member.
Result<SchedulePlan> read_schedule(const Value& with);

struct DueInstant {
    TimeMs at;
    bool missed = false;
    bool backfill = false;  ///< it fires since a backfill asks for it
};
struct Due {
    std::vector<DueInstant> fire;  ///< in order
    TimeMs until;                  ///< everything up to here is accounted for
    std::size_t dropped = 0;       ///< that do not fire any more, as far as they were looked at
};

/// What a schedule that is accounted for up to `last` has to do now. `name` spreads the jitter: the same
/// instant of the same name is always due at the same time. Looks at few more instants than fire.
Due due(const SchedulePlan& plan, std::string_view name, TimeMs last, TimeMs now);
/// When the next instant after `last` is due; nothing where none comes.
std::optional<TimeMs> next_due(const SchedulePlan& plan, std::string_view name, TimeMs last);

/// A range of instants that are to fire although their time is over.
struct BackfillRange {
    TimeMs from, to;     ///< to excluded
    bool older = false;  ///< also those from before the trigger's dedupe window
};
inline constexpr std::size_t kMostBackfill = 10'000;  ///< instants of one range

/// The instants of the range. Fails as invalid, saying what to do: the range is empty or reaches beyond now,
/// there are more than kMostBackfill, or some are older than `window`, for which claims are kept.
Result<std::vector<TimeMs>> backfill_instants(const SchedulePlan& plan, const BackfillRange& range,
                                              TimeMs now, std::chrono::milliseconds window);

}  // namespace tappet::trigger
