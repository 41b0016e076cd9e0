// What is bounded: runs, calls, lines, turns; and how the engine stops.
#include "runtime_rig.hpp"

namespace tappet::runtime {
namespace {

using test::list_of;
using test::RuntimeRig;
using namespace std::chrono_literals;

const char* const kEffect = "steps: [ { id: a, uses: test/effect } ]";
const char* const kLoop =
    "steps: [ { id: each, forEach: trigger.body, as: n, maxParallel: 50, do: [ { id: a, uses: test/effect } "
    "] } ]";

Options with_calls(std::size_t most) {
    Options options;
    options.max_calls = most;
    return options;
}

TEST(RuntimeLimits, MoreOpenRunsThanThereMayBeAreRefused) {
    Options options;
    options.max_open_runs = 2;
    RuntimeRig rig(options);
    const auto flow = rig.publish(kEffect);
    for (int i = 0; i < 3; ++i) rig.start(flow);
    ASSERT_EQ(rig.accepted.size(), 1u) << "the third is refused at once";
    EXPECT_EQ(rig.accepted[0].error().code, ErrorCode::exhausted);
    rig.settle();
    EXPECT_EQ(rig.runtime().refusing()->code, ErrorCode::exhausted);
    rig.caller().finish(0);
    rig.settle();
    EXPECT_FALSE(rig.runtime().refusing());
    EXPECT_EQ(rig.runtime().stats().refused, 1u);
}

TEST(RuntimeLimits, MoreCallsThanThereMayBeWaitInOrder) {
    RuntimeRig rig(with_calls(2));
    rig.start(rig.publish(kLoop), list_of(5));
    rig.settle();
    EXPECT_EQ(rig.caller().calls.size(), 2u);
    EXPECT_EQ(rig.runtime().stats().calls_waiting, 3u);
    for (std::size_t i = 0; i < 5; ++i) {
        ASSERT_GT(rig.caller().calls.size(), i);
        EXPECT_EQ(rig.caller().calls[i].context.step, "each[" + std::to_string(i) + "].a");
        rig.caller().finish(i);
        EXPECT_LE(rig.caller().open(), 2u);
    }
    rig.settle();
    EXPECT_EQ(rig.runtime().stats().succeeded, 1u);
    EXPECT_EQ(rig.runtime().stats().calls_under_way, 0u);
}

TEST(RuntimeLimits, ACallThatWaitsAndIsCancelledIsNeverMade) {
    RuntimeRig rig(with_calls(1));
    const auto flow = rig.publish(kEffect);
    rig.start(flow);
    const RunId second = rig.start(flow);
    const RunId third = rig.start(flow);
    rig.settle();
    rig.runtime().cancel(second, "x", [](const Result<void>&) {});
    rig.settle();
    rig.caller().finish(0);
    rig.settle();
    ASSERT_EQ(rig.caller().calls.size(), 2u);
    EXPECT_EQ(rig.caller().calls[1].context.run, third);
}

TEST(RuntimeLimits, ManyCallsThatWaitAndAnswerAtOnceAreMadeWithoutRecursion) {
    RuntimeRig rig(with_calls(1));
    const auto flow = rig.publish(kEffect);
    rig.start(flow);
    rig.settle();
    for (int i = 0; i < 20'000; ++i) rig.start(flow);
    rig.settle();
    rig.caller().answer = [](const auto&) { return plugin::CallOutcome(Value()); };
    rig.caller().finish(0);
    rig.settle();
    EXPECT_EQ(rig.runtime().stats().succeeded, 20'001u);
}

TEST(RuntimeLimits, LinesOfARunBeyondTheLimitAreCountedNotKept) {
    Options options;
    options.max_log_lines = 3;
    RuntimeRig rig(options);
    const auto flow = rig.publish(kEffect);
    const RunId id = rig.start(flow);
    rig.settle();
    for (int i = 0; i < 10; ++i)
        rig.runtime().log({2, "test", "line " + std::to_string(i), id, "tested", "a", rig.clock.now()});
    rig.poll();
    rig.caller().finish(0);
    rig.settle();
    const auto story = rig.story(flow, id);
    ASSERT_EQ(story.logs.size(), 4u);
    EXPECT_EQ(story.logs[2].message, "line 2");
    EXPECT_NE(story.logs[3].message.find("not kept"), std::string::npos);
    EXPECT_EQ(rig.runtime().stats().log_lines_dropped, 7u);
}

TEST(RuntimeLimits, ALineOfARunThatHasEndedIsDropped) {
    RuntimeRig rig;
    const RunId id = rig.start(rig.publish(kEffect));
    rig.settle();
    rig.caller().finish(0);
    rig.settle();
    rig.runtime().log({2, "test", "late", id, "tested", "a", rig.clock.now()});
    rig.settle();
    EXPECT_EQ(rig.rows(id), 2u);
}

TEST(RuntimeDrain, IsDoneAtOnceWhereNothingIsUnderWay) {
    RuntimeRig rig;
    bool done = false;
    rig.runtime().drain(1h, [&] { done = true; });
    rig.poll();
    EXPECT_TRUE(done);
    EXPECT_EQ(rig.runtime().refusing()->code, ErrorCode::unavailable);
}

TEST(RuntimeDrain, WaitsForCallsUnderWayAndForTheirCommitsAndBeginsNoFurtherOnes) {
    RuntimeRig rig;
    const auto flow = rig.publish("steps: [ { id: a, uses: test/effect }, { id: b, uses: test/effect } ]");
    const RunId id = rig.start(flow);
    rig.settle();
    bool done = false;
    rig.runtime().drain(1h, [&] { done = true; });
    rig.settle();
    EXPECT_FALSE(done);
    rig.caller().finish(0, Value::integer(1));
    rig.poll();
    EXPECT_FALSE(done) << "its end is not durable";
    rig.settle();
    EXPECT_TRUE(done);
    EXPECT_EQ(rig.caller().calls.size(), 1u);
    rig.store().close();
    rig.crash();
    rig.publish("steps: [ { id: a, uses: test/effect }, { id: b, uses: test/effect } ]");
    rig.runtime().recover();
    rig.settle();
    ASSERT_EQ(rig.caller().calls.size(), 1u);
    EXPECT_EQ(rig.caller().calls[0].context.step, "b");
    EXPECT_EQ(rig.caller().calls[0].context.run, id);
}

TEST(RuntimeDrain, IsDoneWhenTheLastCommitTurnsOutToBeOfADuplicate) {
    RuntimeRig rig;
    const auto flow = rig.publish("steps: [ { id: a, if: \"false\", uses: test/effect } ]");
    rig.start(flow, {}, "key-1");
    rig.settle();
    rig.start(flow, {}, "key-1");
    bool done = false;
    rig.runtime().drain(1h, [&] { done = true; });
    rig.poll();
    EXPECT_FALSE(done);
    rig.settle();
    EXPECT_TRUE(done);
}

TEST(RuntimeDrain, IsDoneAfterItsLimitWhateverIsUnderWay) {
    RuntimeRig rig;
    rig.start(rig.publish(kEffect));
    rig.settle();
    bool done = false;
    rig.runtime().drain(1ms, [&] { done = true; });
    while (!done && rig.loop().run_one_for(20s) > 0) continue;
    EXPECT_TRUE(done);
}

TEST(RuntimeDrain, IsDoneWhereStorageHasFailed) {
    RuntimeRig rig;
    rig.start(rig.publish(kEffect));
    rig.store().fail("gone");
    bool done = false;
    rig.runtime().drain(1h, [&] { done = true; });
    rig.poll();
    EXPECT_TRUE(done);
}

}  // namespace
}  // namespace tappet::runtime
