// Events that start their runs together, and the cursor of their source.
#include <gmock/gmock.h>

#include "runtime_rig.hpp"

namespace tappet::test {
namespace {

using testing::HasSubstr;

struct TogetherRig : RuntimeRig {
    using RuntimeRig::RuntimeRig;
    runtime::Start event(const runtime::FlowHandle& flow, Value body, const std::string& key = "") {
        runtime::Start start;
        start.id = runtime().new_id();
        start.flow = flow;
        start.trigger = "received";
        start.event = Value::object({{"id", Value::string("e")}, {"body", std::move(body)}});
        if (!key.empty()) {
            start.claim = store::DedupeClaim{{}, clock.now(), clock.now() + std::chrono::hours(1)};
            std::copy_n(key.begin(), std::min<std::size_t>(16, key.size()), start.claim->key.begin());
        }
        return start;
    }
    void start(std::vector<runtime::Start> starts, const std::string& cursor = "") {
        std::optional<store::SourceCursor> at;
        if (!cursor.empty()) at = store::SourceCursor{"default", "tested", "received", "s", cursor, {}};
        runtime().start_together(
            std::move(starts), std::move(at),
            [this](Result<std::vector<runtime::Accepted>> result) { told.push_back(std::move(result)); });
    }
    std::string cursor() {
        const auto found = disk.cursors.find({"default", "tested", "received"});
        return found == disk.cursors.end() ? "none" : found->second.data;
    }
    std::vector<Result<std::vector<runtime::Accepted>>> told;
};

TEST(StartTogether, IsOneCommitForAllAndForTheCursor) {
    TogetherRig rig;
    const auto flow = rig.publish("steps: [ { id: a, uses: test/effect } ]");
    rig.start({rig.event(flow, Value::integer(1)), rig.event(flow, Value::integer(2))}, "2");
    EXPECT_EQ(rig.store().queued().size(), 1u);
    EXPECT_TRUE(rig.told.empty()) << "nobody is told before it is durable";
    EXPECT_TRUE(rig.caller().calls.empty());
    rig.settle();
    ASSERT_EQ(rig.told.size(), 1u);
    ASSERT_EQ(rig.told[0]->size(), 2u);
    EXPECT_EQ(rig.cursor(), "2");
    EXPECT_EQ(rig.caller().calls.size(), 2u);
    EXPECT_EQ(rig.store().misuse(), "");
}

TEST(StartTogether, TellsDuplicatesApart) {
    TogetherRig rig;
    const auto flow = rig.publish("steps: [ { id: a, uses: test/effect } ]");
    rig.start({rig.event(flow, {}, "k"), rig.event(flow, {}, "k"), rig.event(flow, {}, "l")});
    rig.settle();
    const auto& told = *rig.told.at(0);
    EXPECT_FALSE(told[0].duplicate);
    EXPECT_TRUE(told[1].duplicate);
    EXPECT_EQ(told[1].run, told[0].run);
    EXPECT_FALSE(told[2].duplicate);
    EXPECT_EQ(rig.disk.journals.size(), 2u);
}

TEST(StartTogether, WritesACursorWithoutEvents) {
    TogetherRig rig;
    rig.start({}, "5");
    rig.settle();
    EXPECT_TRUE(rig.told.at(0)->empty());
    EXPECT_EQ(rig.cursor(), "5");
}

TEST(StartTogether, WritesNothingWhereOneEventIsTooLarge) {
    runtime::Options options;
    options.max_row_bytes = 64 << 10;
    TogetherRig rig(options);
    const auto flow = rig.publish("steps: [ { id: a, uses: test/effect } ]");
    rig.start({rig.event(flow, {}), rig.event(flow, Value::string(std::string(100'000, 'x')))}, "1");
    rig.settle();
    EXPECT_EQ(rig.told.at(0).error().code, ErrorCode::invalid);
    EXPECT_TRUE(rig.disk.journals.empty());
    EXPECT_EQ(rig.cursor(), "none");
}

TEST(StartTogether, TakesNoMoreThanTheQueueHasRoomForUnlessItIsEmpty) {
    runtime::Options options;
    options.max_open_runs = 2;
    TogetherRig rig(options);
    const auto flow = rig.publish("steps: [ { id: a, uses: test/effect } ]");
    rig.start({rig.event(flow, {}), rig.event(flow, {}), rig.event(flow, {})});
    rig.settle();
    EXPECT_TRUE(rig.told.at(0)) << "it would wait for ever";
    for (std::size_t i = 0; i < 3; ++i) rig.caller().finish(i);
    rig.settle();
    rig.start({rig.event(flow, {})});
    rig.start({rig.event(flow, {}), rig.event(flow, {})});
    rig.settle();
    ASSERT_EQ(rig.told.size(), 3u);
    EXPECT_EQ(rig.told[1].error().code, ErrorCode::exhausted) << "told at once";
    EXPECT_TRUE(rig.told[2]);
}

TEST(StartTogether, TellsOnceWhenStorageFails) {
    TogetherRig rig;
    const auto flow = rig.publish("steps: [ { id: a, uses: test/effect } ]");
    rig.start({rig.event(flow, {}), rig.event(flow, {})}, "1");
    rig.store().fail("the disk is gone");
    rig.settle();
    ASSERT_EQ(rig.told.size(), 1u);
    EXPECT_THAT(rig.told[0].error().message, HasSubstr("the disk is gone"));
    EXPECT_TRUE(rig.caller().calls.empty());
}

TEST(StartTogether, DropsAllOfItWhereOneMeetsAFault) {
    TogetherRig rig;
    const auto flow = rig.publish(
        "steps: [ { id: p, uses: test/pure, with: { v: '${{ trigger.body }}' } }, { uses: test/effect, id: e "
        "} ]");
    rig.caller().answer = [](const ScriptedCaller::Call& call) -> std::optional<plugin::CallOutcome> {
        if (const Value* v = call.input.find("v"); v && v->is(Kind::string))
            throw std::runtime_error("a fault");
        return plugin::CallOutcome(Value());
    };
    rig.start({rig.event(flow, Value::integer(1)), rig.event(flow, Value::string("bad"))}, "1");
    rig.settle();
    ASSERT_EQ(rig.told.size(), 1u);
    EXPECT_EQ(rig.told[0].error().code, ErrorCode::internal);
    EXPECT_TRUE(rig.disk.journals.empty());
    EXPECT_EQ(rig.cursor(), "none");
    EXPECT_EQ(rig.runtime().stats().open, 0u);
    EXPECT_EQ(rig.runtime().stats().open_bytes, 0u);
}

TEST(StartTogether, GoesOnAfterACrashAsIfNothingHadHappenedOrEverything) {
    for (const bool durable : {false, true}) {
        TogetherRig rig;
        const auto flow = rig.publish("steps: [ { id: a, uses: test/effect } ]");
        rig.start({rig.event(flow, Value::integer(1)), rig.event(flow, Value::integer(2))}, "2");
        if (durable) rig.store().complete_one();
        rig.crash();
        rig.publish("steps: [ { id: a, uses: test/effect } ]");
        EXPECT_EQ(rig.runtime().recover().value(), durable ? 2u : 0u);
        EXPECT_EQ(rig.cursor(), durable ? "2" : "none");
    }
}

}  // namespace
}  // namespace tappet::test
