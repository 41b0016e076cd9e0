// What a schedule has to do at an instant: a pure question.
#include "trigger/schedule_plan.hpp"

#include <gtest/gtest.h>

#include <set>

#include "expr/json.hpp"

namespace tappet::trigger {
namespace {

using namespace std::chrono_literals;

constexpr TimeMs kNoon{1'767'268'800'000};  ///< 2026-01-01T12:00:00Z

SchedulePlan plan(const char* with) { return read_schedule(read_json(with).value()).value(); }
std::string why(const char* with) {
    const auto read = read_schedule(read_json(with).value());
    return read ? "" : read.error().message;
}
/// "-5m missed" … of what fires, against noon.
std::string fired(const SchedulePlan& plan, TimeMs last, TimeMs now) {
    std::string out;
    for (const DueInstant& instant : due(plan, "a", last, now).fire)
        out += (out.empty() ? "" : " ") + std::to_string((instant.at - kNoon) / 1min) +
               (instant.missed ? "m" : "");
    return out;
}

TEST(SchedulePlan, NamesTheSettingThatIsWrong) {
    EXPECT_NE(why("{}").find("either cron or every"), std::string::npos);
    EXPECT_NE(why(R"({"cron":"* * * * *","every":"5m"})").find("either cron or every"), std::string::npos);
    EXPECT_EQ(why(R"({"cron":"61 * * * *"})").substr(0, 5), "cron:");
    EXPECT_EQ(why(R"({"every":"soon"})").substr(0, 5), "every");
    EXPECT_EQ(why(R"({"every":"1ms"})").substr(0, 5), "every");
    EXPECT_EQ(why(R"({"every":"5m","timezone":"Europe/Berlim"})").substr(0, 8), "timezone");
    EXPECT_EQ(why(R"({"cron":"* * * * *","gap":"x"})").substr(0, 3), "gap");
    EXPECT_EQ(why(R"({"cron":"* * * * *","overlap":"x"})").substr(0, 7), "overlap");
    EXPECT_EQ(why(R"({"every":"5m","missed":"x"})").substr(0, 6), "missed");
    EXPECT_EQ(why(R"({"every":"5m","maxMissed":0})").substr(0, 9), "maxMissed");
    EXPECT_EQ(why(R"({"every":"5m","maxMissed":1001})").substr(0, 9), "maxMissed");
    EXPECT_EQ(why(R"({"every":"5m","maxLateness":"x"})").substr(0, 11), "maxLateness");
    EXPECT_EQ(why(R"({"every":"5m","jitter":"x"})").substr(0, 6), "jitter");
}

TEST(SchedulePlan, AnotherTimetableHasAnotherDefinition) {
    EXPECT_EQ(plan(R"({"every":"5m"})").definition,
              plan(R"({"every":"5m","missed":"all","jitter":"1s"})").definition);
    EXPECT_NE(plan(R"({"every":"5m"})").definition, plan(R"({"every":"6m"})").definition);
    EXPECT_NE(plan(R"({"cron":"0 9 * * *"})").definition,
              plan(R"({"cron":"0 9 * * *","timezone":"Europe/Berlin"})").definition);
}

TEST(Due, IsAnInstantOnceItHasCome) {
    const auto every = plan(R"({"every":"10m"})");
    EXPECT_EQ(fired(every, kNoon + -1min, kNoon + -1ms), "");
    EXPECT_EQ(fired(every, kNoon + -1min, kNoon), "0");
    EXPECT_EQ(fired(every, kNoon + -1min, kNoon + 10s), "0") << "late by no more than is on time";
    EXPECT_EQ(fired(every, kNoon, kNoon + 1min), "") << "it is accounted for";
}

TEST(Due, MissedInstantsAreSkippedOrTheLastFiresOrAllDo) {
    const TimeMs last = kNoon + -41min, now = kNoon + 1min;
    EXPECT_EQ(fired(plan(R"({"every":"10m","missed":"skip"})"), last, now), "");
    EXPECT_EQ(fired(plan(R"({"every":"10m"})"), last, now), "0m");
    EXPECT_EQ(fired(plan(R"({"every":"10m","missed":"all"})"), last, now), "-40m -30m -20m -10m 0m");
    EXPECT_EQ(fired(plan(R"({"every":"10m","missed":"all","maxMissed":2})"), last, now), "-10m 0m");
    EXPECT_EQ(fired(plan(R"({"every":"10m","missed":"all","maxLateness":"25m"})"), last, now),
              "-20m -10m 0m");
    EXPECT_EQ(fired(plan(R"({"every":"10m","maxLateness":"30s"})"), last, now), "");
}

TEST(Due, WhatIsOnTimeFiresBesideMissedOnesAndInsteadOfTheLast) {
    const TimeMs last = kNoon + -21min;
    EXPECT_EQ(fired(plan(R"({"every":"10m","missed":"skip"})"), last, kNoon), "0");
    EXPECT_EQ(fired(plan(R"({"every":"10m"})"), last, kNoon), "0");
    EXPECT_EQ(fired(plan(R"({"every":"10m","missed":"all"})"), last, kNoon), "-20m -10m 0");
}

TEST(Due, AccountsForWhatItDrops) {
    for (const char* with :
         {R"({"every":"10m","missed":"skip"})", R"({"every":"10m","maxLateness":"30s"})"}) {
        const Due found = due(plan(with), "a", kNoon + -41min, kNoon + 1min);
        EXPECT_TRUE(found.fire.empty());
        EXPECT_GT(found.dropped, 0u);
        EXPECT_GE(found.until, kNoon + -41min);
        EXPECT_LT(found.until, kNoon + 10min);
        EXPECT_TRUE(due(plan(with), "a", found.until, kNoon + 1min).fire.empty());
        EXPECT_EQ(fired(plan(with), found.until, kNoon + 10min), "10");
    }
}

TEST(Due, OfALongTimeLooksAtItsEndAlone) {
    const auto seconds = plan(R"({"cron":"* * * * * *","missed":"all","maxMissed":3,"maxLateness":"3650d"})");
    const Due found = due(seconds, "a", TimeMs{0}, kNoon);
    ASSERT_EQ(found.fire.size(), 3u + 11u) << "those on time come to the missed ones";
    EXPECT_EQ(found.fire.back().at, kNoon);
    EXPECT_FALSE(found.fire.back().missed);
    EXPECT_TRUE(found.fire.front().missed);
}

TEST(Due, ASetBackClockRepeatsNothing) {
    const auto every = plan(R"({"every":"10m"})");
    EXPECT_EQ(fired(every, kNoon, kNoon + -5h), "");
    EXPECT_EQ(due(every, "a", kNoon, kNoon + -5h).until, kNoon);
    EXPECT_EQ(*next_due(every, "a", kNoon), kNoon + 10min);
}

TEST(Due, JitterIsTheSameForTheSameInstantAndBounded) {
    const auto jittered = plan(R"({"every":"10m","jitter":"60s"})");
    const TimeMs at = *next_due(jittered, "a", kNoon);
    EXPECT_EQ(at, *next_due(jittered, "a", kNoon));
    EXPECT_GE(at, kNoon + 10min);
    EXPECT_LE(at, kNoon + 11min);
    EXPECT_TRUE(due(jittered, "a", kNoon, at + -1ms).fire.empty());
    EXPECT_EQ(due(jittered, "a", kNoon, at).fire.size(), 1u);
    std::set<std::int64_t> delays;
    for (int i = 0; i < 50; ++i)
        delays.insert((*next_due(jittered, std::to_string(i), kNoon) - kNoon).count());
    EXPECT_GT(delays.size(), 10u);
}

}  // namespace
}  // namespace tappet::trigger
