#include "schedule/cron.hpp"

#include <gtest/gtest.h>

namespace tappet::schedule {
namespace {

using namespace std::chrono;

WallTime wall(int y, unsigned m, unsigned d, int h = 0, int min = 0, int s = 0) {
    return local_days(year(y) / month(m) / day(d)) + hours(h) + minutes(min) + seconds(s);
}

std::string text(std::optional<WallTime> time) {
    if (!time) return "never";
    const auto date = floor<days>(*time);
    const year_month_day day(date);
    const hh_mm_ss clock(*time - date);
    char out[64];
    std::snprintf(out, sizeof out, "%04d-%02u-%02u %02d:%02d:%02d", int(day.year()), unsigned(day.month()),
                  unsigned(day.day()), int(clock.hours().count()), int(clock.minutes().count()),
                  int(clock.seconds().count()));
    return out;
}

std::string next(std::string_view cron, WallTime from) { return text(Cron::parse(cron).value().next(from)); }

TEST(CronNext, TheInstantItselfCounts) {
    EXPECT_EQ(next("0 12 * * *", wall(2027, 3, 1, 12)), "2027-03-01 12:00:00");
    EXPECT_EQ(next("0 12 * * *", wall(2027, 3, 1, 12, 0, 1)), "2027-03-02 12:00:00");
}

TEST(CronNext, CarriesIntoEachLargerField) {
    const WallTime eve = wall(2027, 12, 31, 23, 59, 59);
    EXPECT_EQ(next("* * * * * *", eve), "2027-12-31 23:59:59");
    EXPECT_EQ(next("* * * * *", eve), "2028-01-01 00:00:00");
    EXPECT_EQ(next("*/10 * * * * *", wall(2027, 1, 1, 5, 59, 51)), "2027-01-01 06:00:00");
    EXPECT_EQ(next("30 10 5 * * *", wall(2027, 1, 1, 5, 10, 31)), "2027-01-02 05:10:30");
    EXPECT_EQ(next("15 20-22 * * *", wall(2027, 1, 1, 21, 16)), "2027-01-01 22:15:00");
    EXPECT_EQ(next("30 0 1 * *", wall(2027, 1, 1, 0, 31)), "2027-02-01 00:30:00");
}

TEST(CronNext, OneOfTwoRestrictedDayFieldsIsEnough) {
    EXPECT_EQ(next("0 0 13 * fri", wall(2027, 2, 1)), "2027-02-05 00:00:00");
    EXPECT_EQ(next("0 0 13 * fri", wall(2027, 2, 12, 1)), "2027-02-13 00:00:00");
}

TEST(CronNext, AFieldThatBeginsWithAStarDoesNotWiden) {
    EXPECT_EQ(next("0 0 */2 * mon", wall(2027, 2, 2)), "2027-02-15 00:00:00");
    EXPECT_EQ(next("0 0 10 * */3", wall(2027, 2, 1)), "2027-02-10 00:00:00");
    EXPECT_EQ(next("0 0 ? * mon", wall(2027, 2, 2)), "2027-02-08 00:00:00");
}

TEST(CronNext, LastDaysOfMonths) {
    EXPECT_EQ(next("0 0 L * *", wall(2028, 2, 1)), "2028-02-29 00:00:00");
    EXPECT_EQ(next("0 0 L-29 * *", wall(2027, 2, 1)), "2027-03-02 00:00:00");
    EXPECT_EQ(next("0 0 15,L * *", wall(2027, 2, 16)), "2027-02-28 00:00:00");
    EXPECT_EQ(next("0 0 * * 5L", wall(2027, 1, 1)), "2027-01-29 00:00:00");
    EXPECT_EQ(next("0 0 * * 7L", wall(2027, 2, 1)), "2027-02-28 00:00:00");
}

TEST(CronNext, TheNearestWorkingDayStaysInItsMonth) {
    EXPECT_EQ(next("0 0 1W 5 *", wall(2027, 1, 1)), "2027-05-03 00:00:00") << "1 May is a Saturday";
    EXPECT_EQ(next("0 0 31W 1 *", wall(2027, 1, 1)), "2027-01-29 00:00:00") << "31 January is a Sunday";
    EXPECT_EQ(next("0 0 15W 5 *", wall(2027, 1, 1)), "2027-05-14 00:00:00") << "a Saturday";
    EXPECT_EQ(next("0 0 16W 5 *", wall(2027, 1, 1)), "2027-05-17 00:00:00") << "a Sunday";
    EXPECT_EQ(next("0 0 31W * *", wall(2027, 2, 1)), "2027-03-31 00:00:00") << "not in a shorter month";
    EXPECT_EQ(next("0 0 LW * *", wall(2027, 2, 1)), "2027-02-26 00:00:00");
    EXPECT_EQ(next("0 0 L-2W 5 *", wall(2027, 1, 1)), "2027-05-28 00:00:00") << "29 May is a Saturday";
}

TEST(CronNext, TheNthWeekday) {
    EXPECT_EQ(next("0 0 * * mon#1", wall(2027, 2, 2)), "2027-03-01 00:00:00");
    EXPECT_EQ(next("0 0 * * 5#5", wall(2027, 2, 1)), "2027-04-30 00:00:00");
    EXPECT_EQ(next("0 0 * * 7#2", wall(2027, 2, 1)), "2027-02-14 00:00:00");
}

TEST(CronNext, FindsWhatIsDecadesAway) {
    EXPECT_EQ(next("0 0 29 2 *", wall(2096, 3, 1)), "2104-02-29 00:00:00");
    EXPECT_EQ(next("0 0 ? 2 thu#5", wall(2081, 1, 1)), "2120-02-29 00:00:00");
}

TEST(CronNext, WhatNeverFiresIsKnown) {
    for (const char* never :
         {"0 0 31 2 *", "0 0 30 2 ?", "0 0 31 4,6,9,11 *", "0 0 L-30 2 *", "0 0 31W 4 *"}) {
        EXPECT_TRUE(Cron::parse(never).value().never()) << never;
        EXPECT_EQ(next(never, wall(2027, 1, 1)), "never") << never;
    }
    EXPECT_FALSE(Cron::parse("0 0 31 2 fri").value().never()) << "on Fridays";
    EXPECT_FALSE(Cron::parse("0 0 29 2 *").value().never());
}

TEST(CronNext, EndsWithItsLastYear) {
    EXPECT_EQ(next("0 0 1 1 *", wall(kLastYear, 1, 1)), "2399-01-01 00:00:00");
    EXPECT_EQ(next("0 0 1 1 *", wall(kLastYear, 1, 2)), "never");
}

TEST(CronRepeats, WhereATimeOfDayIsARhythm) {
    for (const char* rhythm :
         {"* 1 * * *", "*/5 1 * * *", "0 1-2 * * *", "0,30/15 1 * * *", "@hourly", "* 0 1 * * *"})
        EXPECT_TRUE(Cron::parse(rhythm).value().repeats()) << rhythm;
    for (const char* fixed : {"0 1 * * *", "0,30 1,2 1-5 */2 *", "@daily"})
        EXPECT_FALSE(Cron::parse(fixed).value().repeats()) << fixed;
}

}  // namespace
}  // namespace tappet::schedule
