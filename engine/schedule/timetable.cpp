#include "schedule/timetable.hpp"

#include <algorithm>

#include "base/time_text.hpp"
#include "schedule/wall_walk.hpp"

namespace tappet::schedule {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Instant kFirst = std::chrono::sys_days(std::chrono::year(1) / 1 / 1);
constexpr Instant kEnd = std::chrono::sys_days(std::chrono::year(kLastYear + 1) / 1 / 1);

TimeMs to_ms(Instant at) { return {std::chrono::duration_cast<milliseconds>(at.time_since_epoch()).count()}; }

/// The whole second that the time lies in, and not before year 1.
Instant second_of(TimeMs time) {
    return std::max(kFirst, Instant(std::chrono::floor<seconds>(milliseconds(time.ms))));
}

constexpr milliseconds kMaxInterval = std::chrono::days(36'525);

}  // namespace

std::optional<Gap> parse_gap(std::string_view text) {
    if (text == "skip") return Gap::skip;
    if (text == "runAfter") return Gap::run_after;
    return std::nullopt;
}

std::optional<Overlap> parse_overlap(std::string_view text) {
    if (text == "once") return Overlap::once;
    if (text == "both") return Overlap::both;
    return std::nullopt;
}

Timetable::Timetable(Cron cron, Zone zone, ClockChanges changes)
    : when_(std::move(cron)), zone_(std::move(zone)), changes_(changes) {}

Timetable::Timetable(Every every, Zone zone) : when_(every), zone_(std::move(zone)) {}

Result<Timetable> Timetable::every(milliseconds interval, std::optional<TimeMs> from, Zone zone) {
    if (interval < kMinInterval || interval > kMaxInterval)
        return Error::invalid("every: " + to_text(interval) + " is out of range; allowed: " +
                              to_text(kMinInterval) + " to " + to_text(kMaxInterval));
    return Timetable(Every{interval, from}, std::move(zone));
}

std::optional<TimeMs> Timetable::next_of(const Every& every, TimeMs after) const {
    const TimeMs anchor = every.from.value_or(TimeMs{0});
    if (after >= to_ms(kEnd)) return std::nullopt;
    if (every.from && after < anchor) return anchor;
    const std::int64_t step = every.interval.count(), past = std::max(after, to_ms(kFirst)).ms - anchor.ms;
    const std::int64_t whole = past / step - (past % step < 0 ? 1 : 0);
    const TimeMs out{anchor.ms + (whole + 1) * step};
    return out < to_ms(kEnd) ? std::optional(out) : std::nullopt;
}

std::optional<TimeMs> Timetable::next(TimeMs after) const {
    if (const auto* every = std::get_if<Every>(&when_)) return next_of(*every, after);
    if (after >= to_ms(kEnd)) return std::nullopt;
    Instant from = second_of(after);
    while (const auto due = next_due(std::get<Cron>(when_), zone_, changes_, from)) {
        if (due->named || changes_.gap == Gap::run_after) return to_ms(due->at);
        from = due->at;
    }
    return std::nullopt;
}

std::vector<Occurrence> Timetable::explain(TimeMs after, std::size_t n) const {
    std::vector<Occurrence> out;
    if (const auto* every = std::get_if<Every>(&when_)) {
        for (auto at = next_of(*every, after); at && out.size() < n; at = next_of(*every, *at))
            out.push_back({.at = *at, .offset = zone_.at(second_of(*at)).offset});
        return out;
    }
    const Cron& cron = std::get<Cron>(when_);
    const bool both = changes_.overlap == Overlap::both || cron.repeats();
    std::size_t firing = 0;
    if (after >= to_ms(kEnd)) return out;
    for (Instant from = second_of(after); firing < n;) {
        const auto due = next_due(cron, zone_, changes_, from);
        if (!due) break;
        from = due->at;
        Occurrence occurrence{.at = to_ms(due->at), .offset = due->offset};
        if (due->in_gap) {
            occurrence.named = *due->in_gap;
            const bool run = changes_.gap == Gap::run_after;
            occurrence.note = run ? Occurrence::Note::moved : Occurrence::Note::left_out;
            firing += run ? 1 : 0;
            out.push_back(occurrence);
            if (run || !due->named || firing == n) continue;
            occurrence.note = Occurrence::Note::none;
        }
        if (due->twice == Due::Twice::first && !both) occurrence.note = Occurrence::Note::first;
        if (due->twice == Due::Twice::second) occurrence.note = Occurrence::Note::again;
        out.push_back(occurrence);
        ++firing;
    }
    return out;
}

}  // namespace tappet::schedule
