// What is durable before what: the promises P1 to P4 and P9.
#include "runtime_rig.hpp"

namespace tappet::runtime {
namespace {

using test::RuntimeRig;

const char* const kEffect = "steps: [ { id: a, uses: test/effect }, { id: b, uses: test/effect } ]\n";
const char* const kPureThenEffect = R"(
steps:
  - { id: p, uses: test/pure }
  - { id: q, uses: test/pure }
  - { id: a, uses: test/effect }
)";

TEST(RuntimeCommit, AnEventIsAcceptedOnlyWhenItIsDurable) {
    RuntimeRig rig;
    const RunId id = rig.start(rig.publish(kEffect));
    rig.poll();
    EXPECT_TRUE(rig.accepted.empty());
    ASSERT_TRUE(rig.store().complete_one());
    ASSERT_EQ(rig.accepted.size(), 1u);
    EXPECT_EQ(rig.accepted[0]->run, id);
    EXPECT_FALSE(rig.accepted[0]->duplicate);
}

TEST(RuntimeCommit, AnEffectIsCalledOnlyWhenWhatItFollowsFromIsDurable) {
    RuntimeRig rig;
    rig.start(rig.publish(kEffect));
    rig.poll();
    EXPECT_TRUE(rig.caller().calls.empty());
    rig.store().complete_one();
    ASSERT_EQ(rig.caller().calls.size(), 1u);
    EXPECT_EQ(rig.caller().calls[0].context.step, "a");
    rig.caller().finish(0);
    rig.poll();
    EXPECT_EQ(rig.caller().calls.size(), 1u) << "b follows from the end of a, which is not durable";
    rig.store().complete_one();
    EXPECT_EQ(rig.caller().calls.size(), 2u);
}

TEST(RuntimeCommit, PureStepsRideInTheCommitOfTheNextEffect) {
    RuntimeRig rig;
    rig.caller().answer = [](const auto& call) -> std::optional<plugin::CallOutcome> {
        if (call.action == "test/pure") return Value::integer(1);
        return std::nullopt;
    };
    const RunId id = rig.start(rig.publish(kPureThenEffect));
    EXPECT_EQ(rig.caller().calls.size(), 2u) << "both are called at once";
    ASSERT_EQ(rig.store().queued().size(), 1u);
    rig.settle();
    EXPECT_EQ(rig.rows(id), 1u);
    EXPECT_EQ(rig.caller().calls.size(), 3u);
    rig.caller().finish(2);
    rig.settle();
    EXPECT_EQ(rig.rows(id), 2u);
    EXPECT_EQ(rig.store().misuse(), "");
}

TEST(RuntimeCommit, NothingRidesForAWhileAfterAnUncleanEnd) {
    RuntimeRig rig;
    rig.crash();
    rig.start(rig.publish(kPureThenEffect));
    EXPECT_TRUE(rig.caller().calls.empty());
    rig.store().complete_one();
    EXPECT_EQ(rig.caller().calls.size(), 1u) << "the event is on disk before its first call";
    rig.clock.advance(std::chrono::minutes(10));
    rig.start(rig.publish(kPureThenEffect));
    EXPECT_EQ(rig.caller().calls.size(), 2u);
}

TEST(RuntimeCommit, EverythingRidesAgainAfterACleanEnd) {
    RuntimeRig rig;
    rig.store().close();
    rig.crash();
    rig.start(rig.publish(kPureThenEffect));
    EXPECT_EQ(rig.caller().calls.size(), 1u);
}

TEST(RuntimeCommit, AFlowOfPureStepsIsOneTransaction) {
    RuntimeRig rig;
    rig.caller().answer = [](const auto&) { return plugin::CallOutcome(Value::integer(1)); };
    const RunId id =
        rig.start(rig.publish("steps: [ { id: p, uses: test/pure }, { id: q, uses: test/pure } ]"));
    rig.settle();
    EXPECT_EQ(rig.rows(id), 1u);
    EXPECT_FALSE(rig.runtime().is_open(id));
    EXPECT_EQ(rig.runtime().stats().succeeded, 1u);
}

TEST(RuntimeCommit, ASecondDeliveryOfAnEventStartsNothingAndNamesTheFirstRun) {
    RuntimeRig rig;
    const auto flow = rig.publish(kEffect);
    const RunId first = rig.start(flow, {}, "key-1");
    const RunId second = rig.start(flow, {}, "key-1");
    rig.settle();
    ASSERT_EQ(rig.accepted.size(), 2u);
    EXPECT_FALSE(rig.accepted[0]->duplicate);
    EXPECT_TRUE(rig.accepted[1]->duplicate);
    EXPECT_EQ(rig.accepted[1]->run, first);
    EXPECT_EQ(rig.rows(second), 0u);
    EXPECT_FALSE(rig.runtime().is_open(second));
    EXPECT_EQ(rig.caller().calls.size(), 1u);
    EXPECT_EQ(rig.runtime().stats().duplicates, 1u);
}

TEST(RuntimeCommit, ASecondDeliveryAfterACrashStartsNothingEither) {
    RuntimeRig rig;
    const RunId first = rig.start(rig.publish(kEffect), {}, "key-1");
    rig.settle();
    rig.crash();
    rig.start(rig.publish(kEffect), {}, "key-1");
    rig.settle();
    EXPECT_EQ(rig.accepted.back()->run, first);
    EXPECT_TRUE(rig.accepted.back()->duplicate);
}

TEST(RuntimeCommit, AnEventWhoseCommitWasLostMayComeAgain) {
    RuntimeRig rig;
    rig.start(rig.publish(kEffect), {}, "key-1");
    rig.crash();
    const RunId again = rig.start(rig.publish(kEffect), {}, "key-1");
    rig.settle();
    EXPECT_FALSE(rig.accepted.back()->duplicate);
    EXPECT_EQ(rig.disk.journals.size(), 1u);
    EXPECT_EQ(rig.rows(again), 1u);
}

TEST(RuntimeCommit, AfterAFailedCommitNothingIsPerformedOrAcknowledged) {
    RuntimeRig rig;
    const auto flow = rig.publish(kEffect);
    const RunId first = rig.start(flow);
    rig.settle();
    rig.caller().finish(0);  // its end waits for a commit
    rig.start(flow, {}, "", true);
    std::vector<Result<Outcome>> told;
    rig.runtime().await_outcome(first, [&](Result<Outcome> outcome) { told.push_back(std::move(outcome)); });
    rig.store().fail("the disk is full");
    rig.poll();
    ASSERT_EQ(rig.accepted.size(), 2u);
    EXPECT_EQ(rig.accepted[1].error().code, ErrorCode::unavailable);
    ASSERT_EQ(told.size(), 1u);
    EXPECT_EQ(told[0].error().code, ErrorCode::unavailable);
    EXPECT_EQ(rig.caller().calls.size(), 1u);
    ASSERT_TRUE(rig.runtime().refusing());
    EXPECT_NE(rig.runtime().refusing()->message.find("the disk is full"), std::string::npos);
    rig.start(flow);
    EXPECT_EQ(rig.accepted.back().error().code, ErrorCode::unavailable);
    rig.advance(std::chrono::hours(1));
    rig.poll();
    EXPECT_EQ(rig.caller().calls.size(), 1u);
    EXPECT_EQ(rig.rows(first), 1u);
}

TEST(RuntimeCommit, WhoAsksForAnOutcomeAfterAFailedCommitIsToldSo) {
    RuntimeRig rig;
    const RunId id = rig.start(rig.publish(kEffect));
    rig.settle();
    rig.start(rig.publish(kEffect));
    rig.store().fail("the disk is full");
    std::optional<Result<Outcome>> told;
    rig.runtime().await_outcome(id, [&](Result<Outcome> outcome) { told = std::move(outcome); });
    ASSERT_TRUE(told);
    EXPECT_FALSE(*told);
    std::optional<Result<void>> cancelled;
    rig.runtime().cancel(id, "x", [&](Result<void> done) { cancelled = done; });
    ASSERT_TRUE(cancelled);
    EXPECT_EQ(cancelled->error().code, ErrorCode::unavailable);
}

TEST(RuntimeCommit, ACallThatEndsAfterAFailedCommitIsMadeAgainAtTheNextStart) {
    RuntimeRig rig;
    const auto flow = rig.publish(kEffect);
    const RunId id = rig.start(flow);
    rig.settle();
    const std::string key = rig.caller().calls[0].context.idempotency_key;
    rig.start(flow);
    rig.store().fail("gone");
    rig.caller().finish(0);
    rig.poll();
    rig.crash();
    rig.publish(kEffect);
    EXPECT_EQ(rig.runtime().recover().value(), 1u);
    rig.settle();
    ASSERT_EQ(rig.caller().calls.size(), 1u);
    EXPECT_EQ(rig.caller().calls[0].context.idempotency_key, key);
    EXPECT_EQ(rig.caller().calls[0].context.run, id);
}

}  // namespace
}  // namespace tappet::runtime
