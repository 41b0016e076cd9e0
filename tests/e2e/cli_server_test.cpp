// The commands that ask a running engine, and those that look at the machine.
#include <csignal>
#include <filesystem>
#include <optional>

#include "place.hpp"

namespace tappet::e2e {
namespace {

constexpr const char* kFlow = R"(
title: Counts
labels: { who: "${{ trigger.body.who }}" }
config: { Unit: { type: string } }
triggers:
  - { id: received, uses: core/webhook, verify: { preset: none }, dedupe: { key: trigger.body.id } }
  - { id: by_hand, uses: core/manual }
steps:
  - { id: note, uses: core/log, with: { level: warn, message: "came: ${{ trigger.body.who }}" } }
  - { id: count, if: "trigger.body.who != 'nobody'", uses: core/map, with: { value: "1 ${{ configVars.Unit }}" } }
  - { id: end, if: "trigger.body.who == 'nobody'", stop: { status: failed, message: "nobody there" } }
outputs: { count: "${{ stepResults.count.results }}" }
)";

class CliServer : public ::testing::Test {
protected:
    CliServer() {
        place_.flow("counts", kFlow);
        engine_.emplace(place_);
        EXPECT_EQ(cli({"var", "set", "Unit", "piece"}).code, 0);
    }
    Ended cli(Words words, const std::string& in = {}) { return engine_->cli(std::move(words), in); }
    /// Sends an event by `tappet trigger`; gives the run's id once it has ended.
    std::string event(const std::string& body) {
        const Ended sent = cli({"trigger", "counts", "received", "--payload", "-", "-o", "json"}, body);
        EXPECT_EQ(sent.code, 0) << sent.out << sent.err;
        const std::string id = sent.text({"body", "runId"});
        engine_->ended_run(id);
        return id;
    }
    Place place_;
    std::optional<Engine> engine_;
};

TEST_F(CliServer, TriggerSendsAnEventAndShowsTheAnswerAndTheCurl) {
    const Ended sent =
        cli({"trigger", "counts", "received", "--payload", "-", "-o", "json"}, R"({"id":1,"who":"Ada"})");
    EXPECT_EQ(sent.code, 0) << sent.err;
    EXPECT_EQ(sent.text({"status"}), "202");
    EXPECT_EQ(sent.text({"headers", "location"}), sent.text({"body", "url"})) << sent.out;
    const Ended people =
        cli({"trigger", "counts", "received", "--payload", "-"}, R"({"id":1,"who":"it's Ada"})");
    EXPECT_NE(people.out.find("curl"), std::string::npos);
    EXPECT_NE(people.out.find(R"('{"id":1,"who":"it'\''s Ada"}')"), std::string::npos) << people.out;
    EXPECT_NE(people.out.find("Idempotent-Replayed: true"), std::string::npos) << people.out;
    EXPECT_NE(
        cli({"trigger", "counts", "received", "--payload", "-"}, "@order").out.find("--data-raw '@order'"),
        std::string::npos)
        << "with -d, curl would read a file";
    const Ended refused = cli({"trigger", "counts", "received", "--payload", "-", "-o", "json"}, "{}");
    EXPECT_EQ(refused.code, 1);
    EXPECT_EQ(refused.text({"status"}), "422");
}

TEST_F(CliServer, TriggerSendsTheHeadersThatItShows) {
    const auto send = [&](const std::string& header) {
        return cli({"trigger", "--header", header, "counts", "received", "--payload", "-"},
                   R"({"id":1,"who":"Ada"})");
    };
    for (const auto& [given, shown] : {std::pair{"X-A: b", "-H 'X-A: b'"}, std::pair{"X-A:", "-H 'X-A;'"},
                                       std::pair{"X-A=b=c", "-H 'X-A: b=c'"}}) {
        const Ended sent = send(given);
        EXPECT_EQ(sent.code, 0) << given << sent.out << sent.err;
        EXPECT_NE(sent.out.find(shown), std::string::npos) << sent.out;
    }
    const Ended typed = send("Content-Type: text/plain");
    EXPECT_NE(typed.out.find("-H 'Content-Type: text/plain'"), std::string::npos) << typed.out;
    EXPECT_EQ(typed.out.find("-H 'content-type: application/json'"), std::string::npos) << typed.out;
    for (const char* wrong : {"X-A", ":b", "X A: b", "X-A: b\r\nX-B: c", ""}) {
        const Ended refused = send(wrong);
        EXPECT_EQ(refused.code, 2) << wrong << refused.err;
        EXPECT_NE(refused.err.find("--header"), std::string::npos) << refused.err;
    }
}

TEST_F(CliServer, TriggerStartsAManualTriggerToo) {
    const Ended sent =
        cli({"trigger", "counts", "by_hand", "--payload", "-", "-o", "json"}, R"({"who":"Ada"})");
    EXPECT_EQ(sent.code, 0) << sent.out << sent.err;
    EXPECT_EQ(sent.text({"status"}), "202");
    EXPECT_EQ(cli({"trigger", "counts"}).code, 2);
    EXPECT_EQ(cli({"trigger", "none"}).code, 5);
}

TEST_F(CliServer, RunsListShowsTheNewestFirstFilteredAndInPages) {
    const std::string first = event(R"({"id":1,"who":"Ada"})");
    const std::string second = event(R"({"id":2,"who":"nobody"})");
    const Ended all = cli({"runs", "list", "-o", "json"});
    ASSERT_EQ(all.code, 0) << all.err;
    const Value* runs = all.json.find("runs");
    ASSERT_TRUE(runs && runs->size() == 2) << all.out;
    EXPECT_EQ(test::text_at(runs->items()[0], {"id"}), second);
    EXPECT_EQ(test::text_at(runs->items()[0], {"error", "class"}), "stopped");
    EXPECT_EQ(test::text_at(runs->items()[1], {"outputs", "count"}), "1 piece");
    EXPECT_EQ(all.text({"next"}), "null");
    const auto only = [&](Words words) {
        words.insert(words.begin(), {"runs", "list", "-o", "json"});
        const Ended some = cli(std::move(words));
        const Value* found = some.json.find("runs");
        return found && found->size() == 1 ? test::text_at(found->items()[0], {"id"}) : some.out + some.err;
    };
    EXPECT_EQ(only({"--status", "failed"}), second);
    EXPECT_EQ(only({"--label", "who=Ada"}), first);
    EXPECT_EQ(only({"--limit", "1"}), second);
    EXPECT_EQ(only({"--limit", "1", "--after", second}), first);
    for (const auto& [flag, wrong] : {std::pair{"--status", "failed,done"}, std::pair{"--after", "garbage"},
                                      std::pair{"--label", "=x"}}) {
        const Ended refused = cli({"runs", "list", flag, wrong});
        EXPECT_EQ(refused.code, 2) << refused.err;
        EXPECT_TRUE(refused.err.starts_with("tappet: " + std::string(flag) + " takes ")) << refused.err;
        EXPECT_TRUE(refused.err.ends_with("; not `" + std::string(wrong) + "`\n")) << refused.err;
    }
    EXPECT_EQ(cli({"runs", "list", "--limit", "0"}).code, 2);
}

TEST_F(CliServer, RunsShowTellsTheWholeStoryAndDrawsIt) {
    const std::string id = event(R"({"id":1,"who":"Ada"})");
    const Ended story = cli({"runs", "show", id, "-o", "json"});
    ASSERT_EQ(story.code, 0) << story.err;
    EXPECT_EQ(story.text({"run", "id"}), id);
    EXPECT_EQ(story.text({"run", "labels", "who"}), "Ada");
    EXPECT_EQ(story.text({"response"}), "null");
    const Value* steps = story.json.find("steps");
    ASSERT_TRUE(steps && steps->size() == 3) << story.out;
    EXPECT_EQ(test::text_at(steps->items()[1], {"results"}), "1 piece");
    EXPECT_EQ(test::text_at(steps->items()[2], {"status"}), "skipped");
    const Ended drawn = cli({"runs", "show", id});
    for (const char* text : {"counts", "note", "count", "succeeded"})
        EXPECT_NE(drawn.out.find(text), std::string::npos) << text << "\n" << drawn.out;
    EXPECT_EQ(cli({"runs", "show", "01890000-0000-7000-8000-000000000000"}).code, 5);
    EXPECT_EQ(cli({"runs", "show", "nonsense"}).code, 5);
}

TEST_F(CliServer, RunsLogsAndTailTellWhatHappened) {
    const std::string good = event(R"({"id":1,"who":"Ada"})"), bad = event(R"({"id":2,"who":"nobody"})");
    const Ended logs = cli({"runs", "logs", good, "-o", "json"});
    const Value* lines = logs.json.find("logs");
    ASSERT_TRUE(lines && lines->size() == 1) << logs.out << logs.err;
    EXPECT_EQ(test::text_at(lines->items()[0], {"message"}), "came: Ada");
    EXPECT_EQ(test::text_at(lines->items()[0], {"level"}), "warn");
    EXPECT_EQ(test::text_at(lines->items()[0], {"step"}), "note");
    EXPECT_EQ(cli({"runs", "tail", good}).code, 0);
    const Ended tail = cli({"runs", "tail", bad});
    EXPECT_EQ(tail.code, 1);
    EXPECT_NE(tail.out.find("nobody there"), std::string::npos) << tail.out;
}

TEST_F(CliServer, RunsLogsShowsMoreLinesThanAPageHas) {
    place_.flow("chatty", R"(
triggers: [ { id: by_hand, uses: core/manual } ]
steps:
  - { id: each, forEach: trigger.body, do: [ { id: say, uses: core/log, with: { message: hi } } ] }
)");
    engine_->process().signal(SIGHUP);
    std::string body = "[0";
    for (int i = 1; i < 600; ++i) body += ",0";
    Ended sent;
    engine_->await([&] {
        return (sent = cli({"trigger", "chatty", "--payload", "-", "-o", "json"}, body + "]")).code == 0;
    });
    const std::string id = sent.text({"body", "data", "id"});
    engine_->ended_run(id);
    const Ended logs = cli({"runs", "logs", id, "-o", "json"});
    ASSERT_TRUE(logs.json.find("logs")) << logs.out << logs.err;
    EXPECT_EQ(logs.json.find("logs")->size(), 600u);
}

TEST_F(CliServer, RunsRerunStartsAnotherRunAndCancelRefusesOneThatEnded) {
    const std::string id = event(R"({"id":1,"who":"Ada"})");
    const Ended again = cli({"runs", "rerun", id, "-o", "json"});
    ASSERT_EQ(again.code, 0) << again.out << again.err;
    const std::string other = again.text({"run", "id"});
    EXPECT_NE(other, id);
    for (const char* member : {"tenant", "flow", "version", "trigger", "createdAt", "labels", "waitingFor"})
        EXPECT_TRUE(again.json.find("run")->find(member)) << member << again.out;
    EXPECT_FALSE(again.json.find("run")->find("response")) << again.out;
    EXPECT_EQ(engine_->ended_run(other).text({"data", "attributes", "status"}), "succeeded");
    EXPECT_EQ(cli({"runs", "cancel", id}).code, 6);
}

TEST_F(CliServer, RunsCancelEndsARunThatWaits) {
    place_.flow("stuck", R"(
triggers: [ { id: by_hand, uses: core/manual } ]
steps:
  - id: never
    uses: core/http
    retry: { maxAttempts: 9, initial: 1h, jitter: none, on: [forbidden] }
    with: { method: GET, url: "http://127.0.0.1:9/" }
)");
    engine_->process().signal(SIGHUP);
    Ended sent;
    engine_->await([&] { return (sent = cli({"trigger", "stuck", "-o", "json"})).code == 0; });
    const std::string id = sent.text({"body", "data", "id"});
    engine_->await([&] {
        return cli({"runs", "show", id, "-o", "json"}).text({"run", "status"}) == "waiting";
    });
    EXPECT_EQ(cli({"runs", "show", id, "-o", "json"}).text({"run", "waitingFor"}), "retry");
    const Ended ended = cli({"runs", "cancel", id, "-o", "json"});
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_EQ(ended.text({"run", "status"}), "cancelled");
    EXPECT_EQ(ended.text({"run", "flow"}), "stuck") << ended.out;
}

TEST_F(CliServer, FlowsListAndShowNameTriggersAddressesAndVariables) {
    const Ended list = cli({"flows", "list", "-o", "json"});
    ASSERT_EQ(list.code, 0) << list.err;
    const Value* flows = list.json.find("flows");
    ASSERT_TRUE(flows && flows->size() == 1) << list.out;
    EXPECT_EQ(test::text_at(flows->items()[0], {"id"}), "counts");
    EXPECT_EQ(test::text_at(flows->items()[0], {"title"}), "Counts");
    const Ended one = cli({"flows", "show", "counts", "-o", "json"});
    const Value* triggers = one.json.at(std::vector<std::string_view>{"flow", "triggers"});
    ASSERT_TRUE(triggers && triggers->size() == 2) << one.out;
    EXPECT_EQ(test::text_at(triggers->items()[0], {"url"}),
              engine_->url() + "/hooks/default/counts/received");
    EXPECT_NE(one.text({"flow", "source"}).find("flow: counts"), std::string::npos);
    EXPECT_NE(cli({"flows", "show", "counts"}).out.find("/hooks/default/counts/received"), std::string::npos);
    EXPECT_EQ(cli({"flows", "show", "none"}).code, 5);
}

TEST_F(CliServer, VarSetListsAndUnsetsTypedValues) {
    EXPECT_EQ(cli({"var", "set", "Unit", "3"}).code, 1) << "a number where the flow says string";
    EXPECT_EQ(cli({"var", "set", "Unit", "box"}).code, 0);
    EXPECT_EQ(cli({"var", "list", "-o", "json"}).text({"vars", "Unit"}), "box");
    EXPECT_EQ(cli({"var", "set", "Unit", "--unset"}).code, 0);
    EXPECT_EQ(cli({"var", "list", "-o", "json"}).text({"vars"}), "{}");
    EXPECT_EQ(cli({"var", "set", "Unit"}).code, 2);
    EXPECT_EQ(cli({"var", "set", "", "1"}).code, 2);
    const Ended refused = cli({"var", "set", "Unit", "\xff"});
    EXPECT_EQ(refused.code, 2);
    EXPECT_NE(refused.err.find("VALUE: "), std::string::npos) << refused.err;
    EXPECT_NE(refused.err.find("UTF-8"), std::string::npos) << refused.err;
}

TEST(CliAlone, EndsWith2ForAnUnknownCommandOrFlag) {
    Place place;
    EXPECT_EQ(place.run({}).code, 2);
    const auto said = [&](const Words& words) {
        const Ended ended = place.run(words);
        EXPECT_EQ(ended.code, 2);
        return ended.err;
    };
    EXPECT_EQ(said({"serv"}),
              "tappet: there is no command `tappet serv`; did you mean `serve`?\nsee `tappet --help`\n");
    EXPECT_EQ(said({"frobnicate", "--loud"}),
              "tappet: there is no command `tappet frobnicate`\nsee `tappet --help`\n");
    EXPECT_EQ(
        said({"runs", "shw", "1"}),
        "tappet: there is no command `tappet runs shw`; did you mean `show`?\nsee `tappet runs --help`\n");
    EXPECT_EQ(
        said({"--tenant", "acme", "runs", "list"}),
        "tappet: `tappet` does not take --tenant, acme; flags come behind the command, `tappet runs list`\n"
        "see `tappet runs list --help`\n");
    EXPECT_EQ(said({"var"}), "tappet: `tappet var` needs a command: set, list\nsee `tappet var --help`\n");
    EXPECT_EQ(
        said({"version", "--outptu"}),
        "tappet: `tappet version` does not take --outptu; did you mean `--output`?\nsee `tappet version "
        "--help`\n");
    const Ended json = place.run({"runs", "frob", "-o", "json"});
    EXPECT_EQ(json.text({"error", "exit"}), "2") << json.out;
    EXPECT_EQ(json.text({"error", "message"}).find("there is no command `tappet runs frob`"), 0u) << json.out;
    EXPECT_EQ(said({"eval"}), "tappet: EXPR is required\nsee `tappet eval --help`\n");
    EXPECT_EQ(place.run({"--help"}).code, 0);
    EXPECT_EQ(place.run({"runs", "--help"}).code, 0);
}

TEST(CliAlone, FailsWhereWhatItPrintsCannotBeWritten) {
    Place place;
    for (const char* words : {"version", "--version", "--help", "eval 1"}) {
        const std::string command = std::string(TAPPET_EXECUTABLE) + " " + words + " >/dev/full 2>/dev/null";
        const int status = std::system(command.c_str());
        EXPECT_EQ(WEXITSTATUS(status), 1) << words;
    }
}

TEST(CliAlone, TellsItsVersion) {
    Place place;
    const Ended ended = place.run({"version", "-o", "json"});
    EXPECT_EQ(ended.code, 0);
    EXPECT_EQ(place.run({"version"}).out, "tappet " + ended.text({"version"}) + "\n");
    EXPECT_EQ(place.run({"--version"}).out, "tappet " + ended.text({"version"}) + "\n");
}

TEST(CliAlone, DoctorChecksWhatTheEngineNeeds) {
    Place place;
    const auto check = [](const Ended& ended, std::string_view name) {
        for (const Value& one : ended.json.find("checks")->items())
            if (test::text_at(one, {"check"}) == name) return test::text_at(one, {"status"});
        return std::string("none");
    };
    const Ended good = place.run({"doctor", "-o", "json"});
    EXPECT_EQ(good.code, 0) << good.out;
    for (const char* name : {"version", "address", "plugins", "flows", "data folder", "disk"})
        EXPECT_EQ(check(good, name), "ok") << name << good.out;
    std::filesystem::create_directory(place / "flows/drafts");
    place.file("flows/drafts/unfinished.yaml", "steps: []\n");
    EXPECT_EQ(check(place.run({"doctor", "-o", "json"}), "flows"), "ok") << "no engine serves that folder";
    place.flow("broken", "\nsteps: []\n");
    const Ended bad = place.run({"doctor", "-o", "json", "--listen", "0.0.0.0:1", "--plugins", "flows"});
    EXPECT_EQ(bad.code, 1);
    EXPECT_EQ(bad.text({"ok"}), "false");
    for (const char* name : {"address", "plugins", "flows"}) EXPECT_EQ(check(bad, name), "fail") << name;
}

TEST(CliAlone, DoctorSeesWhyTheEngineWouldNotStart) {
    Place place;
    const auto fails = [&](const Words& flags, const Variables& variables, const std::string& why) {
        Words words{"doctor"};
        words.insert(words.end(), flags.begin(), flags.end());
        const Ended ended = place.run(words, variables);
        EXPECT_EQ(ended.code, 1) << ended.out;
        EXPECT_NE(ended.out.find(why), std::string::npos) << ended.out;
    };
    fails({"--data", "/proc/x"}, {}, "/proc/x cannot be made");
    fails({"--flows", "nowhere"}, {}, "there is no folder nowhere");
    fails({"--data", "fresh"}, {{"TAPPET_VAULT_KEYFILE", place.file("short.key", "abc")}}, "short.key");
    EXPECT_FALSE(std::filesystem::exists(place / "fresh")) << "it looks only";
}

TEST(CliAlone, DoctorSeesADatabaseInUse) {
    Place place;
    Engine engine(place);
    const Ended ended = place.run({"doctor", "-o", "json", "--data", "data"});
    EXPECT_EQ(ended.code, 0) << ended.out;
    EXPECT_NE(ended.out.find("in use by an engine"), std::string::npos) << ended.out;
}

TEST(CliAlone, PluginListAndInspectShowWhatIsThere) {
    Place place;
    const Ended list = place.run({"plugin", "list", "-o", "json"});
    EXPECT_EQ(list.code, 0);
    const Value* plugins = list.json.find("plugins");
    ASSERT_TRUE(plugins && plugins->size() == 1) << list.out;
    EXPECT_EQ(test::text_at(plugins->items()[0], {"name"}), "core");
    EXPECT_EQ(test::text_at(plugins->items()[0], {"problem"}), "null");
    const Ended core = place.run({"plugin", "inspect", "core"});
    for (const char* text : {"core/http", "core/log", "core/map", "core/webhook", "core/manual"})
        EXPECT_NE(core.out.find(text), std::string::npos) << text << core.out;
    EXPECT_EQ(place.run({"plugin", "inspect", "none"}).code, 5);
}

TEST(CliAlone, PluginListSaysWhyAFileIsNoPlugin) {
    Place place;
    place.file("flows/fake.so", "no library");
    const Ended list = place.run({"plugin", "list", "-o", "json", "--plugins", "flows"});
    EXPECT_EQ(list.code, 1) << list.err;
    const Value* plugins = list.json.find("plugins");
    ASSERT_TRUE(plugins && plugins->size() == 1) << list.out;
    EXPECT_NE(test::text_at(plugins->items()[0], {"problem"}), "null");
}

TEST(CliAlone, PluginListNamesALinkToNothing) {
    Place place;
    std::filesystem::create_symlink("nowhere", place / "flows/gone.so");
    const Ended list = place.run({"plugin", "list", "-o", "json", "--plugins", "flows"});
    const Value* plugins = list.json.find("plugins");
    ASSERT_TRUE(plugins && plugins->size() == 1) << list.out << list.err;
    EXPECT_NE(test::text_at(plugins->items()[0], {"file"}).find("gone.so"), std::string::npos) << list.out;
    EXPECT_NE(test::text_at(plugins->items()[0], {"problem"}).find("No such file"), std::string::npos)
        << list.out;
}

}  // namespace
}  // namespace tappet::e2e
