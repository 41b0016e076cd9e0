#include "random_spec.hpp"

#include <cstddef>
#include <cstdlib>

namespace tappet::schedules {
namespace {

int between(std::mt19937_64& chance, int low, int high) {
    return low + static_cast<int>(chance() % static_cast<std::uint64_t>(high - low + 1));
}
bool one_in(std::mt19937_64& chance, int n) { return between(chance, 1, n) == 1; }

template <std::size_t N>
void fill(std::array<bool, N>& set, int first, int last, int step) {
    for (int n = first; n <= last; n += step) set[static_cast<std::size_t>(n)] = true;
}

struct Text {
    std::string text;
    bool repeats = false;
};

/// One item: a number, a range, a step.
template <std::size_t N>
Text item(std::mt19937_64& chance, std::array<bool, N>& set, int min, int max) {
    const int a = between(chance, min, max), b = between(chance, a, max), step = between(chance, 1, max / 2);
    const auto text = [](int n) { return std::to_string(n); };
    switch (between(chance, 0, 6)) {
        case 0:
            fill(set, a, b, 1);
            return {text(a) + "-" + text(b), true};
        case 1:
            fill(set, a, b, step);
            return {text(a) + "-" + text(b) + "/" + text(step), true};
        case 2:
            fill(set, a, max, step);
            return {text(a) + "/" + text(step), true};
        default:
            fill(set, a, a, 1);
            return {text(a), false};
    }
}

template <std::size_t N>
Text field(std::mt19937_64& chance, std::array<bool, N>& set, int min, int max, int stars) {
    if (one_in(chance, stars)) {
        fill(set, min, max, 1);
        return {"*", true};
    }
    if (one_in(chance, 5)) {
        const int step = between(chance, 1, max);
        fill(set, min, max, step);
        return {"*/" + std::to_string(step), true};
    }
    Text out = item(chance, set, min, max);
    for (int more = between(chance, 0, 2); more > 0; --more) {
        const Text next = item(chance, set, min, max);
        out = {out.text + "," + next.text, out.repeats || next.repeats};
    }
    return out;
}

/// One to three numbers: with these for minute and hour a spec is a time of day.
template <std::size_t N>
Text numbers(std::mt19937_64& chance, std::array<bool, N>& set, int max) {
    Text out;
    for (int more = between(chance, 1, 3); more > 0; --more) {
        const int n = between(chance, 0, max);
        fill(set, n, n, 1);
        out.text += (out.text.empty() ? "" : ",") + std::to_string(n);
    }
    return out;
}

constexpr const char* kDays[] = {"sun", "MON", "tue", "Wed", "thu", "fri", "saturday"};

std::string days(std::mt19937_64& chance, Spec& spec) {
    switch (between(chance, 0, 7)) {
        case 0:
            spec.from_last = one_in(chance, 2) ? 0 : between(chance, 0, 30);
            return spec.from_last == 0 ? "L" : "L-" + std::to_string(spec.from_last);
        case 1:
            spec.near = between(chance, 1, 31);
            return std::to_string(spec.near) + "W";
        case 2:
            spec.day_star = true;
            fill(spec.day, 1, 31, 1);
            return "?";
        default: {
            const Text text = field(chance, spec.day, 1, 31, 2);
            spec.day_star = text.text[0] == '*';
            return text.text;
        }
    }
}

std::string weekdays(std::mt19937_64& chance, Spec& spec) {
    const int day = between(chance, 0, 6);
    switch (between(chance, 0, 7)) {
        case 0:
            spec.nth_day = day, spec.nth = between(chance, 1, 5);
            return std::to_string(day == 0 ? 7 : day) + "#" + std::to_string(spec.nth);
        case 1:
            spec.last_day = day;
            return std::string(kDays[day]) + "L";
        case 2:
            fill(spec.weekday, day, day, 1);
            return kDays[day];
        default: {
            const Text text = field(chance, spec.weekday, 0, 6, 2);
            spec.weekday_star = text.text[0] == '*';
            return text.text;
        }
    }
}

bool leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }
int length(int year, int month) {
    if (month == 2) return leap(year) ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}
/// Sakamoto's rule; 0 is Sunday.
int weekday_of(int year, int month, int day) {
    constexpr int kShift[] = {0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4};
    if (month < 3) --year;
    return (year + year / 4 - year / 100 + year / 400 + kShift[month - 1] + day) % 7;
}

/// The working day of the month with the least distance; of two the one that is tried first.
int nearest_working_day(int year, int month, int wanted) {
    for (int distance = 0;; ++distance)
        for (const int day : {wanted - distance, wanted + distance}) {
            if (day < 1 || day > length(year, month)) continue;
            if (const int weekday = weekday_of(year, month, day); weekday >= 1 && weekday <= 5) return day;
        }
}

}  // namespace

bool Spec::names(int year, int in, int date) const {
    if (!month[static_cast<std::size_t>(in)]) return false;
    const int last = length(year, in), week = weekday_of(year, in, date);
    bool by_day = day[static_cast<std::size_t>(date)];
    if (from_last >= 0 && date == last - from_last) by_day = true;
    if (near > 0 && near <= last && date == nearest_working_day(year, in, near)) by_day = true;
    bool by_week = weekday[static_cast<std::size_t>(week)];
    if (week == nth_day && (date - 1) / 7 + 1 == nth) by_week = true;
    if (week == last_day && date + 7 > last) by_week = true;
    return day_star || weekday_star ? by_day && by_week : by_day || by_week;
}

Spec random_spec(std::mt19937_64& chance) {
    Spec spec;
    // Most clocks are changed in the first hours of a day, and times of day are what a change concerns.
    const bool fixed = !one_in(chance, 3), six = one_in(chance, 4);
    Text second{"0"};
    if (six)
        second = fixed ? numbers(chance, spec.second, 59) : item(chance, spec.second, 0, 59);
    else
        spec.second[0] = true;
    const Text minute = fixed ? numbers(chance, spec.minute, 59) : field(chance, spec.minute, 0, 59, 6);
    const Text hour =
        fixed ? numbers(chance, spec.hour, one_in(chance, 3) ? 23 : 3) : field(chance, spec.hour, 0, 23, 4);
    std::string dates;
    if (fixed && one_in(chance, 2)) {
        fill(spec.day, 1, 31, 1), fill(spec.month, 1, 12, 1), fill(spec.weekday, 0, 6, 1);
        spec.day_star = spec.weekday_star = true;
        dates = "* * *";
    } else {
        dates = days(chance, spec);
        dates += " " + field(chance, spec.month, 1, 12, 2).text;
        dates += " " + weekdays(chance, spec);
    }
    spec.repeats = second.repeats || minute.repeats || hour.repeats;
    spec.text = (six ? second.text + " " : "") + minute.text + " " + hour.text + " " + dates;
    return spec;
}

}  // namespace tappet::schedules
