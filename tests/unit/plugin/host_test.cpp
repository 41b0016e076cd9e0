#include "plugin/host.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>

#include "base/log.hpp"
#include "plugin/call_table.hpp"
#include "plugin/running.hpp"
#include "plugin/text_limits.hpp"
#include "support/plugin_rig.hpp"

namespace tappet::plugin {
namespace {

using flow::ErrorClass;
using testing::json;
using testing::PluginRig;
using testing::text;

struct HostTest : ::testing::Test {
    HostTest() {
        if (std::getenv("TAPPET_TEST_CHILD")) rig.result("test/pure", json("{}"));  // its process has started
    }
    PluginRig rig{TAPPET_TEST_PLUGINS};
};

TEST_F(HostTest, ListsThePluginWithItsActionsAndTriggers) {
    ASSERT_EQ(rig.host->plugins().size(), 1u);
    EXPECT_EQ(rig.host->plugins()[0].problem, "");
    EXPECT_EQ(rig.host->plugins()[0].name, "test");
    EXPECT_TRUE(rig.host->action("test/pure")->pure);
    EXPECT_FALSE(rig.host->action("test/block")->non_blocking);
    EXPECT_EQ(rig.host->trigger("test/event")->kind, flow::TriggerKind::webhook);
    EXPECT_EQ(rig.host->action("test/nothing"), nullptr);
}

TEST_F(HostTest, APureActionIsDoneInsideTheCall) {
    std::optional<CallOutcome> outcome;
    EXPECT_EQ(rig.start("test/pure", json(R"({"a":1})"), outcome), 0u);
    ASSERT_TRUE(outcome);
    EXPECT_EQ(text(std::get<Value>(*outcome)), R"({"a":1,"added":1})");
}

TEST_F(HostTest, AnActionKnowsItsCall) {
    EXPECT_EQ(text(rig.result("test/effect", Value::object({}))),
              R"({"key":"key-1","attempt":1,"step":"aStep","run":"01020304-0506-0708-090a-0b0c0d0e0f10"})");
}

TEST_F(HostTest, AnInputIsSharedNotCopied) {
    const Value input = json(R"({"list":[1,2,3]})");
    const Value result = rig.result("test/echo", Value::object({{"x", input}, {"times", Value::integer(2)}}));
    EXPECT_EQ(result.find("x")->entries().data(), input.entries().data());
}

TEST_F(HostTest, AnInputIsCheckedAndFilledBeforeThePluginSeesIt) {
    EXPECT_EQ(text(rig.result("test/echo", json("{}"))), R"({"times":1})");
    const CallError error = rig.error("test/echo", json(R"({"times":"two"})"));
    EXPECT_EQ(error.error.error_class, ErrorClass::validation);
    EXPECT_NE(error.error.message.find("with/times"), std::string::npos) << error.error.message;
}

TEST_F(HostTest, ACallMayEndWhileItsActionLogs) {
    const Value input = Value::object({{"key", Value::string("abc123").as_secret()}});
    for (int i = 0; i < 200; ++i) rig.result("test/chatter", input);
    for (const LogLine& line : rig.lines) EXPECT_EQ(line.step, "aStep");
}

TEST_F(HostTest, TextsOfAnErrorAreCut) {
    const CallError error = rig.error("test/fail-at-length", json(R"({"bytes":1000000})"));
    EXPECT_EQ(error.error.message, std::string(kMaxErrorText - 3, 'x') + "…");
    EXPECT_EQ(error.error.code, std::string(kMaxErrorCode - 3, 'y') + "…");
    EXPECT_EQ(rig.error("test/fail-at-length", json(R"({"bytes":128})")).error.code, std::string(128, 'y'));
}

TEST_F(HostTest, WhatAPluginSaysIsUtf8) {
    const Value name = Value::string("J\xfcrgen");
    const CallError error = rig.error(
        "test/fail", Value::object({{"class", Value::integer(5)}, {"message", name}, {"code", name}}));
    EXPECT_EQ(error.error.message, "J\uFFFDrgen");
    EXPECT_EQ(error.error.code, "J\uFFFDrgen");
    rig.result("test/log", Value::object({{"message", name}}));
    ASSERT_EQ(rig.lines.size(), 1u);
    EXPECT_EQ(rig.lines[0].message, "J\uFFFDrgen");
}

TEST_F(HostTest, ALineIsCutBehindItsSecrets) {
    const std::string token = "abc123";
    const std::string text = std::string(kMaxLine - 4, 'x') + token;  // cut first, half of it would stand
    rig.result("test/log", Value::object({{"message", Value::string(text)},
                                          {"token", Value::string(token).as_secret()}}));
    ASSERT_EQ(rig.lines.size(), 1u);
    EXPECT_LE(rig.lines[0].message.size(), kMaxLine);
    EXPECT_EQ(rig.lines[0].message.find("abc"), std::string::npos);
    EXPECT_TRUE(rig.lines[0].message.ends_with("…"));
}

TEST_F(HostTest, ACallLogsSoManyLinesAndOneThatTellsOfMore) {
    rig.result("test/log-much", json(R"({"lines":5000,"bytes":1})"));
    EXPECT_EQ(rig.lines.size(), kMaxLines + 1);
    rig.result("test/log-much", json(R"({"lines":2,"bytes":1})"));
    EXPECT_EQ(rig.lines.size(), kMaxLines + 3) << "the next call has its own";
}

TEST_F(HostTest, StateThatIsTooLargeIsRefused) {
    EXPECT_EQ(text(rig.result("test/keep-much", json(R"({"bytes":1048576,"keyBytes":512})"))), "null");
    EXPECT_NE(rig.error("test/keep-much", json(R"({"bytes":1048577})")).error.message.find("1048576"),
              std::string::npos);
    EXPECT_NE(rig.error("test/keep-much", json(R"({"keyBytes":513})")).error.message.find("512"),
              std::string::npos);
}

TEST_F(HostTest, AnErrorArrivesWithAllItSays) {
    const CallError error = rig.error(
        "test/fail",
        json(R"({"class":5,"code":"http.429","message":"slow down","status":429,"retryAfterMs":20000})"));
    EXPECT_EQ(error.error.error_class, ErrorClass::rate_limited);
    EXPECT_EQ(error.error.code, "http.429");
    EXPECT_EQ(error.error.message, "slow down");
    EXPECT_EQ(error.error.status, 429);
    EXPECT_EQ(error.retry_after, std::chrono::milliseconds(20'000));
}

TEST_F(HostTest, AnyOtherExceptionIsInternal) {
    const CallError error = rig.error("test/fail", json(R"({"message":"out of luck"})"));
    EXPECT_EQ(error.error.error_class, ErrorClass::internal);
    EXPECT_EQ(error.error.message, "out of luck");
}

TEST_F(HostTest, AClassThatIsTheEnginesToGiveIsInternal) {
    EXPECT_EQ(rig.error("test/fail", json(R"({"class":9})")).error.error_class, ErrorClass::internal);
    EXPECT_EQ(rig.error("test/fail", json(R"({"class":99})")).error.error_class, ErrorClass::internal);
}

TEST_F(HostTest, ACompletionFromAThreadOfThePluginReachesTheLoop) {
    EXPECT_EQ(text(rig.result("test/slow", json("{}"))), R"({"slow":true})");
}

TEST_F(HostTest, ACancelledCallEndsAsCancelledWhenTheActionObeys) {
    std::optional<CallOutcome> outcome;
    const auto ticket = rig.start("test/slow", json(R"({"untilCancelled":true})"), outcome);
    EXPECT_NE(ticket, 0u);
    rig.host->cancel(ticket);
    rig.wait(outcome);
    EXPECT_EQ(std::get<CallError>(*outcome).error.error_class, ErrorClass::cancelled);
    EXPECT_EQ(std::get<CallError>(*outcome).error.message, "stopped");
}

TEST_F(HostTest, AnActionThatHoldsAWorkerCanBeCancelled) {
    std::optional<CallOutcome> outcome;
    rig.host->cancel(rig.start("test/block", json("{}"), outcome));
    rig.wait(outcome);
    EXPECT_EQ(std::get<CallError>(*outcome).error.error_class, ErrorClass::cancelled);
}

TEST_F(HostTest, CancellingACallThatIsOverDoesNothing) {
    std::optional<CallOutcome> outcome;
    const auto ticket = rig.start("test/slow", json("{}"), outcome);
    rig.wait(outcome);
    rig.host->cancel(ticket);
    rig.host->cancel(0);
    EXPECT_TRUE(std::holds_alternative<Value>(*outcome));
}

TEST_F(HostTest, ASecondCompletionIsIgnored) {
    EXPECT_EQ(text(rig.result("test/twice", json("{}"))), R"("first")");
}

TEST_F(HostTest, AMalformedResultIsThePluginsFault) {
    const CallError error = rig.error("test/malformed", json("{}"));
    EXPECT_EQ(error.error.error_class, ErrorClass::internal);
    EXPECT_EQ(error.error.message, "the plugin built a malformed result: a list or map is not ended");
}

TEST_F(HostTest, ALogLineNamesItsRunAndHidesSecrets) {
    rig.result("test/log", Value::object({{"message", Value::string("token=abc123")},
                                          {"token", Value::string("abc123").as_secret()}}));
    ASSERT_EQ(rig.lines.size(), 1u);
    EXPECT_EQ(rig.lines[0].message, "token=••••");
    EXPECT_EQ(rig.lines[0].level, 3);
    EXPECT_EQ(rig.lines[0].plugin, "test");
    EXPECT_EQ(rig.lines[0].step, "aStep");
    EXPECT_EQ(rig.lines[0].run, rig.context().run);
}

TEST_F(HostTest, AnErrorNeverHoldsASecretOfTheInput) {
    const Value input = Value::object(
        {{"message", Value::string("bad key abc123")}, {"key", Value::string("abc123").as_secret()}});
    EXPECT_EQ(rig.error("test/fail", input).error.message, "bad key ••••");
}

TEST_F(HostTest, TheMarkOfASecretSurvivesTheBorder) {
    const Value result =
        rig.result("test/pure", Value::object({{"key", Value::string("abc123").as_secret()}}));
    EXPECT_TRUE(result.find("key")->secret());
    EXPECT_FALSE(result.find("added")->secret());
}

TEST_F(HostTest, ARequestIsAwaitedWithoutAWorker) {
    rig.door.answer(200, {}, "hello");
    EXPECT_EQ(text(rig.result("test/request", json(R"({"url":"http://app.test/"})"))),
              R"({"status":200,"body":"hello"})");
    EXPECT_EQ(rig.door.requests.at(0).url, "http://app.test/");
}

TEST_F(HostTest, ARequestCanBeWaitedForOnAWorker) {
    rig.door.answer(204);
    EXPECT_EQ(text(rig.result("test/fetch", json(R"({"url":"http://app.test/"})"))),
              R"({"status":204,"body":""})");
}

TEST_F(HostTest, AFailedRequestTellsItsWholeStory) {
    const std::string story = "http://app.test: the name does not resolve, however often it is asked for";
    for (const char* action : {"test/request", "test/fetch"}) {
        rig.door.fail(http::Failure::Kind::resolve, story);
        const CallError error = rig.error(action, json(R"({"url":"http://app.test/"})"));
        EXPECT_EQ(error.error.error_class, ErrorClass::unavailable);
        EXPECT_EQ(error.error.message, story);
    }
}

TEST_F(HostTest, CancellingACallEndsItsRequests) {
    std::optional<CallOutcome> outcome;
    const auto ticket = rig.start("test/request", json(R"({"url":"http://app.test/"})"), outcome);
    while (rig.door.requests.empty()) rig.loop.run_one();
    rig.host->cancel(ticket);
    rig.wait(outcome);
    EXPECT_EQ(rig.door.cancelled, 1);
    EXPECT_EQ(std::get<CallError>(*outcome).error.error_class, ErrorClass::cancelled);
}

TEST_F(HostTest, TheDeadlineOfACallShortensItsRequests) {
    std::optional<CallOutcome> outcome;
    CallContext context = rig.context();
    context.deadline = rig.clock.now() + std::chrono::milliseconds(250);
    rig.door.answer(200);
    rig.start("test/request", json(R"({"url":"http://app.test/"})"), context, outcome);
    rig.wait(outcome);
    EXPECT_EQ(rig.door.requests.at(0).timeout, std::chrono::milliseconds(250));
}

TEST_F(HostTest, ARequestAfterTheDeadlineIsNotSent) {
    std::optional<CallOutcome> outcome;
    CallContext context = rig.context();
    context.deadline = rig.clock.now();
    rig.start("test/request", json(R"({"url":"http://app.test/"})"), context, outcome);
    rig.wait(outcome);
    EXPECT_TRUE(rig.door.requests.empty());
    EXPECT_EQ(std::get<CallError>(*outcome).error.error_class, ErrorClass::timeout);
}

TEST_F(HostTest, StateIsKeptPerTenantAndReachedInEveryStyle) {
    EXPECT_EQ(text(rig.result("test/count", json("{}"))), R"("1")");
    EXPECT_EQ(text(rig.result("test/count-now", json("{}"))), R"("2")");
    EXPECT_EQ(text(rig.result("test/count-worker", json("{}"))), R"("3")");
    std::optional<CallOutcome> outcome;
    CallContext other = rig.context();
    other.tenant = "acme";
    rig.start("test/count", json("{}"), other, outcome);
    rig.wait(outcome);
    EXPECT_EQ(text(std::get<Value>(*outcome)), R"("1")");
}

TEST_F(HostTest, StateThatCannotBeReachedIsUnavailable) {
    rig.state.broken = true;
    EXPECT_EQ(rig.error("test/count", json("{}")).error.error_class, ErrorClass::unavailable);
}

TEST_F(HostTest, AnActionOfNoPluginFails) {
    flow::ActionSpec stranger;
    stranger.name = "ghost/walk";
    std::optional<CallOutcome> outcome;
    rig.host->call(stranger, Value(), rig.context(), [&](CallOutcome out) { outcome = std::move(out); });
    rig.wait(outcome);
    EXPECT_EQ(std::get<CallError>(*outcome).error.message,
              "the action \"ghost/walk\" belongs to no loaded plugin");
}

TEST_F(HostTest, NobodyIsRunningOnceACallIsOver) {
    rig.result("test/pure", json("{}"));
    EXPECT_EQ(running_here(), nullptr);
}

/// Sets every plugin aside, or none.
struct ScriptedBook final : CrashBook {
    std::optional<Quarantine> aside;
    PluginIdentity asked;
    void crashed(const PluginIdentity&, TimeMs, std::string_view) override {}
    std::optional<Quarantine> quarantined(const PluginIdentity& plugin) const override {
        const_cast<ScriptedBook*>(this)->asked = plugin;
        return aside;
    }
    Result<void> release(std::string_view) override { return {}; }
};

TEST(Host, APluginThatIsSetAsideIsNotCalledAndSaysHowToReleaseIt) {
    ScriptedBook book;
    book.aside = Quarantine{{1'700'000'000'000}, 5, "SIGSEGV"};
    HostOptions options;
    options.crash_book = &book;
    PluginRig rig(TAPPET_TEST_PLUGINS, options);
    for (const char* action : {"test/pure", "test/block"}) {
        const CallError error = rig.error(action, json("{}"));
        EXPECT_EQ(error.error.error_class, ErrorClass::plugin_crashed);
        EXPECT_EQ(error.error.code, "plugin.quarantined");
        const std::string build = book.asked.hash.substr(0, 12);
        EXPECT_EQ(error.error.message,
                  "the plugin test (build " + build +
                      ") is set aside since 2023-11-14T22:13:20.000Z: it crashed 5 times, last "
                      "with SIGSEGV; put a mended build in its place, or run: tappet plugin "
                      "release test");
    }
    EXPECT_EQ(book.asked.name, "test");
    EXPECT_EQ(book.asked.hash, rig.host->plugins()[0].hash);
    EXPECT_EQ(book.asked.hash.size(), 64u);
    book.aside.reset();
    rig.result("test/pure", json("{}"));
}

TEST_F(HostTest, LoadingAgainChangesNothing) {
    rig.host->load();
    EXPECT_EQ(rig.host->plugins().size(), 1u);
}

TEST(Host, ACallThatFindsNoRoomInTheQueueIsUnavailable) {
    HostOptions options;
    options.workers = 1;
    options.max_queued = 0;
    PluginRig rig(TAPPET_TEST_PLUGINS, options);
    EXPECT_EQ(rig.error("test/block", json("{}")).error.error_class, ErrorClass::unavailable);
}

TEST(Host, ACallThatWaitsForAWorkerIsCancelledWithoutBeginning) {
    HostOptions options;
    options.workers = 1;
    PluginRig rig(TAPPET_TEST_PLUGINS, options);
    std::optional<CallOutcome> first, second;
    const auto holds = rig.start("test/block", json("{}"), first);
    rig.host->cancel(rig.start("test/block", json("{}"), second));
    rig.wait(second);
    EXPECT_EQ(std::get<CallError>(*second).error.error_class, ErrorClass::cancelled);
    rig.host->cancel(holds);
    rig.wait(first);
}

TEST(Host, EndsCallsUnderWayWithoutCallingTheirDone) {
    std::optional<CallOutcome> request, block, slow, fetch;
    {
        PluginRig rig(TAPPET_TEST_PLUGINS);
        rig.start("test/request", json(R"({"url":"http://app.test/"})"), request);
        rig.start("test/fetch", json(R"({"url":"http://app.test/"})"), fetch);
        rig.start("test/block", json("{}"), block);
        rig.start("test/slow", json(R"({"untilCancelled":true})"), slow);
    }
    EXPECT_FALSE(request || block || slow || fetch);
}

/// What a host was given, and how often it was used after that had gone.
struct GoneWorld final : StateDoor {
    Result<std::optional<std::string>> get(const std::string&, const std::string&,
                                           const std::string&) override {
        if (!gone) return std::optional<std::string>();
        ++late;
        return Error::unavailable("gone");
    }
    Result<void> set(const std::string&, const std::string&, const std::string&,
                     const std::optional<std::string>&) override {
        return {};
    }
    std::atomic<bool> gone{false};
    std::atomic<int> late{0};
};

TEST(Host, ACallThatDoesNotStopUsesNothingThatMayBeGone) {
    boost::asio::io_context loop;
    testing::ScriptedDoor door(loop);
    GoneWorld world;
    ManualClock clock;
    HostOptions options;
    options.folders = {TAPPET_TEST_PLUGINS};
    options.cancel_grace = std::chrono::milliseconds(1);
    options.log = [&](LogLine) { world.late += world.gone ? 1 : 0; };
    auto host = std::make_unique<Host>(loop, door, clock, &world, options);
    host->load();
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const Value input = Value::object({{"fd", Value::integer(ends[1])}});
    CallContext context;
    context.run.bytes = {1};
    host->call(*host->action("test/stubborn"), input, context, [](const CallOutcome&) { FAIL(); });
    char said = 0;
    ASSERT_EQ(read(ends[0], &said, 1), 1);  // it holds a worker
    EXPECT_FALSE(host->close());
    world.gone = true;
    host.reset();
    ASSERT_EQ(read(ends[0], &said, 1), 1);
    EXPECT_EQ(said, 'e') << "it has a clock still";
    EXPECT_EQ(world.late, 0);
    close(ends[0]);
    close(ends[1]);
}

/// Counts who asks for the time.
class CountedClock final : public Clock {
public:
    TimeMs now() const override { return TimeMs{++asked}; }
    std::chrono::nanoseconds steady() const override { return std::chrono::nanoseconds(++asked); }
    mutable std::atomic<int> asked{0};
};

TEST(Host, WhatAPluginLogsOutsideOfCallsGoesToTheEnginesLogFromItsLoadingToItsEnd) {
    boost::asio::io_context loop;
    testing::ScriptedDoor door(loop);
    CountedClock clock;
    HostOptions options;
    options.folders = {TAPPET_TEST_PLUGINS};
    options.log = [](const LogLine& line) { ADD_FAILURE() << "there is no run: " << line.message; };
    ::testing::internal::CaptureStderr();
    log::configure(log::Level::debug, log::Format::text);
    auto host = std::make_unique<Host>(loop, door, clock, nullptr, options);
    host->load();
    EXPECT_TRUE(host->close());
    const int asked = clock.asked;
    host.reset();
    log::configure(log::Level::info, log::Format::text);
    log::flush();
    const std::string lines = ::testing::internal::GetCapturedStderr();
    EXPECT_NE(lines.find("plugin test: loaded"), std::string::npos) << lines;
    EXPECT_NE(lines.find("plugin test: let go"), std::string::npos) << lines;
    EXPECT_EQ(clock.asked, asked) << "what it was given may be gone when it is closed";
}

TEST(CallTable, ACallThatIsOverStaysAsItIsWhileSomebodyLooks) {
    CallTable calls;
    OpenCall* call = calls.allocate();
    call->input = Value::string("the input");
    call->context.step = "aStep";
    call->open.store(call->id);
    {
        const Pin pin(calls, call->id);
        ASSERT_TRUE(pin);
        call->open.store(0);
        calls.release(call);
        EXPECT_NE(calls.allocate(), call);
        EXPECT_EQ(pin->input, Value::string("the input"));
        EXPECT_EQ(pin->context.step, "aStep");
    }
    EXPECT_EQ(calls.allocate(), call) << "nobody looks any more";
    EXPECT_TRUE(call->input.is_null());
}

TEST(Host, APluginOfTheSameNameIsRefusedAndNamesTheOther) {
    HostOptions options;
    PluginRig rig(TAPPET_TEST_PLUGINS, options);
    boost::asio::io_context loop;
    testing::ScriptedDoor door(loop);
    HostOptions both;
    both.folders = {TAPPET_TEST_PLUGINS, std::string(TAPPET_TEST_PLUGINS) + "/../test-plugins"};
    Host host(loop, door, rig.clock, nullptr, both);
    host.load();
    ASSERT_EQ(host.plugins().size(), 2u);
    EXPECT_NE(host.plugins()[1].problem.find("loaded already"), std::string::npos);
}

}  // namespace
}  // namespace tappet::plugin
