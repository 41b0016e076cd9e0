// The engine as a process: starting, stopping, reloading, and who may reach it.
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "place.hpp"
#include "support/held_service.hpp"

namespace tappet::e2e {
namespace {

constexpr const char* kPlain = R"(
triggers: [ { id: received, uses: core/webhook, verify: { preset: none } } ]
steps: [ { id: note, uses: core/map, with: { value: 1 } } ]
)";

std::string calls(const std::string& url) {
    return R"(
triggers: [ { id: received, uses: core/webhook, verify: { preset: none } } ]
steps:
  - { id: first, uses: core/http, with: { method: POST, url: ")" +
           url + R"(/first" } }
  - { id: second, uses: core/http, with: { method: POST, url: ")" +
           url + R"(/second" } }
)";
}

const Words kLoopbackAllowed{"--allow-http", "127.0.0.0/8"};

TEST(ServeDrain, FinishesTheCallUnderWayRefusesEventsMeanwhileAndGoesOnAfterTheNextStart) {
    test::HeldService service;
    Place place;
    place.flow("calls", calls(service.url()));
    Engine engine(place, kLoopbackAllowed);
    const std::string run = engine.event("calls", "{}").text({"runId"});
    engine.await([&] { return service.requests().size() == 1; });
    engine.process().signal(SIGTERM);
    engine.await([&] { return engine.get("/readyz").status == 503; });
    EXPECT_EQ(engine.get("/readyz").text({"status"}), "draining");
    EXPECT_EQ(engine.get("/healthz").status, 200);
    const Answer refused = engine.event("calls", "{}");
    EXPECT_EQ(refused.status, 429) << refused.body;
    EXPECT_FALSE(refused.field("retry-after").empty());
    service.release();
    EXPECT_EQ(engine.process().wait(), 0);
    engine.start();
    EXPECT_EQ(engine.ended_run(run).text({"data", "attributes", "status"}), "succeeded");
    const auto requests = service.requests();
    ASSERT_EQ(requests.size(), 2u);
    EXPECT_TRUE(requests[0].starts_with("POST /first ")) << requests[0];
    EXPECT_TRUE(requests[1].starts_with("POST /second ")) << requests[1];
}

TEST(ServeDrain, EndsAtOnceWithASecondSignal) {
    test::HeldService service;
    Place place;
    place.flow("calls", calls(service.url()));
    Engine engine(place, kLoopbackAllowed);
    engine.event("calls", "{}");
    engine.await([&] { return service.requests().size() == 1; });
    engine.process().signal(SIGTERM);
    engine.await([&] { return engine.get("/readyz").status == 503; });
    engine.process().signal(SIGTERM);
    EXPECT_EQ(engine.process().wait(), 0);
}

TEST(ServeKilled, CarriesARunOnWithTheSameIdempotencyKey) {
    test::HeldService service;
    Place place;
    place.flow("calls", calls(service.url()));
    Engine engine(place, kLoopbackAllowed);
    const std::string run = engine.event("calls", "{}").text({"runId"});
    engine.await([&] { return service.requests().size() == 1; });
    engine.process().kill();
    engine.start();
    engine.await([&] { return service.requests().size() == 2; });
    service.release();
    EXPECT_EQ(engine.ended_run(run).text({"data", "attributes", "status"}), "succeeded");
    const auto key = [](const std::string& request) {
        const std::size_t at = request.find("dempotency-");
        return at == std::string::npos ? "none" : request.substr(at, request.find('\r', at) - at);
    };
    const auto requests = service.requests();
    ASSERT_EQ(requests.size(), 3u);
    EXPECT_NE(key(requests[0]), "none") << requests[0];
    EXPECT_EQ(key(requests[0]), key(requests[1]));
    EXPECT_NE(key(requests[1]), key(requests[2]));
}

TEST(ServeReload, ServesWhatIsNewAndWithdrawsWhatIsGone) {
    Place place;
    place.flow("one", kPlain);
    Engine engine(place);
    place.flow("two", kPlain);
    EXPECT_EQ(engine.event("two", "{}").status, 404);
    std::filesystem::remove(place / "flows/one.yaml");
    engine.process().signal(SIGHUP);
    engine.await([&] { return engine.event("two", "{}").status == 202; });
    EXPECT_EQ(engine.event("one", "{}").status, 404);
}

