// Bytes are bounded: of a row, of what open runs hold; and a fault of one run is that run's alone.
#include "runtime_rig.hpp"

namespace tappet::runtime {
namespace {

using test::list_of;
using test::RuntimeRig;

const char* const kEffect = "steps: [ { id: a, uses: test/effect } ]";
/// A hundred items that each yield the event's body, and the number of items.
const char* const kBodies =
    "steps: [ { id: each, forEach: trigger.body.items, as: n, maxParallel: 10, do: "
    "[ { id: a, uses: test/pure, with: \"${{ trigger.body.text }}\" } ] } ]\n"
    "outputs: { n: \"${{ size(stepResults.each.results) }}\" }";

Options with_rows(std::size_t full, std::size_t most) {
    Options options;
    options.full_row_bytes = full;
    options.max_row_bytes = most;
    return options;
}

Value text_of(std::size_t bytes) { return Value::string(std::string(bytes, 'x')); }

void yield_inputs(RuntimeRig& rig) {
    rig.caller().answer = [](const auto& call) -> std::optional<plugin::CallOutcome> {
        if (call.action != "test/pure") return std::nullopt;
        return call.input;
    };
}

std::size_t largest(const std::vector<std::string>& rows) {
    std::size_t out = 0;
    for (const std::string& row : rows) out = std::max(out, row.size());
    return out;
}

TEST(RuntimeRows, WhatRidesIsSentWhenItFillsARow) {
    RuntimeRig rig(with_rows(4'000, 100'000));
    yield_inputs(rig);
    const auto flow = rig.publish(kBodies);
    const RunId id = rig.start(flow, Value::object({{"text", text_of(1'000)}, {"items", list_of(100)}}));
    rig.settle();
    EXPECT_EQ(rig.runtime().stats().succeeded, 1u);
    EXPECT_GE(rig.rows(id), 100u / 5);
    EXPECT_LE(largest(rig.disk.journals.at(id)), 4'000u + 1'100u);
    EXPECT_EQ(*rig.story(flow, id).run->outputs.find("n"), Value::integer(100));
    EXPECT_EQ(rig.store().misuse(), "");
}

TEST(RuntimeRows, ARunDecidesNothingWhileTooMuchOfItIsNotDurable) {
    RuntimeRig rig(with_rows(4'000, 20'000));
    yield_inputs(rig);
    const RunId id =
        rig.start(rig.publish(kBodies), Value::object({{"text", text_of(1'000)}, {"items", list_of(100)}}));
    rig.poll();
    std::size_t waiting = 0;
    for (const auto& commit : rig.store().queued()) waiting += commit.data.size();
    EXPECT_LT(waiting, 20'000u + 5'000u);
    EXPECT_FALSE(run::is_final(rig.store().queued().back().row.status));
    rig.settle();
    EXPECT_FALSE(rig.runtime().is_open(id));
    EXPECT_EQ(rig.runtime().stats().succeeded, 1u);
    EXPECT_EQ(rig.runtime().stats().open_bytes, 0u);
}

TEST(RuntimeRows, ACrashBetweenTwoRowsOfWhatRodeIsCarriedOn) {
    for (int durable = 1; durable < 20; ++durable) {
        RuntimeRig rig(with_rows(4'000, 20'000));
        yield_inputs(rig);
        const auto flow = rig.publish(kBodies);
        const RunId id = rig.start(flow, Value::object({{"text", text_of(1'000)}, {"items", list_of(100)}}));
        for (int i = 0; i < durable; ++i) rig.store().complete_one();
        rig.crash();
        yield_inputs(rig);
        rig.publish(kBodies);
        ASSERT_EQ(rig.runtime().recover().value(), 1u);
        EXPECT_GT(rig.runtime().stats().open_bytes, 0u) << "its journal counts";
        rig.settle();
        EXPECT_EQ(*rig.story(flow, id).run->outputs.find("n"), Value::integer(100));
        EXPECT_EQ(rig.runtime().stats().open_bytes, 0u);
    }
}

TEST(RuntimeRows, ARunWhoseEndIsInARowThatWasLostIsOpenStill) {
    RuntimeRig rig(with_rows(4'000, 20'000));
    const char* const kFlow =
        "steps: [ { id: a, uses: test/effect } ]\noutputs: { text: \"${{ stepResults.a.results }}\" }";
    const RunId id = rig.start(rig.publish(kFlow));
    rig.settle();
    rig.caller().finish(0, text_of(5'000));
    ASSERT_EQ(rig.store().queued().size(), 2u) << "the result fills a row, the end is in the next";
    rig.store().complete_one();
    const store::RunRow& listed = rig.disk.rows.at(id);
    EXPECT_EQ(listed.status, run::RunStatus::running);
    EXPECT_EQ(listed.finished, TimeMs{});
    EXPECT_TRUE(run::decode_detail(id, listed.detail, &rig.sealer)->outputs.is_null());
    rig.crash();
    const auto flow = rig.publish(kFlow);
    ASSERT_EQ(rig.runtime().recover().value(), 1u);
    rig.settle();
    EXPECT_TRUE(rig.caller().calls.empty()) << "its result is durable";
    EXPECT_EQ(rig.disk.rows.at(id).status, run::RunStatus::succeeded);
    EXPECT_EQ(rig.story(flow, id).run->outputs.find("text")->as_string().size(), 5'000u);
}

TEST(RuntimeRows, ADuplicateOfWhichSeveralRowsWereSentLeavesNone) {
    RuntimeRig rig(with_rows(4'000, 100'000));
    yield_inputs(rig);
    const auto flow = rig.publish(kBodies);
    const Value body = Value::object({{"text", text_of(1'000)}, {"items", list_of(20)}});
    const RunId first = rig.start(flow, body, "key-1");
    const RunId second = rig.start(flow, body, "key-1");
    EXPECT_GT(rig.store().queued().size(), 4u);
    rig.settle();
    EXPECT_EQ(rig.accepted.back()->run, first);
    EXPECT_EQ(rig.rows(second), 0u);
    EXPECT_EQ(rig.store().misuse(), "");
    EXPECT_EQ(rig.runtime().stats().open_bytes, 0u);
}

TEST(RuntimeRows, AResultThatNoRowHoldsFailsItsStepAndNothingElse) {
    RuntimeRig rig(with_rows(4'000, 20'000));
    const auto flow = rig.publish(kEffect);
    const RunId large = rig.start(flow), small = rig.start(flow);
    rig.settle();
    rig.caller().finish(0, text_of(15'000));
    rig.caller().finish(1, text_of(5'000));
    rig.settle();
    const auto story = rig.story(flow, large);
    EXPECT_EQ(story.run->error->error_class, flow::ErrorClass::validation);
    EXPECT_EQ(story.run->error->message,
              "the result of test/effect is larger than 11000 bytes, the most that is kept (limits.row)");
    EXPECT_EQ(rig.story(flow, small).run->status, run::RunStatus::succeeded);
    EXPECT_FALSE(rig.runtime().refusing());
}

TEST(RuntimeRows, HoldWhatIsKeptHoweverSmallTheyMayBe) {
    Options options;
    options.max_row_bytes = 1u << 20;  // the least that limits.row takes
    RuntimeRig rig(options);
    yield_inputs(rig);
    const auto flow = rig.publish(
        "steps: [ { id: each, forEach: trigger.body.items, as: n, do: [ { id: a, uses: test/pure, with: { "
        "text: \"${{ trigger.body.text }}\", n: \"${{ n }}\" } } ] } ]\n"
        "outputs: { n: \"${{ stepResults.each.results[0].results.a.text }}\" }");
    const RunId id = rig.start(flow, Value::object({{"text", text_of(500'000)}, {"items", list_of(20)}}));
    rig.settle();
    EXPECT_EQ(rig.runtime().stats().put_aside, 0u);
    EXPECT_EQ(rig.story(flow, id).run->status, run::RunStatus::succeeded);
    EXPECT_LE(largest(rig.disk.journals.at(id)), 1u << 20);
}

TEST(RuntimeRows, AnEventThatNoRowHoldsStartsNoRun) {
    RuntimeRig rig(with_rows(4'000, 20'000));
    rig.start(rig.publish(kEffect), text_of(15'000));
    ASSERT_EQ(rig.accepted.size(), 1u);
    EXPECT_EQ(rig.accepted[0].error().code, ErrorCode::invalid);
    EXPECT_NE(rig.accepted[0].error().message.find("limits.row"), std::string::npos);
    EXPECT_EQ(rig.runtime().stats().open, 0u);
}

TEST(RuntimeRows, ARunThatCannotBeWrittenIsPutAsideAndNothingElse) {
    RuntimeRig rig;
    const auto flow = rig.publish(kEffect);
    const RunId broken = rig.start(flow), other = rig.start(flow);
    rig.settle();
    rig.sealer.broken = true;
    rig.caller().finish(0, Value::string("token").as_secret());
    rig.caller().finish(1, Value::string("plain"));
    rig.settle();
    EXPECT_EQ(rig.runtime().stats().put_aside, 1u);
    EXPECT_FALSE(rig.runtime().is_open(broken));
    EXPECT_EQ(rig.story(flow, other).run->status, run::RunStatus::succeeded);
    rig.sealer.broken = false;
    rig.crash();
    rig.publish(kEffect);
    EXPECT_EQ(rig.runtime().recover().value(), 1u) << "it is taken up at the next start";
}

TEST(RuntimeRows, AnEventThatCannotBeWrittenIsRefusedAndItsRunIsGone) {
    RuntimeRig rig;
    rig.sealer.broken = true;
    const RunId id = rig.start(rig.publish(kEffect), Value::string("token").as_secret());
    ASSERT_EQ(rig.accepted.size(), 1u);
    EXPECT_EQ(rig.accepted[0].error().code, ErrorCode::internal);
    EXPECT_FALSE(rig.runtime().is_open(id));
    EXPECT_EQ(rig.runtime().stats().open_bytes, 0u);
}

TEST(RuntimeBytes, MoreBytesThanOpenRunsMayTakeAreRefused) {
    Options options;
    options.max_open_bytes = 200'000;
    RuntimeRig rig(options);
    const auto flow = rig.publish(kEffect);
    for (int i = 0; i < 11; ++i) rig.start(flow, text_of(10'000));
    ASSERT_EQ(rig.accepted.size(), 1u) << "ten and what is being written of them are all there may be";
    EXPECT_EQ(rig.accepted[0].error().code, ErrorCode::exhausted);
    EXPECT_NE(rig.accepted[0].error().message.find("limits.queueBytes"), std::string::npos);
    rig.settle();
    EXPECT_LT(rig.runtime().stats().open_bytes, 105'000u) << "what is durable is held once";
    for (int i = 0; i < 10; ++i) {
        rig.start(flow, text_of(10'000));
        rig.settle();
    }
    EXPECT_EQ(rig.runtime().refusing()->code, ErrorCode::exhausted);
    rig.caller().finish(0);
    rig.settle();
    EXPECT_FALSE(rig.runtime().refusing()) << "one has ended";
    for (std::size_t i = 1; i < rig.caller().calls.size(); ++i) rig.caller().finish(i);
    rig.settle();
    EXPECT_EQ(rig.runtime().stats().open, 0u);
    EXPECT_EQ(rig.runtime().stats().open_bytes, 0u);
}

TEST(RuntimeBytes, OneRunAloneDoesNotShutOutAllOthers) {
    Options options;
    options.max_open_bytes = 80'000;
    RuntimeRig rig(options);
    const char* const kTwo = "steps: [ { id: a, uses: test/effect }, { id: b, uses: test/effect } ]";
    rig.start(rig.publish(kTwo), text_of(60'000));
    rig.settle();
    rig.caller().finish(0, text_of(60'000));
    rig.settle();
    EXPECT_EQ(rig.runtime().stats().open_bytes, 10'000u) << "an eighth";
    EXPECT_FALSE(rig.runtime().refusing());
    rig.crash();
    rig.publish(kTwo);
    rig.runtime().recover();
    rig.settle();
    EXPECT_EQ(rig.runtime().stats().open_bytes, 10'000u);
    rig.caller().finish(0);
    rig.settle();
    EXPECT_EQ(rig.runtime().stats().open_bytes, 0u);
}

}  // namespace
}  // namespace tappet::runtime
