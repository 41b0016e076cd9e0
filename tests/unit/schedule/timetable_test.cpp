#include "schedule/timetable.hpp"

#include <gmock/gmock.h>

#include "base/time_text.hpp"

namespace tappet::schedule {
namespace {

using ::testing::ElementsAre;
using namespace std::chrono_literals;

TimeMs at(std::string_view text) { return parse_rfc3339(text).value(); }

Timetable cron(std::string_view text, std::string_view zone, Gap gap = Gap::run_after,
               Overlap overlap = Overlap::once) {
    return {Cron::parse(text).value(), Zone::load(zone).value(), {gap, overlap}};
}

/// The next n instants, without seconds.
std::vector<std::string> next(const Timetable& table, std::string_view after, int n) {
    std::vector<std::string> out;
    auto time = table.next(at(after));
    for (; time && n > 0; --n, time = table.next(*time)) out.push_back(to_rfc3339(*time).substr(0, 16));
    return out;
}

constexpr const char* kBeforeSpring =
    "2027-03-13T12:00:00Z";  // New York: 02:00 becomes 03:00 on the 14th, 07:00Z
constexpr const char* kBeforeAutumn = "2027-11-07T03:00:00Z";  // 02:00 becomes 01:00 on the 7th, 06:00Z

TEST(TimetableGap, WhatIsLeftOutRunsOnceAtItsEnd) {
    EXPECT_THAT(next(cron("30 2 * * *", "America/New_York"), kBeforeSpring, 2),
                ElementsAre("2027-03-14T07:00", "2027-03-15T06:30"));
    EXPECT_THAT(next(cron("0,30 2 * * *", "America/New_York"), kBeforeSpring, 2),
                ElementsAre("2027-03-14T07:00", "2027-03-15T06:00"));
    EXPECT_THAT(next(cron("0 2,3 * * *", "America/New_York"), kBeforeSpring, 2),
                ElementsAre("2027-03-14T07:00", "2027-03-15T06:00"));
}

TEST(TimetableGap, SkipLeavesItOut) {
    EXPECT_THAT(next(cron("30 2 * * *", "America/New_York", Gap::skip), kBeforeSpring, 1),
                ElementsAre("2027-03-15T06:30"));
    EXPECT_THAT(next(cron("0 2,3 * * *", "America/New_York", Gap::skip), kBeforeSpring, 2),
                ElementsAre("2027-03-14T07:00", "2027-03-15T06:00"));
}

TEST(TimetableGap, FromWithinTheLastSecondBeforeIt) {
    EXPECT_THAT(next(cron("30 2 * * *", "America/New_York"), "2027-03-14T06:59:59.999Z", 1),
                ElementsAre("2027-03-14T07:00"));
    EXPECT_THAT(next(cron("30 2 * * *", "America/New_York"), "2027-03-14T07:00:00Z", 1),
                ElementsAre("2027-03-15T06:30"));
}

TEST(TimetableGap, ADayThatIsLeftOutRunsAfterIt) {
    EXPECT_THAT(next(cron("0 12 * * *", "Pacific/Apia"), "2011-12-29T23:00:00Z", 2),
                ElementsAre("2011-12-30T10:00", "2011-12-30T22:00"))
        << "Samoa had no 30 December 2011";
}

TEST(TimetableOverlap, ATimeOfDayRunsOnce) {
    EXPECT_THAT(next(cron("30 1 * * *", "America/New_York"), kBeforeAutumn, 2),
                ElementsAre("2027-11-07T05:30", "2027-11-08T06:30"));
    EXPECT_THAT(next(cron("30 1 * * *", "America/New_York"), "2027-11-07T06:10:00Z", 1),
                ElementsAre("2027-11-08T06:30"));
    EXPECT_THAT(next(cron("0 2 * * *", "America/New_York"), kBeforeAutumn, 1),
                ElementsAre("2027-11-07T07:00"))
        << "the end of the hour comes once";
}

TEST(TimetableOverlap, BothAndRhythmsRunTwice) {
    EXPECT_THAT(next(cron("30 1 * * *", "America/New_York", Gap::run_after, Overlap::both), kBeforeAutumn, 3),
                ElementsAre("2027-11-07T05:30", "2027-11-07T06:30", "2027-11-08T06:30"));
    EXPECT_THAT(next(cron("*/30 * * * *", "America/New_York"), "2027-11-07T04:59:00Z", 5),
                ElementsAre("2027-11-07T05:00", "2027-11-07T05:30", "2027-11-07T06:00", "2027-11-07T06:30",
                            "2027-11-07T07:00"));
}

TEST(TimetableOverlap, AroundMidnight) {
    EXPECT_THAT(next(cron("59 23 * * *", "America/Havana"), "2027-11-07T03:00:00Z", 2),
                ElementsAre("2027-11-07T03:59", "2027-11-08T04:59"));
    EXPECT_THAT(next(cron("30 0 * * *", "America/Havana"), "2027-11-07T04:00:00Z", 2),
                ElementsAre("2027-11-07T04:30", "2027-11-08T05:30"));
}

TEST(Timetable, NeverAndTheLastYearEnd) {
    EXPECT_THAT(next(cron("0 0 31 2 *", "Europe/Berlin"), kBeforeSpring, 1), ElementsAre());
    EXPECT_THAT(next(cron("0 0 1 1 *", "UTC"), "2398-06-01T00:00:00Z", 3), ElementsAre("2399-01-01T00:00"));
    EXPECT_EQ(cron("* * * * *", "UTC").next({std::numeric_limits<std::int64_t>::max()}), std::nullopt);
    EXPECT_NE(cron("* * * * *", "UTC").next({std::numeric_limits<std::int64_t>::min()}), std::nullopt);
}

TEST(TimetableEvery, CountsFromTheEpoch) {
    const Timetable table = Timetable::every(90min).value();
    EXPECT_THAT(next(table, "1970-01-01T00:00:00Z", 2), ElementsAre("1970-01-01T01:30", "1970-01-01T03:00"));
    EXPECT_THAT(next(table, "1969-12-31T23:59:59.999Z", 1), ElementsAre("1970-01-01T00:00"));
    EXPECT_THAT(next(table, "1969-12-31T20:00:00Z", 1), ElementsAre("1969-12-31T21:00"));
}

TEST(TimetableEvery, OrFromATime) {
    const Timetable table = Timetable::every(std::chrono::hours(24), at("2027-01-01T09:15:00Z")).value();
    EXPECT_THAT(next(table, "2020-01-01T00:00:00Z", 2), ElementsAre("2027-01-01T09:15", "2027-01-02T09:15"));
    EXPECT_THAT(next(table, "2027-01-01T09:15:00Z", 1), ElementsAre("2027-01-02T09:15"));
}

TEST(TimetableEvery, HasBounds) {
    EXPECT_TRUE(Timetable::every(1s));
    EXPECT_TRUE(Timetable::every(std::chrono::days(36'525)));
    for (const auto wrong : {999ms, 0ms, -5000ms, std::chrono::milliseconds(std::chrono::days(36'526))})
        EXPECT_EQ(Timetable::every(wrong).error().code, ErrorCode::invalid);
    EXPECT_EQ(Timetable::every(1s).value().next({std::numeric_limits<std::int64_t>::max()}), std::nullopt);
    EXPECT_NE(Timetable::every(1s).value().next({std::numeric_limits<std::int64_t>::min()}), std::nullopt);
}

using Note = Occurrence::Note;

std::vector<Note> notes(const Timetable& table, std::string_view after, std::size_t n) {
    std::vector<Note> out;
    for (const Occurrence& occurrence : table.explain(at(after), n)) out.push_back(occurrence.note);
    return out;
}

TEST(TimetableExplain, NotesWhatAClockChangeDid) {
    const auto ny = "America/New_York";
    EXPECT_THAT(notes(cron("30 2 * * *", ny), kBeforeSpring, 2), ElementsAre(Note::moved, Note::none));
    EXPECT_THAT(notes(cron("30 2 * * *", ny, Gap::skip), kBeforeSpring, 1),
                ElementsAre(Note::left_out, Note::none));
    EXPECT_THAT(notes(cron("0 2,3 * * *", ny, Gap::skip), kBeforeSpring, 2),
                ElementsAre(Note::left_out, Note::none, Note::none));
    EXPECT_THAT(notes(cron("30 1 * * *", ny), kBeforeAutumn, 2), ElementsAre(Note::first, Note::none));
    EXPECT_THAT(notes(cron("30 1 * * *", ny, Gap::skip, Overlap::both), kBeforeAutumn, 3),
                ElementsAre(Note::none, Note::again, Note::none));
}

TEST(TimetableExplain, GivesTheInstantsOfNext) {
    for (const char* text : {"*/20 * * * *", "30 1,2 * * *", "0 3 L * ?", "15 2 * * sun#2"})
        for (const Gap gap : {Gap::skip, Gap::run_after})
            for (const Overlap overlap : {Overlap::once, Overlap::both}) {
                const Timetable table = cron(text, "America/New_York", gap, overlap);
                TimeMs time = at(kBeforeSpring);
                for (const Occurrence& occurrence : table.explain(time, 300)) {
                    if (!occurrence.fires()) continue;
                    EXPECT_EQ(table.next(time), occurrence.at) << text;
                    time = occurrence.at;
                }
            }
}

TEST(TimetableExplain, TellsTheWallTimeThatWasNamed) {
    const auto shown = cron("45 2 * * *", "America/New_York").explain(at(kBeforeSpring), 1).front();
    EXPECT_EQ(shown.at, at("2027-03-14T07:00:00Z"));
    EXPECT_EQ(shown.offset, -4h);
    EXPECT_EQ(shown.named.time_since_epoch(), std::chrono::milliseconds(at("2027-03-14T02:45:00Z").ms));
}

TEST(TimetableExplain, WhatFallsIntoGapsAloneEnds) {
    const Timetable table = cron("30 2 ? 3 sun#2", "America/New_York", Gap::skip);
    EXPECT_EQ(table.next(at(kBeforeSpring)), std::nullopt);
    const auto all = table.explain(at(kBeforeSpring), 5);
    EXPECT_EQ(all.size(), 373) << "once a year from 2027 to 2399";
    EXPECT_FALSE(all.back().fires());
}

}  // namespace
}  // namespace tappet::schedule
