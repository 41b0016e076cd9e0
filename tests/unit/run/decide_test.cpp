#include "run/decide.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "run/history.hpp"
#include "run_rig.hpp"

namespace tappet::run {
namespace {

using test::commands;
using test::RunRig;
using namespace std::chrono_literals;

const char* const kTwoEffects = R"(
steps:
  - { id: a, uses: test/effect, with: { n: 1 } }
  - { id: b, uses: test/effect }
)";

TEST(Decide, AnEffectIsRecordedBeforeItIsAskedFor) {
    RunRig rig(kTwoEffects);
    const auto decision = rig.begin();
    ASSERT_EQ(decision.entries.size(), 2u);
    EXPECT_TRUE(std::holds_alternative<StepStarted>(decision.entries[1].body));
    const auto calls = commands<CallAction>(decision);
    ASSERT_EQ(calls.size(), 1u);
    EXPECT_EQ(calls[0].step, "a");
    EXPECT_EQ(calls[0].idempotency_key, test::kRun.text() + ":a");
    EXPECT_FALSE(calls[0].rides);
    EXPECT_EQ(*calls[0].input.find("n"), Value::integer(1));
}

TEST(Decide, APureStepIsAskedForWithoutARecord) {
    RunRig rig("steps: [ { id: a, uses: test/pure } ]");
    const auto decision = rig.begin();
    EXPECT_EQ(decision.entries.size(), 1u);
    EXPECT_TRUE(commands<CallAction>(decision).at(0).rides);
}

TEST(Decide, AFinalRunDecidesNothingWhateverHappens) {
    RunRig rig(kTwoEffects);
    const auto call = commands<CallAction>(rig.begin())[0].call;
    rig.fail(call, flow::ErrorClass::auth);
    ASSERT_EQ(rig.state.status, RunStatus::failed);
    const Event events[] = {Resume{}, CallFinished{call, Value(), {}}, TimerFired{}, CancelRequested{"x"}};
    for (const Event& event : events) {
        const auto decision = rig.tell(event);
        EXPECT_TRUE(decision.entries.empty() && decision.commands.empty());
    }
    EXPECT_EQ(rig.state.status, RunStatus::failed);
}

TEST(Decide, AnAnswerOfACallThatIsNotUnderWayIsNotHeard) {
    RunRig rig(kTwoEffects);
    const auto call = commands<CallAction>(rig.begin())[0].call;
    EXPECT_TRUE(rig.finish(call + 7).entries.empty());
    EXPECT_FALSE(rig.finish(call, Value::integer(1)).entries.empty());
    EXPECT_TRUE(rig.finish(call, Value::integer(2)).entries.empty());
    EXPECT_EQ(rig.state.root->steps[0].results, Value::integer(1));
}

TEST(Decide, ATimeLimitIsNamedAndNotTheTimeThatHasPassed) {
    RunRig rig("steps: [ { id: a, uses: test/effect, timeout: 2s } ]");
    const auto timer = commands<ArmTimer>(rig.begin()).at(0);
    rig.now = timer.at + 3ms;
    rig.tell(timer.fires);
    EXPECT_EQ(rig.state.root->steps[0].error->message, "the attempt did not end within 2000 ms");
    RunRig bounded("steps: [ { id: a, uses: test/effect, retry: { maxAttempts: 2, maxElapsed: 5s } } ]");
    const auto end = commands<ArmTimer>(bounded.begin()).at(0);
    bounded.now = end.at + 3ms;
    bounded.tell(end.fires);
    EXPECT_EQ(bounded.state.root->steps[0].error->message, "the attempt did not end within 5000 ms");
}

TEST(Decide, ACallThatIsOutOfTimeIsCancelledAndItsLateAnswerNotHeard) {
    RunRig rig(
        "steps: [ { id: a, uses: test/effect, timeout: 2s, onError: continue }, { id: b, uses: test/effect } "
        "]");
    const auto begun = rig.begin();
    const auto call = commands<CallAction>(begun)[0];
    EXPECT_EQ(call.deadline, rig.now + 2s);
    const auto timer = commands<ArmTimer>(begun).at(0);
    EXPECT_EQ(timer.at, rig.now + 2s);
    rig.now = timer.at;
    const auto late = rig.tell(timer.fires);
    EXPECT_EQ(commands<CancelCall>(late).at(0).call, call.call);
    EXPECT_EQ(rig.state.root->steps[0].error->error_class, flow::ErrorClass::timeout);
    EXPECT_TRUE(rig.finish(call.call).entries.empty());
}

TEST(Decide, ATimerOfAnAttemptThatHasEndedIsNotHeard) {
    RunRig rig("steps: [ { id: a, uses: test/effect, timeout: 2s }, { id: b, uses: test/effect } ]");
    const auto begun = rig.begin();
    rig.finish(commands<CallAction>(begun)[0].call);
    const auto late = rig.tell(commands<ArmTimer>(begun)[0].fires);
    EXPECT_TRUE(late.entries.empty() && late.commands.empty());
}

TEST(Decide, ARetryTimerThatFiresEarlyIsArmedAnew) {
    RunRig rig(
        "steps: [ { id: a, uses: test/effect, retry: { maxAttempts: 2, initial: 10s, jitter: none } } ]");
    const auto call = commands<CallAction>(rig.begin())[0].call;
    const auto timer = commands<ArmTimer>(rig.fail(call, flow::ErrorClass::unavailable)).at(0);
    EXPECT_EQ(timer.at, rig.now + 10s);
    EXPECT_EQ(visible_status(rig.state), RunStatus::waiting);
    rig.now = rig.now + 9s;  // the clock was set back
    const auto early = rig.tell(timer.fires);
    EXPECT_TRUE(commands<CallAction>(early).empty());
    ASSERT_EQ(commands<ArmTimer>(early).size(), 1u);
    rig.now = timer.at;
    EXPECT_EQ(commands<CallAction>(rig.tell(timer.fires)).at(0).attempt, 2u);
    EXPECT_EQ(visible_status(rig.state), RunStatus::running);
    EXPECT_TRUE(rig.tell(timer.fires).commands.empty());
}

TEST(Decide, TheLimitOfARunThatFiresEarlyIsArmedAnew) {
    RunRig rig("timeout: 10s\nsteps: [ { id: a, uses: test/effect } ]");
    const auto timer = commands<ArmTimer>(rig.begin()).at(0);
    rig.now = rig.now + 9s;
    const auto early = rig.tell(timer.fires);
    EXPECT_EQ(commands<ArmTimer>(early).at(0).at, timer.at);
    EXPECT_FALSE(is_final(rig.state.status));
}

TEST(Decide, ACancelOfARunThatHasNotBegunDoesNothing) {
    RunRig rig(kTwoEffects);
    const auto decision = rig.tell(CancelRequested{"x"});
    EXPECT_TRUE(decision.entries.empty());
}

TEST(Decide, ACancelAsksEveryCallToStopAndEndsTheRun) {
    RunRig rig(R"(
steps:
  - { id: each, forEach: trigger.body, as: n, maxParallel: 3, do: [ { id: a, uses: test/effect } ] }
)");
    rig.begin(Value::list({Value::integer(1), Value::integer(2), Value::integer(3)}));
    const auto decision = rig.tell(CancelRequested{"enough"});
    EXPECT_EQ(commands<CancelCall>(decision).size(), 3u);
    EXPECT_EQ(rig.state.status, RunStatus::cancelled);
    EXPECT_EQ(rig.state.error->message, "enough");
    EXPECT_TRUE(rig.state.calls.empty());
}

TEST(Decide, MoreItemsThanALoopMayHaveFailTheStep) {
    RunRig rig("steps: [ { id: each, forEach: trigger.body, as: n, do: [ { id: a, uses: test/pure } ] } ]");
    rig.begin(Value::list(std::vector<Value>(kMaxLoopItems + 1)));
    EXPECT_EQ(rig.state.status, RunStatus::failed);
    EXPECT_NE(rig.state.error->message.find("at most 100000"), std::string::npos) << rig.state.error->message;
}

TEST(Decide, WhatLeavesAsTextIsAStringInTheResults) {
    RunRig rig("steps: [ { id: a, uses: test/effect } ]\noutputs: { r: \"${{ stepResults.a.results }}\" }");
    rig.begin();
    rig.finish(
        1, Value::list({Value::bytes("\x01\xff"), Value::timestamp(0, 0), Value::duration(1, 500'000'000)}));
    const Value* results = rig.state.outputs.find("r");
    ASSERT_TRUE(results);
    EXPECT_EQ(*results, Value::list({Value::string("Af8="), Value::string("1970-01-01T00:00:00Z"),
                                     Value::string("1.5s")}));
}

TEST(Decide, ResultsThatAreJsonAreKeptAsTheyAreNotCopied) {
    RunRig rig("steps: [ { id: a, uses: test/effect } ]");
    rig.begin();
    const Value given = Value::list({Value::integer(1), Value::string("x")});
    const auto decision = rig.finish(1, given);
    EXPECT_EQ(std::get<StepSucceeded>(decision.entries.at(0).body).results.items().data(),
              given.items().data());
}

TEST(Decide, AResultThatCannotLeaveFailsTheStepAndNamesItsAction) {
    RunRig rig("steps: [ { id: a, uses: test/effect } ]");
    rig.begin();
    rig.finish(1, Value::object({{"n", Value::number(std::nan(""))}}));
    EXPECT_EQ(rig.state.error->error_class, flow::ErrorClass::internal);
    EXPECT_NE(rig.state.error->message.find("test/effect"), std::string::npos);
    EXPECT_NE(rig.state.error->message.find("NaN"), std::string::npos);
}

TEST(Decide, WhatIsTooLargeToBeKeptFailsWhatMadeIt) {
    const Value large = Value::object({{"text", Value::string(std::string(1'000, 'x'))}});
    const auto failed = [&](const std::string& rest, bool calls) {
        RunRig rig(rest);
        rig.around.max_value = 1'000;
        rig.begin(calls ? Value() : large);
        if (calls) rig.finish(1, large);
        EXPECT_EQ(rig.state.status, RunStatus::failed) << rest;
        EXPECT_EQ(rig.state.error->error_class, flow::ErrorClass::validation);
        EXPECT_NE(rig.state.error->message.find("larger than 1000 bytes"), std::string::npos);
        return rig.state.error->step;
    };
    EXPECT_EQ(failed("steps: [ { id: a, uses: test/effect } ]", true), "a");
    EXPECT_EQ(failed("steps: [ { id: r, respond: { body: \"${{ trigger.body }}\" } } ]", false), "r");
    EXPECT_EQ(
        failed(
            "steps: [ { id: a, if: \"false\", uses: test/effect } ]\noutputs: { o: \"${{ trigger.body }}\" }",
            false),
        "");
}

TEST(Decide, AMessageOfAnyLengthIsCut) {
    RunRig rig("steps: [ { id: s, stop: { status: failed, message: \"${{ trigger.body }}\" } } ]");
    rig.begin(Value::string(std::string(100'000, 'x')));
    EXPECT_EQ(rig.state.error->message.size(), kMaxMessageBytes);
    EXPECT_TRUE(rig.state.error->message.ends_with("…"));
    RunRig other("steps: [ { id: a, uses: test/effect } ]");
    other.begin();
    other.tell(CallFinished{
        1, flow::RunError{flow::ErrorClass::upstream, "", std::string(100'000, 'x'), 0, ""}, {}});
    EXPECT_EQ(other.state.error->message.size(), kMaxMessageBytes);
}

TEST(Decide, ASecretInALabelOrAMessageIsDotsAndNoJson) {
    RunRig rig(
        "labels: { a: \"${{ trigger.body }}\", b: \"of ${{ trigger.body }}\" }\n"
        "steps: [ { id: s, stop: { status: failed, message: \"${{ trigger.body }}\" } } ]");
    rig.begin(Value::string("s3cret").as_secret());
    ASSERT_EQ(rig.state.start.labels.size(), 2u);
    EXPECT_EQ(rig.state.start.labels[0].second, "••••");
    EXPECT_EQ(rig.state.start.labels[1].second, "••••");
    EXPECT_EQ(rig.state.error->message, "••••");
}

TEST(Decide, MoreTextThanTheLabelsOfARunMayHaveFailsTheRun) {
    RunRig rig(
        "labels: { a: \"${{ trigger.body }}\", b: \"${{ trigger.body }}\" }\n"
        "steps: [ { id: a, uses: test/effect } ]");
    rig.begin(Value::string(std::string(kMaxLabelBytes / 2 + 1, 'x')));
    EXPECT_EQ(rig.state.status, RunStatus::failed);
    EXPECT_NE(rig.state.error->message.find("label b"), std::string::npos) << rig.state.error->message;
}

TEST(Decide, ALoopOfManyItemsIsDoneWithoutRecursion) {
    RunRig rig(
        "steps: [ { id: each, forEach: trigger.body, as: n, do: [ { id: a, if: \"false\", uses: test/pure } "
        "] } ]");
    rig.begin(Value::list(std::vector<Value>(50'000)));
    EXPECT_EQ(rig.state.status, RunStatus::succeeded);
}

TEST(Decide, ASecretThatIsGoneAfterACrashFailsItsStepAndTheLoopsAroundIt) {
    const char* const flow = R"(
steps:
  - id: outer
    forEach: trigger.body
    as: row
    do:
      - { id: inner, forEach: row, as: n, do: [ { id: a, uses: test/effect, with: { t: "${{ secrets.TOKEN }}" } } ] }
)";
    RunRig rig(flow);
    rig.around.secret = [](std::string_view, std::string_view) { return Value::string("x").as_secret(); };
    const auto entries = rig.begin(Value::list({Value::list({Value::integer(1)})})).entries;
    RunRig again(flow);
    for (const Entry& entry : entries) ASSERT_TRUE(apply(again.state, entry));
    again.tell(Resume{});
    EXPECT_EQ(again.state.status, RunStatus::failed);
    EXPECT_EQ(again.state.error->step, "outer[0].inner[0].a");
}

}  // namespace
}  // namespace tappet::run
