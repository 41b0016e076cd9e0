// A run that takes the engine down hurts itself alone: the promise P7.
#include "runtime_rig.hpp"

namespace tappet::runtime {
namespace {

using test::RuntimeRig;
using namespace std::chrono_literals;

const char* const kEffect = "steps: [ { id: a, uses: test/effect } ]";
const char* const kPure = "steps: [ { id: p, uses: test/pure }, { id: q, uses: test/pure } ]";

PastCrash crash_of(const RunId& run, TimeMs at) { return {run, {"a", "acme", "SIGSEGV", at}}; }

/// The engine dies in a call for this run, and another one begins. Whether the crash was counted.
bool die_for(RuntimeRig& rig, const char* flow, const PastCrash& crash) {
    rig.crash();
    rig.publish(flow);
    bool counted = false;
    EXPECT_TRUE(rig.runtime().recover({crash}, [&] { counted = true; }));
    EXPECT_FALSE(counted) << "before it is durable";
    rig.settle();
    return counted;
}

TEST(RuntimeQuarantine, TheThirdCrashOfTheEngineSetsTheRunAsideBeforeItIsCalledAgain) {
    RuntimeRig rig;
    const RunId id = rig.start(rig.publish(kEffect));
    rig.settle();
    for (int i = 1; i <= 2; ++i) {
        rig.clock.advance(1s);
        EXPECT_TRUE(die_for(rig, kEffect, crash_of(id, rig.clock.now())));
        EXPECT_EQ(rig.caller().calls.size(), 1u) << "crash " << i;
    }
    rig.clock.advance(1s);
    EXPECT_TRUE(die_for(rig, kEffect, crash_of(id, rig.clock.now())));
    EXPECT_TRUE(rig.caller().calls.empty());
    EXPECT_EQ(rig.runtime().stats().quarantined, 1u);
    EXPECT_EQ(rig.disk.rows.at(id).status, run::RunStatus::quarantined);
    const auto detail = run::decode_detail(id, rig.disk.rows.at(id).detail, &rig.sealer);
    EXPECT_EQ(detail->error->code, "run.quarantined");
    EXPECT_NE(detail->error->message.find("the plugin acme ended the engine with SIGSEGV"),
              std::string::npos);
}

TEST(RuntimeQuarantine, ACrashCountsForItsRunAlone) {
    RuntimeRig rig;
    const auto flow = rig.publish(kEffect);
    const RunId bad = rig.start(flow), good = rig.start(flow);
    rig.settle();
    for (int i = 0; i < 3; ++i) {
        rig.clock.advance(1s);
        die_for(rig, kEffect, crash_of(bad, rig.clock.now()));
    }
    EXPECT_FALSE(rig.runtime().is_open(bad));
    ASSERT_TRUE(rig.runtime().is_open(good));
    ASSERT_EQ(rig.caller().calls.size(), 1u);
    rig.caller().finish(0);
    rig.settle();
    EXPECT_EQ(rig.runtime().stats().succeeded, 1u);
}

TEST(RuntimeQuarantine, AnEndWithoutARecordCountsForNobody) {
    RuntimeRig rig;
    const RunId id = rig.start(rig.publish(kEffect));
    rig.settle();
    for (int i = 0; i < 5; ++i) {
        rig.crash();
        rig.publish(kEffect);
        rig.runtime().recover();
        rig.settle();
    }
    EXPECT_TRUE(rig.runtime().is_open(id));
    EXPECT_EQ(rig.caller().calls.size(), 1u);
}

TEST(RuntimeQuarantine, ARecordThatIsReadAgainCountsOnce) {
    RuntimeRig rig;
    const RunId id = rig.start(rig.publish(kEffect));
    rig.settle();
    const PastCrash crash = crash_of(id, rig.clock.now());
    for (int i = 0; i < 5; ++i) {
        rig.crash();
        rig.publish(kEffect);
        rig.runtime().recover({crash}, [] {});
        rig.settle();
    }
    EXPECT_TRUE(rig.runtime().is_open(id));
}

TEST(RuntimeQuarantine, ACrashOfARunThatHasEndedOrWasNeverKeptIsDoneWith) {
    RuntimeRig rig;
    const RunId id = rig.start(rig.publish(kEffect));
    rig.settle();
    rig.caller().finish(0);
    rig.settle();
    rig.crash();
    rig.publish(kEffect);
    bool counted = false;
    rig.runtime().recover({crash_of(id, rig.clock.now()), crash_of(rig.runtime().new_id(), rig.clock.now())},
                          [&] { counted = true; });
    EXPECT_TRUE(counted);
}

TEST(RuntimeQuarantine, ACrashOfARunThatCannotBeTakenUpStaysToBeCounted) {
    RuntimeRig rig;
    const RunId id = rig.start(rig.publish(kEffect));
    rig.settle();
    auto& row = rig.disk.journals.at(id)[0];
    row.resize(row.size() / 2);
    rig.crash();
    rig.publish(kEffect);
    bool counted = false;
    rig.runtime().recover({crash_of(id, rig.clock.now())}, [&] { counted = true; });
    rig.settle();
    EXPECT_FALSE(counted);
}

TEST(RuntimeQuarantine, AWaitingSenderIsToldOfTheRunThatIsSetAside) {
    RuntimeRig rig;
    const RunId id = rig.start(
        rig.publish("steps: [ { id: a, uses: test/effect, retry: { maxAttempts: 9, initial: 0s } } ]"));
    std::optional<Outcome> told;
    rig.runtime().await_outcome(id, [&](const Result<Outcome>& outcome) { told = outcome.value(); });
    rig.settle();
    for (std::size_t i = 0; i < 3; ++i) {
        rig.caller().finish(i, test::call_error(flow::ErrorClass::plugin_crashed));
        rig.settle();
        rig.advance(1ms);
        rig.settle();
    }
    ASSERT_TRUE(told);
    EXPECT_EQ(told->status, run::RunStatus::quarantined);
    EXPECT_EQ(told->error->code, "run.quarantined");
    EXPECT_EQ(rig.caller().calls.size(), 3u);
}

TEST(RuntimeQuarantine, TheNumberOfCrashesIsASetting) {
    Options options;
    options.max_crashes = 1;
    RuntimeRig rig(options);
    const RunId id = rig.start(rig.publish(kEffect));
    rig.settle();
    die_for(rig, kEffect, crash_of(id, rig.clock.now()));
    EXPECT_FALSE(rig.runtime().is_open(id));
}

/// How many pure calls are under way before anything of their run is durable.
std::size_t calls_that_ride(RuntimeRig& rig) {
    rig.start(rig.publish(kPure));
    return rig.caller().calls.size();
}

TEST(RuntimeCaution, NothingRidesForAWhileAfterAnUncleanEnd) {
    RuntimeRig rig;
    EXPECT_EQ(calls_that_ride(rig), 1u);
    rig.crash();
    EXPECT_EQ(calls_that_ride(rig), 0u);
    rig.store().complete_one();
    rig.poll();
    ASSERT_EQ(rig.caller().calls.size(), 1u) << "the event is on disk";
    rig.caller().finish(0);
    EXPECT_EQ(rig.caller().calls.size(), 1u);
    rig.store().complete_one();
    rig.poll();
    EXPECT_EQ(rig.caller().calls.size(), 2u) << "the first step is on disk";
    rig.clock.advance(599s);
    EXPECT_EQ(calls_that_ride(rig), 2u);
    rig.settle();
    rig.clock.advance(1s);
    EXPECT_EQ(calls_that_ride(rig), 4u);
}

TEST(RuntimeCaution, ItsLengthIsASetting) {
    Options options;
    options.cautious = 0s;
    RuntimeRig rig(options);
    rig.crash();
    EXPECT_EQ(calls_that_ride(rig), 1u);
}

TEST(RuntimeCaution, NothingRidesOfARunThatCrashed) {
    Options options;
    options.cautious = 0s;
    RuntimeRig rig(options);
    const RunId id = rig.start(rig.publish(kPure));
    rig.settle();
    rig.crash();
    rig.publish(kPure);
    rig.runtime().recover({crash_of(id, rig.clock.now())}, [] {});
    rig.poll();
    EXPECT_TRUE(rig.caller().calls.empty()) << "the crash is not on disk yet";
    rig.settle();
    EXPECT_EQ(rig.caller().calls.size(), 1u);
}

}  // namespace
}  // namespace tappet::runtime
