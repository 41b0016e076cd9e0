#include "trigger/schedule_plan.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/time_text.hpp"
#include "vault/digest.hpp"

namespace tappet::trigger {
namespace {

using std::chrono::milliseconds;

constexpr std::array<std::string_view, 3> kMissed{"skip", "last", "all"};
constexpr milliseconds kFirstWindow{60'000};
constexpr int kWindowGrowth = 4;

std::string_view text_of(const Value& with, std::string_view name) {
    const Value* value = with.find(name);
    return value && value->is(Kind::string) ? value->as_string() : std::string_view();
}

Result<milliseconds> duration_of(const Value& with, std::string_view name, milliseconds fallback) {
    const std::string_view text = text_of(with, name);
    if (text.empty()) return fallback;
    if (const auto read = parse_duration(text)) return *read;
    return Error::invalid(std::string(name) + " must be a duration, such as 30s, 5m or 1d");
}

Result<schedule::Timetable> table_of(const Value& with) {
    const std::string_view cron = text_of(with, "cron"), every = text_of(with, "every");
    if (cron.empty() == every.empty()) return Error::invalid("a schedule has either cron or every");
    const std::string_view zone_name = text_of(with, "timezone");
    auto zone =
        zone_name.empty() ? Result<schedule::Zone>(schedule::Zone::utc()) : schedule::Zone::load(zone_name);
    if (!zone) return Error(zone.error().code, "timezone: " + zone.error().message);
    if (cron.empty()) {
        const auto interval = parse_duration(every);
        if (!interval) return Error::invalid("every must be a duration, such as 30s, 5m or 1d");
        auto table = schedule::Timetable::every(*interval, {}, std::move(*zone));
        if (!table) return table.error();
        return table;
    }
    auto read = schedule::Cron::parse(cron);
    if (!read) return Error::invalid(read.error().message);
    schedule::ClockChanges changes;
    if (const auto text = text_of(with, "gap"); !text.empty()) {
        const auto gap = schedule::parse_gap(text);
        if (!gap) return Error::invalid("gap must be skip or runAfter");
        changes.gap = *gap;
    }
    if (const auto text = text_of(with, "overlap"); !text.empty()) {
        const auto overlap = schedule::parse_overlap(text);
        if (!overlap) return Error::invalid("overlap must be once or both");
        changes.overlap = *overlap;
    }
    return schedule::Timetable(std::move(*read), std::move(*zone), changes);
}

/// How much later than it is named an instant fires.
milliseconds delay_of(const SchedulePlan& plan, std::string_view name, TimeMs at) {
    if (plan.jitter.count() <= 0) return milliseconds(0);
    const auto hash = vault::sha256(std::string(name) + "\n" + std::to_string(at.ms));
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < sizeof number; ++i) number = number << 8 | hash[i];
    return milliseconds(
        static_cast<std::int64_t>(number % (static_cast<std::uint64_t>(plan.jitter.count()) + 1)));
}

/// Instants in (from, now], those whose delay is not over left out, and all behind them.
std::vector<TimeMs> instants(const SchedulePlan& plan, std::string_view name, TimeMs from, TimeMs now) {
    std::vector<TimeMs> out;
    for (auto at = plan.table.next(from); at && *at + delay_of(plan, name, *at) <= now;
         at = plan.table.next(*at))
        out.push_back(*at);
    return out;
}

}  // namespace

Result<SchedulePlan> read_schedule(const Value& with) {
    auto table = table_of(with);
    if (!table) return table.error();
    SchedulePlan plan{std::move(*table), {}};
    for (const char* part : {"cron", "every", "timezone", "gap", "overlap"})
        plan.definition += std::string(text_of(with, part)) + "\n";
    if (const auto text = text_of(with, "missed"); !text.empty()) {
        const auto known = std::find(kMissed.begin(), kMissed.end(), text);
        if (known == kMissed.end()) return Error::invalid("missed must be skip, last or all");
        plan.missed = static_cast<Missed>(known - kMissed.begin());
    }
    if (const Value* most = with.find("maxMissed"); most && most->is(Kind::integer)) {
        if (most->as_integer() < 1 || most->as_integer() > static_cast<std::int64_t>(kMostMissed))
            return Error::invalid("maxMissed must be from 1 to 1000");
        plan.max_missed = static_cast<std::size_t>(most->as_integer());
    }
    for (auto [name, member] : {std::pair("maxLateness", &SchedulePlan::max_lateness),
                                std::pair("jitter", &SchedulePlan::jitter)}) {
        auto read = duration_of(with, name, plan.*member);
        if (!read) return read.error();
        plan.*member = *read;
    }
    return plan;
}

Due due(const SchedulePlan& plan, std::string_view name, TimeMs last, TimeMs now) {
    Due out;
    out.until = last;
    const std::size_t wanted = plan.missed == Missed::all ? plan.max_missed : 1;
    const milliseconds oldest =
        plan.jitter + (plan.missed == Missed::skip ? kOnTime : std::max(plan.max_lateness, kOnTime));
    // Of years of seconds only the end is looked at: the span grows until it holds what may fire.
    std::vector<TimeMs> found;
    milliseconds span = std::min(oldest, kFirstWindow);
    while (true) {
        const TimeMs from = std::max(last, now + -span);
        found = instants(plan, name, from, now);
        if (from == last || span >= oldest ||
            found.size() > wanted + static_cast<std::size_t>(kOnTime.count() / 1'000))
            break;
        span = std::min(oldest, span * kWindowGrowth);
    }
    if (found.empty()) {
        // What is too old to fire is accounted for all the same; what is due later is not.
        const auto first = plan.table.next(last);
        if (first && *first + oldest < now) out.until = now + -oldest, out.dropped = 1;
        return out;
    }
    out.until = found.back();
    const auto on_time = [&](TimeMs at) { return now - (at + delay_of(plan, name, at)) <= kOnTime; };
    const auto first_on_time = std::find_if(found.begin(), found.end(), on_time);
    const auto missed = static_cast<std::size_t>(first_on_time - found.begin());
    std::size_t kept = 0;
    if (plan.missed == Missed::all) kept = std::min(missed, plan.max_missed);
    if (plan.missed == Missed::last && first_on_time == found.end()) kept = 1;
    while (kept > 0 && now - found[missed - kept] > plan.max_lateness + plan.jitter) --kept;
    out.dropped = missed - kept;
    for (std::size_t i = missed - kept; i < found.size(); ++i) out.fire.push_back({found[i], i < missed});
    return out;
}

std::optional<TimeMs> next_due(const SchedulePlan& plan, std::string_view name, TimeMs last) {
    const auto at = plan.table.next(last);
    if (!at) return std::nullopt;
    return *at + delay_of(plan, name, *at);
}

}  // namespace tappet::trigger
