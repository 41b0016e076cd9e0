#include <gmock/gmock.h>

#include "schedule/cron.hpp"

namespace tappet::schedule {
namespace {

std::string fault(std::string_view text) {
    const auto cron = Cron::parse(text);
    return cron ? "" : cron.error().message;
}

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(CronParse, TakesFiveFieldsSixAndMacros) {
    for (const char* text : {"* * * * *",       "0 0 1 1 *",         "*/5 9-17 * * mon-fri",
                             "30 0 0 * * ?",    "\t 0  0 * * 0 ",    "@daily",
                             "  @Midnight ",    "0 0 L * *",         "0 0 15,L * *",
                             "0 0 L-2W * *",    "0 0 LW * ?",        "0 0 ? * 5L",
                             "0 0 * * fril",    "0 0 * * MON#2,tue", "0 0 1 JANUARY friday",
                             "0 0 * * sat-sun", "0 0 * * 7-4",       "0 0 * * 7/2",
                             "5/20 * * * *",    "0-30/10 * * * *",   "00 01 * * *"})
        EXPECT_EQ(fault(text), "") << text;
}

TEST(CronParse, SaysFieldColumnFaultAndWhatIsAllowed) {
    EXPECT_EQ(fault("60 * * * *"),
              "cron: minute (field 1, column 1): `60` is out of range; allowed: 0-59, `*`, lists, ranges and "
              "steps");
    EXPECT_THAT(fault("0 9,x * * *"),
                AllOf(HasSubstr("hour (field 2, column 5)"), HasSubstr("`x` is no number")));
    EXPECT_THAT(fault("0 0 * * sut"),
                AllOf(HasSubstr("day of week (field 5, column 9)"), HasSubstr("did you mean `sun`?")));
    EXPECT_THAT(fault("0 0 0 * febuary *"), HasSubstr("did you mean `february`?"));
    EXPECT_THAT(fault("0 0 0 1-32 * *"), HasSubstr("day of month (field 4, column 9)"));
}

TEST(CronParse, SaysHowWhatIsMeantIsWritten) {
    EXPECT_THAT(fault("0 22-2 * * *"), HasSubstr("written `22-23,0-2`"));
    EXPECT_THAT(fault("0 0 * * fri-mon"), HasSubstr("written `5-6,0-1`"));
    EXPECT_THAT(fault("*/90 * * * *"), HasSubstr("use `every: 90m`"));
    EXPECT_THAT(fault("@every 5m"), HasSubstr("2 fields"));
    EXPECT_THAT(fault("@every_minute"), HasSubstr("`every: 5m`"));
    EXPECT_THAT(fault("@dialy"), HasSubstr("did you mean `@daily`?"));
    EXPECT_THAT(fault("* * * *"), HasSubstr("4 fields"));
    EXPECT_THAT(fault("0 0 0 1 1 * 2027"), HasSubstr("A year cannot be given"));
    EXPECT_THAT(fault(""), HasSubstr("0 fields"));
}

TEST(CronParse, RefusesWhatHasNoMeaning) {
    for (const char* text : {"*/0 * * * *",   "*/ * * * *",   "1,,2 * * * *",  ",1 * * * *",
                             "1, * * * *",    "- * * * *",    "1- * * * *",    "-1 * * * *",
                             "** * * * *",    "*-5 * * * *",  "1-2-3 * * * *", "1/2/3 * * * *",
                             "? * * * *",     "* ? * * *",    "* * * ? *",     "* * ? * ?",
                             "* * ?,1 * *",   "* * W * *",    "* * 1,2W * *",  "* * 1-2W * *",
                             "* * 1LW * *",   "* * L-31 * *", "* * Lx * *",    "* * L- * *",
                             "* * 0W * *",    "* * * * L",    "* * * * W",     "* * * * #",
                             "* * * * 1#0",   "* * * * 1#6",  "* * * * 0#",    "* * * * 8L",
                             "* * * * 8",     "L * * * *",    "0 0 * * 1#2#3", "99999999999999999999 * * * *",
                             "0 0 * * m\x01n"})
        EXPECT_NE(fault(text), "") << text;
}

TEST(CronParse, TextsHaveALimit) {
    EXPECT_EQ(fault("0 0 * * *" + std::string(kMaxCronText - 9, ' ')), "");
    EXPECT_THAT(fault("0 0 * * *" + std::string(kMaxCronText - 8, ' ')), HasSubstr("1001 bytes"));
}

}  // namespace
}  // namespace tappet::schedule
