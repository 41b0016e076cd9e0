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

TEST(Child, ACallWhoseLimitPassesWhileItsProcessStartsIsNeverMade) {
    TemporaryFolder folder;
    Book book;
    HostOptions options = isolated(book);
    options.child_limits.call = std::chrono::milliseconds(50);
    options.cancel_grace = std::chrono::milliseconds(50);
    PluginRig rig(TAPPET_CRASH_PLUGINS, std::move(options));
    const std::string held = folder.path() + "/start", made = folder.path() + "/made";
    ::setenv("CRASH_HELD_START", held.c_str(), 1);
    const CallError error = rig.error("crash/now", Value::object({{"count", Value::string(made)}}));
    ::unsetenv("CRASH_HELD_START");
    EXPECT_EQ(error.error.error_class, ErrorClass::timeout);
    EXPECT_EQ(error.error.code, "plugin.slow");
    EXPECT_EQ(
        error.error.message,
        "step aStep of plugin crash did not begin within 50 ms (plugins.call): the plugin's process was "
        "not ready");
    std::ofstream(held) << "x";
    while (std::holds_alternative<CallError>(rig.call("crash/now", json("{}")))) continue;
    EXPECT_FALSE(std::filesystem::exists(made));
}

TEST_F(ChildTest, ACallThatFindsAProcessWithoutAConnectionWaitsForTheNext) {
    std::optional<CallOutcome> closing, next;
    rig.result("crash/at-once", json("{}"));  // the process is there
    rig.start("crash/now", how("close"), closing);
    while (std::filesystem::exists(file)) rig.loop.run_one_for(std::chrono::milliseconds(1));
    while (rig.loop.poll() > 0) continue;  // the engine reads that its end is closed
    rig.start("crash/now", json("{}"), next);
    rig.wait(next);
    EXPECT_TRUE(std::holds_alternative<Value>(*next)) << std::get<CallError>(*next).error.message;
    rig.wait(closing);
    EXPECT_EQ(std::get<CallError>(*closing).error.code, "plugin.misbehaved");
}

TEST(Child, AnInputThatIsLargerThanAFrameNeverFits) {
    Book book;
    HostOptions options = isolated(book);
    options.child_limits.link.frame = 1u << 20;
    PluginRig rig(TAPPET_CRASH_PLUGINS, std::move(options));
    const CallError error =
        rig.error("crash/now", Value::object({{"a", Value::bytes(std::string(1u << 20, 'x'))}}));
    EXPECT_EQ(error.error.error_class, ErrorClass::internal);
    EXPECT_EQ(error.error.code, "plugin.inputTooLarge");
    EXPECT_NE(error.error.message.find("more than 1048576 bytes (plugins.frame)"), std::string::npos)
        << error.error.message;
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
