#include "plugin/child/child.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <mutex>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "plugin/child/messages.hpp"
#include "support/plugin_rig.hpp"
#include "support/temporary_folder.hpp"

namespace tappet::plugin {
namespace {

using flow::ErrorClass;
using test::TemporaryFolder;
using testing::json;
using testing::PluginRig;

/// Remembers what it is told.
struct Book final : CrashBook {
    void crashed(const PluginIdentity& plugin, TimeMs, std::string_view what) override {
        told.push_back(plugin.name + " " + std::string(what));
        if (told.size() == aside_after) aside = Quarantine{TimeMs{}, 1, std::string(what)};
    }
    std::optional<Quarantine> quarantined(const PluginIdentity&) const override { return aside; }
    Result<void> release(std::string_view) override { return {}; }
    std::vector<std::string> told;
    std::optional<Quarantine> aside;
    std::size_t aside_after = 0;  ///< so many crashes set it aside; 0: none do
};

HostOptions isolated(Book& book) {
    HostOptions options;
    options.child_command = TAPPET_CHILD;
    options.crash_book = &book;
    options.cancel_grace = std::chrono::milliseconds(200);
    return options;
}

/// The plugin crash in a process of its own; it crashes while a file is there.
struct ChildTest : ::testing::Test {
    ChildTest() { std::ofstream(file) << "x"; }
    Value how(const std::string& way) const {
        return Value::object({{"how", Value::string(way)}, {"while", Value::string(file)}});
    }
    CallError crash(const std::string& way) { return rig.error("crash/now", how(way)); }

    TemporaryFolder folder;
    std::string file = folder.path() + "/crash";
    Book book;
    PluginRig rig{TAPPET_CRASH_PLUGINS, isolated(book)};
};

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

struct WrittenAnswer : ChildTest {
    WrittenAnswer() { std::filesystem::remove(file); }
};

TEST_F(WrittenAnswer, WithMoreValuesThanOneMayHoldEndsTheProcess) {
    const CallError error = rig.error("crash/now", how("nulls"));
    EXPECT_EQ(error.error.error_class, ErrorClass::plugin_crashed) << error.error.message;
    EXPECT_EQ(error.error.code, "plugin.misbehaved");
}

TEST_F(WrittenAnswer, WithFewIsOne) { EXPECT_EQ(rig.result("crash/now", how("few-nulls")).size(), 1'000u); }

TEST_F(WrittenAnswer, ForNobodyIsNotLookedInto) {
    EXPECT_TRUE(rig.result("crash/now", how("stranger")).is_null());
}

/// Remembers who wrote where.
struct WrittenBlobs final : BlobDoor {
    Result<std::string> write(const RunId& run, const std::string& tenant, const std::string& id,
                              std::string_view bytes) override {
        const std::lock_guard lock(mutex);
        (run == own && tenant == "default" && id.empty() ? good : bad) += bytes;
        return std::string("blob");
    }
    Result<std::string> read(const RunId&, const std::string&, const std::string&, std::uint64_t,
                             std::uint64_t) override {
        const std::lock_guard lock(mutex);
        bad += "read";
        return std::string();
    }
    bool done() {
        const std::lock_guard lock(mutex);
        return !good.empty();
    }
    std::mutex mutex;
    RunId own;
    std::string good, bad;
};

std::string blob_frame(child::Door door, const RunId& run, const std::string& tenant, const std::string& id) {
    child::Ask ask;
    ask.number = 1'000'000;
    ask.door = door;
    std::vector<Value> parts{Value::bytes(run.view()), Value::bytes(tenant), Value::bytes(id)};
    if (door == child::Door::blob_write) parts.push_back(Value::bytes("x"));
    if (door == child::Door::blob_read) parts.insert(parts.end(), {Value::uint(0), Value::uint(1)});
    ask.what = Value::list(std::move(parts));
    const std::string bytes = write(ask);
    std::string out(4, '\0');
    out[0] = static_cast<char>(bytes.size());
    return out + static_cast<char>(child::FrameType::ask) + bytes;
}

TEST(Child, ItReachesBlobsOfRunsWithCallsUnderWayAlone) {
    using child::Door;
    Book book;
    WrittenBlobs blobs;
    Doors doors;
    doors.blobs = &blobs;
    PluginRig rig(TAPPET_CRASH_PLUGINS, isolated(book), doors);
    blobs.own = rig.context().run;
    const RunId foreign{{9}};
    const Value input =
        Value::object({{"frames", Value::bytes(blob_frame(Door::blob_write, foreign, "default", "") +
                                               blob_frame(Door::blob_write, blobs.own, "another", "") +
                                               blob_frame(Door::blob_write, blobs.own, "default", "another") +
                                               blob_frame(Door::blob_read, foreign, "default", "another") +
                                               blob_frame(Door::blob_write, blobs.own, "default", ""))}});
    EXPECT_TRUE(rig.result("crash/now", input).is_null());
    while (!blobs.done()) rig.loop.run_one();
    EXPECT_TRUE(rig.host->close());
    EXPECT_EQ(blobs.good, "x");
    EXPECT_EQ(blobs.bad, "");
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

TEST_F(ChildTest, ACancelledCallIsNotMadeAgainWhenItsNeighbourCrashes) {
    std::optional<CallOutcome> cancelled, culprit;
    CallContext other = rig.context();
    other.step = "other";
    const auto ticket = rig.start("crash/hang", how("segv"), other, cancelled);
    rig.loop.run_one();
    rig.host->cancel(ticket);  // it does not obey
    rig.start("crash/now", how("segv"), culprit);
    rig.wait(culprit);
    rig.wait(cancelled);
    EXPECT_EQ(std::get<CallError>(*cancelled).error.error_class, ErrorClass::cancelled);
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
