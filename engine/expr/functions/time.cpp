#include "expr/functions/time.hpp"

#include <chrono>

namespace tappet::expr {
namespace {

constexpr std::int64_t kFirstSecond = -62135596800;  ///< 0001-01-01T00:00:00Z
constexpr std::int64_t kLastSecond = 253402300799;   ///< 9999-12-31T23:59:59Z

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Reads exactly n digits; -1 when there are none.
int digits(std::string_view text, std::size_t at, std::size_t n) {
    if (at + n > text.size()) return -1;
    int value = 0;
    for (std::size_t i = at; i < at + n; ++i) {
        if (!is_digit(text[i])) return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

}  // namespace

std::optional<Point> read_timestamp(std::string_view text) {
    using namespace std::chrono;
    if (text.size() < 20 || text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != 't') ||
        text[13] != ':' || text[16] != ':')
        return std::nullopt;
    const int y = digits(text, 0, 4), mo = digits(text, 5, 2), d = digits(text, 8, 2);
    const int h = digits(text, 11, 2), mi = digits(text, 14, 2), s = digits(text, 17, 2);
    if (y < 0 || mo < 0 || d < 0 || h < 0 || h > 23 || mi < 0 || mi > 59 || s < 0 || s > 59)
        return std::nullopt;
    const year_month_day date{year(y), month(static_cast<unsigned>(mo)), day(static_cast<unsigned>(d))};
    if (!date.ok()) return std::nullopt;
    std::size_t at = 19;
    std::int32_t nanos = 0;
    if (text[at] == '.') {
        std::int32_t scale = 100'000'000;
        const std::size_t first = ++at;
        for (; at < text.size() && is_digit(text[at]); ++at, scale /= 10) nanos += (text[at] - '0') * scale;
        if (at == first || at - first > 9) return std::nullopt;
    }
    int offset = 0;
    const std::string_view zone = text.substr(at);
    if (zone != "Z" && zone != "z") {
        if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':') return std::nullopt;
        const int hours_off = digits(zone, 1, 2), minutes_off = digits(zone, 4, 2);
        if (hours_off < 0 || hours_off > 23 || minutes_off < 0 || minutes_off > 59) return std::nullopt;
        offset = (hours_off * 60 + minutes_off) * (zone[0] == '-' ? -60 : 60);
    }
    const std::int64_t day_number = sys_days(date).time_since_epoch().count();
    return Point{day_number * 86400 + h * 3600 + mi * 60 + s - offset, nanos};
}

std::optional<Wide> read_duration(std::string_view text) {
    struct Unit {
        std::string_view name;
        std::int64_t nanos;
    };
    static constexpr Unit kUnits[] = {{"ns", 1},          {"us", 1'000},        {"\u00b5s", 1'000},
                                      {"\u03bcs", 1'000}, {"ms", 1'000'000},    {"s", kNanos},
                                      {"m", 60 * kNanos}, {"h", 3600 * kNanos}, {"d", 86400 * kNanos}};
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    if (text == "0") return Wide{0};
    if (text.empty()) return std::nullopt;
    Wide total = 0;
    while (!text.empty()) {
        std::size_t at = 0;
        Wide whole = 0;
        for (; at < text.size() && at < 20 && is_digit(text[at]); ++at) whole = whole * 10 + (text[at] - '0');
        std::size_t read = at;
        Wide part = 0, scale = 1;
        if (at < text.size() && text[at] == '.') {
            for (++at; at < text.size() && is_digit(text[at]); ++at, ++read) {
                if (scale >= 1'000'000'000'000'000) continue;
                part = part * 10 + (text[at] - '0');
                scale *= 10;
            }
        }
        if (read == 0) return std::nullopt;
        std::size_t end = at;
        while (end < text.size() && !is_digit(text[end]) && text[end] != '.') ++end;
        const Unit* unit = nullptr;
        for (const Unit& known : kUnits)
            if (known.name == text.substr(at, end - at)) unit = &known;
        if (!unit) return std::nullopt;
        total += whole * unit->nanos + part * unit->nanos / scale;
        if (total > INT64_MAX)
            total = static_cast<Wide>(INT64_MAX) + 2;  // too long however it goes on, either way
        text.remove_prefix(end);
    }
    return negative ? -total : total;
}

Value checked_timestamp(std::int64_t seconds, std::int64_t nanos, Meter& meter) {
    while (nanos < 0) {
        nanos += kNanos;
        --seconds;
    }
    seconds += nanos / kNanos;
    nanos %= kNanos;
    if (seconds < kFirstSecond || seconds > kLastSecond)
        return meter.fail("a timestamp outside the years 1 to 9999");
    return Value::timestamp(seconds, static_cast<std::int32_t>(nanos));
}

Value checked_duration(Wide nanos, Meter& meter) {
    if (nanos > INT64_MAX || nanos < INT64_MIN) return meter.fail("a duration of more than 292 years");
    return Value::duration(static_cast<std::int64_t>(nanos / kNanos),
                           static_cast<std::int32_t>(nanos % kNanos));
}

Wide duration_nanos(const Value& duration) {
    return static_cast<Wide>(duration.seconds()) * kNanos + duration.nanos();
}

}  // namespace tappet::expr
