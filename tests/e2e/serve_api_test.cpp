// The resources under /v2, as programs read them.
#include <csignal>
#include <optional>

#include "place.hpp"

namespace tappet::e2e {
namespace {

constexpr const char* kPlain = R"(
labels: { n: "${{ trigger.body.n }}" }
triggers: [ { id: received, uses: core/webhook, verify: { preset: none } } ]
steps:
  - id: each
    forEach: "[1, 2]"
    as: number
    do: [ { id: note, uses: core/log, with: { message: "number ${{ number }}" } } ]
)";

class ServeApi : public ::testing::Test {
protected:
    ServeApi() {
        place_.flow("plain", kPlain);
        engine_.emplace(place_);
    }
    std::string run(int n) {
        const Answer answer = engine_->event("plain", "{\"n\":" + std::to_string(n) + "}");
        engine_->ended_run(answer.text({"runId"}));
        return answer.text({"runId"});
    }
    Answer get(const std::string& path, const Fields& fields = {}) {
        return engine_->get("/v2/tenants/default" + path, fields);
    }
    Place place_;
    std::optional<Engine> engine_;
};

TEST_F(ServeApi, HasEveryAddressOfItsReference) {
    const std::string id = run(1), text = test::read_text(std::string(TAPPET_SOURCE_DIR) + "/docs/API.md");
    place_.flow("nightly",
                "triggers: [ { id: tick, uses: core/schedule, with: { cron: '0 3 * * *' } } ]\n"
                "steps: [ { id: note, uses: core/map, with: { value: 1 } } ]\n");
    place_.flow("told", std::string(kPlain) +
                            "notify: [ { url: 'http://127.0.0.1:9', secrets: [ whsec_c2VjcmV0 ] } ]\n");
    engine_->process().signal(SIGHUP);
    engine_->await([&] { return get("/flows/told").status == 200; });
    engine_->ended_run(engine_->event("told", R"({"n":1})").text({"runId"}));
    const std::string message = get("/outgoing").text({"data", "0", "id"});
    const Answer refused = engine_->event("plain", "{");
    int asked = 0;
    for (std::size_t at = 0; (at = text.find("| `GET /", at)) != std::string::npos; ++at, ++asked) {
        std::string path = text.substr(at + 7, text.find('`', at + 7) - at - 7);
        for (const auto& [name, value] :
             std::vector<std::pair<std::string, std::string>>{{"{tenant}", "default"},
                                                              {"{flow}.{trigger}", "nightly.tick"},
                                                              {"{flow}", "plain"},
                                                              {"{run}", id},
                                                              {"{request}", refused.text({"requestId"})},
                                                              {"{message}", message},
                                                              {"{plugin}", "core"}})
            if (const std::size_t place = path.find(name); place != std::string::npos)
                path.replace(place, name.size(), value);
        const Answer answer = engine_->get(path);
        if (path.find("/polls/") == std::string::npos)
            EXPECT_EQ(answer.status, 200) << path;
        else  // core has none
            EXPECT_NE(answer.body.find("there is no poll nightly.tick"), std::string::npos) << path;
    }
    EXPECT_EQ(asked, 19);
    const Answer shown = get("/runs/" + id);
    for (const MapEntry& attribute : shown.json.find("data")->find("attributes")->entries())
        EXPECT_NE(text.find(std::string(attribute.key.as_string())), std::string::npos)
            << attribute.key.as_string();
}

TEST_F(ServeApi, AnswersInTheMediaTypeThatIsAskedFor) {
    EXPECT_EQ(get("/flows").field("content-type"), "application/json");
    EXPECT_EQ(get("/flows", {{"Accept", "application/vnd.api+json"}}).field("content-type"),
              "application/vnd.api+json");
}

TEST_F(ServeApi, GivesAListInPagesThatLinkToTheNext) {
    for (int n = 0; n < 3; ++n) run(n);
    std::vector<std::string> seen;
    std::string next = "/v2/tenants/default/runs?filter[flow]=plain&page[size]=2";
    while (next != "null") {
        const Answer page = engine_->get(next);
        ASSERT_EQ(page.status, 200) << page.body;
        for (const Value& row : page.json.find("data")->items())
            seen.push_back(test::text_at(row, {"attributes", "labels", "n"}));
        next = page.text({"links", "next"});
    }
    EXPECT_EQ(seen, (std::vector<std::string>{"2", "1", "0"}));
}

TEST_F(ServeApi, GivesEveryListInPages) {
    place_.flow("another", kPlain);
    engine_.emplace(place_);
    for (const char* name : {"a", "b", "c%20d"})
        EXPECT_EQ(test::exchange(engine_->address(), "PUT", "/v2/tenants/default/vars/" + std::string(name),
                                 R"({"data":{"type":"var","attributes":{"value":1}}})")
                      .status,
                  200);
    const std::string id = run(1);
    const std::vector<std::pair<std::string, std::vector<std::string>>> lists = {
        {"/runs/" + id + "/steps", {id + ":each", id + ":each[0].note", id + ":each[1].note"}},
        {"/runs/" + id + "/logs", {id + ":0", id + ":1"}},
        {"/flows", {"another", "plain"}},
        {"/vars", {"a", "b", "c d"}}};
    for (const auto& [list, ids] : lists) {
        std::vector<std::string> seen;
        std::string next = "/v2/tenants/default" + list + "?page[size]=1";
        while (next != "null" && seen.size() < 9) {
            const Answer page = engine_->get(next);
            ASSERT_EQ(page.status, 200) << page.body;
            ASSERT_EQ(page.json.find("data")->size(), 1u) << page.body;
            seen.push_back(test::text_at(page.json.find("data")->items()[0], {"id"}));
            next = page.text({"links", "next"});
        }
        EXPECT_EQ(seen, ids);
        EXPECT_EQ(get(list).json.find("data")->size(), ids.size()) << "one page is enough unless asked";
        for (const char* wrong : {"?page[size]=0", "?page[size]=501", "?page[from]=1", "?filter[flow]=plain",
                                  "?page[size]=1&page[size]=2"})
            EXPECT_EQ(get(list + wrong).status, 400) << list << wrong;
    }
    EXPECT_EQ(get("/runs/" + id + "/steps?page[after]=x").status, 400);
    EXPECT_EQ(get("/runs/" + id + "?include=logs").status, 400);
    EXPECT_EQ(get("/runs/" + id + "?page[size]=1").status, 400);
}

TEST_F(ServeApi, SaysWhatBelongsToWhat) {
    const std::string id = run(1);
    const Answer bare = get("/runs/" + id);
    EXPECT_EQ(bare.text({"data", "relationships", "flow", "data", "id"}), "plain");
    const std::string steps = bare.text({"data", "relationships", "steps", "links", "related"});
    EXPECT_EQ(steps, "/v2/tenants/default/runs/" + id + "/steps");
    EXPECT_FALSE(bare.json.find("included"));
    const Answer step = engine_->get(steps);
    EXPECT_EQ(test::text_at(step.json.find("data")->items()[0], {"relationships", "run", "data", "id"}), id);
    const Answer whole = get("/runs/" + id + "?include=steps");
    EXPECT_EQ(whole.json.find("included")->size(), 3u);
    static constexpr std::string_view kNamed[] = {"data", "relationships", "steps", "data"};
    ASSERT_TRUE(whole.json.at(kNamed)) << whole.body;
    EXPECT_EQ(whole.json.at(kNamed)->size(), 3u) << "each included step is named";
    const Answer flow = get("/flows/plain");
    const std::string runs = flow.text({"data", "relationships", "runs", "links", "related"});
    EXPECT_EQ(engine_->get(runs).json.find("data")->size(), 1u) << runs;
}

TEST_F(ServeApi, SaysThatNothingCameOfAFilteredEvent) {
    place_.flow("filtered", R"(
triggers: [ { id: by_hand, uses: core/manual, filter: trigger.body.n > 1 } ]
steps: [ { id: note, uses: core/map, with: { value: 1 } } ]
)");
    engine_.emplace(place_);
    const Answer answer = engine_->post("/v2/tenants/default/flows/filtered/triggers/by_hand", R"({"n":1})");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, R"({"data":null,"meta":{"status":"filtered"}})");
}

