// The example of docs/PLUGINS.md in the engine's own host: what the C++ layer says, the engine understands.
#include <gtest/gtest.h>

#include "base/log.hpp"
#include "support/plugin_rig.hpp"

namespace tappet::plugin {
namespace {

using flow::ErrorClass;
using testing::json;
using testing::PluginRig;
using testing::text;

class OneAccount final : public ConnectionDoor {
public:
    CallOutcome get(const ConnectionAsk&) override {
        return Value::object({{"name", Value::string("shop")},
                              {"baseUrl", Value::string("http://tickets.test")},
                              {"apiKey", Value::string("k3y-of-shop").as_secret()}});
    }
};

struct LayerInTheHost : ::testing::Test {
    OneAccount accounts;
    std::optional<PluginRig> rig;

    LayerInTheHost() {
        Doors doors;
        doors.connections = &accounts;
        rig.emplace(TAPPET_EXAMPLE_PLUGINS, HostOptions(), doors);
    }
    CallContext context() const {
        CallContext out = rig->context();
        out.connection = "shop";
        return out;
    }
    CallOutcome ended(const std::function<void(Caller::Done)>& ask) {
        std::optional<CallOutcome> outcome;
        ask([&outcome](CallOutcome out) { outcome = std::move(out); });
        rig->wait(outcome);
        return std::move(*outcome);
    }
    CallOutcome hook(std::string_view headers) {
        const Value request =
            Value::object({{"method", Value::string("POST")},
                           {"path", Value::string("/")},
                           {"query", json("{}")},
                           {"headers", json(headers)},
                           {"body", Value::bytes(R"({"ticket":{"id":7,"subject":"It leaks"}})")},
                           {"settings", json(R"({"key":"s3cret"})")}});
        return ended([&](Caller::Done done) {
            rig->host->hook(*rig->host->trigger("tickets/ticket-changed"), request, context(),
                            std::move(done));
        });
    }
};

TEST_F(LayerInTheHost, TheManifestIsTaken) {
    for (const PluginInfo& plugin : rig->host->plugins()) EXPECT_EQ(plugin.problem, "") << plugin.file;
    EXPECT_TRUE(rig->host->action("hello/greet")->pure);
    EXPECT_TRUE(rig->host->action("tickets/open-ticket")->idempotent);
    EXPECT_TRUE(rig->host->trigger("tickets/ticket-changed")->handles);
    EXPECT_EQ(rig->host->trigger("tickets/new-ticket")->kind, flow::TriggerKind::poll);
}

TEST_F(LayerInTheHost, AnInputIsReadAndAResultWritten) {
    EXPECT_EQ(text(rig->result("hello/greet", json(R"({"name":"Ada"})"))), R"({"text":"Hello, Ada!"})");
    EXPECT_EQ(rig->error("hello/greet", json(R"({"name":""})")).error.error_class, ErrorClass::validation);
}

TEST_F(LayerInTheHost, AHookYieldsAnEvent) {
    const CallOutcome told = hook(R"({"x-tickets-key":"s3cret","x-delivery":"d-1"})");
    ASSERT_TRUE(std::holds_alternative<Value>(told)) << std::get<CallError>(told).error.message;
    EXPECT_EQ(text(std::get<Value>(told)),
              R"({"events":[{"body":{"id":7,"subject":"It leaks"},"id":"d-1"}]})");
    const CallOutcome refused = hook("{}");
    ASSERT_TRUE(std::holds_alternative<CallError>(refused));
    EXPECT_EQ(std::get<CallError>(refused).error.error_class, ErrorClass::auth);
}

TEST_F(LayerInTheHost, AWaitHoldsNoThreadAndEndsWithItsCall) {
    std::optional<CallOutcome> outcome;
    const auto ticket = rig->start("tickets/wait", json("{}"), outcome);
    ASSERT_NE(ticket, 0u);
    rig->host->cancel(ticket);
    rig->wait(outcome);
    EXPECT_EQ(std::get<CallError>(*outcome).error.error_class, ErrorClass::cancelled);
}

struct WhatIsThrownInCallbacks : ::testing::Test {
    PluginRig rig{TAPPET_TEST_PLUGINS "/throws"};

    /// What the engine's log has of a call, to the end of the plugin.
    std::string logged_by(const std::string& action, std::string_view result) {
        ::testing::internal::CaptureStderr();
        EXPECT_EQ(text(rig.result(action, json("{}"))), result);
        EXPECT_TRUE(rig.host->close());
        log::flush();
        return ::testing::internal::GetCapturedStderr();
    }
};

TEST_F(WhatIsThrownInCallbacks, FailsTheCallAsTheErrorThatItIs) {
    rig.door.answer(200);
    const CallError thrown = rig.error("throws/in-an-answer", json("{}"));
    EXPECT_EQ(thrown.error.error_class, ErrorClass::upstream);
    EXPECT_EQ(thrown.error.code, "app.odd");
    const CallError odd = rig.error("throws/in-a-wait", json("{}"));
    EXPECT_EQ(odd.error.error_class, ErrorClass::internal);
    EXPECT_EQ(odd.error.message, "the plugin threw something that is no exception");
}

TEST_F(WhatIsThrownInCallbacks, IsLoggedWhenTheCallIsOver) {
    const std::string logged = logged_by("throws/after-its-end", R"("done")");
    EXPECT_NE(logged.find("thrown after the end"), std::string::npos) << logged;
}

TEST_F(WhatIsThrownInCallbacks, OfAStopEndsThere) {
    std::optional<CallOutcome> outcome;
    const auto ticket = rig.start("throws/on-a-stop", json("{}"), outcome);
    rig.host->cancel(ticket);
    rig.wait(outcome);
    EXPECT_EQ(std::get<CallError>(*outcome).error.error_class, ErrorClass::cancelled);
}

TEST_F(WhatIsThrownInCallbacks, ASecondCompletionIsIgnoredAndLogged) {
    const std::string logged = logged_by("throws/twice", "1");
    EXPECT_NE(logged.find("completed already"), std::string::npos) << logged;
}

}  // namespace
}  // namespace tappet::plugin
