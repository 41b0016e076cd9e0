// Runs of one key take turns over the engine as it serves, through a kill.
#include <string>

#include "place.hpp"
#include "support/held_service.hpp"

namespace tappet::e2e {
namespace {

constexpr int kEvents = 12;  ///< of each of two keys

/// The last number of each request's path, by key, in order of arrival; a call that is made again counts
/// once.
std::vector<int> order(const test::HeldService& service, const std::string& key) {
    std::vector<int> out;
    for (const std::string& request : service.requests()) {
        const std::string begin = "POST /" + key + "/";
        if (!request.starts_with(begin)) continue;
        const int number = std::stoi(request.substr(begin.size()));
        if (out.empty() || out.back() != number) out.push_back(number);
    }
    return out;
}

TEST(ServeTurns, EventsOfAKeyAreWorkedOffInTheirOrderThroughAKill) {
    test::HeldService service;
    Place place;
    place.flow("turns",
               "triggers: [ { id: received, uses: core/webhook, verify: { preset: none } } ]\n"
               "concurrency: { key: trigger.body.key }\n"
               "steps: [ { id: tell, uses: core/http, with: { method: POST, url: \"" +
                   service.url() + "/${{ trigger.body.key }}/${{ trigger.body.n }}\" } } ]\n");
    Engine engine(place, {"--allow-http", "127.0.0.0/8"});
    std::vector<int> all;
    for (int n = 1; n <= kEvents; ++n) {
        all.push_back(n);
        for (const char* key : {"a", "b"})
            ASSERT_EQ(engine
                          .event("turns",
                                 "{\"key\": \"" + std::string(key) + "\", \"n\": " + std::to_string(n) + "}")
                          .status,
                      202);
    }
    engine.await([&] { return service.requests().size() == 2; });  // the first of each; the others wait
    EXPECT_EQ(
        engine.get("/v2/tenants/default/runs?filter[status]=queued&page[size]=100").json.find("data")->size(),
        2u * (kEvents - 1));
    engine.process().kill();
    engine.start();
    engine.await([&] { return service.requests().size() == 4; });  // the same two again
    service.release();
    engine.await([&] {
        return engine.get("/v2/tenants/default/runs?filter[status]=succeeded&page[size]=100")
                   .json.find("data")
                   ->size() == 2u * kEvents;
    });
    EXPECT_EQ(order(service, "a"), all);
    EXPECT_EQ(order(service, "b"), all);
}

TEST(ServeTurns, WhoComesOverTheLimitIsToldToComeAgainWhereTheFlowSaysSo) {
    test::HeldService service;
    Place place;
    place.flow("alone",
               "triggers: [ { id: received, uses: core/webhook, verify: { preset: none }, dedupe: { key: "
               "trigger.body.id } } ]\n"
               "concurrency: { limit: 1, onLimit: reject }\n"
               "steps: [ { id: tell, uses: core/http, with: { method: POST, url: \"" +
                   service.url() + "\" } } ]\n");
    Engine engine(place, {"--allow-http", "127.0.0.0/8"});
    ASSERT_EQ(engine.event("alone", R"({"id": "1"})").status, 202);
    const Answer refused = engine.event("alone", R"({"id": "2"})");
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(refused.field("retry-after"), "1");
    EXPECT_EQ(refused.text({"detail"}),
              "as many runs of this flow are under way as there may be: 1 (concurrency)");
    service.release();
    engine.await([&] { return engine.event("alone", R"({"id": "2"})").status == 202; });
}

TEST(ServeTurns, TheListOfRunsSaysWhichRunSupersededOne) {
    test::HeldService service;
    Place place;
    place.flow("newest",
               "triggers: [ { id: received, uses: core/webhook, verify: { preset: none } } ]\n"
               "concurrency: { limit: 1, onLimit: supersede }\n"
               "steps: [ { id: tell, uses: core/http, with: { method: POST, url: \"" +
                   service.url() + "\" } } ]\n");
    Engine engine(place, {"--allow-http", "127.0.0.0/8"});
    engine.event("newest", "{}");
    const std::string second = engine.event("newest", "{}").text({"runId"});
    std::string listed;
    engine.await([&] {
        listed = engine.cli({"runs", "list", "--status", "cancelled"}).out;
        return listed.find("newest") != std::string::npos;
    });
    EXPECT_NE(listed.find("  superseded by run " + second + "\n"), std::string::npos) << listed;
    service.release();
}

}  // namespace
}  // namespace tappet::e2e
