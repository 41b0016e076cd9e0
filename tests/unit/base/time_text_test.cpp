#include "base/time_text.hpp"

#include <gtest/gtest.h>

#include "support/duration_table.hpp"

using namespace tappet;
using std::chrono::milliseconds;

namespace {
std::optional<std::int64_t> ms_of(std::string_view text) {
    const auto time = parse_rfc3339(text);
    return time ? std::optional(time->ms) : std::nullopt;
}
std::optional<std::int64_t> duration_of(std::string_view text) {
    const auto duration = parse_duration(text);
    return duration ? std::optional<std::int64_t>(duration->count()) : std::nullopt;
}
}  // namespace

TEST(ToRfc3339, PrintsUtcWithMilliseconds) {
    EXPECT_EQ(to_rfc3339({0}), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(to_rfc3339({1'700'000'000'123}), "2023-11-14T22:13:20.123Z");
    EXPECT_EQ(to_rfc3339({1'709'164'800'000}), "2024-02-29T00:00:00.000Z");
}

TEST(ToRfc3339, PrintsTimesBefore1970) {
    EXPECT_EQ(to_rfc3339({-1}), "1969-12-31T23:59:59.999Z");
    EXPECT_EQ(to_rfc3339({-86'400'000}), "1969-12-31T00:00:00.000Z");
}

TEST(ParseRfc3339, ReadsBackWhatIsPrinted) {
    for (const std::int64_t ms :
         {0LL, 1LL, -1LL, 951'782'400'000LL, 1'709'251'199'999LL, 4'102'444'800'000LL, -2'208'988'800'000LL})
        EXPECT_EQ(ms_of(to_rfc3339({ms})), ms);
}

TEST(ParseRfc3339, AppliesTheOffset) {
    EXPECT_EQ(ms_of("1970-01-01T01:00:00+01:00"), 0);
    EXPECT_EQ(ms_of("1969-12-31T16:30:00-07:30"), 0);
    EXPECT_EQ(ms_of("1970-01-01T00:00:00-00:00"), 0);
    EXPECT_EQ(ms_of("1970-01-02T00:00:00+23:59"), 60'000);
    EXPECT_EQ(ms_of("1970-01-01t00:00:00z"), 0) << "letters of either case";
}

TEST(ParseRfc3339, CutsTheFractionToMilliseconds) {
    EXPECT_EQ(ms_of("1970-01-01T00:00:00.5Z"), 500);
    EXPECT_EQ(ms_of("1970-01-01T00:00:00.05Z"), 50);
    EXPECT_EQ(ms_of("1970-01-01T00:00:00.001999999Z"), 1);
    EXPECT_EQ(ms_of("1970-01-01T00:00:00.999999999+00:00"), 999);
}

TEST(ParseRfc3339, KnowsLeapYears) {
    EXPECT_EQ(ms_of("2024-02-29T00:00:00Z"), 1'709'164'800'000);
    EXPECT_EQ(ms_of("2000-02-29T00:00:00Z"), 951'782'400'000);
    EXPECT_FALSE(ms_of("2023-02-29T00:00:00Z"));
    EXPECT_FALSE(ms_of("1900-02-29T00:00:00Z"));
    EXPECT_FALSE(ms_of("2024-02-30T00:00:00Z"));
}

TEST(ParseRfc3339, RefusesWhatIsMalformed) {
    for (const char* text : {"",
                             "2024-01-01",
                             "2024-01-01T00:00:00",
                             "2024-01-01 00:00:00Z",
                             "2024-13-01T00:00:00Z",
                             "2024-00-01T00:00:00Z",
                             "2024-01-00T00:00:00Z",
                             "2024-01-32T00:00:00Z",
                             "2024-01-01T24:00:00Z",
                             "2024-01-01T00:60:00Z",
                             "2024-01-01T00:00:60Z",
                             "2024-01-01T00:00:00.Z",
                             "2024-01-01T00:00:00.1234567890Z",
                             "2024-01-01T00:00:00+1:00",
                             "2024-01-01T00:00:00+01",
                             "2024-01-01T00:00:00+0100",
                             "2024-01-01T00:00:00+24:00",
                             "2024-01-01T00:00:00+01:60",
                             "2024-01-01T00:00:00Zx",
                             "2024-01-01T00:00:00.5",
                             "2024-1-01T00:00:00ZZ",
                             "-024-01-01T00:00:00Z",
                             "2024-01-01T00:00:00+01:0x"})
        EXPECT_FALSE(ms_of(text)) << text;
}

TEST(ParseDuration, ReadsTheDurationsOfTheLanguageAndNothingElse) {
    for (const auto& known : tappet::testing::kDurations)
        EXPECT_EQ(duration_of(known.text).value_or(-1), known.ms) << known.text;
}

TEST(DurationText, IsTheShortestThatReadsBack) {
    EXPECT_EQ(to_text(milliseconds(0)), "0s");
    EXPECT_EQ(to_text(milliseconds(90'000)), "1m30s");
    EXPECT_EQ(to_text(milliseconds(1)), "1ms");
    EXPECT_EQ(to_text(milliseconds(86'400'000)), "1d");
    EXPECT_EQ(to_text(milliseconds(-1'500)), "-1s500ms");
    for (const std::int64_t ms : {1LL, 999LL, 1'000LL, 61'001LL, 3'600'000LL, 93'784'005LL})
        EXPECT_EQ(duration_of(to_text(milliseconds(ms))), ms);
}

TEST(ManualClock, MovesBothTimesTogetherAndOnlyWhenTold) {
    ManualClock clock(TimeMs{1000});
    EXPECT_EQ(clock.now().ms, 1000);
    EXPECT_EQ(clock.now().ms, 1000);
    const auto before = clock.steady();
    clock.advance(milliseconds(250));
    EXPECT_EQ(clock.now().ms, 1250);
    EXPECT_EQ(clock.steady() - before, milliseconds(250));
}

TEST(SystemClock, StandsAfterThisWasWrittenAndDoesNotRunBackwards) {
    const SystemClock clock;
    EXPECT_GT(clock.now(), *parse_rfc3339("2024-01-01T00:00:00Z"));
    const auto first = clock.steady();
    EXPECT_LE(first, clock.steady());
}