TEST_F(ServeApi, FindsRunsByLabelAndStatusAndTime) {
    run(1);
    const std::string id = run(2);
    const auto found = [&](const std::string& query) {
        return get("/runs?" + query).json.find("data")->size();
    };
    EXPECT_EQ(found("filter[label]=n:2"), 1u);
    EXPECT_EQ(found("filter[label]=n:3"), 0u);
    EXPECT_EQ(found("filter[status]=succeeded,failed"), 2u);
    const std::string created = get("/runs/" + id).text({"data", "attributes", "createdAt"});
    EXPECT_EQ(found("filter[createdBefore]=2020-01-01T00:00:00.000Z"), 0u);
    EXPECT_GE(found("filter[createdFrom]=" + created), 1u);
}

TEST_F(ServeApi, GivesARunsStepsByPathAndItsLogs) {
    const std::string id = run(1);
    const Answer steps = get("/runs/" + id + "/steps");
    std::vector<std::string> paths;
    for (const Value& step : steps.json.find("data")->items())
        paths.push_back(test::text_at(step, {"attributes", "path"}));
    EXPECT_EQ(paths, (std::vector<std::string>{"each", "each[0].note", "each[1].note"}));
    const Answer logs = get("/runs/" + id + "/logs");
    EXPECT_EQ(test::text_at(logs.json.find("data")->items()[1], {"attributes", "message"}), "number 2");
}

