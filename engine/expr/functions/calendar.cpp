// What timestamps and durations can be asked for: getHours() and its kin.
#include <chrono>

#include "expr/functions/function.hpp"
#include "expr/functions/time.hpp"
#include "expr/functions/zone.hpp"

namespace tappet::expr {
namespace {

using namespace std::chrono;

/// A timestamp as the clocks of a zone show it.
struct Local {
    sys_days day;
    year_month_day date;
    std::int64_t second = 0;  ///< of the day
    std::int32_t nanos = 0;
};

std::optional<Local> local(Call& call) {
    const bool zoned = call.size() == 2;
    if (call.kind(0) != Kind::timestamp || (zoned && call.kind(1) != Kind::string)) {
        call.no_overload();
        return std::nullopt;
    }
    std::int64_t at = call[0].seconds();
    if (zoned) {
        if (!call.meter.spend(20) || !call.meter.spend_bytes(call[1].size())) return std::nullopt;
        const auto offset = zone_offset(call[1].as_string(), at);
        if (!offset) {
            call.fail(shown(call[1]) + " is no time zone; write \"Europe/Berlin\" or \"+02:00\"");
            return std::nullopt;
        }
        at += *offset;
    }
    Local out;
    out.day = floor<days>(sys_seconds(seconds(at)));
    out.date = out.day;
    out.second = at - sys_seconds(out.day).time_since_epoch().count();
    out.nanos = call[0].nanos();
    return out;
}

template <class Part>
Value of_date(Call& call, const Part& part) {
    const auto when = local(call);
    return when ? Value::integer(static_cast<std::int64_t>(part(*when))) : Value();
}

/// Of a duration the whole of it in that unit, of a timestamp what the clock shows.
template <class Part>
Value of_clock(Call& call, std::int64_t unit, const Part& part) {
    if (call.size() == 1 && call.kind(0) == Kind::duration) return Value::integer(call[0].seconds() / unit);
    return of_date(call, part);
}

Value full_year(Call& call) {
    return of_date(call, [](const Local& when) { return static_cast<int>(when.date.year()); });
}
Value month_of_year(Call& call) {
    return of_date(call, [](const Local& when) { return static_cast<unsigned>(when.date.month()) - 1; });
}
Value date(Call& call) {
    return of_date(call, [](const Local& when) { return static_cast<unsigned>(when.date.day()); });
}
Value day_of_month(Call& call) {
    return of_date(call, [](const Local& when) { return static_cast<unsigned>(when.date.day()) - 1; });
}
Value day_of_week(Call& call) {
    return of_date(call, [](const Local& when) { return weekday(when.day).c_encoding(); });
}
Value day_of_year(Call& call) {
    return of_date(call, [](const Local& when) {
        return (when.day - sys_days(when.date.year() / January / 1)).count();
    });
}
Value hours_of(Call& call) {
    return of_clock(call, 3600, [](const Local& when) { return when.second / 3600; });
}
Value minutes_of(Call& call) {
    return of_clock(call, 60, [](const Local& when) { return when.second / 60 % 60; });
}
Value seconds_of(Call& call) {
    return of_clock(call, 1, [](const Local& when) { return when.second % 60; });
}
Value milliseconds_of(Call& call) {
    if (call.size() == 1 && call.kind(0) == Kind::duration)
        return Value::integer(call[0].nanos() / 1'000'000);
    return of_date(call, [](const Local& when) { return when.nanos / 1'000'000; });
}

constexpr std::string_view kDate = "t>i t.s>i";
constexpr std::string_view kClock = "t>i t.s>i r>i";

constexpr Function kFunctions[] = {
    {"getFullYear", true, kDate, full_year},
    {"getMonth", true, kDate, month_of_year},
    {"getDate", true, kDate, date},
    {"getDayOfMonth", true, kDate, day_of_month},
    {"getDayOfWeek", true, kDate, day_of_week},
    {"getDayOfYear", true, kDate, day_of_year},
    {"getHours", true, kClock, hours_of},
    {"getMinutes", true, kClock, minutes_of},
    {"getSeconds", true, kClock, seconds_of},
    {"getMilliseconds", true, kClock, milliseconds_of},
};

}  // namespace

std::span<const Function> time_functions() { return kFunctions; }

}  // namespace tappet::expr