TEST(ServeReload, KeepsTheLastGoodVersionOfABrokenFile) {
    Place place;
    place.flow("one", kPlain);
    Engine engine(place);
    place.flow("one", "\ntriggers: []\nsteps: [ { id: a, usez: core/map } ]\n");
    place.flow("two", kPlain);
    engine.process().signal(SIGHUP);
    engine.await([&] { return engine.event("two", "{}").status == 202; });
    EXPECT_EQ(engine.event("one", "{}").status, 202);
    EXPECT_EQ(engine.get("/v2/tenants/default/flows/one").text({"data", "attributes", "version"}), "1");
    EXPECT_NE(engine.process().errors().find("usez"), std::string::npos) << engine.process().errors();
}

TEST(ServeReload, GivesAChangedFlowTheNextVersion) {
    Place place;
    place.flow("one", kPlain);
    Engine engine(place);
    place.flow("one", std::string(kPlain) + "outputs: { n: 1 }\n");
    engine.process().signal(SIGHUP);
    const auto version = [&] {
        return engine.get("/v2/tenants/default/flows/one").text({"data", "attributes", "version"});
    };
    engine.await([&] { return version() == "2"; });
    const std::string run = engine.event("one", "{}").text({"runId"});
    EXPECT_EQ(engine.ended_run(run).text({"data", "attributes", "version"}), "2");
}

TEST(ServeStart, KeepsFilesOfATenantsFolderInThatTenant) {
    Place place;
    std::filesystem::create_directory(place / "flows/@acme");
    place.file("flows/@acme/theirs.yaml", "flow: theirs\n" + std::string(kPlain));
    Engine engine(place);
    EXPECT_EQ(engine.event("theirs", "{}").status, 404);
    const Answer answer = engine.post("/hooks/acme/theirs/received", "{}");
    ASSERT_EQ(answer.status, 202) << answer.body;
    EXPECT_EQ(engine.get("/v2/tenants/acme/runs/" + answer.text({"runId"})).status, 200);
    EXPECT_EQ(engine.get("/v2/tenants/default/runs/" + answer.text({"runId"})).status, 404);
}

TEST(ServeStart, GivesARunTheAddressInItsOwnTenant) {
    Place place;
    std::filesystem::create_directory(place / "flows/@acme");
    place.file("flows/@acme/theirs.yaml",
               "flow: theirs\n" + std::string(kPlain) + "outputs: { url: \"${{ run.url }}\" }\n");
    Engine engine(place);
    const std::string run = engine.post("/hooks/acme/theirs/received", "{}").text({"runId"});
    const std::string target = "/v2/tenants/acme/runs/" + run;
    std::string url;
    engine.await([&] {
        url = engine.get(target).text({"data", "attributes", "outputs", "url"});
        return !url.empty();
    });
    EXPECT_EQ(url, engine.url() + target);
}

TEST(ServeStart, DeletesRunsThatEndedLongerAgoThanTheyAreKept) {
    Place place;
    place.flow("one", kPlain);
    Engine engine(place, {"--config", place.file("tappet.yaml", "retention: { age: 1ms }\n")});
    const std::string run = engine.event("one", "{}").text({"runId"});
    engine.await([&] { return engine.get("/v2/tenants/default/runs/" + run).status == 404; });
    EXPECT_EQ(engine.runs_of("one"), 0u);
}

TEST(ServeStart, KeepsItsDataFromOtherUsersEvenInAFolderThatIsOpen) {
    namespace fs = std::filesystem;
    Place place;
    fs::create_directory(place / "data");
    fs::permissions(place / "data", fs::perms::all);
    Engine engine(place);
    for (const auto& file : fs::directory_iterator(place / "data"))
        EXPECT_EQ(file.status().permissions() & (fs::perms::group_all | fs::perms::others_all),
                  fs::perms::none)
            << file.path();
}

