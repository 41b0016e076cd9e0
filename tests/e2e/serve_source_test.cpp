// Requests that a plugin reads: at the address of a trigger, and at its own.
#include "source_place.hpp"

namespace tappet::e2e {
namespace {

using Orders = std::map<int, int>;

constexpr const char* kReceived =
    R"(id: received, uses: source/received, with: { key: "${{ secrets.SOURCE }}" })";
constexpr const char* kAddress = "/hooks/default/orders/received";
constexpr const char* kApp = "/hooks/@source";

/// One event of a batch.
std::string event(int n, const std::string& type = "order.paid", const std::string& owner = "acme") {
    const std::string number = std::to_string(n);
    return R"({"id":"e-)" + number + R"(","type":")" + type + R"(","owner":")" + owner +
           R"(","order":{"n":)" + number + R"(,"account":")" + owner + R"("}})";
}
std::string batch(const std::string& events) { return R"({"events":[)" + events + "]}"; }

class SourceHooks : public ::testing::TestWithParam<Where> {
protected:
    SourcePlace source{GetParam()};
};

TEST_P(SourceHooks, ASignedBatchStartsOneRunForEachEvent) {
    source.flow("orders", kReceived);
    Engine engine = source.engine();
    EXPECT_EQ(engine.get("/v2/plugins/source").text({"data", "attributes", "mode"}),
              GetParam() == Where::trusted ? "trusted" : "isolated");
    const Answer answer = post_signed(engine, kAddress, batch(event(1) + "," + event(2) + "," + event(3)));
    EXPECT_EQ(answer.status, 202) << answer.body;
    for (const char* at : {"0", "1", "2"})
        EXPECT_EQ(engine.ended_run(answer.text({"runs", at, "runId"})).text({"data", "attributes", "status"}),
                  "succeeded");
    EXPECT_EQ(orders_of(engine, "orders"), each_once(3));
    EXPECT_EQ(engine.runs_of("orders"), 3u);
}

TEST_P(SourceHooks, AWrongSignatureIs401AndStartsNothing) {
    source.flow("orders", kReceived);
    Engine engine = source.engine();
    for (const char* target : {kAddress, kApp}) {
        const Answer wrong = post_signed(engine, target, batch(event(1)), "another key");
        EXPECT_EQ(wrong.status, 401) << wrong.body;
        EXPECT_EQ(wrong.body.find(SourcePlace::kKey), std::string::npos);
        EXPECT_NE(wrong.text({"detail"}).find("X-Source-Signature"), std::string::npos) << wrong.body;
        EXPECT_EQ(engine.post(target, batch(event(1))).status, 401) << "it has none";
    }
    EXPECT_EQ(engine.runs_of("orders"), 0u);
    EXPECT_EQ(post_signed(engine, kAddress, batch(event(1))).status, 202) << "a refusal uses up no event";
    EXPECT_EQ(engine.runs_of("orders"), 1u);
}

TEST_P(SourceHooks, AChallengeIsAnsweredAndStartsNothing) {
    source.flow("orders", kReceived);
    Engine engine = source.engine();
    for (const char* target : {kAddress, kApp}) {
        const Answer answer = post_signed(engine, target, R"({"challenge":"repeat-this"})");
        EXPECT_EQ(answer.status, 200) << answer.body;
        EXPECT_EQ(answer.body, "repeat-this");
        EXPECT_TRUE(answer.field("content-type").starts_with("text/plain")) << answer.field("content-type");
    }
    EXPECT_EQ(engine.runs_of("orders"), 0u);
}

TEST_P(SourceHooks, TheSameEventStartsNoSecondRunAlsoAfterAKill) {
    source.flow("orders", kReceived);
    Engine engine = source.engine();
    const Answer first = post_signed(engine, kAddress, batch(event(1) + "," + event(2)));
    EXPECT_EQ(first.status, 202) << first.body;
    EXPECT_EQ(first.field("idempotent-replayed"), "");
    engine.process().kill();
    engine.start();
    const Answer again = post_signed(engine, kAddress, batch(event(2) + "," + event(1)));
    EXPECT_EQ(again.field("idempotent-replayed"), "true") << again.body;
    EXPECT_EQ(again.text({"runs", "0", "runId"}), first.text({"runs", "1", "runId"}));
    const Answer more = post_signed(engine, kAddress, batch(event(1) + "," + event(3)));
    EXPECT_EQ(more.field("idempotent-replayed"), "") << more.body;
    EXPECT_EQ(more.text({"runs", "0", "replayed"}), "true");
    engine.ended_run(more.text({"runs", "1", "runId"}));
    EXPECT_EQ(engine.runs_of("orders"), 3u);
}

