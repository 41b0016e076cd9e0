#include "verdict.hpp"

#include "base/time_text.hpp"
#include "schedule/timetable.hpp"

namespace tappet::conformance {
namespace {

using namespace schedule;

/// What the source of a vector does around a change of the clocks.
ClockChanges changes_of(const Value& vector) {
    if (text_of(vector, "source") == "robfig/cron") return {Gap::skip, Overlap::both};
    return {};
}

std::string agrees(const Value& vector, const Timetable& table) {
    TimeMs at = *parse_rfc3339(text_of(vector, "from"));
    const Value* wanted = vector.find("next_utc");
    if (!wanted->is(Kind::list)) {
        const auto next = table.next(at);
        return next ? "fires at " + to_rfc3339(*next) + ", should never" : "";
    }
    for (const Value& item : wanted->items()) {
        const auto next = table.next(at);
        const auto want = parse_rfc3339(item.as_string());
        if (next != want)
            return "after " + to_rfc3339(at) + " comes " + (next ? to_rfc3339(*next) : "nothing") + ", not " +
                   to_rfc3339(*want);
        at = *next;
    }
    return "";
}

std::string matches(const Value& vector, const Timetable& table) {
    const TimeMs at = *parse_rfc3339(text_of(vector, "at"));
    // A text of five fields names minutes: a second of one is in it.
    const bool minutes = text_of(vector, "fields") != "6";
    const TimeMs begin = minutes ? TimeMs{at.ms - at.ms % 60'000} : at;
    const bool fires = table.next(begin + std::chrono::milliseconds(-1000)) == begin;
    return fires == vector.find("match")->as_boolean() ? "" : fires ? "fires" : "does not fire";
}

}  // namespace

std::string text_of(const Value& vector, std::string_view key) {
    const Value* value = vector.find(key);
    if (value && value->is(Kind::integer)) return std::to_string(value->as_integer());
    return value && value->is(Kind::string) ? std::string(value->as_string()) : "";
}

bool has_tag(const Value& vector, std::string_view tag) {
    const Value* tags = vector.find("tags");
    if (!tags) return false;
    for (const Value& item : tags->items())
        if (item.as_string() == tag) return true;
    return false;
}

std::string problem(const Value& vector) {
    const std::string kind = text_of(vector, "kind");
    auto cron = Cron::parse(text_of(vector, "expr"));
    if (kind == "invalid") return cron ? "is accepted" : "";
    if (!cron) return cron.error().message;
    if (kind == "valid") return "";
    const auto zone = Zone::load(text_of(vector, "tz"));
    if (!zone) return zone.error().message;
    const Timetable table(std::move(*cron), *zone, changes_of(vector));
    return kind == "match" ? matches(vector, table) : agrees(vector, table);
}

}  // namespace tappet::conformance
