// What comes of a crash: the promises P3, P5 and P8.
#include "runtime_rig.hpp"

namespace tappet::runtime {
namespace {

using test::list_of;
using test::RuntimeRig;
using namespace std::chrono_literals;

TEST(RuntimeRecovery, MakesOpenCallsAgainWithTheirKeysAndNoOthers) {
    const char* const kFlow = R"(
steps:
  - { id: each, forEach: trigger.body, as: n, maxParallel: 3, do: [ { id: a, uses: test/effect, with: { n: "${{ n }}" } } ] }
)";
    RuntimeRig rig;
    rig.start(rig.publish(kFlow), list_of(4));
    rig.settle();
    rig.caller().finish(1);
    rig.settle();
    std::map<std::string, std::string> keys;
    for (const auto& call : rig.caller().calls)
        if (!call.ended) keys[call.context.step] = call.context.idempotency_key;
    ASSERT_EQ(keys.size(), 3u);
    rig.crash();
    rig.publish(kFlow);
    EXPECT_EQ(rig.runtime().recover().value(), 1u);
    rig.settle();
    ASSERT_EQ(rig.caller().calls.size(), 3u);
    for (const auto& call : rig.caller().calls) {
        EXPECT_EQ(call.context.idempotency_key, keys[call.context.step]);
        EXPECT_EQ(call.context.attempt, 1u);
    }
    for (std::size_t i = 0; i < 3; ++i) rig.caller().finish(i);
    rig.settle();
    EXPECT_EQ(rig.runtime().stats().succeeded, 1u);
}

TEST(RuntimeRecovery, KeepsTheTimeAndCountOfARetry) {
    const char* const kFlow =
        "steps: [ { id: a, uses: test/effect, retry: { maxAttempts: 3, initial: 10s, jitter: none } } ]";
    RuntimeRig rig;
    rig.start(rig.publish(kFlow));
    rig.settle();
    rig.caller().finish(0, test::call_error(flow::ErrorClass::rate_limited, 60s));
    rig.settle();
    rig.clock.advance(50s);
    rig.crash();
    rig.publish(kFlow);
    rig.runtime().recover();
    rig.settle();
    rig.advance(9s);
    rig.settle();
    EXPECT_TRUE(rig.caller().calls.empty());
    rig.advance(1s);
    rig.settle();
    ASSERT_EQ(rig.caller().calls.size(), 1u);
    EXPECT_EQ(rig.caller().calls[0].context.attempt, 2u);
}

TEST(RuntimeRecovery, MakesUpForARetryThatCameDueMeanwhile) {
    const char* const kFlow =
        "steps: [ { id: a, uses: test/effect, retry: { maxAttempts: 3, initial: 10s, jitter: none } } ]";
    RuntimeRig rig;
    rig.start(rig.publish(kFlow));
    rig.settle();
    rig.caller().finish(0, test::call_error(flow::ErrorClass::unavailable));
    rig.settle();
    rig.clock.advance(1h);
    rig.crash();
    rig.publish(kFlow);
    rig.runtime().recover();
    rig.settle();
    EXPECT_EQ(rig.caller().calls.size(), 1u);
}

TEST(RuntimeRecovery, RunsUnderTheVersionThatTheRunStartedWith) {
    RuntimeRig rig;
    const auto old =
        rig.publish("steps: [ { id: a, uses: test/effect }, { id: before, uses: test/effect } ]");
    rig.start(old);
    rig.settle();
    rig.crash();
    const auto newer =
        rig.publish("steps: [ { id: a, uses: test/effect }, { id: after, uses: test/effect } ]");
    EXPECT_EQ(newer->version, old->version + 1);
    rig.runtime().recover();
    rig.settle();
    rig.caller().finish(0);
    rig.settle();
    EXPECT_EQ(rig.caller().calls.at(1).context.step, "before");
}

TEST(RuntimeRecovery, LeavesRunsThatHaveEndedAlone) {
    RuntimeRig rig;
    rig.start(rig.publish("steps: [ { id: a, uses: test/effect } ]"));
    rig.settle();
    rig.caller().finish(0);
    rig.settle();
    rig.crash();
    EXPECT_EQ(rig.runtime().recover().value(), 0u);
    EXPECT_EQ(rig.runtime().stats().open, 0u);
}

TEST(RuntimeRecovery, ProjectsARunThatHasEndedAndWhoseListDoesNotKnow) {
    RuntimeRig rig;
    const RunId id = rig.start(rig.publish("steps: [ { id: a, uses: test/effect } ]"));
    rig.settle();
    rig.caller().finish(0);
    rig.settle();
    rig.disk.rows.erase(id);
    rig.crash();
    EXPECT_EQ(rig.runtime().recover().value(), 0u);
    EXPECT_EQ(rig.disk.rows.at(id).status, run::RunStatus::succeeded);
}

TEST(RuntimeRecovery, LeavesADamagedRunAsItIsAndTakesUpTheOthers) {
    RuntimeRig rig;
    const auto flow = rig.publish("steps: [ { id: a, uses: test/effect } ]");
    const RunId damaged = rig.start(flow);
    rig.start(flow);
    rig.settle();
    auto& row = rig.disk.journals.at(damaged)[0];
    row.resize(row.size() / 2);
    const auto before = row;
    rig.crash();
    rig.publish("steps: [ { id: a, uses: test/effect } ]");
    EXPECT_EQ(rig.runtime().recover().value(), 1u);
    rig.settle();
    EXPECT_EQ(rig.disk.journals.at(damaged)[0], before);
}

TEST(RuntimeTimers, EndAnAttemptThatIsOutOfTimeAndTellItToStop) {
    RuntimeRig rig;
    const RunId id = rig.start(rig.publish("steps: [ { id: a, uses: test/effect, timeout: 5s } ]"));
    rig.settle();
    rig.advance(4'999ms);
    rig.settle();
    EXPECT_FALSE(rig.caller().calls[0].cancelled);
    rig.advance(1ms);
    rig.settle();
    EXPECT_TRUE(rig.caller().calls[0].cancelled);
    EXPECT_FALSE(rig.runtime().is_open(id));
    EXPECT_EQ(rig.runtime().stats().timers, 0u);
}

TEST(RuntimeTimers, AreGoneWithTheRunTheyWereFor) {
    RuntimeRig rig;
    const auto flow = rig.publish(
        "timeout: 1h\nsteps: [ { id: a, uses: test/effect, timeout: 5s, retry: { maxAttempts: 3, initial: "
        "10s } } ]");
    for (int i = 0; i < 3; ++i) rig.start(flow);
    rig.settle();
    rig.caller().finish(0);
    rig.caller().finish(1, test::call_error(flow::ErrorClass::unavailable));
    rig.settle();
    EXPECT_GT(rig.runtime().stats().timers, 0u);
    std::vector<RunId> open;
    for (const auto& [id, rows] : rig.disk.journals) open.push_back(id);
    for (const RunId& id : open) rig.runtime().cancel(id, "x", [](const Result<void>&) {});
    rig.settle();
    EXPECT_EQ(rig.runtime().stats().open, 0u);
    EXPECT_EQ(rig.runtime().stats().timers, 0u);
}

}  // namespace
}  // namespace tappet::runtime
