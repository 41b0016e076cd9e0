// Plugins in the mock host: every style of call, triggers, checks, services, and what it finds wrong.
#include <gtest/gtest.h>

#include <tappet/plugin.hpp>
#include <tappet/testing.hpp>
#include <thread>

namespace {

using namespace tappet::sdk;
using mock::HookInput;
using mock::Host;
using mock::Outcome;
using mock::Value;

struct Greet {
    std::string name;
    int times = 1;
    static void fields(Fields<Greet>& f) {
        f("name", &Greet::name);
        f("times", &Greet::times).fallback(1).max(3);
    }
};
struct Greeting {
    std::string text;
    static void fields(Fields<Greeting>& f) { f("text", &Greeting::text); }
};
struct Account {
    std::string accessToken;
    static void fields(Fields<Account>& f) {
        f("accessToken", &Account::accessToken).secret();
        f.open();
    }
};

Greeting greet(const Context&, const Greet& in) {
    Greeting out;
    for (int i = 0; i < in.times; ++i) out.text += "Hello, " + in.name + "! ";
    return out;
}

Task<Greeting> greet_later(Context context, Greet in) {
    co_await context.clock().sleep(60'000);
    Greeting out;
    out.text = in.name + " at " + std::to_string(context.now_ms());
    co_return out;
}

void greet_from_a_thread(Call call, const Greet& in) {
    std::thread([call = std::move(call), name = in.name]() mutable {
        Greeting out;
        out.text = name;
        call.succeed(out);
    }).detach();  // a call that is not completed keeps its host
}

Task<Json> fetch(Context context, View input) {
    HttpRequest request("POST", std::string(input["url"].string()));
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = context.json_text(Json(input["body"]));
    request.authorize = true;
    HttpResponse response = co_await context.http().send(std::move(request));
    if (!response.answered()) throw response.error();
    if (response.status == 429) throw Error::rate_limited("slower").status(429).retry_after_ms(20'000);
    Json out = Json::object({{"status", response.status}, {"body", response.body}});
    co_return out;
}

Task<Json> remember(Context context, View input) {
    const std::string key(input["key"].string());
    const std::optional<std::string> before = co_await context.state().get(key);
    co_await context.state().set(key, "seen");
    co_await context.state().erase("nothing");
    const std::string id = co_await context.blobs().write("", "first ");
    co_await context.blobs().write(id, "second");
    const std::optional<std::string> read = co_await context.blobs().read(id, 6, 100);
    const std::optional<std::string> none = co_await context.blobs().read("no-such", 0, 1);
    Json out = Json::object({{"before", before.value_or("none")}, {"read", *read}, {"none", !none}});
    co_return out;
}

Task<Json> pieces(Context context, View input) {
    BlobWriter writer = context.blobs().writer();
    co_await writer.write("abc");
    co_await writer.write("defgh");
    BlobReader reader = context.blobs().reader(input["id"].is_null() ? writer.id() : "no-such", 3);
    Json read = Json::list();
    while (true) {
        const std::optional<std::string> piece = co_await reader.next();
        if (!piece) break;
        read.push(*piece);
    }
    co_return std::move(read);
}

Task<Json> account(Context context, View input) {
    Account account = co_await context.connection().get<Account>();
    if (input["refused"].boolean_or(false)) account = co_await context.connection().renew<Account>();
    if (input["tell"].boolean_or(false)) throw Error::auth("not accepted: " + account.accessToken);
    if (input["log"].boolean_or(false)) context.info("token " + account.accessToken);
    Json out = Json::object({{"length", account.accessToken.size()}});
    co_return out;
}

Json measure(const Context& context, View) {
    context.metrics().count("calls", 2, {{"kind", "a"}});
    context.metrics().gauge("level", 0.5);
    context.metrics().observe("took", 1.5);
    return Json();
}

Json everything_now(const Context& context, View) {
    context.state().set_now("k", "v");
    const std::string id = context.blobs().write_now("", "x");
    return Json::object({{"k", *context.state().get_now("k")},
                         {"x", *context.blobs().read_now(id, 0, 9)},
                         {"name", context.connection().get_now()["name"]}});
}

HookResult received(const Context&, const HookRequest& request) {
    if (!same_secret(request.header("x-key").value_or(""), "s3cret")) throw Error::auth("x-key is wrong");
    HookResult out;
    if (const auto challenge = request.query("challenge")) return out.answer(200, *challenge), out;
    Greeting body;
    body.text = std::string(request.body()) + request.settings<Greet>().name;
    out.event(body).id("1").type("greeted").owner("acme");
    return out;
}

Task<PollResult> news(Context context, PollInput input) {
    const int from = input.cursor<int>().value_or(0);
    HttpRequest request("GET", "http://app.test/" + std::to_string(from));
    HttpResponse response = co_await context.http().send(std::move(request));
    PollResult out;
    Greeting body;
    body.text = response.body;
    out.event(std::to_string(from), body);
    out.cursor(from + 1).more(from == 0);
    co_return out;
}

void define(Plugin& plugin) {
    plugin.named("tried", "1.0.0").needs("http/1");
    plugin.connection("acme", "oauth2")
        .fields<Account>()
        .attach("Authorization", "Bearer {accessToken}")
        .check([](const Context& context) {
            return Json::object({{"account", context.connection().get_now()["name"]}});
        });
    Greet ada;
    ada.name = "Ada";
    Greeting hello;
    hello.text = "Hello, Ada! ";
    plugin.action("greet", greet)
        .title("Greet")
        .pure()
        .sample("once", ada, hello)
        .error(ErrorClass::not_found, "nobody", "there is nobody of that name")
        .connection("acme")
        .scope("read");
    plugin.action("greet-later", greet_later).non_blocking();
    plugin.action("greet-thread", greet_from_a_thread);
    plugin.action("fetch", fetch);
    plugin.action("remember", remember);
    plugin.action("pieces", pieces);
    plugin.action("account", account);
    plugin.action("measure", measure);
    plugin.action("now", everything_now);
    plugin.action("now-on-the-loop", everything_now).non_blocking();
    plugin.action("nothing", [](const Context&) {});
    plugin.action("throws", [](const Context&) -> Json { throw std::runtime_error("no Error"); });
    plugin.action("drops", [](Call) {});
    plugin.action("throws-later", [](Call call) {
        const Context context = call.context();
        auto shared = std::make_shared<Call>(std::move(call));
        context.clock().after(5, [shared](bool) { throw Error::upstream("thrown later"); });
    });
    plugin.action("twice", [](Call call) {
        call.succeed(Json(1));
        call.fail(Error::upstream("too late"));
    });
    plugin.action("misshapen", [](const Context&) { return Json(1); }).output(R"({"type":"string"})");
    plugin.webhook("received").settings<Greet>().body<Greeting>().handles(received).on("greeted");
    plugin.poll("news", news).body<Greeting>();
    plugin.manual("asked");
    plugin.poll("too-many", [](const Context&, const PollInput&) {
        PollResult out;
        for (int i = 0; i < 3; ++i) out.event(std::to_string(i), Json::object({}));
        return out;
    });
    plugin.app(received).settings<Greet>();
}

/// A host that keeps what it finds wrong.
struct SdkMockHost : ::testing::Test {
    std::vector<std::string> problems;
    Host host{entry_of<define>, [this](const std::string& what) { problems.push_back(what); }};

    void TearDown() override {
        if (expected) return;
        EXPECT_EQ(problems, std::vector<std::string>());
    }
    bool found(const std::string& what) {
        expected = true;
        for (const std::string& problem : problems)
            if (problem.find(what) != std::string::npos) return true;
        ADD_FAILURE() << "not found: " << what << (problems.empty() ? "" : ", but " + problems.front());
        return false;
    }
    bool expected = false;
};

TEST_F(SdkMockHost, TheManifestSaysWhatIsDefined) {
    const Value& manifest = host.manifest();
    EXPECT_EQ(manifest["name"], "tried");
    EXPECT_EQ(manifest["needs"].json(), R"(["http/1"])");
    EXPECT_EQ(manifest["connections"][0]["type"], "oauth2");
    EXPECT_EQ(manifest["connections"][0]["check"], true);
    EXPECT_EQ(manifest["connections"][0]["attach"]["value"], "Bearer {accessToken}");
    EXPECT_EQ(manifest["connections"][0]["fields"]["properties"]["accessToken"]["secret"], true);
    const Value& greets = manifest["actions"][0];
    EXPECT_EQ(greets["errors"].json(),
              R"([{"class":"notFound","code":"nobody","when":"there is nobody of that name"}])");
    EXPECT_EQ(greets["samples"][0]["input"].json(), R"({"name":"Ada","times":1})");
    EXPECT_EQ(greets["scopes"].json(), R"(["read"])");
    EXPECT_EQ(greets["connection"].json(), R"(["acme"])");
    EXPECT_EQ(manifest["triggers"][0]["handles"], true);
    EXPECT_EQ(manifest["triggers"][0]["events"].json(), R"(["greeted"])");
    EXPECT_EQ(manifest["triggers"][1]["kind"], "poll");
    EXPECT_EQ(manifest["app"]["settings"]["required"].json(), R"(["name"])");
}

TEST_F(SdkMockHost, AnActionYieldsItsStruct) {
    const Outcome result = host.call("greet", {{"name", "Ada"}, {"times", 2}});
    ASSERT_TRUE(result.ok()) << result;
    EXPECT_EQ(result["text"], "Hello, Ada! Hello, Ada! ");
    EXPECT_TRUE(host.call("nothing").value().is_null());
}

TEST_F(SdkMockHost, AnInputThatDoesNotFitFailsAsInTheEngine) {
    const Outcome missing = host.call("greet");
    EXPECT_EQ(missing.error_class(), ErrorClass::validation);
    EXPECT_EQ(missing.message(), "with.name is missing");
    EXPECT_EQ(host.call("greet", {{"name", "A"}, {"times", 4}}).message(), "with.times must be at most 3");
    EXPECT_EQ(host.call("greet", {{"name", "A"}, {"tmies", 4}}).message(), "with.tmies is not known");
}

TEST_F(SdkMockHost, WhatThePluginDoesNotHaveIsNamedWithWhatItHas) {
    EXPECT_FALSE(host.check("nosuch").ok());
    EXPECT_TRUE(found("the plugin has no connection type nosuch; it has acme"));
    problems.clear();
    EXPECT_FALSE(host.call("nosuch").ok());
    EXPECT_TRUE(found("the plugin has no action nosuch; it has greet, greet-later, "));
}

TEST_F(SdkMockHost, TheActionChecksItsInputByItself) {
    const auto ticket = host.start_raw(TAPPET_CALL_ACTION, 0, {{"name", 5}});
    EXPECT_EQ(host.finish(ticket).message(), "with.name must be a string");
}

TEST_F(SdkMockHost, TimePassesWhenNothingElseIsToDo) {
    const std::int64_t before = host.now_ms;
    const Outcome result = host.call("greet-later", {{"name", "Ada"}});
    EXPECT_EQ(result["text"], "Ada at " + std::to_string(before + 60'000));
}

TEST_F(SdkMockHost, AWaitEndsWhenTheClockIsMoved) {
    const auto ticket = host.start("greet-later", {{"name", "Ada"}});
    host.advance(59'999);
    EXPECT_FALSE(host.completed(ticket));
    host.advance(1);
    EXPECT_TRUE(host.completed(ticket));
    EXPECT_TRUE(host.finish(ticket).ok());
}

TEST_F(SdkMockHost, AWaitEndsWithItsCall) {
    const auto ticket = host.start("greet-later", {{"name", "Ada"}});
    host.cancel(ticket);
    EXPECT_EQ(host.finish(ticket).error_class(), ErrorClass::cancelled);
}

TEST_F(SdkMockHost, ACallIsCompletedFromAThread) {
    EXPECT_EQ(host.call("greet-thread", {{"name", "Ada"}})["text"], "Ada");
}

TEST_F(SdkMockHost, RequestsAreAnsweredByTheScript) {
    host.http.expect("POST", "http://app.test/a")
        .with_header("content-type", "application/json")
        .with_json({{"a", {1, 2}}})
        .authorized()
        .answer_json(201, {{"ok", true}});
    const Outcome result = host.call("fetch", {{"url", "http://app.test/a"}, {"body", {{"a", {1, 2}}}}});
    ASSERT_TRUE(result.ok()) << result;
    EXPECT_EQ(result["status"], 201);
    EXPECT_EQ(result["body"], R"({"ok":true})");
    EXPECT_EQ(host.http.sent().at(0).timeout_ms, 30'000);
}

TEST_F(SdkMockHost, RequestsFailByTheScript) {
    host.http.expect("POST", "http://app.test/").answer(429);
    const Outcome slower = host.call("fetch", {{"url", "http://app.test/"}});
    EXPECT_EQ(slower.error_class(), ErrorClass::rate_limited);
    EXPECT_EQ(slower.status(), 429);
    EXPECT_EQ(slower.retry_after_ms(), 20'000);
    host.http.expect("POST", "http://app.test/").fail(TAPPET_HTTP_TIMEOUT, "took too long");
    EXPECT_EQ(host.call("fetch", {{"url", "http://app.test/"}}).code(), "http.timeout");
}

TEST_F(SdkMockHost, RequestsComeInAnyOrderWhereThatIsSaid) {
    host.http.in_any_order();
    host.http.expect("POST", "http://app.test/1");
    host.http.expect("POST", "http://app.test/2");
    EXPECT_TRUE(host.call("fetch", {{"url", "http://app.test/2"}}).ok());
    EXPECT_TRUE(host.call("fetch", {{"url", "http://app.test/1"}}).ok());
}

TEST_F(SdkMockHost, ARequestThatIsNotExpectedFailsTheTest) {
    const Outcome result = host.call("fetch", {{"url", "http://app.test/"}});
    EXPECT_EQ(result.error_class(), ErrorClass::unavailable);
    EXPECT_TRUE(found("no request was expected, but it sent POST http://app.test/"));
    host.http.expect("POST", "http://app.test/").with_body("\"b\"");
    host.call("fetch", {{"url", "http://app.test/"}, {"body", "a"}});
    EXPECT_TRUE(found("its body is \"a\", not \"b\""));
}

TEST(SdkMockHostEnd, ARequestThatDoesNotComeFailsTheTest) {
    std::vector<std::string> problems;
    std::string line;
    {
        Host host(entry_of<define>, [&](const std::string& what) { problems.push_back(what); });
        line = std::to_string(__LINE__ - 1);
        host.http.expect("POST", "http://app.test/1");
        host.http.expect("GET", "http://app.test/2");
        host.call("fetch", {{"url", "http://app.test/1"}});
    }
    const std::string wanted = std::string("mock host at ") + __FILE__ + ":" + line +
                               ": GET http://app.test/2 was never sent; sent was POST http://app.test/1";
    EXPECT_EQ(problems, std::vector<std::string>{wanted});
}

TEST_F(SdkMockHost, StateAndBlobsAreInMemory) {
    const Outcome first = host.call("remember", {{"key", "a"}});
    ASSERT_TRUE(first.ok()) << first;
    EXPECT_EQ(first.value().json(), R"({"before":"none","read":"second","none":true})");
    EXPECT_EQ(host.call("remember", {{"key", "a"}})["before"], "seen");
    EXPECT_EQ(host.state.at("a"), "seen");
    host.state_failure = "the disk is full";
    const Outcome failed = host.call("remember", {{"key", "a"}});
    EXPECT_EQ(failed.error_class(), ErrorClass::unavailable);
    EXPECT_EQ(failed.message(), "state: the disk is full");
}

TEST_F(SdkMockHost, ABlobIsWrittenAndReadInPieces) {
    const Outcome read = host.call("pieces");
    EXPECT_EQ(read.value().json(), R"(["abc","def","gh"])");
    EXPECT_EQ(host.blobs.at("blob-1"), "abcdefgh");
    const Outcome none = host.call("pieces", {{"id", "x"}});
    EXPECT_EQ(none.error_class(), ErrorClass::not_found);
    EXPECT_EQ(none.message(), "this run has no blob no-such");
}

TEST_F(SdkMockHost, TheConnectionIsScripted) {
    EXPECT_EQ(host.call("account").error_class(), ErrorClass::validation);
    host.connection = Value{{"name", "acme"}, {"accessToken", Value::secret("four")}};
    EXPECT_EQ(host.call("account")["length"], 4);
    host.renewed.push_back({{"name", "acme"}, {"accessToken", Value::secret("longer")}});
    EXPECT_EQ(host.call("account", {{"refused", true}})["length"], 6);
    host.connection_failure = Error::auth("revoked");
    EXPECT_EQ(host.call("account").error_class(), ErrorClass::auth);
}

TEST_F(SdkMockHost, AConnectionIsChecked) {
    host.connection = Value{{"name", "acme"}};
    EXPECT_EQ(host.check("acme")["account"], "acme");
}

TEST_F(SdkMockHost, SecretsInErrorsAndLogsAreFound) {
    host.connection = Value{{"accessToken", Value::secret("hush-hush")}};
    host.call("account", {{"tell", true}});
    EXPECT_TRUE(found("a secret stands in the error"));
    problems.clear();
    host.call("account", {{"log", true}});
    EXPECT_TRUE(found("a secret stands in a log line"));
}

TEST_F(SdkMockHost, MetricsAreKept) {
    host.call("measure");
    host.call("measure");
    EXPECT_EQ(host.metrics.at("calls{kind=a}"), 4);
    EXPECT_EQ(host.metrics.at("level"), 0.5);
    EXPECT_EQ(host.observed.at("took"), (std::vector<double>{1.5, 1.5}));
}

TEST_F(SdkMockHost, WaitingOnTheLoopIsFound) {
    host.connection = Value{{"name", "acme"}};
    EXPECT_EQ(host.call("now").value().json(), R"({"k":"v","x":"x","name":"acme"})");
    host.call("now-on-the-loop");
    EXPECT_TRUE(found("state was waited for in an action that declares nonBlocking"));
}

TEST_F(SdkMockHost, AHookYieldsEvents) {
    HookInput request("hello ");
    request.header("x-key", "s3cret").settings = {{"name", "Ada"}};
    for (const std::string_view to : {std::string_view("received"), Host::app}) {
        const Outcome result = host.hook(to, request);
        ASSERT_TRUE(result.ok()) << result;
        EXPECT_EQ(result["events"].json(),
                  R"([{"body":{"text":"hello Ada"},"id":"1","owner":"acme","type":"greeted"}])");
    }
    request.query = {{"challenge", {"abc", "d"}}};
    EXPECT_EQ(host.hook("received", request).value().json(),
              R"({"events":[],"answer":{"status":200,"headers":{},"body":"abc"}})");
    EXPECT_EQ(host.hook("received", HookInput("x")).error_class(), ErrorClass::auth);
}

TEST_F(SdkMockHost, APollYieldsEventsAndACursor) {
    host.http.expect("GET", "http://app.test/0").answer(200, "a");
    const Outcome first = host.poll("news");
    ASSERT_TRUE(first.ok()) << first;
    EXPECT_EQ(first.value().json(), R"({"events":[{"body":{"text":"a"},"id":"0"}],"cursor":1,"more":true})");
    host.http.expect("GET", "http://app.test/1").answer(200, "b");
    EXPECT_EQ(host.poll("news", first["cursor"]).value().json(),
              R"({"events":[{"body":{"text":"b"},"id":"1"}],"cursor":2})");
}

TEST_F(SdkMockHost, APollThatYieldsMoreThanItsLimitFailsAsInTheEngine) {
    EXPECT_TRUE(host.poll("too-many", nullptr, Value::object(), 3).ok());
    const Outcome over = host.poll("too-many", nullptr, Value::object(), 2);
    EXPECT_EQ(over.error_class(), ErrorClass::internal);
    EXPECT_TRUE(found("events has 3 entries, the most is 2"));
}

TEST(SdkMockTold, IsLookedAtAsTheEngineDoes) {
    const auto wrong = [](const Value& told, std::uint32_t kind = TAPPET_CALL_HOOK) {
        return mock::misfit_told(kind, told, 9).value_or("");
    };
    EXPECT_EQ(wrong(nullptr), "");
    EXPECT_EQ(wrong(nullptr, TAPPET_CALL_POLL), "the result must be a map, not null");
    EXPECT_EQ(wrong(Value::object()), "");
    EXPECT_EQ(wrong({{"events", 1}}), "events must be a list, not 1");
    EXPECT_EQ(wrong({{"events", {1}}}), "events[0] must be a map, not 1");
    Value event = Value::object();
    event.set("id", 7);
    Value told = Value::object();
    told.set("events", Value::list().push(event));
    EXPECT_EQ(wrong(told), "events[0].id must be a text, not 7");
    event.set("id", std::string(1'025, 'x'));
    told.set("events", Value::list().push(event));
    EXPECT_EQ(wrong(told), "events[0].id has 1025 bytes, the most is 1024");
    EXPECT_EQ(wrong({{"more", 1}}, TAPPET_CALL_POLL), "more must be true or false, not 1");
    EXPECT_EQ(wrong({{"answer", {{"status", 100}}}}),
              "answer.status must be an integer from 200 to 599, not 100");
}

TEST_F(SdkMockHost, CallsThatThePluginDoesNotKnowFailAsInternal) {
    for (const auto& [kind, index] : std::vector<std::pair<std::uint32_t, std::uint32_t>>{
             {9, 0}, {TAPPET_CALL_ACTION, 99}, {TAPPET_CALL_HOOK, 2}, {TAPPET_CALL_CHECK, 7}}) {
        const Outcome outcome = host.finish(host.start_raw(kind, index, {}));
        EXPECT_FALSE(outcome.ok());
        EXPECT_EQ(outcome.error_class(), ErrorClass::internal) << kind;
    }
}

TEST_F(SdkMockHost, WhatIsThrownOrDroppedIsInternal) {
    EXPECT_EQ(host.call("throws").message(), "no Error");
    EXPECT_EQ(host.call("throws").error_class(), ErrorClass::internal);
    EXPECT_EQ(host.call("drops").message(), "the action dropped its call without completing it");
}

TEST_F(SdkMockHost, WhatACallbackThrowsFailsItsCall) {
    const Outcome thrown = host.call("throws-later");
    EXPECT_EQ(thrown.error_class(), ErrorClass::upstream);
    EXPECT_EQ(thrown.message(), "thrown later");
}

TEST_F(SdkMockHost, ASecondCompletionIsFound) {
    EXPECT_EQ(host.call("twice").value(), 1);
    EXPECT_TRUE(found("which is completed"));
}

TEST_F(SdkMockHost, AResultThatDoesNotFitIsFound) {
    host.call("misshapen");
    EXPECT_TRUE(found("the result of misshapen must be of type \"string\", not 1"));
}

}  // namespace
