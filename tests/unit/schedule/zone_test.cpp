#include "schedule/zone.hpp"

#include <gmock/gmock.h>

#include "base/time_text.hpp"
#include "schedule/zone_files.hpp"
#include "schedule/zone_table.hpp"

namespace tappet::schedule {
namespace {

using ::testing::HasSubstr;

Instant at(std::string_view text) {
    return Instant(std::chrono::seconds(parse_rfc3339(text).value().ms / 1000));
}
int minutes(const Zone& zone, std::string_view when) {
    return static_cast<int>(zone.at(at(when)).offset.count() / 60);
}
Zone zone(std::string_view name) { return Zone::load(name).value(); }

std::string number(std::uint64_t value, int size) {
    std::string out;
    for (int i = size - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i));
    return out;
}

/// A file as `zic -b slim` writes them: one change, and a rule for all that comes after.
std::string slim(std::string_view rule, char version = '2') {
    const std::string none = std::string("TZif") + version + std::string(15, '\0') + std::string(24, '\0');
    std::string out = none + "TZif" + version + std::string(15, '\0');
    for (const unsigned count : {0U, 0U, 0U, 1U, 2U, 4U}) out += number(count, 4);
    out += number(static_cast<std::uint64_t>(-1'000'000'000), 8) + '\1';
    out += number(static_cast<std::uint64_t>(-17'762) & 0xFFFFFFFF, 4) + std::string(2, '\0');
    out += number(static_cast<std::uint64_t>(-18'000) & 0xFFFFFFFF, 4) + std::string(2, '\0');
    return out + "EST" + '\0' + '\n' + std::string(rule) + '\n';
}

TEST(Zone, PeriodsMeetAtTheChange) {
    const Period summer = zone("America/New_York").at(at("2027-07-01T00:00:00Z"));
    EXPECT_EQ(summer.begin, at("2027-03-14T07:00:00Z"));
    EXPECT_EQ(summer.end, at("2027-11-07T06:00:00Z"));
    EXPECT_EQ(summer.offset, std::chrono::hours(-4));
    EXPECT_EQ(summer.before, std::chrono::hours(-5));
    EXPECT_EQ(zone("America/New_York").at(summer.end).begin, summer.end);
}

TEST(Zone, RulesGoOnWhereTheTableEnds) {
    EXPECT_EQ(minutes(zone("Europe/Berlin"), "2060-07-01T00:00:00Z"), 120);
    EXPECT_EQ(minutes(zone("Europe/Berlin"), "2398-01-01T00:00:00Z"), 60);
    EXPECT_EQ(minutes(zone("Australia/Sydney"), "2060-01-01T00:00:00Z"), 660) << "summer in the south";
    EXPECT_EQ(minutes(zone("Europe/Dublin"), "2060-07-01T00:00:00Z"), 60) << "winter is the exception there";
    EXPECT_EQ(minutes(zone("Asia/Kolkata"), "2060-07-01T00:00:00Z"), 330);
}

TEST(Zone, UtcNeedsNoDatabase) {
    const auto loaded = Zone::load("UTC", "/nowhere");
    ASSERT_TRUE(loaded);
    EXPECT_EQ(loaded->at(at("2027-01-01T00:00:00Z")).end, Instant::max());
}

TEST(Zone, AnUnknownNameIsToldWithNearOnes) {
    const auto message = [](std::string_view name) { return Zone::load(name).error().message; };
    EXPECT_THAT(message("Europe/Berln"),
                HasSubstr("there is no time zone `Europe/Berln`; did you mean `Europe/Berlin`"));
    EXPECT_THAT(message("europe/berlin"), HasSubstr("`Europe/Berlin`"));
    EXPECT_THAT(message("Berlin"), HasSubstr("`Europe/Berlin`"));
    EXPECT_THAT(message("new york"), HasSubstr("`America/New_York`"));
    EXPECT_THAT(message("US/Los_Angeles"), HasSubstr("`America/Los_Angeles`"));
    EXPECT_THAT(message("qqqqqqqqqqqq"), HasSubstr("names are such as `Europe/Berlin`"));
}

TEST(Zone, NamesDoNotLeaveTheDatabase) {
    for (const char* name : {"", "/etc/passwd", "../zoneinfo/UTC", "Europe/../UTC", "Europe", "Europe/",
                             "A//B", "posix/UTC", "tzdata.zi", "Europe/Berlin\n"})
        EXPECT_EQ(Zone::load(name).error().code, ErrorCode::invalid) << name;
    EXPECT_THAT(zone_names(kZoneFolder), ::testing::Contains("Pacific/Chatham"));
    EXPECT_THAT(zone_names(kZoneFolder), ::testing::Not(::testing::Contains("posix/UTC")));
}

TEST(Zone, WithoutADatabaseThePackageIsNamed) {
    const auto error = Zone::load("Europe/Berlin", "/nowhere").error();
    EXPECT_EQ(error.code, ErrorCode::unavailable);
    EXPECT_THAT(error.message, HasSubstr("install the package tzdata"));
}

TEST(ZoneTable, ASlimFileHasItsChangesInTheRule) {
    const auto changes = read_zone_table(slim("EST5EDT,M3.2.0,M11.1.0"), 2040);
    ASSERT_TRUE(changes) << changes.error().message;
    EXPECT_EQ((*changes)[0].offset, -17'762);
    EXPECT_EQ((*changes)[1].offset, -18'000);
    EXPECT_EQ(changes->back().at, at("2040-11-04T06:00:00Z").time_since_epoch().count());
}

TEST(ZoneTable, NoPieceOfAFileIsTakenForIt) {
    const std::string whole = *zone_bytes(kZoneFolder, "Europe/Berlin");
    ASSERT_TRUE(read_zone_table(whole, 2100));
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(read_zone_table(std::string_view(whole).substr(0, size), 2100)) << size;
    EXPECT_FALSE(read_zone_table(slim("EST5EDT", '\0'), 2100)) << "version 1";
}

std::int64_t seconds(std::string_view text) { return at(text).time_since_epoch().count(); }

TEST(PosixZone, ReadsWhatRulesMaySay) {
    const auto last = [](const char* rule) { return posix_changes(rule, 2027, 2028).value().back().at; };
    EXPECT_EQ(last("CET-1CEST,M3.5.0,M10.5.0/3"), seconds("2028-10-29T01:00:00Z"));
    EXPECT_EQ(last("IST-2IDT,M3.4.4/26,M10.5.0"), seconds("2028-10-28T23:00:00Z"));
    EXPECT_EQ(last("<-02>2<-01>,M3.5.0/-1,M10.5.0/0"), seconds("2028-10-29T01:00:00Z"));
    EXPECT_EQ(last("EST5EDT4:30:30,J60,J365/23"), seconds("2029-01-01T03:30:30Z")) << "J365 is 31 December";
    EXPECT_EQ(last("EST5EDT,59,300"), seconds("2028-10-27T06:00:00Z")) << "300 days after 1 January";
    EXPECT_EQ(posix_changes("EST5EDT,J60,J300", 2028, 2028).value()[1].at, seconds("2028-03-01T07:00:00Z"));
    EXPECT_EQ(posix_changes("<+0530>-5:30", 2027, 2028).value().back().offset, 19'800);
}

TEST(PosixZone, RefusesWhatIsMalformed) {
    for (const char* rule :
         {"", "E5", "EST", "EST5EDT", "EST5EDT,M3.2.0", "EST5EDT,M3.2.0,M11.1.0,", "EST5EDT,M13.1.0,M1.1.0",
          "EST5EDT,M1.6.0,M1.1.0", "EST5EDT,M1.1.7,M2.1.0", "EST5EDT,J0,J3", "EST5EDT,366,3", "<EST5",
          "EST168", "EST5:60", "EST5EDT,M3.2.0/,M11.1.0", "EST5 "})
        EXPECT_FALSE(posix_changes(rule, 2027, 2028)) << rule;
}

}  // namespace
}  // namespace tappet::schedule
