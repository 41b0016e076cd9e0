#include "app/story.hpp"

#include <gtest/gtest.h>

#include "base/time_text.hpp"
#include "expr/json.hpp"

namespace tappet::app {
namespace {

std::string drawn(const std::string& run, const std::string& step, const char* now) {
    Console console;
    console.width = 100;
    console.color = false;
    const auto story =
        read_json(R"({"run":{"id":"1","flow":"f","version":1,"createdAt":"2026-01-01T00:00:00.000Z",)" + run +
                  R"(},"steps":[{"path":"a",)" + step + R"(}],"response":null})");
    EXPECT_TRUE(story);
    return waterfall(console, *story, *parse_rfc3339(now));
}

TEST(Waterfall, ARunThatIsUnderWayGoesOnUntilNow) {
    const std::string text =
        drawn(R"("status":"running","finishedAt":null)",
              R"("status":"running","startedAt":"2026-01-01T00:00:30.000Z","finishedAt":null)",
              "2026-01-01T00:01:00Z");
    EXPECT_NE(text.find("● running  1m00s so far"), std::string::npos) << text;
    EXPECT_NE(text.find("██████│ running"), std::string::npos) << text;
    EXPECT_NE(text.find("│        "), std::string::npos) << text;
}

TEST(Waterfall, ARunThatHasEndedIsAsLongAsItWas) {
    const std::string text = drawn(
        R"("status":"succeeded","finishedAt":"2026-01-01T00:00:02.000Z")",
        R"("status":"succeeded","startedAt":"2026-01-01T00:00:00.000Z","finishedAt":"2026-01-01T00:00:01.000Z")",
        "2026-01-02T00:00:00Z");
    EXPECT_NE(text.find("✔ succeeded  2.00s\n"), std::string::npos) << text;
    EXPECT_NE(text.find("│ 1.00s"), std::string::npos) << text;
}

TEST(Waterfall, ARunThatWasCancelledSaysSoOnce) {
    const std::string text = drawn(
        R"("status":"cancelled","finishedAt":"2026-01-01T00:00:02.000Z","error":{"class":"cancelled","message":"cancelled by request","step":null})",
        R"("status":"cancelled","startedAt":"2026-01-01T00:00:00.000Z","finishedAt":"2026-01-01T00:00:01.000Z")",
        "2026-01-02T00:00:00Z");
    EXPECT_NE(text.find("\ncancelled: cancelled by request\n"), std::string::npos) << text;
    EXPECT_EQ(text.find("failed"), std::string::npos) << text;
}

TEST(Waterfall, AClockThatIsBehindTheEnginesDrawsNothingBackwards) {
    const std::string text =
        drawn(R"("status":"queued","finishedAt":null)", R"("status":"pending")", "2025-01-01T00:00:00Z");
    EXPECT_NE(text.find("0ms so far"), std::string::npos) << text;
}

}  // namespace
}  // namespace tappet::app
