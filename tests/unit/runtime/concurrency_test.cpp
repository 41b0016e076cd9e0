// Runs that take turns by the flow's `concurrency`.
#include "runtime_rig.hpp"

namespace tappet::runtime {
namespace {

using test::RuntimeRig;
using namespace std::chrono_literals;

constexpr const char* kSteps =
    "steps: [ { id: a, uses: test/effect, with: { n: \"${{ trigger.body.n }}\" } } ]";

std::string taking_turns(const std::string& settings) {
    return "concurrency: { key: trigger.body.who" + settings + " }\n" + kSteps;
}

Value event(const char* who, std::int64_t n) {
    return Value::object({{"who", Value::string(who)}, {"n", Value::integer(n)}});
}

/// The numbers of the events whose action was called, in order.
std::vector<std::int64_t> called(RuntimeRig& rig) {
    std::vector<std::int64_t> out;
    for (const auto& call : rig.caller().calls) out.push_back(call.input.find("n")->as_integer());
    return out;
}

run::RunStatus status(RuntimeRig& rig, const FlowHandle& flow, const RunId& id) {
    return run::visible_status(*rig.story(flow, id).run);
}

using Numbers = std::vector<std::int64_t>;

TEST(RuntimeConcurrency, RunsOfOneKeyTakeTurnsInTheOrderOfTheirEvents) {
    RuntimeRig rig;
    const auto flow = rig.publish(taking_turns(""));
    for (std::int64_t n = 1; n <= 4; ++n) rig.start(flow, event("ann", n));
    rig.settle();
    EXPECT_EQ(rig.accepted.size(), 4u);  // durable, though they wait
    EXPECT_EQ(rig.runtime().stats().queued, 3u);
    EXPECT_EQ(called(rig), Numbers({1}));
    for (std::size_t i = 0; i < 4; ++i) {
        ASSERT_EQ(rig.caller().calls.size(), i + 1);
        rig.caller().finish(i);
        rig.settle();
    }
    EXPECT_EQ(called(rig), Numbers({1, 2, 3, 4}));
    EXPECT_EQ(rig.runtime().stats().succeeded, 4u);
    EXPECT_EQ(rig.runtime().stats().queued, 0u);
}

TEST(RuntimeConcurrency, RunsOfOtherKeysDoNotWait) {
    RuntimeRig rig;
    const auto flow = rig.publish(taking_turns(""));
    rig.start(flow, event("ann", 1));
    rig.start(flow, event("ann", 2));
    rig.start(flow, event("ben", 3));
    rig.settle();
    EXPECT_EQ(called(rig), Numbers({1, 3}));
}

TEST(RuntimeConcurrency, WithoutAKeyAllRunsOfTheFlowTakeTurns) {
    RuntimeRig rig;
    const auto flow = rig.publish(std::string("concurrency: { limit: 2 }\n") + kSteps);
    for (std::int64_t n = 1; n <= 4; ++n) rig.start(flow, event("ann", n));
    rig.settle();
    EXPECT_EQ(called(rig), Numbers({1, 2}));
    rig.caller().finish(1);
    rig.settle();
    EXPECT_EQ(called(rig), Numbers({1, 2, 3}));
}

TEST(RuntimeConcurrency, AQueuedRunIsQueuedAndStartsWhenItsTurnComes) {
    RuntimeRig rig;
    const auto flow = rig.publish("timeout: 10m\n" + taking_turns(""));
    rig.start(flow, event("ann", 1));
    const RunId second = rig.start(flow, event("ann", 2));
    rig.settle();
    EXPECT_EQ(status(rig, flow, second), run::RunStatus::queued);
    EXPECT_EQ(rig.story(flow, second).run->started.ms, 0);
    EXPECT_EQ(rig.disk.rows.at(second).status, run::RunStatus::queued);
    rig.advance(9min);
    rig.caller().finish(0);
    rig.settle();
    EXPECT_EQ(status(rig, flow, second), run::RunStatus::running);
    const auto state = rig.story(flow, second).run->started - rig.story(flow, second).run->created;
    EXPECT_EQ(state, 9min);
    rig.advance(9min);  // its own time counts from its turn on
    rig.settle();
    EXPECT_EQ(status(rig, flow, second), run::RunStatus::running);
    rig.advance(2min);
    rig.settle();
    EXPECT_EQ(status(rig, flow, second), run::RunStatus::failed);
}

TEST(RuntimeConcurrency, ADuplicateLeavesItsPlaceToTheNext) {
    RuntimeRig rig;
    const auto flow = rig.publish(taking_turns(""));
    rig.start(flow, event("ann", 1), "k");
    rig.start(flow, event("ann", 1), "k");
    rig.start(flow, event("ann", 2), "l");
    rig.settle();
    EXPECT_TRUE(rig.accepted.at(1)->duplicate);
    rig.caller().finish(0);
    rig.settle();
    EXPECT_EQ(called(rig), Numbers({1, 2}));
}

TEST(RuntimeConcurrency, ACancelledRunIsPassedOver) {
    RuntimeRig rig;
    const auto flow = rig.publish(taking_turns(""));
    rig.start(flow, event("ann", 1));
    const RunId second = rig.start(flow, event("ann", 2));
    rig.start(flow, event("ann", 3));
    rig.settle();
    rig.runtime().cancel(second, "no more", [](const Result<void>&) {});
    rig.settle();
    EXPECT_EQ(status(rig, flow, second), run::RunStatus::cancelled);
    rig.caller().finish(0);
    rig.settle();
    EXPECT_EQ(called(rig), Numbers({1, 3}));
}

TEST(RuntimeConcurrency, ARunThatWaitsForARetryKeepsItsTurn) {
    RuntimeRig rig;
    const auto flow = rig.publish(
        "concurrency: { key: trigger.body.who }\nsteps: [ { id: a, uses: test/effect, retry: { maxAttempts: "
        "2, "
        "initial: 10s, jitter: none }, with: { n: \"${{ trigger.body.n }}\" } } ]");
    rig.start(flow, event("ann", 1));
    rig.start(flow, event("ann", 2));
    rig.settle();
    rig.caller().finish(0, test::call_error(flow::ErrorClass::unavailable));
    rig.settle();
    EXPECT_EQ(called(rig), Numbers({1}));
    rig.advance(10s);
    rig.settle();
    EXPECT_EQ(called(rig), Numbers({1, 1}));
}

TEST(RuntimeConcurrency, TheOrderHoldsThroughACrash) {
    RuntimeRig rig;
    const auto flow = rig.publish(taking_turns(""));
    for (std::int64_t n = 1; n <= 3; ++n) rig.start(flow, event("ann", n));
    rig.settle();
    rig.crash();
    const auto again = rig.publish(taking_turns(""));
    EXPECT_EQ(rig.runtime().recover().value(), 3u);
    rig.start(again, event("ann", 4));
    rig.settle();
    for (std::size_t i = 0; i < 4; ++i) {
        ASSERT_EQ(rig.caller().calls.size(), i + 1);
        rig.caller().finish(i);
        rig.settle();
    }
    EXPECT_EQ(called(rig), Numbers({1, 2, 3, 4}));
}

TEST(RuntimeConcurrency, TheOrderHoldsThoughTheClockIsSetBackBetweenTwoCrashes) {
    RuntimeRig rig;
    const auto flow = rig.publish(taking_turns(""));
    for (std::int64_t n = 1; n <= 2; ++n) rig.start(flow, event("ann", n));
    rig.settle();
    rig.crash();
    rig.clock.advance(-1h);
    const auto again = rig.publish(taking_turns(""));
    rig.runtime().recover();
    rig.start(again, event("ann", 3));
    rig.settle();
    rig.crash();
    rig.publish(taking_turns(""));
    rig.runtime().recover();
    rig.settle();
    for (std::size_t i = 0; i < 3; ++i) {
        ASSERT_EQ(rig.caller().calls.size(), i + 1);
        rig.caller().finish(i);
        rig.settle();
    }
    EXPECT_EQ(called(rig), Numbers({1, 2, 3}));
}

TEST(RuntimeConcurrency, ATurnThatWasGivenBeforeACrashIsKept) {
    RuntimeRig rig;
    const auto flow = rig.publish(taking_turns(""));
    for (std::int64_t n = 1; n <= 3; ++n) rig.start(flow, event("ann", n));
    rig.settle();
    rig.caller().finish(0);
    rig.settle();
    EXPECT_EQ(called(rig), Numbers({1, 2}));
    rig.crash();
    rig.publish(taking_turns(""));
    rig.runtime().recover();
    rig.settle();
    EXPECT_EQ(called(rig), Numbers({2}));  // again: it was under way
    rig.caller().finish(0);
    rig.settle();
    EXPECT_EQ(called(rig), Numbers({2, 3}));
}

TEST(RuntimeConcurrency, AnEventOverTheLimitIsRefusedWhereTheFlowSaysSo) {
    RuntimeRig rig;
    const auto flow = rig.publish(taking_turns(", onLimit: reject"));
    rig.start(flow, event("ann", 1));
    rig.start(flow, event("ann", 2));
    rig.start(flow, event("ben", 3));
    rig.settle();
    ASSERT_EQ(rig.accepted.size(), 3u);
    EXPECT_EQ(rig.accepted[0].error().code, ErrorCode::exhausted);  // told first: it has no key
    EXPECT_EQ(called(rig), Numbers({1, 3}));
    rig.caller().finish(0);
    rig.settle();
    rig.start(flow, event("ann", 4));
    rig.settle();
    EXPECT_EQ(called(rig), Numbers({1, 3, 4}));
}

TEST(RuntimeConcurrency, ALaterEventCancelsTheRunBeforeItWhereTheFlowSaysSo) {
    RuntimeRig rig;
    const auto flow = rig.publish(taking_turns(", onLimit: supersede"));
    const RunId first = rig.start(flow, event("ann", 1), "k");
    rig.settle();
    rig.start(flow, event("ann", 1), "k");  // the same event cancels nothing
    rig.settle();
    EXPECT_EQ(status(rig, flow, first), run::RunStatus::running);
    const RunId second = rig.start(flow, event("ann", 2));
    const RunId third = rig.start(flow, event("ann", 3));
    rig.settle();
    EXPECT_EQ(status(rig, flow, first), run::RunStatus::cancelled);
    EXPECT_EQ(status(rig, flow, second), run::RunStatus::cancelled);
    EXPECT_EQ(rig.story(flow, second).run->error->message, "superseded by run " + third.text());
    EXPECT_EQ(called(rig).back(), 3);
    EXPECT_EQ(rig.runtime().stats().open, 1u);
}

TEST(RuntimeConcurrency, EventsThatComeAtOnceWithRepetitionsLeaveTheLatestRun) {
    RuntimeRig rig;
    const auto flow = rig.publish(taking_turns(", onLimit: supersede"));
    const RunId first = rig.start(flow, event("ann", 1), "k");
    rig.start(flow, event("ann", 1), "k");
    const RunId second = rig.start(flow, event("ann", 2), "l");
    rig.start(flow, event("ann", 2), "l");
    rig.start(flow, event("ann", 1), "k");
    rig.settle();
    EXPECT_EQ(status(rig, flow, first), run::RunStatus::cancelled);
    EXPECT_EQ(status(rig, flow, second), run::RunStatus::running);
    EXPECT_EQ(rig.runtime().stats().open, 1u);
    rig.caller().finish(rig.caller().calls.size() - 1);
    rig.settle();
    EXPECT_EQ(rig.runtime().stats().succeeded, 1u);
}

TEST(RuntimeConcurrency, TheLatestOfThoseThatSupersedeIsLeftAfterACrash) {
    RuntimeRig rig;
    const auto flow = rig.publish(taking_turns(", onLimit: supersede"));
    const RunId first = rig.start(flow, event("ann", 1));
    rig.settle();
    const RunId second = rig.start(flow, event("ann", 2));
    rig.poll();
    rig.store().complete_one();  // the second is durable, the end of the first is not
    rig.crash();
    rig.publish(taking_turns(", onLimit: supersede"));
    rig.runtime().recover();
    rig.settle();
    EXPECT_EQ(status(rig, flow, first), run::RunStatus::cancelled);
    EXPECT_EQ(status(rig, flow, second), run::RunStatus::running);
    EXPECT_EQ(called(rig), Numbers({2}));
}

TEST(RuntimeConcurrency, EventsThatBeginTogetherTakeTurnsToo) {
    RuntimeRig rig;
    const auto flow = rig.publish(taking_turns(""));
    std::vector<Start> starts;
    for (std::int64_t n = 1; n <= 3; ++n) {
        Start start;
        start.id = rig.runtime().new_id();
        start.flow = flow;
        start.trigger = "received";
        start.event = Value::object({{"id", Value::string("e")}, {"body", event("ann", n)}});
        starts.push_back(std::move(start));
    }
    rig.runtime().start_together(std::move(starts), std::nullopt, [](const auto&) {});
    rig.settle();
    for (std::size_t i = 0; i < 3; ++i) {
        ASSERT_EQ(rig.caller().calls.size(), i + 1);
        rig.caller().finish(i);
        rig.settle();
    }
    EXPECT_EQ(called(rig), Numbers({1, 2, 3}));
}

/// What was told last: "ran" with a new run, "had run", or the error's code.
std::string told(const Result<Accepted>& result, const RunId& had) {
    if (!result) return result.error().code == ErrorCode::exhausted ? "turned away" : result.error().message;
    if (!result->duplicate) return "ran";
    return result->run == had ? "had run" : "of another run";
}

TEST(RuntimeConcurrency, ARepeatedDeliveryIsNotTurnedAwayWhileTheKeyIsTaken) {
    RuntimeRig rig;
    const auto flow = rig.publish(taking_turns(", onLimit: reject"));
    const RunId first = rig.start(flow, event("ann", 1), "one");
    rig.start(flow, event("ann", 1), "one");  // before the first is durable
    rig.settle();
    rig.start(flow, event("ann", 1), "one");
    rig.start(flow, event("ann", 2), "two");
    rig.start(flow, event("ann", 3));
    rig.settle();
    ASSERT_EQ(rig.accepted.size(), 5u);
    std::vector<std::string> all;
    for (const auto& result : rig.accepted) all.push_back(told(result, first));
    EXPECT_EQ(all, (std::vector<std::string>{"ran", "had run", "turned away", "had run", "turned away"}));
    EXPECT_EQ(rig.disk.journals.size(), 1u);
    rig.caller().finish(0);
    rig.settle();
    rig.start(flow, event("ann", 2), "two");
    rig.settle();
    EXPECT_EQ(told(rig.accepted.back(), first), "ran") << "its refusal has used up no key";
}

TEST(RuntimeConcurrency, RepeatedDeliveriesAmongEventsThatComeTogetherAreTheirRuns) {
    RuntimeRig rig;
    const auto flow = rig.publish(taking_turns(", onLimit: reject"));
    const RunId first = rig.start(flow, event("ann", 1), "one");
    rig.settle();
    const auto start = [&](const char* who, std::int64_t n, char key) {
        Start out;
        out.id = rig.runtime().new_id();
        out.flow = flow;
        out.trigger = "received";
        out.event = Value::object({{"id", Value::string("e")}, {"body", event(who, n)}});
        out.claim = store::DedupeClaim{{}, rig.clock.now(), rig.clock.now() + 1h};
        out.claim->key[0] = static_cast<std::uint8_t>(key);
        return out;
    };
    std::vector<std::string> all;
    const auto note = [&](const Result<std::vector<Accepted>>& result) {
        all.clear();
        if (!result) return all.push_back(told(result.error(), first));
        for (const Accepted& one : *result) all.push_back(told(one, first));
    };
    std::vector<Start> starts;
    starts.push_back(start("ben", 2, 'b'));
    starts.push_back(start("ann", 1, 'o'));
    starts[1].claim->key = {'o', 'n', 'e'};
    starts.push_back(start("cid", 3, 'c'));
    const store::SourceCursor cursor{"default", "tested", "received", "s", "7", rig.clock.now()};
    rig.runtime().start_together(std::move(starts), cursor, note);
    rig.settle();
    EXPECT_EQ(all, (std::vector<std::string>{"ran", "had run", "ran"}));
    EXPECT_EQ(rig.disk.cursors.size(), 1u);

    std::vector<Start> again;
    again.push_back(start("dan", 4, 'd'));
    again.push_back(start("ann", 5, 'n'));
    rig.runtime().start_together(std::move(again), std::nullopt, note);
    rig.settle();
    EXPECT_EQ(all, std::vector<std::string>{"turned away"}) << "together, or not at all";
    EXPECT_EQ(called(rig), Numbers({1, 2, 3}));
}

}  // namespace
}  // namespace tappet::runtime
