// Refused requests as their owner sees them: API and command line.
#include <gmock/gmock.h>

#include <filesystem>

#include "place.hpp"
#include "vault/digest.hpp"

namespace tappet::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kSigned = R"(
triggers:
  - id: received
    uses: core/webhook
    verify: { preset: github, secrets: ["${{ secrets.HOOK }}"] }
    input: { schema: { type: object, required: [type] } }
steps: [ { id: note, uses: core/log, with: { message: came } } ]
)";
const std::string kSecret = "a-secret-of-the-hook";
const std::string kSignature = "sha256=" + std::string(64, 'a');

class HooksRequests : public ::testing::Test {
protected:
    HooksRequests() {
        place.flow("orders", kSigned);
        engine.emplace(place, flags, Variables{{"TAPPET_SECRET_HOOK", kSecret}});
    }
    Answer event(const std::string& body, const std::string& signature = kSignature) {
        return engine->event("orders", body, {{"X-Hub-Signature-256", signature}});
    }
    const Value& requests(const Ended& ended) { return *ended.json.find("requests"); }

    Place place;
    Words flags;
    std::optional<Engine> engine;
};

TEST_F(HooksRequests, AWrongSignatureIsShownWithoutSecretAndSignature) {
    const std::string body = R"({"type":"order","echo":")" + kSecret + R"("})";
    const Answer answer = event(body);
    ASSERT_EQ(answer.status, 401) << answer.body;
    const Ended listed = engine->cli({"hooks", "requests", "-o", "json"});
    ASSERT_EQ(listed.code, 0) << listed.err;
    ASSERT_EQ(requests(listed).size(), 1u) << listed.out;
    const Value& request = requests(listed).items()[0];
    EXPECT_EQ(test::text_at(request, {"id"}), answer.text({"requestId"}));
    EXPECT_EQ(test::text_at(request, {"flow"}), "orders");
    EXPECT_EQ(test::text_at(request, {"trigger"}), "received");
    EXPECT_EQ(test::text_at(request, {"status"}), "401");
    EXPECT_EQ(test::text_at(request, {"code"}), "verification");
    EXPECT_EQ(test::text_at(request, {"remote"}), "127.0.0.1");
    EXPECT_EQ(test::text_at(request, {"headers", "x-hub-signature-256"}), "••••");
    EXPECT_EQ(test::text_at(request, {"body", "text"}), R"({"type":"order","echo":"••••"})");
    EXPECT_EQ(test::text_at(request, {"body", "size"}), std::to_string(body.size()));
    const Ended shown = engine->cli({"hooks", "requests", "show", answer.text({"requestId"})});
    EXPECT_EQ(shown.code, 0) << shown.err;
    EXPECT_THAT(shown.out, HasSubstr("401 verification"));
    EXPECT_THAT(shown.out, HasSubstr("POST /hooks/default/orders/received"));
    for (const std::string& text : {listed.out, shown.out}) {
        EXPECT_THAT(text, Not(HasSubstr(kSecret)));
        EXPECT_THAT(text, Not(HasSubstr(std::string(64, 'a'))));
    }
}

TEST_F(HooksRequests, AreStillThereAfterAStartAndListedByStatus) {
    const std::string body = R"({"other":1})";
    event(body);
    const Answer refused = event(
        body, "sha256=" + [&] {
            std::string hex;
            for (const unsigned char c : vault::hmac(vault::Hash::sha256, kSecret, body)) {
                hex += "0123456789abcdef"[c >> 4];
                hex += "0123456789abcdef"[c & 15];
            }
            return hex;
        }());
    ASSERT_EQ(refused.status, 422) << refused.body;
    engine->process().signal(SIGTERM);
    EXPECT_EQ(engine->process().wait(), 0);
    engine->start();
    const Ended listed = engine->cli({"hooks", "requests", "orders", "--status", "422", "-o", "json"});
    ASSERT_EQ(requests(listed).size(), 1u) << listed.out;
    EXPECT_EQ(test::text_at(requests(listed).items()[0], {"body", "sha256"}), vault::sha256_hex(body));
    EXPECT_THAT(listed.out, HasSubstr("/type"));
    EXPECT_EQ(requests(engine->cli({"hooks", "requests", "-o", "json"})).size(), 2u);
    EXPECT_EQ(requests(engine->cli({"hooks", "requests", "orders", "--status", "405", "-o", "json"})).size(),
              0u);
    std::filesystem::remove(place / "flows/orders.yaml");
    engine->process().signal(SIGTERM);
    EXPECT_EQ(engine->process().wait(), 0);
    engine->start();
    EXPECT_EQ(requests(engine->cli({"hooks", "requests", "orders", "-o", "json"})).size(), 2u)
        << "what is kept is shown when its flow is gone";
}

