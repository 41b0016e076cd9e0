// One engine, every bad plugin in it, and a healthy one beside them.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <thread>

#include "cases.hpp"
#include "e2e/place.hpp"
#include "engine_state.hpp"

namespace tappet::gauntlet {
namespace {

using e2e::Answer;

constexpr const char* kTrigger =
    "triggers: [ { id: received, uses: core/webhook, verify: { preset: none } } ]\nsteps:\n";

/// Each that hangs there holds up the start for as long as one may take to load.
bool hangs_at_load(const std::string& file) { return file.find("-hangs.so") != std::string::npos; }

/// A folder of plugins of this test alone, so that its processes can be told from others'.
std::string own_plugins(const e2e::Place& place) {
    const std::string folder = place / "plugins";
    std::filesystem::create_directory(folder);
    for (const auto& each : std::filesystem::directory_iterator(TAPPET_GAUNTLET_PLUGINS))
        if (!hangs_at_load(each.path().string()))
            std::filesystem::copy(each.path(), folder + "/" + each.path().filename().string());
    std::filesystem::copy(TAPPET_CORE_PLUGIN, folder + "/core.so");
    return folder;
}

void write_flows(const e2e::Place& place, const std::vector<Case>& of) {
    for (const Case& each : of) {
        const std::string timeout = each.timeout.empty() ? "" : ", timeout: " + each.timeout;
        place.flow("bad-" + each.plugin, kTrigger + ("  - { id: go, uses: " + each.plugin + "/do" + timeout) +
                                             " }\noutputs: { result: \"${{ stepResults.go.results }}\" }\n");
    }
    place.flow("healthy",
               std::string(kTrigger) +
                   "  - { id: one, uses: healthy/do, with: { n: \"${{ trigger.body.n }}\" } }\n"
                   "  - { id: two, uses: healthy/do, with: { n: \"${{ stepResults.one.results.n }}\" } }\n"
                   "outputs: { n: \"${{ stepResults.two.results.n }}\" }\n");
}

class Gauntlet : public ::testing::Test {
protected:
    Gauntlet() : plugins(own_plugins(place)) {}
    void start(const std::vector<Case>& of, e2e::Variables variables = {}) {
        write_flows(place, of);
        const e2e::Words flags{"--flows", "flows", "--plugins", plugins, "--log-level", "warn"};
        engine.emplace(place, flags, std::move(variables));
    }

    std::string accept(const std::string& flow, const std::string& body) {
        const Answer answer = engine->event(flow, body);
        EXPECT_EQ(answer.status, 202) << answer.body;
        ++accepted[flow];
        return answer.text({"runId"});
    }
    std::string healthy() { return accept("healthy", "{\"n\":" + std::to_string(++sent) + "}"); }
    void expect_healthy(const std::string& id) {
        const Answer run = engine->ended_run(id);
        EXPECT_EQ(run.text({"data", "attributes", "status"}), "succeeded") << run.body;
    }
    /// How a run of a bad plugin ended, in the words of Case::ends.
    static std::string end_of(const Answer& run) {
        if (run.text({"data", "attributes", "status"}) == "succeeded")
            return "ok \"" + run.text({"data", "attributes", "outputs", "result"}) + "\"";
        const std::string code = run.text({"data", "attributes", "error", "code"});
        return run.text({"data", "attributes", "error", "class"}) + (code.empty() ? "" : " " + code);
    }
    static bool is_one_of(const std::string& end, const std::vector<std::string>& expected) {
        return std::any_of(expected.begin(), expected.end(), [&](const std::string& each) {
            return end == each || end.starts_with(each + " ");  // the class alone, where the code may vary
        });
    }
    void expect_end(const Case& of, const std::string& id) {
        const Answer run = engine->ended_run(id);
        EXPECT_TRUE(is_one_of(end_of(run), of.ends)) << end_of(run) << "\n" << run.body;
        const std::string error_class = run.text({"data", "attributes", "error", "class"});
        if (error_class == "plugin.crashed" || end_of(run).starts_with("timeout plugin.")) {
            EXPECT_NE(run.text({"data", "attributes", "error", "message"}).find(of.plugin), std::string::npos)
                << "the plugin is not named: " << run.body;
        }
    }
    /// Each bad plugin in turn, healthy runs before, beside and after it.
    void play_all_in_turn() {
        for (const Case& each : cases()) {
            SCOPED_TRACE(each.plugin);
            const std::string before = healthy(), bad = accept("bad-" + each.plugin, "{}"),
                              beside = healthy();
            expect_healthy(before);
            expect_healthy(beside);
            expect_end(each, bad);
            expect_healthy(healthy());
        }
    }
    /// All at the same time.
    void play_all_at_once(const std::vector<Case>& of) {
        std::map<std::string, std::string> bad;
        std::vector<std::string> good;
        for (const Case& each : of) {
            bad[each.plugin] = accept("bad-" + each.plugin, "{}");
            good.push_back(healthy());
        }
        for (const std::string& id : good) expect_healthy(id);
        for (const Case& each : of) {
            SCOPED_TRACE(each.plugin);
            expect_end(each, bad[each.plugin]);
        }
    }
    EngineState state() { return EngineState::of(engine->process().id()); }

    e2e::Place place;
    std::string plugins;
    std::optional<e2e::Engine> engine;
    std::map<std::string, std::size_t> accepted;  ///< by flow
    int sent = 0;
};

TEST_F(Gauntlet, NoBadPluginHurtsAnythingButItsOwnSteps) {
    start(cases());
    const EngineState fresh = state();
    for (const Unloadable& each : unloadables())
        if (!hangs_at_load(each.plugin + ".so")) {
            EXPECT_NE(engine->process().errors().find(each.plugin + ".so is not loaded: "), std::string::npos)
                << each.plugin;
        }
    play_all_in_turn();
    const EngineState once = state();
    play_all_in_turn();
    play_all_at_once(cases());

    // Whatever they leaked and left behind is theirs: the engine holds what it held after the first round.
    engine->await([&] {
        const EngineState now = state();
        return now.files <= once.files && now.threads <= once.threads &&
               now.children.size() <= once.children.size();
    });
    EXPECT_LE(once.children.size(), cases().size() + 1) << "one process for each plugin";
    EXPECT_EQ(state().folder, fresh.folder);
    EXPECT_EQ(state().umask, fresh.umask);

    for (const auto& [flow, count] : accepted) EXPECT_EQ(engine->runs_of(flow), count) << flow;
    EXPECT_LT(engine->process().errors().size() + engine->process().output().size(), 64u << 20)
        << "what plugins print and log is bounded";

    engine->process().signal(SIGTERM);
    EXPECT_EQ(engine->process().wait(), 0);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!processes_with(plugins).empty() && std::chrono::steady_clock::now() < deadline)
        std::this_thread::yield();
    EXPECT_TRUE(processes_with(plugins).empty()) << "a process of a plugin outlives the engine";
}

TEST_F(Gauntlet, WhatHangsIsEndedByTheEnginesOwnLimitAndNamed) {
    std::filesystem::copy(TAPPET_GAUNTLET_PLUGINS "/create-hangs.so", plugins + "/create-hangs.so");
    start(hanging(), {{"TAPPET_PLUGINS_CALL", "5s"}, {"TAPPET_PLUGINS_START", "5s"}});
    play_all_at_once(hanging());
    for (const auto& [flow, count] : accepted) EXPECT_EQ(engine->runs_of(flow), count) << flow;
    expect_healthy(healthy());
}

}  // namespace
}  // namespace tappet::gauntlet
