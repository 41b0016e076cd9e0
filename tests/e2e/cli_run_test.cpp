// `tappet run`, `validate` and `eval`: what works without a server.
#include <csignal>
#include <set>

#include "place.hpp"
#include "support/held_service.hpp"

namespace tappet::e2e {
namespace {

constexpr const char* kGreet = R"yaml(
config: { Greeting: { type: string, default: Hello } }
triggers:
  - id: received
    uses: core/webhook
    verify: { preset: none }
    filter: "!has(trigger.body.skip)"
    input: { schema: { type: object, required: [name] } }
    respond: { mode: sync }
steps:
  - { id: hello, uses: core/map, with: { value: "${{ configVars.Greeting }}, ${{ trigger.body.name }}" } }
  - { id: loud, if: "false", uses: core/log, with: { message: never } }
outputs: { text: "${{ stepResults.hello.results }}" }
)yaml";

std::set<std::string> keys(const Value* object) {
    std::set<std::string> out;
    if (object && object->is(Kind::map))
        for (const MapEntry& entry : object->entries()) out.emplace(entry.key.as_string());
    return out;
}

class CliRun : public ::testing::Test {
protected:
    Ended run(const std::string& payload, Words more = {}) {
        Words words{"run", place_.flow("greet", kGreet), "--payload", "-"};
        words.insert(words.end(), more.begin(), more.end());
        return place_.run(words, {}, payload);
    }
    Place place_;
};

TEST_F(CliRun, PrintsRunStepsAndResponseAsTheyArePublished) {
    const Ended ended = run(R"({"name":"Ada"})", {"-o", "json"});
    ASSERT_EQ(ended.code, 0) << ended.err;
    EXPECT_EQ(keys(&ended.json), (std::set<std::string>{"run", "steps", "response"}));
    EXPECT_EQ(keys(ended.json.find("run")),
              (std::set<std::string>{"id", "tenant", "flow", "version", "trigger", "status", "createdAt",
                                     "startedAt", "finishedAt", "labels", "outputs", "error", "waitingFor"}));
    EXPECT_EQ(ended.text({"run", "status"}), "succeeded");
    EXPECT_EQ(ended.text({"run", "outputs", "text"}), "Hello, Ada");
    const Value* steps = ended.json.find("steps");
    ASSERT_TRUE(steps && steps->size() == 2) << ended.out;
    EXPECT_EQ(keys(&steps->items()[0]),
              (std::set<std::string>{"id", "path", "kind", "uses", "status", "attempts", "startedAt",
                                     "finishedAt", "results", "error"}));
    EXPECT_EQ(test::text_at(steps->items()[1], {"status"}), "skipped");
    EXPECT_EQ(ended.text({"response", "status"}), "200");
    EXPECT_EQ(ended.text({"response", "body", "text"}), "Hello, Ada");
}

TEST_F(CliRun, ShowsStepsAndOutputsToPeople) {
    const Ended ended = run(R"({"name":"Ada"})", {"--var", "Greeting=Salve"});
    EXPECT_EQ(ended.code, 0) << ended.err;
    for (const char* text : {"hello", "loud", "skipped", "succeeded", "Salve, Ada"})
        EXPECT_NE(ended.out.find(text), std::string::npos) << text << "\n" << ended.out;
    EXPECT_EQ(ended.out.find("\x1b["), std::string::npos) << "colours where no terminal is";
}

TEST_F(CliRun, FlagsThatMayBeRepeatedLeaveTheFlowBehindThem) {
    const std::string flow = place_.flow("greet", kGreet);
    for (const Words& flags : {Words{"--var", "Greeting=Salve"}, Words{"--header", "X-A=b"},
                               Words{"--query", "a=b"}, Words{"--allow-http", "10.0.0.0/8"}}) {
        Words words{"run"};
        words.insert(words.end(), flags.begin(), flags.end());
        words.insert(words.end(), {flow, "--payload", "-"});
        const Ended ended = place_.run(words, {}, R"({"name":"Ada"})");
        EXPECT_EQ(ended.code, 0) << flags.front() << ended.err;
    }
    const Ended twice =
        run(R"({"name":"Ada"})", {"--query", "a=1", "--query", "b=2", "--var", "Greeting=Ave"});
    EXPECT_EQ(twice.code, 0) << twice.err;
    EXPECT_EQ(place_.run({"validate", "--allow-http", "10.0.0.0/8", flow, "flows"}).code, 0);
}

TEST_F(CliRun, RefusesAHeaderThatIsNone) {
    for (const char* wrong : {"X-A", "=b", "X A=b", "X-A=b\nX-B=c"})
        EXPECT_EQ(run(R"({"name":"Ada"})", {"--header", wrong}).code, 2) << wrong;
}

TEST_F(CliRun, RefusesTextsThatAreNotUtf8) {
    for (const char* flag : {"--header", "--query", "--var"}) {
        const Ended ended = run(R"({"name":"Ada"})", {flag, "X=\xff"});
        EXPECT_EQ(ended.code, 2) << flag;
        EXPECT_NE(ended.err.find(std::string(flag) + ": is not UTF-8 at byte 2: X=\uFFFD"), std::string::npos)
            << ended.err;
    }
}

TEST_F(CliRun, RefusesAVariableThatTheFlowDoesNotTake) {
    const Ended wrong = run(R"({"name":"Ada"})", {"--var", "Greeting=3"});
    EXPECT_EQ(wrong.code, 2);
    EXPECT_NE(wrong.err.find("variable Greeting as flow greet declares it: it must be"), std::string::npos)
        << wrong.err;
    const Ended unknown = run(R"({"name":"Ada"})", {"--var", "Greting=Hi"});
    EXPECT_EQ(unknown.code, 2);
    EXPECT_NE(unknown.err.find("--var Greting: flow greet declares no such variable; did you mean Greeting?"),
              std::string::npos)
        << unknown.err;
}

TEST_F(CliRun, DataDoesNotSteerTheTerminal) {
    place_.flow("talks", R"(
triggers: [ { id: by_hand, uses: core/manual } ]
steps:
  - { id: say, uses: core/log, with: { message: "${{ trigger.body.text }}" } }
  - { id: end, stop: { status: failed, message: "${{ trigger.body.text }}" } }
)");
    const Ended ended = place_.run({"run", "flows/talks.yaml", "--payload", "-"}, {},
                                   R"({"text":"\u001b[2J\u009b31m\u007f"})");
    EXPECT_EQ(ended.code, 1);
    const std::string shown = ended.out + ended.err;
    EXPECT_NE(ended.err.find("say: ?[2J?31m?"), std::string::npos) << ended.err;
    EXPECT_EQ(shown.find_first_of("\x1b\x7f"), std::string::npos) << shown;
    EXPECT_EQ(shown.find("\xC2\x9B"), std::string::npos) << shown;
}

TEST_F(CliRun, ShowsWhatStepsLoggedBesideTheResult) {
    place_.flow("talks", R"(
triggers: [ { id: by_hand, uses: core/manual } ]
steps: [ { id: say, uses: core/log, with: { message: "so far so good" } } ]
)");
    const Ended ended = place_.run({"run", "flows/talks.yaml"});
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_NE(ended.err.find("say: so far so good"), std::string::npos) << ended.out << ended.err;
    EXPECT_EQ(ended.out.find("so far so good"), std::string::npos) << "the log is no result";
}

TEST_F(CliRun, AFilteredEventEndsWith0AndNoRun) {
    const Ended ended = run(R"({"name":"Ada","skip":1})", {"-o", "json"});
    EXPECT_EQ(ended.code, 0);
    EXPECT_EQ(ended.text({"run"}), "null");
    EXPECT_EQ(ended.text({"status"}), "filtered");
}

TEST_F(CliRun, ARefusedEventEndsWith1AndTheProblem) {
    const Ended ended = run("{}", {"-o", "json"});
    EXPECT_EQ(ended.code, 1);
    EXPECT_EQ(ended.text({"status"}), "422");
    EXPECT_EQ(ended.text({"code"}), "schema");
    EXPECT_EQ(run("{").code, 1);
}

TEST_F(CliRun, AFailedRunEndsWith1) {
    place_.flow("fails", R"(
triggers: [ { id: by_hand, uses: core/manual } ]
steps:
  - { id: get, uses: core/http, with: { method: GET, url: "http://127.0.0.1:9/" } }
onError: [ { uses: core/log, with: { message: "${{ error.step }} ${{ error.class }}" } } ]
)");
    const Ended ended = place_.run({"run", "flows/fails.yaml", "-o", "json"});
    EXPECT_EQ(ended.code, 1);
    EXPECT_EQ(ended.text({"run", "status"}), "failed");
    EXPECT_EQ(ended.text({"run", "error", "step"}), "get");
    EXPECT_EQ(ended.text({"run", "error", "class"}), "forbidden");
    EXPECT_EQ(ended.text({"run", "error", "message"}),
              "GET http://127.0.0.1:9/: the address may not be reached: it is not public, and http.allow "
              "(--allow-http) does not name it");
    EXPECT_EQ(ended.text({"response"}), "null");
}

TEST_F(CliRun, MakesNoKeyBesideADatabaseThatIsNone) {
    place_.flow("plain", R"(
triggers: [ { id: by_hand, uses: core/manual } ]
steps: [ { id: a, uses: core/map, with: { value: 1 } } ]
)");
    std::filesystem::create_directory(place_ / "other");
    place_.file("other/notes.db", "these are notes and no database");
    EXPECT_EQ(place_.run({"run", "flows/plain.yaml", "--db", "other/notes.db"}).code, 1);
    EXPECT_FALSE(std::filesystem::exists(place_ / "other/vault.key"));
    EXPECT_EQ(place_.run({"run", "flows/plain.yaml", "--db", "other/runs.db"}).code, 0);
    EXPECT_TRUE(std::filesystem::exists(place_ / "other/vault.key"));
}

TEST_F(CliRun, EndsWithTheExitThatSaysWhatIsMissing) {
    place_.flow("broken", "\ntriggers: []\nsteps: []\n");
    EXPECT_EQ(place_.run({"run", "flows/broken.yaml"}).code, 3);
    EXPECT_EQ(place_.run({"run", "flows/none.yaml"}).code, 5);
    EXPECT_EQ(run("{}", {"--payload", "none.json"}).code, 2) << "--payload is there twice";
    EXPECT_EQ(place_.run({"run", "flows/greet.yaml", "--payload", "none.json"}).code, 5);
    EXPECT_EQ(run(R"({"name":"A"})", {"--trigger", "other"}).code, 2);
    EXPECT_EQ(run(R"({"name":"A"})", {"--var", "Greeting"}).code, 2);
    EXPECT_EQ(place_.run({"run"}).code, 2);
}

TEST_F(CliRun, WithADatabaseTheRunIsThereForTheEngine) {
    const Ended ended = run(R"({"name":"Ada"})", {"-o", "json", "--db", "data/tappet.db"});
    ASSERT_EQ(ended.code, 0) << ended.err;
    Engine engine(place_);
    const Answer answer = engine.get("/v2/tenants/default/runs/" + ended.text({"run", "id"}));
    EXPECT_EQ(answer.text({"data", "attributes", "outputs", "text"}), "Hello, Ada") << answer.body;
}

TEST_F(CliRun, AKilledRunWithADatabaseIsTakenUpByTheEngine) {
    test::HeldService service;
    place_.flow("calls", R"(
triggers: [ { id: by_hand, uses: core/manual } ]
steps: [ { id: call, uses: core/http, with: { method: POST, url: ")" +
                             service.url() + R"(/" } } ]
)");
    auto process =
        place_.start({"run", "flows/calls.yaml", "--db", "data/tappet.db", "--allow-http", "127.0.0.0/8"});
    ASSERT_TRUE(process.await([&] { return service.requests().size() == 1; })) << process.errors();
    process.kill();
    Engine engine(place_, {"--allow-http", "127.0.0.0/8"});
    engine.await([&] { return service.requests().size() == 2; });
    service.release();
    engine.await([&] {
        const Answer list = engine.get("/v2/tenants/default/runs?filter[status]=succeeded");
        return list.json.find("data")->size() == 1;
    });
}

TEST_F(CliRun, AnInterruptCancelsTheRun) {
    test::HeldService service;
    place_.flow("calls", R"(
triggers: [ { id: by_hand, uses: core/manual } ]
steps: [ { id: call, uses: core/http, with: { method: POST, url: ")" +
                             service.url() + R"(/" } } ]
)");
    auto process = place_.start({"run", "flows/calls.yaml", "-o", "json", "--allow-http", "127.0.0.0/8"});
    ASSERT_TRUE(process.await([&] { return service.requests().size() == 1; })) << process.errors();
    process.signal(SIGINT);
    EXPECT_EQ(process.wait(), 1);
    const auto told = read_json(process.output());
    ASSERT_TRUE(told) << process.output();
    EXPECT_EQ(test::text_at(*told, {"run", "status"}), "cancelled");
}

TEST(CliValidate, TellsEveryFindingAtItsPlaceWithASuggestion) {
    Place place;
    place.flow("broken", R"(
triggers: [ { id: received, uses: core/webhook, verify: { preset: none } } ]
steps:
  - { id: a, usez: core/map }
  - { id: b, uses: core/log, with: { message: "${{ stepResults.c.results }}" } }
)");
    const Ended ended = place.run({"validate", "flows", "--format", "json"});
    EXPECT_EQ(ended.code, 3);
    EXPECT_EQ(ended.text({"ok"}), "false");
    const Value* findings = ended.json.find("findings");
    ASSERT_TRUE(findings && findings->size() == 3) << ended.out;
    EXPECT_EQ(keys(&findings->items()[0]),
              (std::set<std::string>{"file", "line", "column", "endLine", "endColumn", "severity", "code",
                                     "message", "suggestion"}));
    const Value& finding = findings->items()[1];
    EXPECT_EQ(test::text_at(finding, {"file"}), "flows/broken.yaml");
    EXPECT_EQ(test::text_at(finding, {"line"}), "5");
    EXPECT_EQ(test::text_at(finding, {"column"}), "14");
    EXPECT_EQ(test::text_at(finding, {"severity"}), "error");
    EXPECT_EQ(test::text_at(finding, {"suggestion"}), "uses");
    EXPECT_EQ(test::text_at(findings->items()[2], {"line"}), "6");
    const Ended people = place.run({"validate", "flows/broken.yaml"});
    EXPECT_EQ(people.code, 3);
    EXPECT_NE(people.out.find("flows/broken.yaml:5:14"), std::string::npos) << people.out;
}

TEST(CliValidate, IsContentWithGoodFlowsAndSaysWhereThereAreNone) {
    Place place;
    EXPECT_EQ(place.run({"validate", "flows"}).code, 5);
    EXPECT_EQ(place.run({"validate", "none"}).code, 5);
    place.flow("greet", kGreet);
    const Ended ended = place.run({"validate", "flows", "--format", "json"});
    EXPECT_EQ(ended.code, 0);
    EXPECT_EQ(ended.text({"ok"}), "true");
    EXPECT_EQ(ended.text({"findings"}), "[]");
    EXPECT_EQ(place.run({"validate"}).code, 2);
    EXPECT_EQ(place.run({"validate", "flows", "--format", "xml"}).code, 2);
}

TEST(CliValidate, FindsWhatAFolderHoldsTwice) {
    Place place;
    place.flow("one", kGreet);
    place.file("flows/other.yaml", std::string("flow: one\n") + kGreet);
    const Ended ended = place.run({"validate", "flows", "--format", "json"});
    EXPECT_EQ(ended.code, 3);
    const Value* findings = ended.json.find("findings");
    ASSERT_TRUE(findings && findings->size() == 1) << ended.out;
    EXPECT_EQ(test::text_at(findings->items()[0], {"code"}), "duplicate-flow");
    EXPECT_EQ(test::text_at(findings->items()[0], {"file"}), "flows/other.yaml");
    EXPECT_EQ(place.run({"validate", "flows/one.yaml", "flows/other.yaml"}).code, 0) << "no folder";
}

TEST(CliEval, GivesAValueOrAnErrorWithItsColumn) {
    Place place;
    place.file("data.json", R"({"user":{"tags":["a","b"],"n":3}})");
    const auto eval = [&](const std::string& expression) {
        return place.run({"eval", expression, "--data", "data.json", "-o", "json"});
    };
    const Ended value = eval("user.tags.map(t, t + '!')");
    EXPECT_EQ(value.code, 0);
    EXPECT_EQ(value.text({"value"}), R"(["a!","b!"])");
    EXPECT_EQ(eval("${{ user.n * 2 }}").text({"value"}), "6");
    EXPECT_EQ(eval("${{ {'a': {'b': user.n}} }}").text({"value", "a", "b"}), "3");
    EXPECT_EQ(eval("${{ 1 }} + ${{ 2 }}").code, 1) << "a text with two expressions is none";
    const Ended missing = eval("1 + user.m");
    EXPECT_EQ(missing.code, 1);
    EXPECT_EQ(missing.text({"error", "column"}), "10") << missing.out;
    EXPECT_FALSE(missing.text({"error", "message"}).empty());
    const Ended typo = eval("usr.n");
    EXPECT_EQ(typo.code, 1);
    EXPECT_NE(typo.text({"error", "message"}).find("user"), std::string::npos) << typo.out;
    EXPECT_EQ(place.run({"eval", "1", "--data", "none.json"}).code, 5);
    EXPECT_EQ(place.run({"eval", "x", "--data", "-", "-o", "json"}, {}, R"({"x":1.0})").text({"value"}),
              "1.0");
}

}  // namespace
}  // namespace tappet::e2e
