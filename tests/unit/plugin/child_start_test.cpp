// How often, and how soon, a plugin whose process ends is started again.
#include <cstdlib>

#include "child_rig.hpp"

namespace tappet::plugin {
namespace {

using Clock = std::chrono::steady_clock;

/// Processes that begin while it lives kill themselves while they start, and are counted in a file.
struct KilledAtStart {
    explicit KilledAtStart(const std::string& file) { ::setenv("CRASH_AT_START", file.c_str(), 1); }
    ~KilledAtStart() { ::unsetenv("CRASH_AT_START"); }
};

TEST_F(ChildTest, OneThatIsKilledWhileItStartsIsStartedThreeTimesForACall) {
    const std::string starts = folder.path() + "/starts";
    const KilledAtStart killed(starts);
    const Clock::time_point begun = Clock::now();
    const CallError error = rig.error("crash/now", json("{}"));
    EXPECT_EQ(error.error.error_class, ErrorClass::unavailable);
    EXPECT_EQ(error.error.code, "plugin.restarted");
    EXPECT_EQ(std::filesystem::file_size(starts), 3u);
    EXPECT_GE(Clock::now() - begun, std::chrono::milliseconds(100)) << "it rests before the third";
    EXPECT_TRUE(book.told.empty()) << "a kill is nobody's fault";
}

TEST_F(ChildTest, FromTheSecondCrashInARowOnTheNextStartWaits) {
    crash("segv");
    crash("segv");
    const Clock::time_point second = Clock::now();
    crash("segv");
    EXPECT_GE(Clock::now() - second, std::chrono::milliseconds(90));
}

}  // namespace
}  // namespace tappet::plugin
