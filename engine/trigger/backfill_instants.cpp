#include "base/time_text.hpp"
#include "trigger/schedule_plan.hpp"

namespace tappet::trigger {
namespace {

constexpr std::size_t kMostCounted = 100'000;

}  // namespace

Result<std::vector<TimeMs>> backfill_instants(const SchedulePlan& plan, const BackfillRange& range,
                                              TimeMs now, std::chrono::milliseconds window) {
    if (range.from >= range.to) return Error::invalid("the range is empty: from must be before to");
    if (range.to > now)
        return Error::invalid("the range ends at " + to_rfc3339(range.to) + ", after now (" +
                              to_rfc3339(now) + "): what is to come fires by itself");
    std::vector<TimeMs> out;
    std::size_t count = 0;
    TimeMs beyond;
    for (auto at = plan.table.next(range.from + std::chrono::milliseconds(-1));
         at && *at < range.to && count <= kMostCounted; at = plan.table.next(*at), ++count) {
        if (count < kMostBackfill) out.push_back(*at);
        if (count == kMostBackfill) beyond = *at;
    }
    if (count > kMostBackfill)
        return Error::invalid(
            "the range has " +
            (count > kMostCounted ? "more than " + std::to_string(kMostCounted) : std::to_string(count)) +
            " instants, the most at once is " + std::to_string(kMostBackfill) + ": end it at " +
            to_rfc3339(beyond) + ", and begin the next one there");
    const TimeMs known = now + -window;
    if (!range.older && !out.empty() && out.front() < known)
        return Error::invalid("whether instants before " + to_rfc3339(known) +
                              " have fired is not known any more (the trigger's dedupe window): begin there, "
                              "or take older ones, too, whether they have fired or not (--older)");
    return out;
}

}  // namespace tappet::trigger
