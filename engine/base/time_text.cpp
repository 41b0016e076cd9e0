#include "base/time_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

namespace tappet {
namespace {

constexpr std::int64_t kMaxMs = 100LL * 366 * 24 * 3600 * 1000;

struct Unit {
    std::string_view name;
    std::int64_t ms;
};
constexpr std::array<Unit, 5> kUnits{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};

/// Those of ISO 8601 that have a settled length (months and years have none).
constexpr std::array<Unit, 5> kIsoUnits{
    {{"W", 604'800'000}, {"D", 86'400'000}, {"H", 3'600'000}, {"M", 60'000}, {"S", 1'000}}};
constexpr std::size_t kFirstOfTime = 2;

/// Reads a decimal number at the front of text, with an optional fraction; nothing when there is none.
std::optional<double> take_number(std::string_view& text) {
    std::size_t n = 0;
    while (n < text.size() && ((text[n] >= '0' && text[n] <= '9') || text[n] == '.')) ++n;
    if (n == 0 || n > 18) return std::nullopt;
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + n, value, std::chars_format::fixed);
    if (error != std::errc{} || end != text.data() + n) return std::nullopt;
    text.remove_prefix(n);
    return value;
}

std::optional<std::chrono::milliseconds> finish(double total_ms) {
    if (total_ms > static_cast<double>(kMaxMs)) return std::nullopt;
    return std::chrono::milliseconds(static_cast<std::int64_t>(total_ms + 0.5));
}

std::optional<std::chrono::milliseconds> parse_iso(std::string_view text) {
    text.remove_prefix(1);
    double total = 0;
    std::size_t from = 0;  // units in their order, each once; those behind the T need it
    bool in_time = false, complete = false;
    while (!text.empty()) {
        if (text.front() == 'T') {
            if (in_time) return std::nullopt;
            in_time = true;
            complete = false;
            from = std::max(from, kFirstOfTime);
            text.remove_prefix(1);
            continue;
        }
        const auto number = take_number(text);
        if (!number || text.empty()) return std::nullopt;
        const std::size_t end = in_time ? kIsoUnits.size() : kFirstOfTime;
        while (from < end && kIsoUnits[from].name.front() != text.front()) ++from;
        if (from == end) return std::nullopt;
        total += *number * static_cast<double>(kIsoUnits[from++].ms);
        complete = true;
        text.remove_prefix(1);
    }
    return complete ? finish(total) : std::nullopt;
}

}  // namespace

std::string to_rfc3339(TimeMs time) {
    using namespace std::chrono;
    const sys_time<milliseconds> point{milliseconds(time.ms)};
    const auto day = floor<days>(point);
    const year_month_day date{day};
    const hh_mm_ss clock{point - day};
    std::array<char, 40> out{};
    const int n = std::snprintf(
        out.data(), out.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
        static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
        static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
    return std::string(out.data(), static_cast<std::size_t>(n));
}

std::optional<TimeMs> parse_rfc3339(std::string_view text) {
    using namespace std::chrono;
    const auto digits = [&](std::size_t at, std::size_t n) -> int {
        int value = 0;
        for (std::size_t i = at; i < at + n; ++i) {
            if (i >= text.size() || text[i] < '0' || text[i] > '9') return -1;
            value = value * 10 + (text[i] - '0');
        }
        return value;
    };
    if (text.size() < 20 || text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != 't') ||
        text[13] != ':' || text[16] != ':')
        return std::nullopt;
    const int y = digits(0, 4), mo = digits(5, 2), d = digits(8, 2), h = digits(11, 2), mi = digits(14, 2),
              s = digits(17, 2);
    if (y < 0 || mo < 0 || d < 0 || h < 0 || h > 23 || mi < 0 || mi > 59 || s < 0 || s > 59)
        return std::nullopt;
    const year_month_day date{year(y), month(static_cast<unsigned>(mo)), day(static_cast<unsigned>(d))};
    if (!date.ok()) return std::nullopt;
    std::size_t at = 19;
    int ms = 0;
    if (text[at] == '.') {
        ++at;
        int scale = 100;
        const std::size_t first = at;
        while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
            ms += (text[at] - '0') * scale;
            scale /= 10;
            ++at;
        }
        if (at == first || at - first > 9) return std::nullopt;
    }
    if (at >= text.size()) return std::nullopt;
    int offset_minutes = 0;
    if (text[at] == 'Z' || text[at] == 'z') {
        if (at + 1 != text.size()) return std::nullopt;
    } else if ((text[at] == '+' || text[at] == '-') && at + 6 == text.size() && text[at + 3] == ':') {
        const int oh = digits(at + 1, 2), om = digits(at + 4, 2);
        if (oh < 0 || oh > 23 || om < 0 || om > 59) return std::nullopt;
        offset_minutes = (oh * 60 + om) * (text[at] == '-' ? -1 : 1);
    } else {
        return std::nullopt;
    }
    const auto point =
        sys_days(date) + hours(h) + minutes(mi) + seconds(s) + milliseconds(ms) - minutes(offset_minutes);
    return TimeMs{duration_cast<milliseconds>(point.time_since_epoch()).count()};
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
    if (text.empty()) return std::nullopt;
    if (text.front() == 'P') return parse_iso(text);
    double total = 0;
    std::int64_t last_unit = INT64_MAX;  // units must fall: 1h30m, not 30m1h
    while (!text.empty()) {
        const auto number = take_number(text);
        if (!number) return std::nullopt;
        const Unit* unit = nullptr;
        for (const auto& u : kUnits) {
            if (text.starts_with(u.name) && (!unit || u.name.size() > unit->name.size())) unit = &u;
        }
        if (!unit || unit->ms >= last_unit) return std::nullopt;
        last_unit = unit->ms;
        text.remove_prefix(unit->name.size());
        total += *number * static_cast<double>(unit->ms);
    }
    return finish(total);
}

std::string to_text(std::chrono::milliseconds duration) {
    std::int64_t rest = duration.count();
    if (rest == 0) return "0s";
    std::string out;
    if (rest < 0) {
        out.push_back('-');
        rest = -rest;
    }
    for (const auto& unit : kUnits) {
        if (const auto n = rest / unit.ms; n > 0) {
            out += std::to_string(n);
            out += unit.name;
            rest -= n * unit.ms;
        }
    }
    return out;
}

}  // namespace tappet