TEST_P(SourceHooks, OneEventThatBreaksTheSchemaRefusesTheBatch) {
    source.flow("orders",
                std::string(kReceived) + ", input: { schema: { properties: { n: { maximum: 9 } } } }");
    Engine engine = source.engine();
    const Answer refused = post_signed(engine, kAddress, batch(event(1) + "," + event(10)));
    EXPECT_EQ(refused.status, 422) << refused.body;
    EXPECT_EQ(refused.text({"errors", "0", "pointer"}), "/events/1/body/n");
    EXPECT_EQ(post_signed(engine, kAddress, R"({"events":[{}]})").status, 400);
    EXPECT_EQ(engine.runs_of("orders"), 0u);
}

TEST_P(SourceHooks, ThePluginsOwnAddressStartsTheFlowsThatListen) {
    source.flow("paid-acme", "id: got, uses: source/paid, filter: trigger.body.account == 'acme'");
    source.flow("paid-all", "id: got, uses: source/paid");
    source.flow("refunded", "id: got, uses: source/refunded");
    source.flow("theirs", "id: got, uses: source/paid", "@other/");
    Engine engine = source.engine();
    const Answer answer = post_signed(engine, kApp,
                                      batch(event(1) + "," + event(2, "order.paid", "bolt") + "," +
                                            event(3, "order.refunded") + "," + event(4, "order.lost")));
    EXPECT_EQ(answer.status, 202) << answer.body;
    ASSERT_TRUE(answer.json.find("runs")) << answer.body;
    EXPECT_EQ(answer.json.find("runs")->size(), 4u);
    for (const char* at : {"0", "1", "2", "3"}) engine.ended_run(answer.text({"runs", at, "runId"}));
    EXPECT_EQ(orders_of(engine, "paid-acme"), (Orders{{1, 1}}));
    EXPECT_EQ(orders_of(engine, "paid-all"), (Orders{{1, 1}, {2, 1}}));
    EXPECT_EQ(orders_of(engine, "refunded"), (Orders{{3, 1}}));
    EXPECT_EQ(orders_of(engine, "theirs", "other"), Orders{}) << "that tenant owns no account";

    const Answer again = post_signed(engine, kApp, batch(event(1)));
    EXPECT_EQ(again.field("idempotent-replayed"), "true") << again.body;
    const Answer ignored = post_signed(engine, kApp, batch(event(5, "order.lost")));
    EXPECT_EQ(ignored.status, 200);
    EXPECT_EQ(ignored.text({"status"}), "ignored") << ignored.body;
    EXPECT_EQ(engine.runs_of("paid-all"), 2u);
}

TEST_P(SourceHooks, WithoutItsSecretTheAddressesRefuseEverything) {
    source.flow("orders", kReceived);
    Engine engine = source.engine("");
    for (const char* target : {kAddress, kApp}) {
        const Answer refused = post_signed(engine, target, batch(event(1)));
        EXPECT_EQ(refused.status, 401) << refused.body;
        EXPECT_NE(refused.text({"detail"}).find("not set up on the server"), std::string::npos)
            << refused.body;
    }
    EXPECT_EQ(engine.post("/hooks/@nobody", "{}").status, 404);
    EXPECT_EQ(engine.post("/hooks/@core", "{}").status, 404) << "it has no address";
    EXPECT_EQ(engine.runs_of("orders"), 0u);
}

INSTANTIATE_TEST_SUITE_P(Serve, SourceHooks, ::testing::Values(Where::isolated, Where::trusted),
                         [](const auto& info) { return name_of(info.param); });

}  // namespace
}  // namespace tappet::e2e
