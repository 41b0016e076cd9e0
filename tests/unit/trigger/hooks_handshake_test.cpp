#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "unit/trigger/hooks_rig.hpp"
#include "vault/digest.hpp"

namespace tappet::trigger {
namespace {

constexpr const char* kMeta =
    R"(verify: { preset: github, secrets: ["${{ secrets.TOKEN }}"], challenge: { meta: "${{ secrets.TOKEN }}" } })";
constexpr const char* kCloud =
    R"(verify: { preset: bearer, secrets: ["${{ secrets.TOKEN }}"], challenge: { cloudEvents: [a.example.com] } })";
const std::string kPath = "/hooks/default/f/received";

TEST(HooksHandshake, AnswersMetaWhereItIsAskedTo) {
    HookRig rig;
    rig.publish("f", kMeta);
    rig.hooks->reload();
    const std::string asked = kPath + "?hub.mode=subscribe&hub.challenge=11%3C58&hub.verify_token=";
    const auto good = rig.send("GET", asked + "t0ken");
    EXPECT_EQ(good->status(), 200);
    EXPECT_EQ(good->response->body, "11<58");
    EXPECT_EQ(good->header("content-type"), "text/plain; charset=utf-8");
    for (const std::string& bad :
         {asked + "other", asked, kPath + "?hub.mode=unsubscribe&hub.verify_token=t0ken",
          kPath + "?hub.mode=subscribe&hub.verify_token=t0ken",
          kPath + "?hub.mode=subscribe&hub.challenge=1"}) {
        const auto reply = rig.send("GET", bad);
        EXPECT_EQ(reply->status(), 401) << bad;
        EXPECT_EQ(reply->response->body.find("t0ken"), std::string::npos);
    }
    EXPECT_EQ(rig.send("GET", kPath)->status(), 405);
    EXPECT_EQ(rig.hooks->stats().accepted, 0u);
}

TEST(HooksHandshake, AnswersCloudEventsWhereItIsAskedTo) {
    HookOptions options;
    options.rate = 2;
    HookRig rig(options);
    rig.publish("f", kCloud);
    rig.hooks->reload();
    const auto good = rig.send(
        "OPTIONS", kPath, {{"webhook-request-origin", "a.example.com"}, {"webhook-request-rate", "1000"}});
    EXPECT_EQ(good->status(), 200);
    EXPECT_EQ(good->header("webhook-allowed-origin"), "a.example.com");
    EXPECT_EQ(good->header("webhook-allowed-rate"), "120");
    EXPECT_EQ(good->header("allow"), "POST");
    EXPECT_EQ(rig.send("OPTIONS", kPath, {{"webhook-request-origin", "b.example.com"}})->status(), 401);
    const http::Headers twice{{"webhook-request-origin", "a.example.com"}, {"webhook-request-origin", "b"}};
    EXPECT_EQ(rig.send("OPTIONS", kPath, twice)->status(), 401);
    const auto other = rig.send("OPTIONS", kPath);
    EXPECT_EQ(other->status(), 405) << "it is no such question";
    EXPECT_EQ(other->header("allow"), "POST");
}

TEST(HooksHandshake, AnswersNothingWhereItIsNotAskedTo) {
    HookRig rig;
    rig.publish("f", R"(verify: { preset: github, secrets: ["${{ secrets.TOKEN }}"] })");
    rig.hooks->reload();
    EXPECT_EQ(rig.send("GET", kPath + "?hub.mode=subscribe&hub.challenge=1&hub.verify_token=")->status(),
              405);
    EXPECT_EQ(rig.send("OPTIONS", kPath, {{"webhook-request-origin", "a"}})->status(), 405);
}

TEST(HooksHandshake, ATokenThatIsNotSetIsAProblemOfTheFlow) {
    HookRig rig;
    rig.publish("f", R"(verify: { preset: github, secrets: ["${{ secrets.TOKEN }}"],
                        challenge: { meta: "${{ secrets.GONE }}" } })");
    const auto problems = rig.hooks->reload();
    ASSERT_EQ(problems.size(), 1u);
    EXPECT_NE(problems[0].find("refuses every request"), std::string::npos);
}

TEST(HooksHandshake, SlackIsGreetedOnlyWhenItSigned) {
    HookRig rig;
    rig.publish("f", R"(verify: { preset: slack, secrets: ["${{ secrets.TOKEN }}"] })");
    rig.hooks->reload();
    const std::string body = R"({"type":"url_verification","challenge":"abc"})";
    const std::string time = std::to_string(rig.rig.clock.now().ms / 1000);
    const auto ask = [&](const std::string& key) {
        const std::string signature =
            to_hex(vault::hmac(vault::Hash::sha256, key, "v0:" + time + ":" + body));
        return rig.send("POST", kPath,
                        {{"content-type", "application/json"},
                         {"x-slack-request-timestamp", time},
                         {"x-slack-signature", "v0=" + signature}},
                        body);
    };
    EXPECT_EQ(ask("t0ken")->response->body, "abc");
    EXPECT_EQ(ask("other")->status(), 401);
    EXPECT_EQ(rig.hooks->stats().accepted, 0u);
}

}  // namespace
}  // namespace tappet::trigger
