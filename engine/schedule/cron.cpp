#include "schedule/cron.hpp"

#include <bit>

namespace tappet::schedule {
namespace {

using namespace std::chrono;

/// The lowest number of a set that is at least `from`; -1 where there is none.
int lowest(std::uint64_t set, int from) {
    if (from > 63) return -1;
    const std::uint64_t rest = set >> from << from;
    return rest == 0 ? -1 : std::countr_zero(rest);
}

/// The first time of day at or after `from`, in seconds since midnight; -1 where the day has no more.
int next_time(const CronFields& fields, int from) {
    int hour = from / 3600, minute = from / 60 % 60, second = lowest(fields.seconds, from % 60);
    if (second < 0) {
        second = lowest(fields.seconds, 0);
        ++minute;
    }
    const auto first = [&](int h, int m) { return h * 3600 + m * 60 + lowest(fields.seconds, 0); };
    if (lowest(fields.hours, hour) == hour) {
        const int m = lowest(fields.minutes, minute);
        if (m >= 0 && m == from / 60 % 60) return hour * 3600 + m * 60 + second;
        if (m >= 0) return first(hour, m);
    }
    hour = lowest(fields.hours, hour + 1);
    return hour < 0 ? -1 : first(hour, lowest(fields.minutes, 0));
}

bool names(const CronFields& fields, month which) { return fields.months >> unsigned(which) & 1; }

/// The calendar is the same again after 400 years, weekdays included.
bool names_no_day(const CronFields& fields) {
    for (year_month month = year(2000) / January; month < year(2400) / January; month += months(1))
        if (names(fields, month.month()) && days_of(fields, month) != 0) return false;
    return true;
}

}  // namespace

Cron::Cron(const CronFields& fields) : fields_(fields), never_(names_no_day(fields)) {}

std::optional<WallTime> Cron::next(WallTime from) const {
    if (never_) return std::nullopt;
    const auto date = floor<days>(from);
    const year_month_day begin(date);
    const int time = static_cast<int>((from - date).count());
    for (year_month month(begin.year(), begin.month()); int(month.year()) <= kLastYear; month += months(1)) {
        if (!names(fields_, month.month())) continue;
        const bool here = month == begin.year() / begin.month();
        std::uint32_t left = days_of(fields_, month);
        if (here) left = left >> unsigned(begin.day()) << unsigned(begin.day());
        for (; left != 0; left &= left - 1) {
            const auto day = static_cast<unsigned>(std::countr_zero(left));
            const int found = next_time(fields_, here && day == unsigned(begin.day()) ? time : 0);
            if (found >= 0) return local_days(month / int(day)) + seconds(found);
        }
    }
    return std::nullopt;
}

}  // namespace tappet::schedule
