// Which refused requests are kept for the owner of a hook.
#include <gmock/gmock.h>

#include "hooks_rig.hpp"

namespace tappet::trigger {
namespace {

using test::json;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kOpen = "verify: { preset: none }";
constexpr const char* kBearer = "verify: { preset: bearer, secrets: [\"${{ secrets.TOKEN }}\"] }";
const http::Headers kJson{{"content-type", "application/json"}};

/// Status and code of what is kept, newest first.
std::string kept(HookRig& rig) {
    std::string out;
    for (const auto& one : rig.rejected())
        out += (out.empty() ? "" : " ") + std::to_string(one.status) + ":" + one.code;
    return out;
}

TEST(HookRejected, AWrongCredentialIsKeptUnderTheIdOfTheAnswer) {
    HookRig rig;
    rig.publish("kept", kBearer);
    rig.hooks->reload();
    const auto reply = rig.send("POST", "/hooks/default/kept/received?token=other",
                                {{"authorization", "Bearer wr0ng-token"}}, "t0ken wr0ng-token");
    ASSERT_EQ(reply->status(), 401);
    EXPECT_THAT(reply->header("www-authenticate"), HasSubstr("Bearer"));
    const auto rows = rig.rejected();
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(rows[0].id.text(), reply->text("requestId"));
    EXPECT_EQ(rows[0].flow, "kept");
    EXPECT_EQ(rows[0].trigger, "received");
    EXPECT_EQ(rows[0].status, 401);
    EXPECT_THAT(rows[0].data, HasSubstr("the header Authorization holds another token"));
    EXPECT_THAT(rows[0].data, HasSubstr("\"text\":\"•••• ••••\""));
    for (const char* hidden : {"t0ken", "wr0ng", "other"}) {
        std::string data = rows[0].data;
        if (const auto at = data.find("another token"); at != std::string::npos) data.erase(at, 13);
        EXPECT_THAT(data, Not(HasSubstr(hidden)));
    }
}

TEST(HookRejected, EachKindOfRefusalIsKept) {
    HookRig rig;
    rig.publish("open", std::string(kOpen) +
                            ", filter: trigger.body.n > 0, input: { schema: { type: object, "
                            "required: [m] } }");
    rig.hooks->reload();
    const std::string path = "/hooks/default/open/received";
    EXPECT_EQ(rig.send("PUT", path, kJson, "{}")->status(), 405);
    EXPECT_EQ(rig.send("POST", path, kJson, "{")->status(), 400);
    EXPECT_EQ(rig.send("POST", path, {{"content-encoding", "br"}}, "{}")->status(), 415);
    EXPECT_EQ(rig.send("POST", path, kJson, "{}")->status(), 422);
    EXPECT_EQ(rig.send("POST", path, kJson, R"({"n":1})")->status(), 422);
    EXPECT_EQ(
        kept(rig),
        "422:schema 422:filter-failed 415:unsupported-encoding 400:invalid-json 405:method-not-allowed");
}

TEST(HookRejected, WhatIsTakenOrFilteredOrHasNoHookIsNotKept) {
    HookRig rig;
    rig.publish("open", std::string(kOpen) + ", filter: trigger.body.n > 0");
    rig.hooks->reload();
    EXPECT_EQ(rig.send("POST", "/hooks/default/open/received", kJson, R"({"n":1})")->status(), 202);
    EXPECT_EQ(rig.send("POST", "/hooks/default/open/received", kJson, R"({"n":0})")->text("status"),
              "filtered");
    EXPECT_EQ(rig.post("/hooks/default/other/received")->status(), 404);
    rig.hooks->set_ready(false);
    EXPECT_EQ(rig.post("/hooks/default/open/received")->status(), 429);
    EXPECT_THAT(rig.rejected(), IsEmpty());
}

TEST(HookRejected, OfWhatIsOverTheRateOfTheHookTheFirstAreKept) {
    HookOptions options;
    options.rate = 1;
    HookRig rig(options);
    rig.publish("open", kOpen);
    rig.hooks->reload();
    for (int i = 0; i < 4; ++i) rig.post("/hooks/default/open/received");
    EXPECT_EQ(kept(rig), "429:rate-limit 429:rate-limit 429:rate-limit");
}

TEST(HookRejected, AnEventThatIsTooLargeIsKeptInPart) {
    runtime::Options runtime;
    runtime.max_row_bytes = 64u << 10;
    HookRig rig({}, runtime);
    rig.publish("open", kOpen);
    rig.hooks->reload();
    const std::string body = "{\"x\":\"" + std::string(200'000, 'x') + "\"}";
    EXPECT_EQ(rig.send("POST", "/hooks/default/open/received", kJson, body)->status(), 413);
    const auto rows = rig.rejected();
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(rows[0].code, "event-too-large");
    EXPECT_THAT(rows[0].data, HasSubstr("\"size\":200008"));
    EXPECT_LT(rows[0].data.size(), 6'000u);
}

TEST(HookRejected, OneOfSeveralEventsIsNamedWithThePlacesInTheRequest) {
    HookRig rig;
    rig.publish("open",
                std::string(kOpen) + ", split: true, input: { schema: { type: object, required: [m] } }");
    rig.hooks->reload();
    EXPECT_EQ(rig.send("POST", "/hooks/default/open/received", kJson, R"([{"m":1},{}])")->status(), 422);
    const auto rows = rig.rejected();
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_THAT(rows[0].data, HasSubstr("\"pointer\":\"/1/m\""));
}

TEST(HookRejected, WhatAPluginRefusesIsKeptWithoutTheSecretsOfItsSettings) {
    HookRig rig;
    rig.publish_for("crm", "crm/received", ", with: { secret: '${{ secrets.TOKEN }}' }");
    rig.hooks->reload();
    const auto reply = rig.send("POST", "/hooks/default/crm/received", {}, "it is t0ken");
    rig.sources.finish(test::call_error(flow::ErrorClass::auth));
    rig.rig.settle();
    EXPECT_EQ(reply->status(), 401);
    const auto rows = rig.rejected();
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_THAT(rows[0].data, HasSubstr("\"text\":\"it is ••••\""));
}

TEST(HookRejected, AnEventAtAPluginsOwnAddressIsKeptForItsListenerWithoutTheRequest) {
    HookRig rig;
    rig.publish_for("picky", "crm/installed", ", filter: trigger.body.n > 0");
    rig.hooks->reload();
    const auto reply = rig.send("POST", "/hooks/@crm", {{"x-of-all", "1"}}, "of another tenant");
    rig.sources.finish(json(R"({"events":[{"type":"INSTALL","body":{"m":7}}]})"));
    rig.rig.settle();
    EXPECT_EQ(reply->text("status"), "ignored");
    const auto rows = rig.rejected();
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(rows[0].flow, "picky");
    EXPECT_EQ(rows[0].code, "filter-failed");
    EXPECT_THAT(rows[0].data, HasSubstr("\"text\":\"{\\\"m\\\":7}\""));
    EXPECT_THAT(rows[0].data, HasSubstr("\"headers\":null"));
    EXPECT_THAT(rows[0].data, Not(HasSubstr("of another tenant")));
}

TEST(HookRejected, AQuestionBeforeTheFirstEventIsKeptOnlyWhereItIsRefused) {
    HookRig rig;
    rig.publish("meta",
                "methods: [GET, POST], verify: { preset: github, secrets: [\"${{ secrets.TOKEN }}\"], "
                "challenge: { meta: \"${{ secrets.TOKEN }}\" } }");
    rig.hooks->reload();
    const std::string ask =
        "/hooks/default/meta/received?hub.mode=subscribe&hub.challenge=7&hub.verify_token=";
    EXPECT_EQ(rig.send("GET", ask + "t0ken")->status(), 200);
    EXPECT_THAT(rig.rejected(), IsEmpty());
    EXPECT_EQ(rig.send("GET", ask + "wrong")->status(), 401);
    const auto rows = rig.rejected();
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_THAT(rows[0].data, HasSubstr("hub.verify_token=••••"));
}

TEST(HookRejected, NothingIsKeptWhileTheSecretsOfAFlowAreNotKnown) {
    HookRig rig;
    rig.rig.disk.unreadable = "the disk does not answer";
    rig.publish("configured", kBearer,
                "config: { A: { type: string } }\nsteps: [ { id: a, uses: test/effect } ]");
    rig.hooks->reload();
    EXPECT_EQ(rig.send("PUT", "/hooks/default/configured/received", {}, "t0ken")->status(), 405);
    EXPECT_THAT(rig.rejected(), IsEmpty());
}

TEST(HooksRejected, ABodyThatIsTooLongIsKeptWithoutIt) {
    HookRig rig;
    rig.publish("orders", "verify: { preset: bearer, secrets: [ \"${{ secrets.TOKEN }}\" ] }");
    rig.hooks->reload();
    http::Request head;
    head.method = "POST";
    head.target = "/hooks/default/orders/received?t=t0ken";
    head.headers.add("authorization", "Bearer t0ken");
    head.headers.add("content-length", "99");
    const http::Response answer = rig.hooks->refuse_body(head, "the body is longer than 10 bytes");
    EXPECT_EQ(answer.status, 413);
    head.headers = {};
    (void)rig.hooks->refuse_body(head, "the body is longer than 10 bytes");
    head.target = "/hooks/default/orders/nobody";
    EXPECT_EQ(rig.hooks->refuse_body(head, "the body is longer than 10 bytes").status, 413);
    const auto kept = rig.rejected();
    ASSERT_EQ(kept.size(), 2u);
    EXPECT_EQ(kept[1].status, 413);
    EXPECT_EQ(kept[1].code, "too-large");
    EXPECT_EQ(kept[1].data.find("t0ken"), std::string::npos) << kept[1].data;
    EXPECT_NE(kept[1].data.find("\"size\":99,\"sha256\":null"), std::string::npos) << kept[1].data;
    EXPECT_NE(kept[0].data.find("\"size\":null"), std::string::npos) << "of a chunked one nobody knows it";
    EXPECT_NE(answer.body.find(kept[1].id.text()), std::string::npos);
}

}  // namespace
}  // namespace tappet::trigger