TEST(HooksSecret, OneThatIsNotSetIsToldOnceWithWhatFollowsAndWhatToDo) {
    Place place;
    place.flow("orders", kSigned);
    place.flow("told",
               "triggers: [ { id: a, uses: core/manual } ]\n"
               "steps: [ { id: b, uses: core/map, with: { value: \"${{ secrets.OTHER }}\" } } ]\n");
    Engine engine(place);
    const std::string log = engine.process().errors();
    EXPECT_THAT(log, HasSubstr("refuses every request: verify: "));
    const std::size_t first = log.find("set TAPPET_SECRET_HOOK");
    ASSERT_NE(first, std::string::npos) << log;
    EXPECT_EQ(log.find("HOOK", log.find('\n', first)), std::string::npos) << log;
    EXPECT_EQ(log.find("HOOK"), log.find("secrets.HOOK: set TAPPET") + 8) << log;
    EXPECT_THAT(log, HasSubstr("secret `OTHER` is not set: set TAPPET_SECRET_OTHER"));
}

TEST_F(HooksRequests, AFloodIsCountedAndItsNumberShown) {
    for (int i = 0; i < 60; ++i) ASSERT_EQ(event("{}").status, 401);
    const Ended listed = engine->cli({"hooks", "requests", "-n", "500", "-o", "json"});
    const std::size_t kept = requests(listed).size();
    EXPECT_GE(kept, 20u);
    EXPECT_EQ(std::to_string(60 - kept), listed.text({"notKept"})) << listed.out;
    const Ended table = engine->cli({"hooks", "requests", "-n", "1"});
    EXPECT_THAT(table.out, HasSubstr("orders.received"));
    EXPECT_THAT(table.err, HasSubstr("older ones: --after"));
    if (kept < 60) EXPECT_THAT(table.err, HasSubstr("more of which nothing is kept"));
    EXPECT_THAT(engine->get("/metrics").body,
                HasSubstr("tappet_hook_requests_rejected_total{outcome=\"kept\"} " + std::to_string(kept)));
}

TEST_F(HooksRequests, OfAFlowAreDeleted) {
    event("{}");
    const std::string all = "/v2/tenants/default/hook-requests";
    EXPECT_EQ(engine->get(all).json.find("data")->size(), 1u);
    EXPECT_EQ(test::exchange(engine->address(), "DELETE", all).status, 400);
    EXPECT_EQ(test::exchange(engine->address(), "DELETE", all + "?filter[flow]=orders").status, 204);
    EXPECT_EQ(engine->get(all).json.find("data")->size(), 0u);
}

TEST_F(HooksRequests, SayWhatIsWrongWithAQuestion) {
    const auto wrong = [&](const char* flag, const char* value) {
        const Ended ended = engine->cli({"hooks", "requests", flag, value});
        EXPECT_EQ(ended.code, 2);
        EXPECT_THAT(ended.err, AllOf(HasSubstr(flag), HasSubstr(value), Not(HasSubstr("needs a command")),
                                     Not(HasSubstr("filter[")), Not(HasSubstr("page["))));
    };
    wrong("--status", "200");
    wrong("--status", "abc");
    wrong("--limit", "0");
    wrong("--after", "x");
    EXPECT_THAT(engine->cli({"hooks", "requests", "--nonsense"}).err, HasSubstr("does not take --nonsense"));
    EXPECT_THAT(place.run({"hooks"}).err, HasSubstr("needs a command: list, requests"));
    EXPECT_EQ(engine->cli({"hooks", "requests", "show", "x"}).code, 5);
    EXPECT_EQ(engine->cli({"hooks", "requests", "show", "01a214b5-3d50-70cd-95bb-80c1f66c7cd2"}).code, 5);
    EXPECT_EQ(engine->get("/v2/tenants/default/hook-requests?filter[label]=a:b").status, 400);
    EXPECT_EQ(engine->post("/v2/tenants/default/hook-requests", "{}").status, 405);
}

TEST_F(HooksRequests, AddressesAreListed) {
    const Ended listed = engine->cli({"hooks", "list", "-o", "json"});
    ASSERT_EQ(listed.code, 0) << listed.err;
    ASSERT_EQ(listed.json.find("hooks")->size(), 1u);
    const Value& hook = listed.json.find("hooks")->items()[0];
    EXPECT_EQ(test::text_at(hook, {"url"}), engine->url() + "/hooks/default/orders/received");
    EXPECT_EQ(test::text_at(hook, {"verify"}), "github");
    EXPECT_THAT(engine->cli({"hooks", "list"}).out, HasSubstr("/hooks/default/orders/received"));
}

}  // namespace
}  // namespace tappet::e2e
