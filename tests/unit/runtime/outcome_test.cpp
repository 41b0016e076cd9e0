// Who waits for a run, and who ends it.
#include "runtime_rig.hpp"

namespace tappet::runtime {
namespace {

using test::RuntimeRig;

struct Told {
    std::vector<Result<Outcome>> all;
    OnOutcome here() {
        return [this](Result<Outcome> outcome) { all.push_back(std::move(outcome)); };
    }
};

const char* const kAnswers = R"(
steps:
  - { id: r, respond: { status: 201, body: here } }
  - { id: a, uses: test/effect }
)";

TEST(RuntimeOutcome, AnAnswerIsToldWhenItIsDurableNotBefore) {
    RuntimeRig rig;
    const RunId id = rig.start(rig.publish(kAnswers), {}, "", true);
    Told told;
    rig.runtime().await_outcome(id, told.here());
    rig.poll();
    EXPECT_TRUE(told.all.empty());
    rig.settle();
    ASSERT_EQ(told.all.size(), 1u);
    EXPECT_EQ(told.all[0]->answer->status, 201);
    EXPECT_FALSE(run::is_final(told.all[0]->status));
    rig.caller().finish(0);
    rig.settle();
    EXPECT_EQ(told.all.size(), 1u) << "told once";
}

TEST(RuntimeOutcome, AnAnswerThatIsDurableIsToldAtOnceWhateverElseIsUnderWay) {
    RuntimeRig rig;
    const RunId id =
        rig.start(rig.publish(std::string(kAnswers) + "  - { id: b, uses: test/effect }\n"), {}, "", true);
    rig.settle();
    Told told;
    rig.runtime().await_outcome(id, told.here());
    EXPECT_EQ(told.all.size(), 1u);
    rig.caller().finish(0);  // a further commit is under way
    rig.runtime().await_outcome(id, told.here());
    EXPECT_EQ(told.all.size(), 2u);
}

TEST(RuntimeOutcome, AnAnswerGivenBeforeACrashIsToldAtOnceAfterIt) {
    RuntimeRig rig;
    const RunId id = rig.start(rig.publish(kAnswers), {}, "", true);
    rig.settle();
    rig.crash();
    rig.publish(kAnswers);
    rig.runtime().recover();
    Told told;
    rig.runtime().await_outcome(id, told.here());
    ASSERT_EQ(told.all.size(), 1u);
    EXPECT_EQ(told.all[0]->answer->status, 201);
}

TEST(RuntimeOutcome, WithoutAnAnswerTheEndIsToldWithOutputsOrError) {
    RuntimeRig rig;
    const auto flow = rig.publish(
        "steps: [ { id: a, uses: test/effect } ]\noutputs: { n: \"${{ stepResults.a.results }}\" }");
    Told told;
    const RunId good = rig.start(flow, {}, "", true), bad = rig.start(flow, {}, "", true);
    rig.runtime().await_outcome(good, told.here());
    rig.runtime().await_outcome(bad, told.here());
    rig.settle();
    rig.caller().finish(0, Value::integer(4));
    rig.caller().finish(1, test::call_error(flow::ErrorClass::upstream));
    EXPECT_TRUE(told.all.empty());
    rig.settle();
    ASSERT_EQ(told.all.size(), 2u);
    EXPECT_EQ(*told.all[0]->answer->body.find("n"), Value::integer(4));
    EXPECT_FALSE(told.all[1]->answer);
    EXPECT_EQ(told.all[1]->error->error_class, flow::ErrorClass::upstream);
}

TEST(RuntimeOutcome, OfARunThatHasEndedIsReadFromTheStore) {
    RuntimeRig rig;
    const RunId id = rig.start(rig.publish("steps: [ { id: a, uses: test/effect } ]"), {}, "", true);
    rig.settle();
    rig.caller().finish(0, test::call_error(flow::ErrorClass::auth));
    rig.settle();
    ASSERT_FALSE(rig.runtime().is_open(id));
    Told told;
    rig.runtime().await_outcome(id, told.here());
    rig.runtime().await_outcome(rig.runtime().new_id(), told.here());
    while (told.all.size() < 2 && rig.loop().run_one_for(std::chrono::seconds(20)) > 0) continue;
    ASSERT_EQ(told.all.size(), 2u);
    EXPECT_EQ(told.all[0]->error->error_class, flow::ErrorClass::auth);
    EXPECT_EQ(told.all[1].error().code, ErrorCode::not_found);
}

TEST(RuntimeOutcome, OfAStoredRunThatHasNotEndedIsUnavailable) {
    RuntimeRig rig;
    const RunId open = rig.start(rig.publish("steps: [ { id: a, uses: test/effect } ]"), {}, "", true);
    const RunId answered = rig.start(rig.publish(kAnswers, "answers"), {}, "", true);
    rig.settle();
    rig.crash();
    Told told;
    const auto await = [&](const RunId& id) {
        const std::size_t before = told.all.size();
        rig.runtime().await_outcome(id, told.here());
        while (told.all.size() == before && rig.loop().run_one_for(std::chrono::seconds(20)) > 0) continue;
    };
    await(open);
    await(answered);
    for (auto& version : rig.disk.flows)
        version.source =
            "flow: tested\ntriggers: [{ id: received, uses: core/manual }]\n"
            "steps: [ { id: a, uses: gone/away } ]";
    rig.crash();
    rig.runtime().recover();
    await(open);
    ASSERT_EQ(told.all.size(), 3u);
    EXPECT_EQ(told.all[0].error().code, ErrorCode::unavailable);
    EXPECT_EQ(told.all[1]->answer->status, 201) << "what it answered counts";
    EXPECT_EQ(told.all[2].error().code, ErrorCode::unavailable);
    EXPECT_NE(told.all[2].error().message.find("gone/away"), std::string::npos);
}

TEST(RuntimeOutcome, OfARunThatHasEndedAndWhoseVersionIsUnfitIsInvalidForGood) {
    RuntimeRig rig;
    const RunId id = rig.start(rig.publish("steps: [ { id: a, uses: test/effect } ]"), {}, "", true);
    rig.settle();
    rig.caller().finish(0);
    rig.settle();
    rig.disk.flows.at(0).source =
        "flow: tested\ntriggers: [{ id: received, uses: core/manual }]\n"
        "steps: [ { id: a, uses: gone/away } ]";
    rig.crash();
    Told told;
    rig.runtime().await_outcome(id, told.here());
    while (told.all.empty() && rig.loop().run_one_for(std::chrono::seconds(20)) > 0) continue;
    ASSERT_EQ(told.all.size(), 1u);
    EXPECT_EQ(told.all[0].error().code, ErrorCode::invalid);
    EXPECT_NE(told.all[0].error().message.find("gone/away"), std::string::npos);
}

TEST(RuntimeOutcome, IsNotToldToWhoWasForgotten) {
    RuntimeRig rig;
    const RunId id = rig.start(rig.publish(kAnswers), {}, "", true);
    Told told;
    rig.runtime().forget(id, rig.runtime().await_outcome(id, told.here()));
    rig.settle();
    EXPECT_TRUE(told.all.empty());
}

struct Cancelled {
    std::vector<Result<void>> all;
    std::function<void(Result<void>)> here() {
        return [this](Result<void> done) { all.push_back(std::move(done)); };
    }
};

TEST(RuntimeCancel, IsDoneWhenItIsDurableAndItsCallsAreToldToStop) {
    RuntimeRig rig;
    const RunId id = rig.start(rig.publish("steps: [ { id: a, uses: test/effect } ]"));
    rig.settle();
    Cancelled cancelled;
    rig.runtime().cancel(id, "enough", cancelled.here());
    EXPECT_TRUE(cancelled.all.empty());
    EXPECT_FALSE(rig.caller().calls[0].cancelled);
    rig.settle();
    ASSERT_EQ(cancelled.all.size(), 1u);
    EXPECT_TRUE(cancelled.all[0]);
    EXPECT_TRUE(rig.caller().calls[0].cancelled);
    EXPECT_FALSE(rig.runtime().is_open(id));
    rig.caller().finish(0, test::call_error(flow::ErrorClass::cancelled));
    rig.settle();
    EXPECT_EQ(rig.runtime().stats().calls_under_way, 0u);
    EXPECT_EQ(rig.runtime().stats().cancelled, 1u);
}

TEST(RuntimeCancel, OfARunThatIsNotOpenIsAConflict) {
    RuntimeRig rig;
    Cancelled cancelled;
    rig.runtime().cancel(rig.runtime().new_id(), "x", cancelled.here());
    EXPECT_EQ(cancelled.all.at(0).error().code, ErrorCode::conflict);
}

TEST(RuntimeCancel, OfARunWhoseEndIsNotDurableYetIsAConflictOnceItIs) {
    RuntimeRig rig;
    const RunId id = rig.start(rig.publish("steps: [ { id: a, uses: test/effect } ]"));
    rig.settle();
    rig.caller().finish(0);
    Cancelled cancelled;
    rig.runtime().cancel(id, "x", cancelled.here());
    EXPECT_TRUE(cancelled.all.empty());
    rig.settle();
    ASSERT_EQ(cancelled.all.size(), 1u);
    EXPECT_EQ(cancelled.all[0].error().code, ErrorCode::conflict);
    EXPECT_NE(cancelled.all[0].error().message.find("succeeded"), std::string::npos);
}

TEST(RuntimeCancel, WaitsForTheEndNotForAnAnswerThatComesBefore) {
    RuntimeRig rig;
    const RunId id = rig.start(rig.publish(kAnswers), {}, "", true);
    Cancelled cancelled;
    rig.runtime().cancel(id, "x", cancelled.here());  // the commit with the answer is under way
    rig.settle();
    ASSERT_EQ(cancelled.all.size(), 1u);
    EXPECT_TRUE(cancelled.all[0]) << cancelled.all[0].error().message;
    EXPECT_TRUE(rig.caller().calls.empty()) << "nothing is begun for a run that has ended";
}

}  // namespace
}  // namespace tappet::runtime
