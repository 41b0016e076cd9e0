#include <bit>

#include "schedule/cron_fields.hpp"

namespace tappet::schedule {
namespace {

constexpr std::uint32_t bit(int day) { return std::uint32_t{1} << day; }

struct Month {
    int last = 31;  ///< its last day
    int opens = 0;  ///< the weekday of its first day
    int weekday(int day) const { return (opens + day - 1) % 7; }
    int first(int weekday) const { return 1 + (weekday - opens + 7) % 7; }
    /// The working day that is nearest to a day, in the same month.
    int near(int day) const {
        if (weekday(day) == 6) return day > 1 ? day - 1 : day + 2;
        if (weekday(day) == 0) return day < last ? day + 1 : day - 2;
        return day;
    }
};

std::uint32_t by_day(const CronFields& fields, const Month& month) {
    std::uint32_t out = fields.days;
    for (std::uint32_t rest = fields.days_from_last; rest != 0; rest &= rest - 1)
        if (const int day = month.last - std::countr_zero(rest); day >= 1) out |= bit(day);
    if (fields.near_day != 0 && fields.near_day <= month.last) out |= bit(month.near(fields.near_day));
    if (fields.near_from_last >= 0 && month.last - fields.near_from_last >= 1)
        out |= bit(month.near(month.last - fields.near_from_last));
    return out;
}

std::uint32_t by_weekday(const CronFields& fields, const Month& month) {
    constexpr std::uint32_t kWeekly = bit(0) | bit(7) | bit(14) | bit(21) | bit(28);
    std::uint32_t out = 0;
    for (int weekday = 0; weekday < 7; ++weekday) {
        const int first = month.first(weekday);
        if (fields.weekdays >> weekday & 1) out |= kWeekly << first;
        for (int n = 0; n < 5; ++n)
            if (fields.nth_weekday[static_cast<std::size_t>(n)] >> weekday & 1 && first + 7 * n <= 31)
                out |= bit(first + 7 * n);
        if (fields.last_weekday >> weekday & 1) out |= bit(first + (month.last - first) / 7 * 7);
    }
    return out;
}

}  // namespace

std::uint32_t days_of(const CronFields& fields, std::chrono::year_month month) {
    using namespace std::chrono;
    const Month shape{.last = static_cast<int>(unsigned((month / last).day())),
                      .opens = static_cast<int>(weekday(sys_days(month / 1)).c_encoding())};
    const std::uint32_t days = by_day(fields, shape), weekdays = by_weekday(fields, shape);
    const std::uint32_t there = (std::uint32_t{0xFFFFFFFF} >> (31 - shape.last)) & ~std::uint32_t{1};
    return (fields.day_star || fields.weekday_star ? days & weekdays : days | weekdays) & there;
}

}  // namespace tappet::schedule
