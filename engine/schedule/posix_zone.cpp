#include "schedule/posix_zone.hpp"

#include <algorithm>
#include <chrono>
#include <limits>

namespace tappet::schedule {
namespace {

using namespace std::chrono;

/// A day of each year: the `week`th `weekday` of a month (5 is the last), or a day counted from its
/// beginning.
struct YearDay {
    enum class Form { nth_weekday, without_leap_day, with_leap_day } form = Form::nth_weekday;
    int month = 1, week = 1, weekday = 0;
    int day = 0;
    int time = 2 * 3600;  ///< seconds after midnight, on the clocks that are about to change
};

struct Reader {
    std::string_view rest;

    bool take(char c) {
        if (!rest.starts_with(c)) return false;
        rest.remove_prefix(1);
        return true;
    }
    std::optional<int> number(int min, int max) {
        int out = 0;
        std::size_t length = 0;
        for (; length < rest.size() && length < 4 && rest[length] >= '0' && rest[length] <= '9'; ++length)
            out = out * 10 + (rest[length] - '0');
        if (length == 0 || out < min || out > max) return std::nullopt;
        rest.remove_prefix(length);
        return out;
    }
    bool name() {
        const bool quoted = take('<');
        const std::size_t end = quoted ? rest.find('>') : rest.find_first_of("+-,0123456789");
        const std::size_t length = std::min(end, rest.size());
        if (length < 3 || (quoted && end == std::string_view::npos)) return false;
        rest.remove_prefix(length + (quoted ? 1 : 0));
        return true;
    }
    /// [+-]hh[:mm[:ss]] in seconds.
    std::optional<int> time() {
        const int sign = take('-') ? -1 : (take('+'), 1);
        const auto hours = number(0, 167);
        if (!hours) return std::nullopt;
        int out = *hours * 3600;
        for (const int unit : {60, 1}) {
            if (!take(':')) break;
            const auto part = number(0, 59);
            if (!part) return std::nullopt;
            out += *part * unit;
        }
        return sign * out;
    }
    std::optional<YearDay> year_day() {
        YearDay out;
        std::optional<int> a, b, c;
        if (take('M')) {
            if (!(a = number(1, 12)) || !take('.') || !(b = number(1, 5)) || !take('.') ||
                !(c = number(0, 6)))
                return std::nullopt;
            out.month = *a, out.week = *b, out.weekday = *c;
        } else {
            const bool julian = take('J');
            out.form = julian ? YearDay::Form::without_leap_day : YearDay::Form::with_leap_day;
            if (!(a = number(julian ? 1 : 0, 365))) return std::nullopt;
            out.day = *a;
        }
        if (take('/')) {
            const auto at = time();
            if (!at) return std::nullopt;
            out.time = *at;
        }
        return out;
    }
};

/// The instant of that day and time in a year, for clocks that are `offset` ahead.
std::int64_t instant(const YearDay& rule, int in, int offset) {
    const year y(in);
    sys_days date;
    if (rule.form == YearDay::Form::nth_weekday) {
        const auto month = y / rule.month;
        const weekday day(static_cast<unsigned>(rule.weekday));
        date = rule.week == 5 ? sys_days(month / day[last])
                              : sys_days(month / day[static_cast<unsigned>(rule.week)]);
    } else if (rule.form == YearDay::Form::with_leap_day) {
        date = sys_days(y / January / 1) + days(rule.day);
    } else {
        date = sys_days(y / January / 1) + days(rule.day - 1 + (y.is_leap() && rule.day >= 60 ? 1 : 0));
    }
    return sys_seconds(date).time_since_epoch().count() + rule.time - offset;
}

}  // namespace

std::optional<std::vector<OffsetChange>> posix_changes(std::string_view text, int first, int last) {
    constexpr std::int64_t kAlways = std::numeric_limits<std::int64_t>::min();
    Reader reader{text};
    if (!reader.name()) return std::nullopt;
    const auto behind = reader.time();
    if (!behind) return std::nullopt;
    const int standard = -*behind;
    if (reader.rest.empty()) return std::vector<OffsetChange>{{kAlways, standard}};
    if (!reader.name()) return std::nullopt;
    int summer = standard + 3600;
    if (!reader.rest.starts_with(',')) {
        const auto less = reader.time();
        if (!less) return std::nullopt;
        summer = -*less;
    }
    if (!reader.take(',')) return std::nullopt;
    const auto begin = reader.year_day();
    if (!begin || !reader.take(',')) return std::nullopt;
    const auto end = reader.year_day();
    if (!end || !reader.rest.empty()) return std::nullopt;

    std::vector<OffsetChange> out;
    for (int in = first; in <= last; ++in) {
        const OffsetChange on{instant(*begin, in, standard), summer},
            off{instant(*end, in, summer), standard};
        out.push_back(on.at < off.at ? on : off);
        out.push_back(on.at < off.at ? off : on);
    }
    const int before = out.front().offset == summer ? standard : summer;
    out.insert(out.begin(), {kAlways, before});
    return out;
}

}  // namespace tappet::schedule
