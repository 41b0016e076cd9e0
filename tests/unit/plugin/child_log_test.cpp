// What a child logs and prints, and what is logged of its end.
#include <gmock/gmock.h>

#include "base/log.hpp"
#include "child_rig.hpp"

namespace tappet::plugin {
namespace {

/// What the engine's log gets while it lives.
struct Logged {
    Logged() { ::testing::internal::CaptureStderr(); }
    std::string text() {
        log::flush();
        return ::testing::internal::GetCapturedStderr();
    }
};

using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(ChildTest, WhatACallLogsJustBeforeItsCrashIsKept) {
    for (const char* action : {"crash/at-once", "crash/now"}) {
        for (int i = 0; i < 5; ++i) {
            const CallError error = rig.error(action, how("log-abort"));
            ASSERT_EQ(error.error.code, "plugin.signal.SIGABRT");
            ASSERT_EQ(rig.lines.size(), 1u) << action << ", " << i;
            EXPECT_EQ(rig.lines[0].message, "the last word");
            rig.lines.clear();
            rig.result("crash/at-once", json("{}"));  // no two crashes in a row: no rest
        }
    }
}

TEST_F(ChildTest, LinesOfACallWithoutARunSayWhichTriggerItIsOf) {
    std::filesystem::remove(file);
    CallContext poll = rig.context();
    poll.run = RunId();
    poll.flow = "order";
    poll.step = "fresh";
    Logged log;
    std::optional<CallOutcome> outcome;
    rig.start("crash/now", how("log"), poll, outcome);
    rig.wait(outcome);
    poll.flow = poll.step = "";
    std::optional<CallOutcome> at_its_address;
    rig.start("crash/now", how("log"), poll, at_its_address);
    rig.wait(at_its_address);
    rig.result("crash/now", how("log-own"));
    const std::string text = log.text();
    EXPECT_THAT(text, HasSubstr("error plugin crash, trigger fresh of flow order: a word of the call\n"));
    EXPECT_THAT(text, HasSubstr("error plugin crash: a word of the call\n"));
    EXPECT_THAT(text, HasSubstr("error plugin crash: a word of its own\n"));
    EXPECT_THAT(text, Not(HasSubstr("printed")));
    EXPECT_TRUE(rig.lines.empty()) << "no run's";
}

TEST_F(ChildTest, WhatItPrintsOfItsInputsSecretsIsRedacted) {
    const Value secret = Value::string("s3cr3t-of-the-flow").as_secret();
    const std::string begun = folder.path() + "/begun";
    std::optional<CallOutcome> hung;
    Logged log;
    rig.start("crash/hang", Value::object({{"print", secret}, {"count", Value::string(begun)}}), hung);
    wait_for_size(rig, begun, 1);
    rig.result("crash/at-once", Value::object({{"print", Value::string("x-other s3cr3t-of-the-flow")}}));
    const CallError error = crash("abort");  // all that was printed is read
    EXPECT_EQ(error.error.code, "plugin.signal.SIGABRT");
    const std::string text = log.text();
    EXPECT_THAT(text, HasSubstr("plugin crash printed: ••••\n"));
    EXPECT_THAT(text, HasSubstr("plugin crash printed: x-other ••••\n"));
    EXPECT_THAT(text, Not(HasSubstr("s3cr3t")));
}

TEST_F(ChildTest, WhatIsReadAfterTheCallThatPrintedItIsRedactedToo) {
    const Value secret = Value::string("s3cr3t-of-the-flow").as_secret();
    Logged log;
    rig.result("crash/at-once", Value::object({{"print", secret}}));
    crash("abort");
    EXPECT_THAT(log.text(), Not(HasSubstr("s3cr3t")));
}

TEST(Child, WhoseCallEndedTheProcessIsLogged) {
    Book book;
    HostOptions options = isolated(book);
    options.cancel_grace = std::chrono::milliseconds(50);
    PluginRig rig(TAPPET_CRASH_PLUGINS, std::move(options));
    TemporaryFolder folder;
    const std::string begun = folder.path() + "/begun", again = folder.path() + "/again",
                      file = folder.path() + "/crash";
    std::ofstream(file) << "x";
    std::optional<CallOutcome> deaf, other;
    CallContext context = rig.context();
    context.step = "patient";
    Logged log;
    rig.start("crash/patient",
              Value::object({{"while", Value::string(file)}, {"count", Value::string(again)}}), context,
              other);
    const auto ticket = rig.start("crash/hang", Value::object({{"count", Value::string(begun)}}), deaf);
    wait_for_size(rig, begun, 1);
    rig.host->cancel(ticket);
    rig.wait(deaf);
    wait_for_size(rig, again, 2);  // it is made again
    std::filesystem::remove(file);
    rig.wait(other);
    EXPECT_TRUE(std::holds_alternative<Value>(*other));
    const std::string text = log.text();
    EXPECT_THAT(text,
                HasSubstr("warning plugin crash: its process was ended, since run " + context.run.text() +
                          " step aStep of flow a-flow did not stop; 1 call is made again\n"));
    EXPECT_THAT(text, Not(HasSubstr("goes on without effect")));
}

TEST_F(ChildTest, WhoseCallCrashedIsLogged) {
    Logged log;
    crash("segv");
    EXPECT_THAT(log.text(),
                HasSubstr("error plugin crash: its process ended: SIGSEGV, in run " +
                          rig.context().run.text() + " step aStep of flow a-flow; 0 calls are made again\n"));
}

}  // namespace
}  // namespace tappet::plugin
