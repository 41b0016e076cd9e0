// Cursors that are given to polls, in virtual time.
#include <gmock/gmock.h>

#include "trigger/polls.hpp"
#include "unit/trigger/poll_rig.hpp"

namespace tappet::trigger {
namespace {

using flow::ErrorClass;
using test::call_error;
using test::json;
using namespace std::chrono_literals;

const TriggerKey kChanged{"default", "crm", "changed"};

/// Sets a cursor; gives what was said when it was done, or that it is not yet.
std::shared_ptr<std::string> set_cursor(PollRig& rig, Value value) {
    auto said = std::make_shared<std::string>("not yet");
    rig.polls->set_cursor(kChanged, std::move(value),
                          [said](const Result<void>& done) { *said = done ? "done" : done.error().message; });
    return said;
}

TEST(Polls, GoOnFromACursorThatIsGiven) {
    PollRig rig;
    rig.finish(R"({"cursor":7})");
    EXPECT_EQ(rig.cursor(kChanged)->value, Value::integer(7));
    const auto said = set_cursor(rig, Value::integer(3));
    EXPECT_EQ(*said, "not yet");
    rig.polls->tick();
    EXPECT_EQ(rig.sources.calls.size(), 1u) << "it is not durable";
    rig.rig.settle();
    EXPECT_EQ(*said, "done");
    rig.polls->tick();
    EXPECT_EQ(rig.sources.calls.at(1).in("cursor"), Value::integer(3));
    rig.crash();
    EXPECT_EQ(rig.sources.calls.at(0).in("cursor"), Value::integer(3));
    EXPECT_EQ(rig.cursor(kChanged)->value, Value::integer(3));
}

TEST(Polls, ACursorThatIsGivenWinsOverAPollUnderWay) {
    PollRig rig;
    const auto said = set_cursor(rig, Value::integer(3));
    EXPECT_TRUE(rig.sources.calls[0].cancelled);
    rig.rig.settle();
    EXPECT_EQ(*said, "done") << "it does not wait for the call";
    rig.finish(R"({"events":[{"id":"1"}],"cursor":1})");
    EXPECT_EQ(rig.runs(), 0u);
    rig.polls->tick();
    ASSERT_EQ(rig.sources.calls.size(), 2u);
    EXPECT_EQ(rig.sources.calls[1].in("cursor"), Value::integer(3));
    rig.finish(R"({"events":[{"id":"1"}],"cursor":4})");
    EXPECT_EQ(rig.runs(), 1u) << "what was told late is told again";
}

TEST(Polls, ACursorThatIsGivenWinsOverOneThatIsBeingWritten) {
    PollRig rig;
    rig.sources.finish(json(R"({"events":[{"id":"1"}],"cursor":1,"more":true})"));
    const auto said = set_cursor(rig, Value());
    rig.rig.settle();
    EXPECT_EQ(*said, "done");
    EXPECT_EQ(rig.runs(), 1u) << "it was told before";
    EXPECT_TRUE(rig.cursor(kChanged)->value.is_null());
    rig.polls->tick();
    ASSERT_EQ(rig.sources.calls.size(), 2u);
    EXPECT_TRUE(rig.sources.calls[1].in("cursor").is_null());
    rig.finish(R"({"events":[{"id":"1"}],"cursor":1})");
    EXPECT_EQ(rig.runs(), 1u);
}

TEST(Polls, ACursorThatIsGivenToAPausedOneWaits) {
    PollRig rig;
    rig.finish(R"({"cursor":7})");
    ASSERT_TRUE(rig.pause(kChanged));
    const auto said = set_cursor(rig, Value::integer(3));
    rig.rig.settle();
    EXPECT_EQ(*said, "done");
    rig.pass(1h);
    EXPECT_EQ(rig.sources.calls.size(), 1u);
    ASSERT_TRUE(rig.resume(kChanged));
    rig.polls->tick();
    EXPECT_EQ(rig.sources.calls.at(1).in("cursor"), Value::integer(3));
}

TEST(Polls, RefuseACursorThatIsTooLargeOrComesBesideAnother) {
    PollRig rig;
    rig.finish(R"({"cursor":7})");
    EXPECT_THAT(*set_cursor(rig, Value::string(std::string(Polls::kMaxCursor, 'x'))),
                ::testing::HasSubstr("the most is 1048576"));
    const auto first = set_cursor(rig, Value::integer(1)), second = set_cursor(rig, Value::integer(2));
    EXPECT_THAT(*second, ::testing::HasSubstr("try again"));
    rig.rig.settle();
    EXPECT_EQ(*first, "done");
    rig.rig.store().fail("the disk is full");
    EXPECT_THAT(*set_cursor(rig, Value::integer(3)), ::testing::HasSubstr("the disk is full"));
    EXPECT_EQ(rig.cursor(kChanged)->value, Value::integer(1));
    EXPECT_EQ(rig.cursor({"default", "crm", "x"}).error().code, ErrorCode::not_found);
}

TEST(Polls, TellWhoGivesACursorAlsoWhereTheFlowIsGoneMeanwhile) {
    PollRig rig;
    rig.sources.finish(json(R"({"events":[{"id":"1"}],"cursor":1})"));
    const auto said = set_cursor(rig, Value::integer(3));
    rig.rig.flows().withdraw("default", "crm");
    rig.polls->reload();
    rig.rig.settle();
    EXPECT_EQ(*said, "done");
    rig.publish();
    rig.polls->reload();
    rig.polls->tick();
    EXPECT_EQ(rig.sources.calls.at(1).in("cursor"), Value::integer(3));
}

/// The flow is taken away, and comes back.
void come_back(PollRig& rig) {
    rig.rig.flows().withdraw("default", "crm");
    rig.polls->reload();
    rig.publish();
    rig.polls->reload();
    rig.polls->tick();
}

TEST(Polls, ACursorThatIsGivenWinsWhereTheFlowComesBackBeforeItIsDurable) {
    PollRig rig;
    rig.finish(R"({"cursor":7})");
    const auto said = set_cursor(rig, Value::integer(3));
    come_back(rig);
    EXPECT_EQ(rig.sources.calls.size(), 1u) << "it is not durable";
    EXPECT_THAT(*set_cursor(rig, Value::integer(4)), ::testing::HasSubstr("try again"));
    rig.rig.settle();
    EXPECT_EQ(*said, "done");
    rig.polls->tick();
    EXPECT_EQ(rig.sources.calls.at(1).in("cursor"), Value::integer(3));
}

TEST(Polls, ACursorThatIsGivenWinsWhereACallEndsAndTheFlowComesBackBeforeItIsDurable) {
    PollRig rig;
    const auto said = set_cursor(rig, Value::integer(3));
    rig.rig.flows().withdraw("default", "crm");
    rig.polls->reload();
    rig.sources.finish(call_error(ErrorClass::cancelled));
    come_back(rig);
    EXPECT_EQ(rig.sources.calls.size(), 1u) << "it is not durable";
    rig.rig.settle();
    EXPECT_EQ(*said, "done");
    rig.polls->tick();
    EXPECT_EQ(rig.sources.calls.at(1).in("cursor"), Value::integer(3));
}

TEST(Polls, ACursorThatIsGivenWinsWhereTheFlowComesBackWhileItWaitsForAnother) {
    PollRig rig;
    rig.sources.finish(json(R"({"events":[{"id":"1"}],"cursor":1})"));
    const auto said = set_cursor(rig, Value::integer(3));
    rig.rig.flows().withdraw("default", "crm");
    rig.polls->reload();
    ASSERT_TRUE(rig.rig.store().complete_one());
    rig.rig.poll();
    come_back(rig);
    EXPECT_EQ(rig.sources.calls.size(), 1u) << "it is not durable";
    rig.rig.settle();
    EXPECT_EQ(*said, "done");
    rig.polls->tick();
    EXPECT_EQ(rig.sources.calls.at(1).in("cursor"), Value::integer(3));
}

TEST(Polls, AskNothingTwiceWhereTheFlowComesBackBeforeWhatWasToldIsDurable) {
    PollRig rig;
    rig.sources.finish(json(R"({"events":[{"id":"1"}],"cursor":1})"));
    come_back(rig);
    come_back(rig);
    EXPECT_EQ(rig.sources.calls.size(), 1u);
    rig.rig.settle();
    rig.polls->tick();
    EXPECT_EQ(rig.sources.calls.at(1).in("cursor"), Value::integer(1));
    EXPECT_EQ(rig.runs(), 1u);
}

TEST(Polls, ThatAreGoneBeforeTheirGivenCursorIsDurableAskNothing) {
    PollRig rig;
    rig.finish(R"({"cursor":7})");
    const auto said = set_cursor(rig, Value::integer(3));
    rig.rig.flows().withdraw("default", "crm");
    rig.polls->reload();
    rig.rig.settle();
    EXPECT_EQ(*said, "done");
    rig.pass(1h);
    EXPECT_EQ(rig.sources.calls.size(), 1u);
    EXPECT_TRUE(rig.polls->entries().empty());
}

TEST(Polls, SealASecretCursorThatIsGiven) {
    PollRig rig;
    rig.finish(R"({"cursor":7})");
    (void)set_cursor(rig, json(R"({"token":"s3cret"})").as_secret());
    rig.rig.settle();
    EXPECT_EQ(rig.rig.disk.cursors.begin()->second.data.find("s3cret"), std::string::npos);
    EXPECT_TRUE(rig.cursor(kChanged)->value.secret());
    rig.polls->tick();
    EXPECT_EQ(rig.sources.calls.at(1).in("cursor").find("token")->as_string(), "s3cret");
}

}  // namespace
}  // namespace tappet::trigger