TEST_F(ServeApi, TakesAnEventForAManualTriggerAsLongAsThatOfAHook) {
    place_.flow("manual", R"(
triggers: [ { id: by_hand, uses: core/manual } ]
steps: [ { id: note, uses: core/map, with: { value: "${{ size(trigger.body) }}" } } ]
)");
    engine_.emplace(place_);
    const std::string body = "\"" + std::string(2'000'000, 'x') + "\"";
    EXPECT_EQ(engine_->post("/v2/tenants/default/flows/manual/triggers/by_hand", body).status, 202);
    EXPECT_EQ(engine_->post("/v2/tenants/default/vars/v", body).status, 413);
}

TEST_F(ServeApi, SaysWhatIsWrongWithARequest) {
    const auto expect = [](const Answer& answer, int status) {
        EXPECT_EQ(answer.status, status) << answer.body;
        const Value* errors = answer.json.find("errors");
        ASSERT_TRUE(errors && errors->size() == 1) << answer.body;
        EXPECT_EQ(test::text_at(errors->items()[0], {"status"}), std::to_string(status));
        EXPECT_FALSE(test::text_at(errors->items()[0], {"detail"}).empty());
    };
    expect(get("/runs/none"), 404);
    expect(get("/nothing"), 404);
    place_.flow("nightly",
                "triggers: [ { id: tick, uses: core/schedule, with: { cron: '0 3 * * *' } },\n"
                "            { id: hand, uses: core/manual } ]\n"
                "steps: [ { id: note, uses: core/map, with: { value: 1 } } ]\n");
    engine_->process().signal(SIGHUP);
    engine_->await([&] { return get("/flows/nightly").status == 200; });
    for (const auto& [method, path] :
         {std::pair("POST", "/schedules/nightly.tick/backfill"), std::pair("PUT", "/vars/a"),
          std::pair("POST", "/flows/nightly/triggers/hand")}) {
        const Answer broken =
            test::exchange(engine_->address(), method, "/v2/tenants/default" + std::string(path), "{\n!");
        expect(broken, 400);
        EXPECT_NE(broken.body.find("at byte 2 (line 2, column 1)"), std::string::npos) << broken.body;
    }
    expect(get("/runs?page[size]=0"), 400);
    expect(get("/runs?filter[flo]=plain"), 400);
    expect(engine_->post("/v2/tenants/default/flows", "{}"), 405);
    expect(engine_->post("/v2/tenants/default/flows/plain/triggers/received", "{}"), 409);
    EXPECT_EQ(engine_->post("/v2/tenants/default/flows", "{}").field("allow"), "GET");
    EXPECT_EQ(get("/runs?filter[flo]=plain")
                  .json.find("errors")
                  ->items()[0]
                  .find("source")
                  ->find("parameter")
                  ->as_string(),
              "filter[flo]");
}

}  // namespace
}  // namespace tappet::e2e
