// A plugin that crashes again and again is set aside, by build, until somebody releases it.
#include "runtime/crash_ledger.hpp"

#include <gtest/gtest.h>

#include "support/memory_store.hpp"

namespace tappet::runtime {
namespace {

using namespace std::chrono_literals;

const plugin::PluginIdentity kOld{"acme", "/plugins/acme.so", std::string(64, 'a')};
const plugin::PluginIdentity kNew{"acme", "/plugins/acme.so", std::string(64, 'b')};
const plugin::PluginIdentity kOther{"other", "/plugins/other.so", std::string(64, 'c')};

struct LedgerTest : ::testing::Test {
    LedgerTest() { restart(); }
    void restart(CrashLimits limits = {}) {
        store = std::make_unique<test::MemoryStore>(disk);
        ledger = CrashLedger::open(*store, limits).value();
    }
    void crash(const plugin::PluginIdentity& plugin, std::chrono::milliseconds after) {
        now = now + after;
        ledger->crashed(plugin, now, "SIGSEGV");
    }
    test::MemoryDisk disk;
    std::unique_ptr<test::MemoryStore> store;
    std::unique_ptr<CrashLedger> ledger;
    TimeMs now{1'700'000'000'000};
};

TEST_F(LedgerTest, FiveCrashesWithinTenMinutesSetABuildAside) {
    for (int i = 0; i < 4; ++i) crash(kOld, 2min);
    EXPECT_FALSE(ledger->quarantined(kOld));
    crash(kOld, 1min + 59s);
    const auto aside = ledger->quarantined(kOld);
    ASSERT_TRUE(aside);
    EXPECT_EQ(aside->since, now);
    EXPECT_EQ(aside->crashes, 5u);
    EXPECT_EQ(aside->what, "SIGSEGV");
}

TEST_F(LedgerTest, CrashesThatAreFurtherApartDoNot) {
    for (int i = 0; i < 50; ++i) crash(kOld, 2min + 30s);
    EXPECT_FALSE(ledger->quarantined(kOld));
    EXPECT_EQ(ledger->record(kOld.name, kOld.hash)->crashes, 50u);
}

TEST_F(LedgerTest, NumberAndWindowAreSettings) {
    restart({2, 1s});
    crash(kOld, 1s);
    crash(kOld, 1s);
    EXPECT_FALSE(ledger->quarantined(kOld));
    crash(kOld, 999ms);
    EXPECT_TRUE(ledger->quarantined(kOld));
}

TEST_F(LedgerTest, AnotherBuildAndOtherPluginsAreFree) {
    for (int i = 0; i < 5; ++i) crash(kOld, 1s);
    EXPECT_TRUE(ledger->quarantined(kOld));
    EXPECT_FALSE(ledger->quarantined(kNew));
    EXPECT_FALSE(ledger->quarantined(kOther));
    for (int i = 0; i < 4; ++i) crash(kNew, 1s);
    EXPECT_FALSE(ledger->quarantined(kNew)) << "it counts for itself";
}

TEST_F(LedgerTest, ItStaysAsideHoweverLongAndAcrossStarts) {
    for (int i = 0; i < 5; ++i) crash(kOld, 1s);
    const TimeMs since = now;
    restart();
    ASSERT_TRUE(ledger->quarantined(kOld));
    crash(kOld, 24h);
    EXPECT_EQ(ledger->quarantined(kOld)->since, since);
}

TEST_F(LedgerTest, CrashesBeforeAStartCount) {
    for (int i = 0; i < 4; ++i) crash(kOld, 1s);
    restart();
    crash(kOld, 1s);
    EXPECT_TRUE(ledger->quarantined(kOld));
}

TEST_F(LedgerTest, ACrashThatIsToldTwiceCountsOnce) {
    for (int i = 0; i < 5; ++i) crash(kOld, 0s);
    EXPECT_EQ(ledger->record(kOld.name, kOld.hash)->crashes, 1u);
}

TEST_F(LedgerTest, ReleasingForgetsTheCrashesOfEveryBuild) {
    for (int i = 0; i < 5; ++i) crash(kOld, 1s);
    for (int i = 0; i < 4; ++i) crash(kNew, 1s);
    EXPECT_TRUE(ledger->release("acme"));
    EXPECT_FALSE(ledger->quarantined(kOld));
    crash(kNew, 1s);
    EXPECT_FALSE(ledger->quarantined(kNew));
    restart();
    EXPECT_FALSE(ledger->quarantined(kOld));
}

TEST_F(LedgerTest, ThereIsNothingToReleaseWhereNothingIsAside) {
    crash(kOld, 1s);
    EXPECT_EQ(ledger->release("acme").error().code, ErrorCode::not_found);
    EXPECT_EQ(ledger->release("ghost").error().code, ErrorCode::not_found);
}

TEST_F(LedgerTest, WhatCannotBeWrittenCountsInThisProcessAndIsNotReleased) {
    store->fail("the disk is full");
    for (int i = 0; i < 5; ++i) crash(kOld, 1s);
    EXPECT_TRUE(ledger->quarantined(kOld));
    EXPECT_EQ(ledger->release("acme").error().code, ErrorCode::unavailable);
    EXPECT_TRUE(ledger->quarantined(kOld));
}

TEST_F(LedgerTest, RemembersTheLatestBuildsAlone) {
    for (int i = 0; i < 40; ++i) {
        plugin::PluginIdentity build = kOld;
        build.hash = std::to_string(i);
        crash(build, 1s);
    }
    EXPECT_EQ(ledger->records().size(), 16u);
    EXPECT_EQ(disk.plugins.size(), 16u);
    EXPECT_TRUE(ledger->record("acme", "39"));
    EXPECT_FALSE(ledger->record("acme", "0"));
}

}  // namespace
}  // namespace tappet::runtime
