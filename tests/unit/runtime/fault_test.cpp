// A line that no row holds is a fault of its run, which is put aside; but not beneath who is at work on it.
#include <boost/asio/post.hpp>

#include "runtime_rig.hpp"

namespace tappet::runtime {
namespace {

using test::RuntimeRig;

Options with_small_rows(std::size_t calls) {
    Options options;
    options.full_row_bytes = 4'000;
    options.max_row_bytes = 20'000;
    options.max_calls = calls;
    return options;
}

/// A runtime whose actions log a line that is too long while they are called, and then return.
struct FaultRig : RuntimeRig {
    explicit FaultRig(std::size_t calls = 1'024) : RuntimeRig(with_small_rows(calls)) {
        caller().answer = [this](const auto& call) -> std::optional<plugin::CallOutcome> {
            if (call.context.flow != "logs") return std::nullopt;
            log_too_much(call.context.run);
            log_too_much(call.context.run);
            open_behind_it = runtime().is_open(call.context.run);
            return answers ? std::optional<plugin::CallOutcome>(Value()) : std::nullopt;
        };
    }
    void log_too_much(const RunId& id) {
        runtime().log({2, "test", std::string(30'000, 'x'), id, "tested", "a", clock.now()});
    }
    /// As plugins log from their calls: on the loop's thread.
    void on_loop(std::function<void()> act) {
        boost::asio::post(loop(), std::move(act));
        poll();
    }
    runtime::FlowHandle calls(const std::string& action) {
        return publish("steps: [ { id: a, uses: " + action + " }, { id: b, uses: " + action + " } ]", "logs");
    }
    void expect_put_aside() {
        EXPECT_TRUE(open_behind_it) << "it is put aside when the call has returned";
        EXPECT_EQ(runtime().stats().put_aside, 1u);
        EXPECT_EQ(runtime().stats().open, 0u);
        settle();
        for (const auto& [id, rows] : disk.journals)
            for (const std::string& row : rows) EXPECT_LT(row.size(), 20'000u) << "nothing of it is written";
    }

    bool answers = true;
    std::optional<bool> open_behind_it;
};

class RuntimeFault : public ::testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Answering, RuntimeFault, ::testing::Bool());

TEST_P(RuntimeFault, InACallThatRides) {
    FaultRig rig;
    rig.answers = GetParam();
    const auto flow = rig.calls("test/pure");
    rig.on_loop([&] { rig.start(flow); });
    rig.expect_put_aside();
    ASSERT_EQ(rig.accepted.size(), 1u);
    EXPECT_EQ(rig.accepted[0].error().code, ErrorCode::internal);
}

TEST_P(RuntimeFault, InACallThatFollowsACommit) {
    FaultRig rig;
    rig.answers = GetParam();
    const auto flow = rig.calls("test/effect");
    rig.on_loop([&] { rig.start(flow); });
    rig.on_loop([&] { rig.store().complete_one(); });
    rig.expect_put_aside();
    EXPECT_TRUE(rig.accepted.at(0)) << "its event is durable";
}

TEST_P(RuntimeFault, InACallThatHadWaitedForAPlace) {
    FaultRig rig(1);
    rig.answers = GetParam();
    rig.start(rig.publish("steps: [ { id: a, uses: test/effect } ]"));
    rig.start(rig.calls("test/effect"));
    rig.settle();
    ASSERT_EQ(rig.runtime().stats().calls_waiting, 1u);
    rig.on_loop([&] { rig.caller().finish(0); });
    rig.settle();
    rig.expect_put_aside();
    EXPECT_EQ(rig.runtime().stats().succeeded, 1u) << "the other one goes on";
}

TEST(RuntimeFaultOfALine, OutsideOfAnyCallPutsItsRunAsideAtOnce) {
    FaultRig rig;
    const RunId id = rig.start(rig.publish("steps: [ { id: a, uses: test/effect } ]"));
    rig.settle();
    rig.on_loop([&] {
        rig.log_too_much(id);
        EXPECT_FALSE(rig.runtime().is_open(id));
    });
    EXPECT_EQ(rig.runtime().stats().put_aside, 1u);
}

}  // namespace
}  // namespace tappet::runtime
