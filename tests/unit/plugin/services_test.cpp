// Services of the engine as a plugin in C reaches them.
#include <gtest/gtest.h>

#include <map>
#include <mutex>

#include "plugin/services/metrics.hpp"
#include "support/plugin_rig.hpp"

namespace tappet::plugin {
namespace {

using flow::ErrorClass;
using testing::json;
using testing::PluginRig;
using testing::text;

/// Gives what it is told to, and keeps what it was asked.
class ScriptedConnections final : public ConnectionDoor {
public:
    CallOutcome get(const ConnectionAsk& ask) override {
        const std::lock_guard lock(mutex);
        asked.push_back(ask);
        return answer;
    }
    std::mutex mutex;
    std::vector<ConnectionAsk> asked;
    CallOutcome answer;
};

/// Blobs in memory.
class MapBlobs final : public BlobDoor {
public:
    Result<std::string> write(const RunId& run, const std::string&, const std::string& id,
                              std::string_view bytes) override {
        const std::lock_guard lock(mutex);
        if (full) return Error::exhausted("the blob is too long");
        const std::string at = id.empty() ? "blob-" + std::to_string(blobs.size()) : id;
        if (!id.empty() && !blobs.contains({run, id})) return Error::not_found("");
        blobs[{run, at}] += bytes;
        return at;
    }
    Result<std::string> read(const RunId& run, const std::string&, const std::string& id,
                             std::uint64_t offset, std::uint64_t max) override {
        const std::lock_guard lock(mutex);
        const auto found = blobs.find({run, id});
        if (found == blobs.end()) return Error::not_found("");
        return found->second.substr(std::min<std::uint64_t>(offset, found->second.size()), max);
    }
    std::mutex mutex;
    bool full = false;
    std::map<std::pair<RunId, std::string>, std::string> blobs;
};

Value account(const char* key) {
    return Value::object({{"name", Value::string("shop")},
                          {"type", Value::string("apiKey")},
                          {"apiKey", Value::string(key).as_secret()}});
}

/// Where the plugin runs: in this process, or in one of its own.
enum class Where { here, isolated };

HostOptions two_series(Where where) {
    HostOptions options;
    if (where == Where::isolated) options.child_command = TAPPET_CHILD;
    options.max_series = 2;
    return options;
}

struct ServicesTest : ::testing::TestWithParam<Where> {
    CallContext of_shop() {
        CallContext context = rig.context();
        context.connection = "shop";
        return context;
    }
    CallOutcome call(const char* action, const char* input, CallContext context) {
        std::optional<CallOutcome> outcome;
        rig.start(action, json(input), std::move(context), outcome);
        rig.wait(outcome);
        return std::move(*outcome);
    }
    CallError error(const char* action, const char* input, CallContext context) {
        return std::get<CallError>(call(action, input, std::move(context)));
    }
    ScriptedConnections connections;
    testing::MapState state;
    MapBlobs blobs;
    Doors doors() {
        Doors out(&state);
        out.connections = &connections;
        out.blobs = &blobs;
        return out;
    }
    PluginRig rig{TAPPET_TEST_PLUGINS "/services", two_series(GetParam()), doors()};
};

TEST_P(ServicesTest, APluginCounts) {
    EXPECT_EQ(text(rig.result("services/metric",
                              json(R"({"kind":"counter","name":"sent","labels":{"to":"x"},"value":2.0})"))),
              "true");
    EXPECT_NE(rig.host->metrics().text().find("tappet_plugin_sent{plugin=\"services\",to=\"x\"} 2\n"),
              std::string::npos);
}

TEST_P(ServicesTest, LabelsThatAreNoTextsAreRefused) {
    for (const char* labels : {R"({"to":1})", R"("x")", R"({"to":{"a":"b"}})"})
        EXPECT_EQ(text(rig.result("services/metric",
                                  json(std::string(R"({"kind":"gauge","name":"n","value":1.0,"labels":)") +
                                       labels + "}"))),
                  "false")
            << labels;
}

TEST_P(ServicesTest, ALabelIsNeverASecret) {
    const Value input =
        Value::object({{"kind", Value::string("gauge")},
                       {"name", Value::string("n")},
                       {"value", Value::number(1)},
                       {"labels", Value::object({{"to", Value::string("hush").as_secret()}})}});
    EXPECT_EQ(text(rig.result("services/metric", input)), "false");
    EXPECT_EQ(rig.host->metrics().text(), "");
}

TEST_P(ServicesTest, TheLimitOfSeriesIsTheHosts) {
    const auto gauge = [&](const char* name) {
        return text(rig.result("services/metric", Value::object({{"kind", Value::string("gauge")},
                                                                 {"name", Value::string(name)},
                                                                 {"value", Value::number(1)}})));
    };
    EXPECT_EQ(gauge("a") + gauge("b") + gauge("c") + gauge("a"), "truetruefalsetrue");
}

TEST_P(ServicesTest, AStepWithoutAConnectionGetsNone) {
    for (const char* input : {"{}", R"({"later":true})"}) {
        const CallError failed = error("services/connection", input, rig.context());
        EXPECT_EQ(failed.error.error_class, ErrorClass::validation);
        EXPECT_EQ(failed.error.message, "this step names no connection");
    }
    EXPECT_TRUE(connections.asked.empty());
}

TEST_P(ServicesTest, AConnectionComesWithItsMarks) {
    connections.answer = account("sk-12345");
    for (const char* input : {"{}", R"({"later":true})"}) {
        const Value given = std::get<Value>(call("services/connection", input, of_shop()));
        EXPECT_EQ(text(given, Secrets::redact), R"({"name":"shop","type":"apiKey","apiKey":"••••"})");
        EXPECT_EQ(text(given, Secrets::reveal), R"({"name":"shop","type":"apiKey","apiKey":"sk-12345"})");
    }
    ASSERT_EQ(connections.asked.size(), 2u);
    EXPECT_EQ(connections.asked[0].tenant, "default");
    EXPECT_EQ(connections.asked[0].plugin, "services");
    EXPECT_EQ(connections.asked[0].name, "shop");
    EXPECT_FALSE(connections.asked[0].refused);
}

TEST_P(ServicesTest, ARefusedCredentialIsSaidToBe) {
    connections.answer = account("sk-12345");
    call("services/connection", R"({"refused":true})", of_shop());
    EXPECT_TRUE(connections.asked.at(0).refused);
}

TEST_P(ServicesTest, WhyThereIsNoneComesInItsOwnClass) {
    CallError parked;
    parked.error.error_class = ErrorClass::auth;
    parked.error.code = "connection.revoked";
    parked.error.message = "the connection \"shop\" was revoked; connect it again";
    parked.retry_after = std::chrono::milliseconds(1500);
    connections.answer = parked;
    const CallError failed = error("services/connection", "{}", of_shop());
    EXPECT_EQ(failed.error.error_class, ErrorClass::auth);
    EXPECT_EQ(failed.error.code, "connection.revoked");
    EXPECT_EQ(failed.error.message, parked.error.message);
    EXPECT_EQ(failed.retry_after, parked.retry_after);
}

TEST_P(ServicesTest, AnErrorsTextHoldsNoSecretOfTheConnection) {
    connections.answer = account("sk-12345");
    const CallError failed = error("services/connection", R"({"leak":true})", of_shop());
    EXPECT_EQ(failed.error.error_class, ErrorClass::upstream);
    EXPECT_EQ(failed.error.message, "••••");
}

TEST_P(ServicesTest, AnActionOnTheLoopGetsItsConnectionLater) {
    connections.answer = account("sk-12345");
    const CallError failed = error("services/connection-at-once", "{}", of_shop());
    EXPECT_EQ(failed.error.error_class, ErrorClass::internal);
    const Value given = std::get<Value>(call("services/connection-at-once", R"({"later":true})", of_shop()));
    EXPECT_EQ(text(*given.find("name")), R"("shop")");
}

TEST_P(ServicesTest, ACancelledCallIsToldSoOnce) {
    connections.answer = account("sk-12345");
    std::optional<CallOutcome> outcome;
    const auto ticket =
        rig.start("services/connection-at-once", json(R"({"later":true})"), of_shop(), outcome);
    rig.host->cancel(ticket);  // whichever of both comes first, done comes once
    rig.wait(outcome);
    if (const auto* failed = std::get_if<CallError>(&*outcome)) {
        EXPECT_EQ(failed->error.error_class, ErrorClass::cancelled);
    }
}

TEST_P(ServicesTest, ABlobIsWrittenAndRead) {
    EXPECT_EQ(rig.result("services/blob", json("{}")).as_string(), "+\n+\n+e two\n");
}

TEST_P(ServicesTest, WhatACallAsksForLaterIsDoneInOrder) {
    EXPECT_EQ(rig.result("services/blob", json(R"({"later":true})")).as_string(),
              "+\n+\n+\n+one two three\n");
    EXPECT_EQ(rig.result("services/blob-at-once", json(R"({"later":true})")).as_string(),
              "+\n+\n+\n+one two three\n");
}

TEST_P(ServicesTest, AnActionOnTheLoopDoesNotWaitForABlob) {
    const std::string said(rig.result("services/blob-at-once", json("{}")).as_string());
    EXPECT_EQ(said.find("-an action that declares nonBlocking"), 0u) << said;
}

TEST_P(ServicesTest, ABlobIsReadByOtherCallsOfItsRunAndAppendedToByNone) {
    const std::string id(rig.result("services/blob", json(R"({"give":true})")).as_string());
    EXPECT_EQ(rig.result("services/blob", json(R"({"id":")" + id + R"(","max":2})")).as_string(), "+on\n");
    EXPECT_EQ(rig.result("services/blob", json(R"({"id":")" + id + R"(","append":true})")).as_string(),
              "-a call appends only to blobs that it began, and not to \"" + id + "\"\n");
    CallContext other = rig.context();
    other.run.bytes[0] = 99;
    const CallOutcome elsewhere = call("services/blob", (R"({"id":")" + id + R"("})").c_str(), other);
    EXPECT_EQ(std::get<Value>(elsewhere).as_string(), "0\n");
}

TEST_P(ServicesTest, ACallWithoutARunHasNoBlobs) {
    CallContext context = rig.context();
    context.run = {};
    const CallOutcome outcome = call("services/blob", R"({"later":true})", context);
    EXPECT_EQ(std::get<Value>(outcome).as_string(), "-blobs belong to runs, and this call has none\n");
}

TEST_P(ServicesTest, ABlobThatIsTooLongIsToldSo) {
    blobs.full = true;
    EXPECT_EQ(rig.result("services/blob", json(R"({"later":true})")).as_string(), "-the blob is too long\n");
}

std::string name_of(const ::testing::TestParamInfo<Where>& where) {
    return where.param == Where::here ? "InProcess" : "Isolated";
}
INSTANTIATE_TEST_SUITE_P(Of, ServicesTest, ::testing::Values(Where::here, Where::isolated), name_of);

TEST(ServicesOfAHost, WithoutConnectionsSayItNames) {
    PluginRig rig(TAPPET_TEST_PLUGINS "/services");
    CallContext context = rig.context();
    context.connection = "shop";
    std::optional<CallOutcome> outcome;
    rig.start("services/connection", json("{}"), std::move(context), outcome);
    rig.wait(outcome);
    const CallError& failed = std::get<CallError>(*outcome);
    EXPECT_EQ(failed.error.error_class, ErrorClass::validation);
    EXPECT_NE(failed.error.message.find("\"shop\""), std::string::npos) << failed.error.message;
}

TEST(ServicesOfAHost, APluginThatNeedsWhatIsNotThereIsNotLoaded) {
    PluginRig rig(TAPPET_TEST_PLUGINS "/needy");
    ASSERT_EQ(rig.host->plugins().size(), 1u);
    EXPECT_EQ(rig.host->plugins()[0].problem,
              "needs the service \"telepathy/3\", which this engine does not have");
    EXPECT_EQ(rig.host->action("needy/any"), nullptr);
}

TEST(PluginOfALaterHeader, IsTakenForWhatIsKnownOfIt) {
    PluginRig rig(TAPPET_TEST_PLUGINS "/newer");
    EXPECT_EQ(rig.host->plugins().at(0).problem, "");
    rig.door.answer(204);
    EXPECT_EQ(text(rig.result("newer/request", json("{}"))), "204");
    const CallError failed = rig.error("newer/fail", json("{}"));
    EXPECT_EQ(failed.error.error_class, ErrorClass::conflict);
    EXPECT_EQ(failed.error.message, "in conflict");
}

TEST(PluginOfALaterHeader, WhatIsShorterThanVersionOneIsRefused) {
    PluginRig rig(TAPPET_TEST_PLUGINS "/newer");
    const std::string why = text(rig.result("newer/request", json(R"({"shorter":true})")));
    EXPECT_NE(why.find("less than version 1"), std::string::npos) << why;
    EXPECT_EQ(rig.error("newer/fail", json(R"({"shorter":true})")).error.error_class, ErrorClass::internal);
}

}  // namespace
}  // namespace tappet::plugin
