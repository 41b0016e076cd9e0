#include "plugin/child/child.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "child_rig.hpp"

namespace tappet::plugin {
namespace {

TEST_F(ChildTest, ASignalIsTheStepsErrorWithThePluginNamed) {
    const CallError error = crash("segv");
    EXPECT_EQ(error.error.error_class, ErrorClass::plugin_crashed);
    EXPECT_EQ(error.error.code, "plugin.signal.SIGSEGV");
    EXPECT_EQ(error.error.message, "step aStep of plugin crash crashed the plugin's process: SIGSEGV");
    EXPECT_EQ(book.told, std::vector<std::string>{"crash SIGSEGV"});
}

TEST_F(ChildTest, EveryWayToEndAProcessIsToldApart) {
    EXPECT_EQ(crash("abort").error.code, "plugin.signal.SIGABRT");
    EXPECT_EQ(crash("exit").error.code, "plugin.exit");
    EXPECT_EQ(crash("overflow").error.code, "plugin.signal.SIGSEGV");
    EXPECT_EQ(book.told.size(), 3u);
}

TEST_F(ChildTest, WhatAProcessPrintsBeforeItsEndIsLoggedToTheLastWord) {
    ::testing::internal::CaptureStderr();
    crash("words");
    log::flush();
    const std::string lines = ::testing::internal::GetCapturedStderr();
    EXPECT_NE(lines.find("plugin crash printed: first\n"), std::string::npos) << lines;
    EXPECT_NE(lines.find("plugin crash printed: last words\n"), std::string::npos) << lines;
}

TEST_F(ChildTest, TheNumbersOfTheEnginesDescriptorsDoNotMatter) {
    std::vector<int> open;
    const auto open_one = [&] { open.push_back(::open("/dev/null", O_RDONLY | O_CLOEXEC)); };
    while (open.empty() || open.back() < 85) open_one();
    for (int i = 0; i < 30; ++i, open_one()) {
        PluginRig another{TAPPET_CRASH_PLUGINS, isolated(book)};
        const CallError error = another.error("crash/now", how("abort"));
        EXPECT_EQ(error.error.code, "plugin.signal.SIGABRT") << open.back() << ": " << error.error.message;
    }
    for (const int fd : open) ::close(fd);
}

TEST_F(ChildTest, TheNextCallFindsANewProcess) {
    crash("segv");
    std::filesystem::remove(file);
    EXPECT_TRUE(rig.result("crash/now", how("segv")).is_null());
}

TEST_F(ChildTest, ACallWhoseNeighbourCrashedIsMadeAgain) {
    std::optional<CallOutcome> neighbour, culprit;
    CallContext other = rig.context();
    other.step = "other";
    // It waits in a thread of the plugin until the file is gone.
    rig.start("crash/patient", how("segv"), other, neighbour);
    rig.start("crash/now", how("segv"), culprit);
    rig.wait(culprit);
    EXPECT_EQ(std::get<CallError>(*culprit).error.error_class, ErrorClass::plugin_crashed);
    EXPECT_FALSE(neighbour);
    std::filesystem::remove(file);
    rig.wait(neighbour);
    EXPECT_TRUE(std::holds_alternative<Value>(*neighbour));
}

TEST_F(ChildTest, OfCallsWithoutARunTheOneThatCrashedFails) {
    std::optional<CallOutcome> neighbour, culprit;
    CallContext hook = rig.context();
    hook.run = RunId();
    hook.flow = hook.step = "";
    rig.start("crash/patient", how("segv"), hook, neighbour);
    rig.start("crash/now", how("segv"), hook, culprit);
    rig.wait(culprit);
    EXPECT_EQ(std::get<CallError>(*culprit).error.error_class, ErrorClass::plugin_crashed);
    std::filesystem::remove(file);
    rig.wait(neighbour);
    EXPECT_TRUE(std::holds_alternative<Value>(*neighbour));
}

TEST_F(ChildTest, AKillFromOutsideIsNobodysFault) {
    std::optional<CallOutcome> outcome;
    rig.start("crash/now", how("kill-once"), outcome);
    rig.wait(outcome);
    EXPECT_TRUE(std::holds_alternative<Value>(*outcome)) << "it is made again";
    EXPECT_TRUE(book.told.empty());
}

TEST(Child, ACallThatGoesOnForTooLongEndsTheProcessAndIsATimeout) {
    Book book;
    HostOptions options = isolated(book);
    options.child_limits.call = std::chrono::seconds(1);  // it has begun by then
    options.cancel_grace = std::chrono::milliseconds(50);
    PluginRig rig(TAPPET_CRASH_PLUGINS, std::move(options));
    rig.result("crash/now", json("{}"));  // the process is there
    const CallError error = rig.error("crash/hang", json("{}"));
    EXPECT_EQ(error.error.error_class, ErrorClass::timeout);
    EXPECT_EQ(error.error.code, "plugin.hung");
    EXPECT_NE(error.error.message.find("of plugin crash did not end in time"), std::string::npos);
    EXPECT_TRUE(book.told.empty());
}

TEST(Child, ItIsNotGivenAnInputOfMoreValuesThanMayCross) {
    Book book;
    HostOptions options = isolated(book);
    options.child_limits.link.values = 1'000;
    PluginRig rig(TAPPET_CRASH_PLUGINS, std::move(options));
    const auto of_items = [](std::size_t items) {
        return Value::object({{"a", Value::list(std::vector<Value>(items))}});
    };
    EXPECT_TRUE(rig.result("crash/now", of_items(997)).is_null()) << "with the map, the key and the list";
    const CallError error = rig.error("crash/now", of_items(998));
    EXPECT_EQ(error.error.code, "plugin.inputTooLarge");
    EXPECT_EQ(error.error.message, "the input for plugin crash has more than 1000 values (plugins.values)");
    EXPECT_TRUE(book.told.empty());
}

TEST_F(ChildTest, APluginThatIsSetAsideIsNotStarted) {
    book.aside = Quarantine{rig.clock.now(), 5, "SIGSEGV"};
    const CallError error = rig.error("crash/now", how("segv"));
    EXPECT_EQ(error.error.code, kPluginQuarantined);
    EXPECT_TRUE(book.told.empty());
}

TEST(Child, ACancelledCallIsNotMadeAgainWhenItsNeighbourCrashes) {
    TemporaryFolder folder;
    Book book;
    HostOptions options = isolated(book);
    options.cancel_grace = std::chrono::seconds(30);  // what ends the call is the crash
    PluginRig rig(TAPPET_CRASH_PLUGINS, std::move(options));
    const std::string begun = folder.path() + "/begun", file = folder.path() + "/crash";
    std::ofstream(file) << "x";
    std::optional<CallOutcome> cancelled, culprit;
    CallContext other = rig.context();
    other.step = "other";
    const auto ticket =
        rig.start("crash/hang", Value::object({{"count", Value::string(begun)}}), other, cancelled);
    wait_for_size(rig, begun, 1);
    rig.host->cancel(ticket);  // it does not obey
    rig.start("crash/now", Value::object({{"how", Value::string("segv")}, {"while", Value::string(file)}}),
              culprit);
    rig.wait(culprit);
    rig.wait(cancelled);
    EXPECT_EQ(std::get<CallError>(*cancelled).error.error_class, ErrorClass::cancelled);
    std::filesystem::remove(file);
    EXPECT_TRUE(rig.result("crash/now", json("{}")).is_null());
    EXPECT_EQ(std::filesystem::file_size(begun), 1u) << "it is not made again";
}

TEST_F(ChildTest, WhatWasAnsweredBeforeACrashCountsHoweverLateItIsRead) {
    std::optional<CallOutcome> outcome;
    rig.result("crash/now", json("{}"));  // the process is there
    rig.start("crash/now", how("answer-first"), outcome);
    while (std::filesystem::exists(file)) rig.loop.run_one_for(std::chrono::milliseconds(1));
    rig.wait(outcome);
    ASSERT_TRUE(std::holds_alternative<Value>(*outcome)) << std::get<CallError>(*outcome).error.message;
    EXPECT_EQ(std::get<Value>(*outcome).size(), 100'000u);
}

TEST_F(ChildTest, APluginThatIsSetAsideByACrashIsNotStartedForItsOtherCalls) {
    std::optional<CallOutcome> neighbour, culprit;
    CallContext other = rig.context();
    other.step = "other";
    rig.start("crash/patient", how("segv"), other, neighbour);
    rig.start("crash/now", how("segv"), culprit);
    book.aside_after = 1;
    rig.wait(culprit);
    rig.wait(neighbour);
    EXPECT_EQ(std::get<CallError>(*neighbour).error.code, kPluginQuarantined);
}

TEST_F(ChildTest, TheEngineStopsWithoutWaitingForAnotherProcess) {
    std::optional<CallOutcome> outcome;
    rig.start("crash/hang", how("segv"), outcome);
    rig.loop.run_one();
    EXPECT_TRUE(rig.host->close());
    EXPECT_FALSE(outcome);
}

}  // namespace
}  // namespace tappet::plugin
