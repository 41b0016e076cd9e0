#include "run/state.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "run/history.hpp"
#include "run_rig.hpp"

namespace tappet::run {
namespace {

using test::RunRig;

const char* const kNested = R"(
steps:
  - { id: first, uses: test/effect, onError: [ { uses: test/effect }, { id: named, uses: test/effect } ] }
  - id: outer
    forEach: trigger.body
    as: row
    do:
      - { id: inner, forEach: row, as: n, do: [ { id: a, uses: test/effect } ] }
onError: [ { uses: test/effect } ]
)";

TEST(StepPath, NamesLoopsWithTheirItemsAndStepsWithoutAnIdByTheirPlace) {
    const auto plan = test::plan_of(kNested);
    std::vector<std::string> paths;
    for (std::uint32_t i = 0; i < plan->root->steps.size(); ++i) paths.push_back(path_text(*plan, {{}, i}));
    for (const char* expected : {"first", "first.onError[0]", "named", "outer", "onError[0]"})
        EXPECT_NE(std::ranges::find(paths, expected), paths.end()) << expected;
    std::uint32_t outer = 0;
    while (plan->root->steps[outer]->id != "outer") ++outer;
    EXPECT_EQ(path_text(*plan, {{{outer, 3}, {0, 12}}, 0}), "outer[3].inner[12].a");
    EXPECT_EQ(step_at(*plan, {{{outer, 3}, {0, 12}}, 0})->id, "a");
}

TEST(StepPath, OfAnAddressThatThePlanDoesNotHaveEndsInAQuestion) {
    const auto plan = test::plan_of(kNested);
    EXPECT_EQ(path_text(*plan, {{}, 99}), "?");
    EXPECT_EQ(step_at(*plan, {{}, 99}), nullptr);
    EXPECT_EQ(step_at(*plan, {{{0, 1}}, 0}), nullptr);  // no loop
}

TEST(Apply, RefusesEntriesBeforeTheBeginningAndASecondBeginning) {
    RunRig rig(kNested);
    EXPECT_FALSE(apply(rig.state, {rig.now, StepStarted{{{}, 0}, 1}}));
    rig.begin(Value::list({}));
    EXPECT_FALSE(apply(rig.state, {rig.now, RunStarted{}}));
}

TEST(Apply, RefusesStepsThatThePlanDoesNotHave) {
    RunRig rig(kNested);
    rig.begin(Value::list({}));
    EXPECT_FALSE(apply(rig.state, {rig.now, StepStarted{{{}, 99}, 1}}));
    EXPECT_FALSE(apply(rig.state, {rig.now, StepSucceeded{{{{0, 0}}, 0}, 1, rig.now, {}}}));
    EXPECT_FALSE(apply(rig.state, {rig.now, ItemFinished{{{}, 0}, 0, StepStatus::succeeded, {}}}));
}

TEST(Apply, RefusesASecondEndOfAStep) {
    RunRig rig(kNested);
    const auto call = test::commands<CallAction>(rig.begin(Value::list({})))[0];
    rig.finish(call.call, Value::integer(1));
    const StepAddress first{{}, 0};
    for (const EntryBody& body :
         {EntryBody(StepSucceeded{first, 1, rig.now, {}}), EntryBody(StepFailed{first, 1, rig.now, {}, {}}),
          EntryBody(StepSkipped{first}), EntryBody(StepCancelled{first}), EntryBody(StepStarted{first, 2})})
        EXPECT_FALSE(apply(rig.state, {rig.now, body}));
    EXPECT_EQ(rig.state.root->steps[0].results, Value::integer(1));
}

TEST(Apply, RefusesASecondEndOfARun) {
    RunRig rig("steps: [ { id: a, if: \"false\", uses: test/pure } ]");
    rig.begin();
    ASSERT_EQ(rig.state.status, RunStatus::succeeded);
    EXPECT_FALSE(apply(rig.state, {rig.now, RunFinished{RunStatus::failed, {}, {}}}));
}

TEST(Apply, RefusesASecondEndOfAnItemAndItemsThatThereAreNot) {
    RunRig rig(
        R"(steps: [ { id: each, forEach: trigger.body, as: n, do: [ { id: a, uses: test/effect } ] } ])");
    rig.begin(Value::list({Value::integer(1), Value::integer(2)}));
    EXPECT_FALSE(apply(rig.state, {rig.now, StepStarted{{{{0, 2}}, 0}, 1}}));
    EXPECT_FALSE(apply(rig.state, {rig.now, ItemFinished{{{}, 0}, 2, StepStatus::succeeded, {}}}));
    EXPECT_TRUE(apply(rig.state, {rig.now, ItemFinished{{{}, 0}, 0, StepStatus::succeeded, {}}}));
    EXPECT_FALSE(apply(rig.state, {rig.now, ItemFinished{{{}, 0}, 0, StepStatus::succeeded, {}}}));
    EXPECT_FALSE(apply(rig.state, {rig.now, StepStarted{{{{0, 0}}, 0}, 1}}))
        << "a step of an item that is through";
}

TEST(Fold, SaysThatAJournalWhichDoesNotFitIsCorrupt) {
    RunRig rig(kNested);
    auto entries = rig.begin(Value::list({})).entries;
    entries.push_back({rig.now, StepStarted{{{}, 99}, 1}});
    const auto folded = fold(rig.state.plan, entries);
    ASSERT_FALSE(folded);
    EXPECT_EQ(folded.error().code, ErrorCode::corrupt);
    EXPECT_FALSE(history(rig.state.plan, entries));
}

TEST(History, HasTheLinesThatWereLogged) {
    RunRig rig(kNested);
    auto entries = rig.begin(Value::list({})).entries;
    entries.push_back({rig.now, Logged{4, "first", "a line"}});
    const auto story = history(rig.state.plan, entries);
    ASSERT_TRUE(story);
    ASSERT_EQ(story->logs.size(), 1u);
    EXPECT_EQ(*log_document(story->logs[0]).find("level"), Value::string("error"));
    EXPECT_EQ(story->steps.size(), 1u);
}

TEST(History, ShowsARunThatWaitsForARetry) {
    RunRig rig(
        "steps: [ { id: a, uses: test/effect, retry: { maxAttempts: 2, initial: 10s, jitter: none } } ]");
    auto entries = rig.begin().entries;
    for (auto& entry : rig.fail(1, flow::ErrorClass::unavailable).entries) entries.push_back(entry);
    const auto story = history(rig.state.plan, entries);
    ASSERT_TRUE(story);
    const Value run = run_document(*story->run);
    EXPECT_EQ(*run.find("status"), Value::string("waiting"));
    EXPECT_EQ(*run.find("waitingFor"), Value::string("retry"));
    const Value step = step_document(story->steps.at(0));
    EXPECT_EQ(*step.find("status"), Value::string("retrying"));
    EXPECT_TRUE(step.find("finishedAt")->is_null());
    EXPECT_EQ(*step.find("error")->find("class"), Value::string("unavailable"));
}

TEST(Statuses, ReadBackWhatTheyAreWrittenAs) {
    for (int i = 0; i <= static_cast<int>(RunStatus::quarantined); ++i) {
        const auto status = static_cast<RunStatus>(i);
        EXPECT_EQ(parse_run_status(to_string(status)), status);
    }
    EXPECT_FALSE(parse_run_status("done"));
}

}  // namespace
}  // namespace tappet::run
