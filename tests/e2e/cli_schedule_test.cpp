// `tappet schedule next`: when a schedule fires, and what clock changes do to it.
#include <gmock/gmock.h>

#include "place.hpp"

namespace tappet::e2e {
namespace {

using ::testing::HasSubstr;

Ended next(Words words) {
    words.insert(words.begin(), {"schedule", "next"});
    return Place().run(words);
}

TEST(CliSchedule, ShowsLocalTimeOffsetUtcAndWhatTheClocksDid) {
    const Ended spring =
        next({"30 2 * * *", "--tz", "America/New_York", "-n", "3", "--from", "2027-03-13T00:00:00Z"});
    ASSERT_EQ(spring.code, 0) << spring.err;
    EXPECT_THAT(spring.out, HasSubstr("2027-03-13 02:30:00  -05:00  2027-03-13 07:30:00"));
    EXPECT_THAT(spring.out, HasSubstr("02:30:00 is left out by the clocks: runs at the end of the gap"));
    EXPECT_THAT(spring.out, HasSubstr("2027-03-15 02:30:00  -04:00"));
}

TEST(CliSchedule, JsonHasEachInstantWithItsChange) {
    const Ended autumn = next({"30 1 * * *", "--tz", "America/New_York", "-n", "2", "--overlap", "both",
                               "--from", "2027-11-07T05:00:00Z", "--json"});
    ASSERT_EQ(autumn.code, 0) << autumn.err;
    EXPECT_EQ(autumn.text({"zone"}), "America/New_York");
    const Value* list = autumn.json.find("next");
    ASSERT_TRUE(list && list->size() == 2) << autumn.out;
    const Value& second = list->items()[1];
    EXPECT_EQ(test::text_at(second, {"at"}), "2027-11-07T06:30:00.000Z");
    EXPECT_EQ(test::text_at(second, {"local"}), "2027-11-07T01:30:00");
    EXPECT_EQ(test::text_at(second, {"offset"}), "-05:00");
    EXPECT_EQ(test::text_at(second, {"change"}), "again");
}

TEST(CliSchedule, WhatIsSkippedIsShownAndNotCounted) {
    const Ended skipped = next({"30 2 * * *", "--tz", "America/New_York", "-n", "1", "--gap", "skip",
                                "--from", "2027-03-14T00:00:00-05:00", "-o", "json"});
    ASSERT_EQ(skipped.code, 0) << skipped.err;
    const Value* list = skipped.json.find("next");
    ASSERT_TRUE(list && list->size() == 2) << skipped.out;
    EXPECT_EQ(test::text_at(list->items()[0], {"fires"}), "false");
    EXPECT_EQ(test::text_at(list->items()[0], {"change"}), "skipped");
    EXPECT_EQ(test::text_at(list->items()[0], {"named"}), "02:30:00");
    EXPECT_EQ(test::text_at(list->items()[1], {"local"}), "2027-03-15T02:30:00");
}

TEST(CliSchedule, ADistanceCountsFromTheEpoch) {
    const Ended every = next({"--every", "90m", "-n", "1", "--from", "1970-01-01T00:00:00Z"});
    EXPECT_EQ(every.code, 0) << every.err;
    EXPECT_THAT(every.out, HasSubstr("1970-01-01 01:30:00"));
}

TEST(CliSchedule, SaysWhatIsWrongAndEndsWithTwo) {
    const auto refused = [](Words words) {
        const Ended ended = next(std::move(words));
        EXPECT_EQ(ended.code, 2) << ended.out;
        return ended.err;
    };
    EXPECT_THAT(refused({"61 * * * *"}), HasSubstr("minute (field 1, column 1): `61` is out of range"));
    EXPECT_THAT(refused({"@daily", "--tz", "Europe/Berln"}),
                HasSubstr("--tz: there is no time zone `Europe/Berln`; "
                          "did you mean `Europe/Berlin`"));
    EXPECT_THAT(refused({"0 0 31 2 *"}), HasSubstr("never fires"));
    EXPECT_THAT(refused({"@daily", "--from", "yesterday"}), HasSubstr("--from: `yesterday` is no time"));
    EXPECT_THAT(refused({"@daily", "--every", "5m"}), HasSubstr("one of them"));
    EXPECT_THAT(refused({}), HasSubstr("one of them"));
    EXPECT_THAT(refused({"--every", "500ms"}), HasSubstr("out of range"));
    EXPECT_THAT(refused({"@daily", "--gap", "jump"}), HasSubstr("runAfter"));
    EXPECT_THAT(refused({"@daily", "-n", "10001"}), HasSubstr("10000"));
}

}  // namespace
}  // namespace tappet::e2e