TEST(ServeStart, ASecondEngineOnTheSameDataEndsWith6) {
    Place place;
    Engine engine(place);
    const Ended second = place.run({"serve", "--listen", "127.0.0.1:0", "--data", "data"});
    EXPECT_EQ(second.code, 6) << second.err;
    EXPECT_NE(second.err.find(std::to_string(engine.process().id())), std::string::npos) << second.err;
}

TEST(ServeStart, RefusesADatabaseThatANewerEngineWrote) {
    Place place;
    {
        Engine engine(place);
        engine.process().signal(SIGTERM);
        EXPECT_EQ(engine.process().wait(), 0);
    }
    constexpr std::streamoff kUserVersion = 60;  // in the header of an SQLite file, big endian
    std::fstream file(place / "data/tappet.db", std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(kUserVersion).write("\x00\x00\x03\xe8", 4);
    file.close();
    const Ended refused = place.run({"serve", "--listen", "127.0.0.1:0", "--data", "data"});
    EXPECT_EQ(refused.code, 6) << refused.err;
    EXPECT_NE(refused.err.find("1000"), std::string::npos) << refused.err;
    EXPECT_NE(refused.err.find("newer"), std::string::npos) << refused.err;
}

TEST(ServeStart, RefusesToListenWhereOthersCanReachIt) {
    Place place;
    for (const char* listen : {"0.0.0.0:0", "[::]:0", "192.0.2.1:8420"}) {
        const Ended refused = place.run({"serve", "--listen", listen, "--data", "data"});
        EXPECT_EQ(refused.code, 4) << listen << refused.err;
    }
    EXPECT_FALSE(std::filesystem::exists(place / "data"));
}

TEST(ServeStart, NeedsTheKeyThatItsDatabaseWasBegunWith) {
    Place place;
    place.flow("one", kPlain);
    { Engine engine(place); }
    const Words serve{"serve", "--listen", "127.0.0.1:0", "--data", "data"};
    const std::string key = place / "data/vault.key";
    std::filesystem::rename(key, place / "kept.key");
    const Ended missing = place.run(serve);
    EXPECT_EQ(missing.code, 5);
    EXPECT_NE(missing.err.find("there is no key file data/vault.key"), std::string::npos) << missing.err;
    EXPECT_FALSE(std::filesystem::exists(key)) << "none is made in its place";
    EXPECT_EQ(place.run({"doctor", "--data", "data"}).code, 1);
    place.file("data/vault.key", std::string(32, 'k'));
    std::filesystem::permissions(key, std::filesystem::perms(0600));
    const Ended other = place.run(serve);
    EXPECT_EQ(other.code, 6);
    EXPECT_NE(other.err.find("data/vault.key is the key "), std::string::npos) << other.err;
    const Ended doctor = place.run({"doctor", "--data", "data"});
    EXPECT_EQ(doctor.code, 1);
    EXPECT_NE(doctor.out.find("data/tappet.db was begun with the key "), std::string::npos) << doctor.out;
    std::filesystem::rename(place / "kept.key", key);
    EXPECT_EQ(place.run({"doctor", "--data", "data"}).code, 0);
    Engine again(place);
}

TEST(ServeStart, SaysWhatIsWrongWithItsConfiguration) {
    Place place;
    place.file("tappet.yaml", "listen: 127.0.0.1:0\nlimits: { bodi: 5 }\n");
    const Ended refused = place.run({"serve"});
    EXPECT_EQ(refused.code, 2);
    EXPECT_NE(refused.err.find("tappet.yaml:2:11"), std::string::npos) << refused.err;
    EXPECT_NE(refused.err.find("body"), std::string::npos) << refused.err;
    EXPECT_EQ(place.run({"serve", "--config", "none.yaml"}).code, 5);
    EXPECT_EQ(place.run({"serve", "--flows", "none", "--config", place.file("good.yaml", "{}\n")}).code, 5);
}

TEST(ServeStart, AFlagWinsOverTheEnvironmentAndTheEnvironmentOverTheFile) {
    Place place;
    place.file("tappet.yaml", "flows: of-file\ndata: of-file-data\n");
    for (const char* folder : {"of-file", "of-environment", "of-flag"}) {
        std::filesystem::create_directory(place / folder);
        place.file(std::string(folder) + "/f.yaml", "flow: " + std::string(folder) + "\n" + kPlain);
    }
    const auto served = [](const Engine& engine) {
        const Answer list = engine.get("/v2/tenants/default/flows");
        return test::text_at(list.json.find("data")->items()[0], {"id"});
    };
    EXPECT_EQ(served(Engine(place)), "of-file");
    EXPECT_EQ(served(Engine(place, {}, {{"TAPPET_FLOWS", "of-environment"}})), "of-environment");
    EXPECT_EQ(served(Engine(place, {"--flows", "of-flag"}, {{"TAPPET_FLOWS", "of-environment"}})), "of-flag");
}

TEST(ServeDoor, RefusesOtherHostsAndPagesOfOtherOrigins) {
    Place place;
    place.flow("one", kPlain);
    Engine engine(place);
    EXPECT_EQ(engine.get("/healthz", {{"Host", "rebound.example"}}).status, 403);
    EXPECT_EQ(engine.get("/healthz", {{"Host", engine.address()}}).status, 200);
    EXPECT_EQ(engine.get("/healthz", {{"Host", "[::1]:80"}}).status, 200);
    EXPECT_EQ(engine.event("one", "{}", {{"Origin", "https://page.example"}}).status, 403);
    EXPECT_EQ(engine.event("one", "{}", {{"Origin", "null"}}).status, 403);
    EXPECT_EQ(engine.event("one", "{}", {{"Origin", "http://localhost:3000"}}).status, 202);
}

TEST(ServeDoor, KnowsTheNameOfItsPublicUrl) {
    Place place;
    place.flow("one", kPlain);
    Engine engine(place, {}, {{"TAPPET_PUBLIC_URL", "https://hooks.example/"}});
    const Answer answer = engine.event("one", "{}", {{"Host", "hooks.example"}});
    ASSERT_EQ(answer.status, 202) << answer.body;
    EXPECT_EQ(answer.field("location"),
              "https://hooks.example/v2/tenants/default/runs/" + answer.text({"runId"}));
}

TEST(ServeDoor, KnowsHostsInAnyCase) {
    Place place;
    place.flow("one", kPlain);
    Engine engine(place, {}, {{"TAPPET_PUBLIC_URL", "https://Hooks.Example"}});
    EXPECT_EQ(engine.event("one", "{}", {{"Host", "hooks.example"}}).status, 202);
    EXPECT_EQ(engine.event("one", "{}", {{"Host", "HOOKS.example:443"}}).status, 202);
    EXPECT_EQ(engine.event("one", "{}", {{"Host", "LocalHost"}}).status, 202);
    EXPECT_EQ(engine.event("one", "{}", {{"Origin", "https://HOOKS.EXAMPLE"}}).status, 202);
    EXPECT_EQ(engine.event("one", "{}", {{"Host", "hooks.example.org"}}).status, 403);
}

TEST(ServeDoor, TellsOfItsHealthAndItsFigures) {
    Place place;
    place.flow("one", kPlain);
    Engine engine(place);
    engine.ended_run(engine.event("one", "{}").text({"runId"}));
    engine.event("one", "{");
    EXPECT_EQ(engine.get("/healthz").body, R"({"status":"ok"})");
    EXPECT_EQ(engine.get("/readyz").body, R"({"status":"ready"})");
    const Answer metrics = engine.get("/metrics");
    EXPECT_TRUE(metrics.field("content-type").starts_with("text/plain; version=0.0.4"));
    for (const char* line :
         {"tappet_hook_events_total{outcome=\"accepted\"} 1\n",
          "tappet_hook_events_total{outcome=\"refused\"} 1\n", "tappet_runs_started_total 1\n",
          "tappet_runs_finished_total{status=\"succeeded\"} 1\n", "tappet_runs_open 0\n",
          "# TYPE tappet_runs_open gauge\n"})
        EXPECT_NE(metrics.body.find(line), std::string::npos) << line << metrics.body;
    EXPECT_EQ(engine.post("/metrics", "").field("allow"), "GET");
    EXPECT_EQ(engine.get("/nothing").status, 404);
}

}  // namespace
}  // namespace tappet::e2e
