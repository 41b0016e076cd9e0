#include <gtest/gtest.h>

#include "unit/trigger/hooks_rig.hpp"

namespace tappet::trigger {
namespace {

constexpr const char* kPath = "/hooks/default/orders/received";

struct HooksBatchTest : ::testing::Test {
    std::shared_ptr<HookRig::Reply> send(const std::string& type, const std::string& body,
                                         http::Headers more = {}) {
        more.add("content-type", type);
        more.add("authorization", "Bearer t0ken");
        return rig.send("POST", kPath, std::move(more), body);
    }
    void publish(const std::string& more = "") {
        rig.publish("orders", "verify: { preset: bearer, secrets: [\"${{ secrets.TOKEN }}\"] }" + more);
        rig.hooks->reload();
    }
    std::size_t runs(const HookRig::Reply& reply) {
        const auto json = parse_json(reply.response->body);
        const Value* list = json.value.find("runs");
        return list ? list->size() : 0;
    }
    HookRig rig{HookOptions{.max_events = 3}};
};

TEST_F(HooksBatchTest, AListIsOneEventUnlessItIsSplit) {
    publish();
    const auto whole = send("application/json", "[1,2]");
    EXPECT_EQ(whole->status(), 202);
    EXPECT_FALSE(whole->text("runId").empty());
    publish(", split: true");
    const auto each = send("application/json", "[1,2]");
    EXPECT_EQ(each->status(), 202);
    EXPECT_EQ(runs(*each), 2u);
    EXPECT_EQ(rig.hooks->stats().accepted, 3u);
}

TEST_F(HooksBatchTest, SeveralRunsOfASynchronousTriggerAreTakenNotAnswered) {
    publish(", split: true, respond: { mode: sync }");
    const auto reply = send("application/json", "[1,2]");
    EXPECT_EQ(reply->status(), 202) << reply->response->body;
    EXPECT_EQ(runs(*reply), 2u);
}

TEST_F(HooksBatchTest, WhatIsNoListIsOneEventAlsoWhereListsAreSplit) {
    publish(", split: true");
    EXPECT_FALSE(send("application/json", "{}")->text("runId").empty());
    EXPECT_FALSE(send("application/json", "[{}]")->text("runId").empty());
    EXPECT_EQ(send("application/json", "[]")->text("status"), "ignored");
}

TEST_F(HooksBatchTest, OneBadEventRefusesAllAndSaysWhich) {
    publish(", split: true, input: { schema: { type: integer } }");
    const auto reply = send("application/json", "[1,\"x\"]");
    EXPECT_EQ(reply->status(), 422);
    EXPECT_NE(reply->response->body.find("event 2 of 2"), std::string::npos) << reply->response->body;
    EXPECT_NE(reply->response->body.find("\"/1\""), std::string::npos) << reply->response->body;
    EXPECT_EQ(rig.hooks->stats().accepted, 0u);
}

TEST_F(HooksBatchTest, TooManyEventsAreA413AndNoneIsTaken) {
    publish(", split: true");
    EXPECT_EQ(send("application/json", "[1,2,3]")->status(), 202);
    EXPECT_EQ(send("application/json", "[1,2,3,4]")->status(), 413);
    EXPECT_EQ(rig.hooks->stats().accepted, 3u);
}

TEST_F(HooksBatchTest, MoreRunsThanOneRequestMayStartAreA413) {
    HookRig few{HookOptions{.max_starts = 2}};
    few.publish("orders", "verify: { preset: none }, split: true");
    few.hooks->reload();
    EXPECT_EQ(few.send("POST", kPath, {{"content-type", "application/json"}}, "[1,2]")->status(), 202);
    EXPECT_EQ(few.send("POST", kPath, {{"content-type", "application/json"}}, "[1,2,3]")->status(), 413);
    EXPECT_EQ(few.hooks->stats().accepted, 2u);
}

TEST_F(HooksBatchTest, ARepeatedRequestRepeatsItsEvents) {
    publish(", split: true");
    const auto first = send("application/json", "[1,2]", {{"idempotency-key", "k"}});
    const auto again = send("application/json", "[1,2]", {{"idempotency-key", "k"}});
    EXPECT_EQ(again->header("idempotent-replayed"), "true");
    EXPECT_EQ(rig.hooks->stats().accepted, 2u);
    EXPECT_EQ(rig.hooks->stats().replayed, 2u);
}

std::string cloud(const std::string& id, const std::string& data) {
    return R"({"specversion":"1.0","type":"t","source":"/s","id":")" + id + R"(","data":)" + data + "}";
}

TEST_F(HooksBatchTest, ABatchOfCloudEventsIsARunForEach) {
    publish(", input: { schema: { type: integer } }");
    const auto reply =
        send("application/cloudevents-batch+json", "[" + cloud("1", "1") + "," + cloud("2", "2") + "]");
    EXPECT_EQ(reply->status(), 202) << reply->response->body;
    EXPECT_EQ(runs(*reply), 2u);
    const auto bad =
        send("application/cloudevents-batch+json", "[" + cloud("3", "1") + "," + cloud("4", "{}") + "]");
    EXPECT_EQ(bad->status(), 422);
    EXPECT_NE(bad->response->body.find("\"/1/data\""), std::string::npos) << bad->response->body;
}

TEST_F(HooksBatchTest, ACloudEventIsNamedBySourceAndIdHoweverItComes) {
    publish();
    const auto first = send("application/cloudevents+json", cloud("1", "{}"));
    EXPECT_EQ(first->status(), 202) << first->response->body;
    const auto binary =
        send("application/json", "{}",
             {{"ce-specversion", "1.0"}, {"ce-type", "t"}, {"ce-source", "/s"}, {"ce-id", "1"}});
    EXPECT_EQ(binary->header("idempotent-replayed"), "true");
    EXPECT_EQ(binary->text("runId"), first->text("runId"));
    const auto batch =
        send("application/cloudevents-batch+json", "[" + cloud("1", "{}") + "," + cloud("2", "{}") + "]");
    EXPECT_EQ(runs(*batch), 2u);
    EXPECT_EQ(rig.hooks->stats().accepted, 2u);
}

TEST_F(HooksBatchTest, AttributesAreInTheTriggerAndTheBodyIsTheData) {
    publish(", filter: \"trigger.cloudEvent.type == 't' && trigger.body.a == 1\"");
    EXPECT_FALSE(send("application/cloudevents+json", cloud("1", "{\"a\":1}"))->text("runId").empty());
    EXPECT_EQ(send("application/cloudevents+json", cloud("2", "{\"a\":2}"))->text("status"), "filtered");
    EXPECT_EQ(send("application/json", "{\"a\":1}")->status(), 422) << "it has no attributes";
}

TEST_F(HooksBatchTest, WhatIsNoCloudEventIsA400) {
    publish();
    for (const char* body :
         {"[]", "{}", R"({"specversion":"2.0","type":"t","source":"/s","id":"1"})",
          R"({"specversion":"1.0","type":"t","source":"/s","id":""})",
          R"({"specversion":"1.0","type":"t","source":"/s","id":"1","x":[]})",
          R"({"specversion":"1.0","type":"t","source":"/s","id":"1","data_base64":"*"})",
          R"({"specversion":"1.0","type":"t","source":"/s","id":"1","data":1,"data_base64":""})"})
        EXPECT_EQ(send("application/cloudevents+json", body)->status(), 400) << body;
    EXPECT_EQ(send("application/cloudevents-batch+json", "{}")->status(), 400);
}

TEST_F(HooksBatchTest, APackedBodyIsReadBehindItsVerification) {
    publish();
    http::Headers headers{{"content-encoding", "gzip"}};
    EXPECT_EQ(send("application/json", "no gzip", headers)->status(), 400);
    EXPECT_EQ(rig.send("POST", kPath, headers, "no gzip")->status(), 401);
}

}  // namespace
}  // namespace tappet::trigger
