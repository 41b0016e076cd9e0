// Requests that plugins read: at a trigger's address and at a plugin's own.
#include <gmock/gmock.h>

#include "hooks_rig.hpp"

namespace tappet::trigger {
namespace {

using flow::ErrorClass;
using test::call_error;
using test::json;
using testing::HasSubstr;

constexpr const char* kHook = "/hooks/default/crm/received";

/// A flow `crm` whose trigger's requests are the plugin's to read.
struct PluginRig : HookRig {
    explicit PluginRig(const std::string& more = "", HookOptions options = {}) : HookRig(options) {
        publish_for("crm", "crm/received", more);
        hooks->reload();
    }
    /// What the sender gets where the plugin ends with this.
    std::shared_ptr<Reply> told(plugin::CallOutcome outcome, const std::string& path = kHook) {
        const auto reply = post(path);
        sources.finish(std::move(outcome));
        rig.settle();
        return reply;
    }
    std::shared_ptr<Reply> told(const char* result, const std::string& path = kHook) {
        return told(plugin::CallOutcome(json(result)), path);
    }
    std::size_t runs() const { return rig.disk.journals.size(); }
};

TEST(HookOfAPlugin, GivesItTheRequestAsItWasSent) {
    PluginRig rig(", methods: [GET, POST], with: { secret: '${{ secrets.TOKEN }}' }");
    const std::string bytes("{ not json \xff", 12);
    rig.send("GET", std::string(kHook) + "?a=1&a=2&b=x%20y",
             {{"x-sign", "s1"}, {"x-sign", "s2"}, {"authorization", "Basic abc"}}, bytes);
    ASSERT_EQ(rig.sources.calls.size(), 1u);
    const auto& call = rig.sources.calls[0];
    EXPECT_EQ(call.kind, "hook crm/received");
    EXPECT_EQ(call.in("method").as_string(), "GET");
    EXPECT_EQ(call.in("path").as_string(), kHook);
    EXPECT_EQ(call.in("query"), json(R"({"a":["1","2"],"b":"x y"})"));
    EXPECT_EQ(call.in("headers").find("x-sign")->as_string(), "s1, s2");
    EXPECT_TRUE(call.in("headers").find("authorization")->secret());
    ASSERT_TRUE(call.in("body").is(Kind::bytes));
    EXPECT_EQ(call.in("body").as_string(), bytes);
    EXPECT_TRUE(call.in("receivedAt").is(Kind::timestamp));
    EXPECT_TRUE(call.in("settings").find("secret")->secret());
    EXPECT_EQ(call.context.tenant, "default");
    EXPECT_EQ(call.context.flow, "crm");
}

TEST(HookOfAPlugin, AnswersAsAnyHookWhereTheRequestIsOneEvent) {
    PluginRig rig;
    const auto reply = rig.told(R"({"events":[{"id":"e1","body":{"n":1}}]})");
    EXPECT_EQ(reply->status(), 202);
    EXPECT_EQ(reply->text("status"), "queued");
    EXPECT_EQ(reply->header("location"), "http://engine/v2/tenants/default/runs/" + reply->text("runId"));
    const auto again = rig.told(R"({"events":[{"id":"e1","body":{"n":2}}]})");
    EXPECT_EQ(again->text("runId"), reply->text("runId"));
    EXPECT_EQ(again->header("idempotent-replayed"), "true");
    EXPECT_EQ(rig.runs(), 1u);
}

TEST(HookOfAPlugin, TheTriggersOwnKeyCountsBeforeTheEventsId) {
    PluginRig rig(", dedupe: { key: trigger.body.n }");
    EXPECT_EQ(rig.told(R"({"events":[{"id":"a","body":{"n":1}}]})")->header("idempotent-replayed"), "");
    EXPECT_EQ(rig.told(R"({"events":[{"id":"b","body":{"n":1}}]})")->header("idempotent-replayed"), "true");
    EXPECT_EQ(rig.told(R"({"events":[{"id":"a","body":{"n":2}}]})")->header("idempotent-replayed"), "");
}

TEST(HookOfAPlugin, StartsAllEventsOfARequestInOneTransaction) {
    PluginRig rig;
    const auto reply = rig.post(kHook);
    rig.sources.finish(json(R"({"events":[{"id":"1"},{"id":"2"},{"id":"1"}]})"));
    EXPECT_EQ(rig.rig.store().queued().size(), 1u);
    EXPECT_EQ(reply->status(), 0) << "not before it is durable";
    rig.rig.settle();
    EXPECT_EQ(reply->status(), 202);
    const Value body = json(reply->response->body);
    ASSERT_EQ(body.find("runs")->size(), 3u);
    EXPECT_EQ(*body.find("runs")->items()[0].find("runId"), *body.find("runs")->items()[2].find("runId"));
    EXPECT_NE(body.find("runs")->items()[2].find("replayed"), nullptr);
    EXPECT_EQ(reply->header("idempotent-replayed"), "");
    EXPECT_EQ(rig.runs(), 2u);
    EXPECT_EQ(rig.told(R"({"events":[{"id":"1"},{"id":"2"}]})")->header("idempotent-replayed"), "true");
}

TEST(HookOfAPlugin, GivesItsOwnAnswerAfterTheCommit) {
    PluginRig rig;
    const auto challenge = rig.told(R"({"answer":{"status":200,"headers":{"x-a":"b"},"body":"c4ll"}})");
    EXPECT_EQ(challenge->status(), 200);
    EXPECT_EQ(challenge->response->body, "c4ll");
    EXPECT_EQ(challenge->header("x-a"), "b");
    EXPECT_EQ(rig.runs(), 0u);
    const auto reply = rig.post(kHook);
    rig.sources.finish(json(R"({"events":[{"body":1}],"answer":{"status":204}})"));
    EXPECT_EQ(reply->status(), 0);
    rig.rig.settle();
    EXPECT_EQ(reply->status(), 204);
    EXPECT_EQ(rig.runs(), 1u);
}

TEST(HookOfAPlugin, SaysWhatIsFilteredAndWhatTellsNothing) {
    PluginRig rig(", filter: trigger.body.n > 1");
    EXPECT_EQ(rig.told(R"({"events":[{"body":{"n":1}}]})")->text("status"), "filtered");
    EXPECT_EQ(rig.told(R"({"events":[]})")->text("status"), "ignored");
    EXPECT_EQ(rig.told("null")->text("status"), "ignored");
    const auto some = rig.told(R"({"events":[{"body":{"n":1}},{"body":{"n":2}}]})");
    EXPECT_EQ(json(some->response->body).find("runs")->size(), 1u);
}

TEST(HookOfAPlugin, RefusesTheWholeRequestForOneEventThatBreaksTheSchema) {
    PluginRig rig(", input: { schema: { type: object, required: [n] } }");
    const auto reply = rig.told(R"({"events":[{"body":{"n":1}},{"body":{}}]})");
    EXPECT_EQ(reply->status(), 422);
    EXPECT_THAT(reply->text("detail"), HasSubstr("event 2 of 2"));
    EXPECT_THAT(reply->response->body, HasSubstr("/events/1/body"));
    EXPECT_EQ(rig.runs(), 0u);
}

TEST(HookOfAPlugin, AnswersErrorsByTheirClass) {
    const std::pair<ErrorClass, int> kStatus[] = {
        {ErrorClass::auth, 401},           {ErrorClass::forbidden, 403}, {ErrorClass::validation, 400},
        {ErrorClass::not_found, 404},      {ErrorClass::conflict, 409},  {ErrorClass::rate_limited, 429},
        {ErrorClass::unavailable, 429},    {ErrorClass::timeout, 429},   {ErrorClass::upstream, 429},
        {ErrorClass::plugin_crashed, 429}, {ErrorClass::internal, 429}};
    PluginRig rig;
    for (const auto& [error, status] : kStatus) {
        const auto reply = rig.told(call_error(error));
        EXPECT_EQ(reply->status(), status) << flow::to_string(error);
        EXPECT_EQ(reply->header("retry-after") != "", status == 429) << flow::to_string(error);
    }
    const auto later = rig.told(call_error(ErrorClass::rate_limited, std::chrono::milliseconds(90'500)));
    EXPECT_EQ(later->header("retry-after"), "91");
    EXPECT_THAT(rig.told(call_error(ErrorClass::internal))->text("detail"),
                testing::Not(HasSubstr("scripted")))
        << "what went wrong inside is for the log";
}

TEST(HookOfAPlugin, AnswersWhatIsNoResultWith429AndStartsNothing) {
    PluginRig rig;
    for (const char* result :
         {"7", R"({"events":{}})", R"({"events":[{"body":1},7]})", R"({"events":[{"id":7}]})",
          R"({"answer":{"status":99}})", R"({"answer":{"status":"200"}})",
          R"({"answer":{"headers":{"a":1}}})", R"({"answer":[]})"}) {
        const auto reply = rig.told(result);
        EXPECT_EQ(reply->status(), 429) << result;
        EXPECT_NE(reply->header("retry-after"), "") << result;
    }
    std::vector<Value> many(kMaxToldEvents + 1, Value::object({}));
    EXPECT_EQ(rig.told(Value::object({{"events", Value::list(many)}}))->status(), 429);
    many.pop_back();
    EXPECT_EQ(rig.told(Value::object({{"events", Value::list(many)}}))->status(), 202);
    EXPECT_EQ(rig.runs(), kMaxToldEvents);
}

TEST(HookOfAPlugin, ThatTakesTooLongIsAnswered429AndItsResultDropped) {
    PluginRig rig;
    const auto reply = rig.post(kHook);
    rig.rig.clock.advance(std::chrono::milliseconds(9'999));
    rig.hooks->tick();
    EXPECT_EQ(reply->status(), 0);
    rig.rig.clock.advance(std::chrono::milliseconds(1));
    rig.hooks->tick();
    EXPECT_EQ(reply->status(), 429);
    EXPECT_TRUE(rig.sources.calls[0].cancelled);
    rig.sources.finish(json(R"({"events":[{"body":1}]})"));
    rig.rig.settle();
    EXPECT_EQ(rig.runs(), 0u);
}

TEST(HookOfAPlugin, AnswersSynchronouslyWhereOneRunStarts) {
    PluginRig rig(", respond: { mode: sync }");
    rig.rig.caller().answer = [](const auto&) { return plugin::CallOutcome(Value()); };
    EXPECT_EQ(rig.told(R"({"events":[{"body":1}]})")->status(), 200);
    EXPECT_EQ(rig.told(R"({"events":[{"body":1},{"body":2}]})")->response->body.substr(0, 8), R"({"runs":)");
}

TEST(HookOfAPlugin, IsRefusedWhereItsSettingsNeedASecretThatIsNotSet) {
    PluginRig rig(", with: { secret: '${{ secrets.GONE }}' }");
    EXPECT_EQ(rig.post(kHook)->status(), 401);
    EXPECT_TRUE(rig.sources.calls.empty());
}

TEST(HookOfAPlugin, UsesUpTheRateOfItsHookOnlyWithEvents) {
    HookOptions options;
    options.rate = 1;
    PluginRig rig("", options);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(rig.told(call_error(ErrorClass::auth))->status(), 401);
    EXPECT_EQ(rig.told(R"({"events":[{"body":1}]})")->status(), 202);
    EXPECT_EQ(rig.told(R"({"events":[{"body":1}]})")->text("code"), "rate-limit");
}

TEST(HookOfAPlugin, LosesNothingWhenStorageFails) {
    PluginRig rig;
    const auto reply = rig.post(kHook);
    rig.sources.finish(json(R"({"events":[{"body":1},{"body":2}]})"));
    rig.rig.store().fail("gone");
    rig.rig.settle();
    EXPECT_EQ(reply->status(), 429);
}

/// Flows that listen at the plugin's own address.
struct AppRig : HookRig {
    explicit AppRig(runtime::Options options = {}) : HookRig({}, std::move(options)) {
        publish_for("a", "crm/installed", ", filter: '!has(trigger.body.skip)'");
        publish_for("b", "crm/installed", ", filter: trigger.body.n > 1");
        hooks->reload();
    }
    std::shared_ptr<Reply> told(const char* result, const std::string& path = "/hooks/@crm") {
        const auto reply = post(path);
        sources.finish(json(result));
        rig.settle();
        return reply;
    }
    std::size_t runs() const { return rig.disk.journals.size(); }
};

TEST(AppAddress, StartsEveryFlowThatListensInOneTransaction) {
    AppRig rig;
    rig.app_settings = json(R"({"region":"eu"})");
    const auto reply = rig.post("/hooks/@crm");
    EXPECT_EQ(rig.sources.calls.at(0).kind, "app crm");
    EXPECT_EQ(rig.sources.calls[0].in("settings").find("region")->as_string(), "eu");
    rig.sources.finish(json(R"({"events":[{"id":"e","type":"INSTALL","owner":"c1","body":{"n":2}}]})"));
    EXPECT_EQ(rig.rig.store().queued().size(), 1u);
    rig.rig.settle();
    EXPECT_EQ(reply->status(), 202);
    EXPECT_EQ(json(reply->response->body).find("runs")->size(), 2u);
    EXPECT_EQ(rig.runs(), 2u);
    const auto again = rig.told(R"({"events":[{"id":"e","type":"INSTALL","body":{"n":2}}]})");
    EXPECT_EQ(again->header("idempotent-replayed"), "true");
    EXPECT_EQ(rig.runs(), 2u);
}

TEST(AppAddress, IgnoresWhatNobodyListensTo) {
    AppRig rig;
    for (const char* result : {R"({"events":[{"type":"DELETE","body":{"n":2}}]})",
                               R"({"events":[{"body":{}}]})", R"({"events":[]})"}) {
        const auto reply = rig.told(result);
        EXPECT_EQ(reply->status(), 200);
        EXPECT_EQ(reply->text("status"), "ignored");
    }
    const auto filtered = rig.told(R"({"events":[{"type":"UPDATE","body":{"n":1,"skip":true}}]})");
    EXPECT_EQ(filtered->status(), 200);
    EXPECT_EQ(filtered->text("status"), "filtered");
    EXPECT_EQ(rig.runs(), 0u);
}

TEST(AppAddress, StartsOnlyTriggersOfTenantsWhoseConnectionTheOwnerIs) {
    AppRig rig;
    rig.tenant = "acme";
    rig.publish_for("theirs", "crm/installed");
    rig.hooks->reload();
    rig.told(R"({"events":[{"type":"INSTALL","body":{"n":1}}]})");
    EXPECT_EQ(rig.runs(), 1u) << "a of the default tenant";
    rig.owners.tenants = {"acme"};
    rig.told(R"({"events":[{"type":"INSTALL","body":{"n":1}}]})");
    EXPECT_EQ(rig.runs(), 2u);
    rig.owners.tenants = {"acme", "default"};
    rig.told(R"({"events":[{"type":"INSTALL","body":{"n":1}}]})");
    EXPECT_EQ(rig.runs(), 4u);
    EXPECT_EQ(rig.rig.store().misuse(), "");
}

TEST(AppAddress, AFlowThatRefusesAnEventKeepsItFromNoOther) {
    AppRig rig;
    const auto reply = rig.told(R"({"events":[{"type":"INSTALL","body":{}}]})");
    EXPECT_EQ(reply->status(), 202) << "b's filter cannot be evaluated";
    EXPECT_EQ(rig.runs(), 1u);
}

TEST(AppAddress, AnEventThatIsTooLargeKeepsNoOtherFromItsFlows) {
    runtime::Options options;
    options.max_row_bytes = 64 << 10;
    AppRig rig(options);
    const auto reply = rig.told((R"({"events":[{"type":"INSTALL","body":{"n":2,"x":")" +
                                 std::string(100'000, 'x') + R"("}},{"type":"INSTALL","body":{"n":2}}]})")
                                    .c_str());
    EXPECT_EQ(reply->status(), 202);
    EXPECT_EQ(rig.runs(), 2u);
}

TEST(AppAddress, TakesGetAndPost) {
    AppRig rig;
    rig.sources.answer = [](const auto&) {
        return plugin::CallOutcome(json(R"({"answer":{"status":200,"body":{"challenge":"x"}}})"));
    };
    const auto reply = rig.send("GET", "/hooks/@crm?challenge=x");
    EXPECT_EQ(reply->status(), 200);
    EXPECT_EQ(reply->text("challenge"), "x");
    const auto wrong = rig.send("PUT", "/hooks/@crm");
    EXPECT_EQ(wrong->status(), 405);
    EXPECT_EQ(wrong->header("allow"), "GET, POST");
}

TEST(AppAddress, OfAnUnknownPluginIs404) {
    AppRig rig;
    const auto reply = rig.post("/hooks/@nobody");
    rig.sources.finish(call_error(ErrorClass::not_found));
    EXPECT_EQ(reply->status(), 404);
}

TEST(AppAddress, RefusesWhereASecretOfItsSettingsIsNotSet) {
    AppRig rig;
    rig.app_settings = Error::invalid("the secret GONE is not set");
    EXPECT_EQ(rig.post("/hooks/@crm")->status(), 401);
    EXPECT_TRUE(rig.sources.calls.empty());
}

TEST(AppAddress, IsTheOnlyOneOfATriggerThatDoesNotVerify) {
    AppRig rig;
    EXPECT_EQ(rig.post("/hooks/default/a/received")->status(), 404);
    const auto both = rig.publish_for("both", "crm/installed", ", verify: { preset: none }");
    rig.hooks->reload();
    EXPECT_EQ(rig.post("/hooks/default/both/received")->status(), 202);
    EXPECT_EQ(rig.hooks->path_of(*both, both->plan->triggers[0]), "/hooks/default/both/received");
}

}  // namespace
}  // namespace tappet::trigger
