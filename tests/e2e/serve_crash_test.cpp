// A trusted plugin that takes the engine down: the run whose call it was is set aside, everything else goes
// on.
#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "place.hpp"

namespace tappet::e2e {
namespace {

namespace fs = std::filesystem;

/// A place whose engine trusts the plugin that crashes while the file `broken` is there.
class Ward {
public:
    Ward() {
        fs::create_directory(place / "plugins");
        fs::create_symlink(TAPPET_CORE_PLUGIN, place / "plugins/core.so");
        fs::create_symlink(TAPPET_CRASH_PLUGIN, place / "plugins/crash.so");
        place.flow("fine", kHead + "steps: [ { id: note, uses: core/map, with: { value: 1 } } ]\n");
        set_broken(true);
    }
    void set_broken(bool broken) const {
        if (broken)
            (void)place.file("broken", "");
        else
            fs::remove(place / "broken");
    }
    /// A flow whose step crashes the plugin's process.
    void flow(const std::string& action, const std::string& how, const std::string& retry = "") const {
        place.flow("boom", kHead + "steps: [ { id: bad, uses: crash/" + action + ", with: { how: " + how +
                               ", while: \"" + (place / "broken") + "\" }" + retry + " } ]\n");
    }
    static Words flags(Words further = {}) {
        Words out{"--plugins", "plugins"};
        out.insert(out.end(), further.begin(), further.end());
        return out;
    }
    Engine engine_with_children(Variables variables = {}) {
        return Engine(place, flags(), with_sanitizers(std::move(variables)));
    }
    Engine engine(Variables variables = {}) {
        variables.emplace_back("TAPPET_PLUGINS_TRUSTED", "crash.so");
        return Engine(place, flags(), with_sanitizers(std::move(variables)));
    }

    Place place;

private:
    static Variables with_sanitizers(Variables variables) {
        // Where sanitizers are built in, faults are to end the process as they do without.
        for (const char* sanitizer : {"ASAN_OPTIONS", "TSAN_OPTIONS"}) {
            const char* given = std::getenv(sanitizer);
            variables.emplace_back(sanitizer,
                                   std::string(given ? given : "") +
                                       ":handle_segv=0:handle_sigbus=0:handle_sigill=0:handle_abort=0");
        }
        return variables;
    }

    const std::string kHead =
        "\ntriggers: [ { id: received, uses: core/webhook, verify: { preset: none } } ]\n";
};

/// Sends an event that the engine may not live to answer.
void send(Engine& engine, const std::string& flow) {
    try {
        engine.event(flow, "{}");
    } catch (const std::exception&) {  // it died before
    }
}

std::string first_run(Engine& engine, const std::string& status = "") {
    const Answer list = engine.get("/v2/tenants/default/runs?filter[flow]=boom" +
                                   (status.empty() ? "" : "&filter[status]=" + status));
    return list.text({"data", "0", "id"});
}

void expect_set_aside(const std::string& action, const std::string& how, int exit, const std::string& what) {
    Ward ward;
    ward.flow(action, how);
    Engine engine = ward.engine();
    send(engine, "boom");
    EXPECT_EQ(engine.process().wait(), exit);
    for (int crash = 2; crash <= 3; ++crash) {
        engine.start();
        EXPECT_EQ(engine.process().wait(), exit) << crash;
    }
    engine.start();
    engine.await([&] { return !first_run(engine, "quarantined").empty(); });
    const std::string id = first_run(engine);
    const Answer run = engine.get("/v2/tenants/default/runs/" + id);
    EXPECT_EQ(run.text({"data", "attributes", "error", "class"}), "plugin.crashed") << run.body;
    EXPECT_EQ(run.text({"data", "attributes", "error", "code"}), "run.quarantined");
    EXPECT_EQ(run.text({"data", "attributes", "error", "step"}), "bad");
    EXPECT_NE(run.text({"data", "attributes", "error", "message"})
                  .find("the plugin crash ended the engine with " + what),
              std::string::npos)
        << run.body;
    const std::string fine = engine.event("fine", "{}").text({"runId"});
    EXPECT_EQ(engine.ended_run(fine).text({"data", "attributes", "status"}), "succeeded");
}

TEST(ServeCrash, AFaultOnAWorkerSetsItsRunAside) { expect_set_aside("now", "segv", -SIGSEGV, "SIGSEGV"); }
TEST(ServeCrash, AnAbortSetsItsRunAside) { expect_set_aside("now", "abort", -SIGABRT, "SIGABRT"); }
TEST(ServeCrash, AStackThatOverflowsSetsItsRunAside) {
    expect_set_aside("now", "overflow", -SIGSEGV, "SIGSEGV");
}
TEST(ServeCrash, AnExitSetsItsRunAside) { expect_set_aside("now", "exit", 3, "exit"); }
TEST(ServeCrash, AFaultInACallbackSetsItsRunAside) {
    expect_set_aside("later", "illegal", -SIGILL, "SIGILL");
}

TEST(ServeCrash, AnEventThatKillsTheEngineBeforeItIsKeptIsKeptTheNextTime) {
    Ward ward;
    ward.flow("at-once", "segv");
    Engine engine = ward.engine();
    send(engine, "boom");
    EXPECT_EQ(engine.process().wait(), -SIGSEGV);
    engine.start();
    EXPECT_EQ(engine.runs_of("boom"), 0u) << "its pure step was called before the event was on disk";
    for (int crash = 1; crash <= 3; ++crash) {
        if (crash == 1) send(engine, "boom");
        EXPECT_EQ(engine.process().wait(), -SIGSEGV) << crash;
        engine.start();
    }
    engine.await([&] { return !first_run(engine, "quarantined").empty(); });
}

TEST(ServeCrash, SigkillCountsForNobody) {
    Ward ward;
    ward.flow("now", "kill");
    Engine engine = ward.engine();
    send(engine, "boom");
    EXPECT_EQ(engine.process().wait(), -SIGKILL);
    for (int kill = 2; kill <= 5; ++kill) {
        engine.start();
        EXPECT_EQ(engine.process().wait(), -SIGKILL) << kill;
    }
    ward.set_broken(false);
    engine.start();
    EXPECT_EQ(engine.ended_run(first_run(engine)).text({"data", "attributes", "status"}), "succeeded");
}

TEST(ServeCrash, ARunThatWasSetAsideIsShownAndRepeated) {
    Ward ward;
    ward.flow("now", "segv");
    Engine engine = ward.engine({{"TAPPET_LIMITS_CRASHES", "1"}});
    send(engine, "boom");
    EXPECT_EQ(engine.process().wait(), -SIGSEGV);
    engine.start();
    engine.await([&] { return !first_run(engine, "quarantined").empty(); });
    const std::string id = first_run(engine);
    EXPECT_NE(engine.cli({"runs", "list", "--status", "quarantined"}).out.find("boom"), std::string::npos);
    const Ended shown = engine.cli({"runs", "show", id});
    EXPECT_NE(shown.out.find("tappet runs rerun " + id), std::string::npos) << shown.out;
    EXPECT_NE(engine.cli({"runs", "logs", id}).out.find("SIGSEGV"), std::string::npos);
    EXPECT_NE(engine.get("/metrics").body.find("tappet_runs_finished_total{status=\"quarantined\"} 1"),
              std::string::npos);
    ward.set_broken(false);
    const Ended again = engine.cli({"runs", "rerun", id, "-o", "json"});
    EXPECT_EQ(again.code, 0) << again.err;
    EXPECT_EQ(engine.ended_run(again.text({"run", "id"})).text({"data", "attributes", "status"}),
              "succeeded");
}

TEST(ServePlugins, OneThatKeepsCrashingIsSetAsideShownAndReleased) {
    Ward ward;
    ward.flow("now", "segv");
    Engine engine = ward.engine({{"TAPPET_LIMITS_CRASHES", "1"}, {"TAPPET_PLUGINS_CRASHES", "2"}});
    for (int crash = 1; crash <= 2; ++crash) {
        send(engine, "boom");
        EXPECT_EQ(engine.process().wait(), -SIGSEGV) << crash;
        engine.start();
    }
    const std::string run = engine.event("boom", "{}").text({"runId"});
    const Answer refused = engine.ended_run(run);
    EXPECT_EQ(refused.text({"data", "attributes", "status"}), "failed") << refused.body;
    EXPECT_EQ(refused.text({"data", "attributes", "error", "class"}), "plugin.crashed");
    EXPECT_EQ(refused.text({"data", "attributes", "error", "code"}), "plugin.quarantined");
    EXPECT_NE(refused.text({"data", "attributes", "error", "message"}).find("tappet plugin release crash"),
              std::string::npos);
    EXPECT_EQ(
        engine.ended_run(engine.event("fine", "{}").text({"runId"})).text({"data", "attributes", "status"}),
        "succeeded");

    const Answer shown = engine.get("/v2/plugins/crash");
    EXPECT_EQ(shown.text({"data", "type"}), "plugin") << shown.body;
    EXPECT_EQ(shown.text({"data", "attributes", "crashes"}), "2");
    EXPECT_EQ(shown.text({"data", "attributes", "lastCrash"}), "SIGSEGV");
    EXPECT_EQ(shown.text({"data", "attributes", "hash"}).size(), 64u);
    EXPECT_NE(shown.text({"data", "attributes", "quarantinedSince"}), "null");
    EXPECT_EQ(engine.get("/v2/plugins").text({"data", "0", "id"}), "core");
    EXPECT_NE(engine.cli({"plugin", "list"}).out.find("set aside since"), std::string::npos);
    const std::string figures = engine.get("/metrics").body;
    EXPECT_NE(figures.find("tappet_plugin_crashes{plugin=\"crash\"} 2"), std::string::npos) << figures;
    EXPECT_NE(figures.find("tappet_plugin_builds_quarantined{plugin=\"crash\"} 1"), std::string::npos);

    ward.set_broken(false);
    EXPECT_EQ(engine.cli({"plugin", "release", "core"}).code, 5) << "it is not set aside";
    const Ended released = engine.cli({"plugin", "release", "crash"});
    EXPECT_EQ(released.code, 0) << released.err;
    EXPECT_EQ(engine.get("/v2/plugins/crash").text({"data", "attributes", "crashes"}), "0");
    EXPECT_EQ(
        engine.ended_run(engine.event("boom", "{}").text({"runId"})).text({"data", "attributes", "status"}),
        "succeeded");
}

TEST(ServePlugins, AddressesAnswerAsTheOthersOfTheApiDo) {
    Ward ward;
    Engine engine = ward.engine();
    EXPECT_EQ(engine.get("/v2/plugins/none").status, 404);
    EXPECT_EQ(engine.get("/v2/plugins/core/more").status, 404);
    EXPECT_EQ(engine.get("/v2/pluginsx").status, 404);
    EXPECT_EQ(engine.get("/v2/plugins/crash/release").status, 405);
    EXPECT_EQ(engine.post("/v2/plugins", "{}").status, 405);
    EXPECT_EQ(engine.post("/v2/plugins/crash/release", "{}").status, 404);
    EXPECT_EQ(engine.get("/v2/plugins?page[size]=1").text({"meta", "next"}), "core");
    EXPECT_EQ(engine.get("/v2/plugins?page[size]=1&page[after]=core").text({"data", "0", "id"}), "crash");
    EXPECT_EQ(engine.get("/v2/plugins/core").text({"data", "attributes", "quarantinedSince"}), "null");
}

TEST(ServePlugins, ThreeCrashesOfAnIsolatedOneSetTheRunAsideAndTheEngineStaysUp) {
    Ward ward;
    ward.flow("now", "segv", ", retry: { maxAttempts: 9, initial: 1ms, factor: 1 }");
    Engine engine = ward.engine_with_children();
    const std::string id = engine.event("boom", "{}").text({"runId"});
    const Answer run = engine.ended_run(id);
    EXPECT_EQ(run.text({"data", "attributes", "status"}), "quarantined") << run.body;
    EXPECT_EQ(run.text({"data", "attributes", "error", "code"}), "run.quarantined");
    EXPECT_EQ(run.text({"included", "0", "attributes", "attempts"}), "3");
    EXPECT_EQ(
        engine.ended_run(engine.event("fine", "{}").text({"runId"})).text({"data", "attributes", "status"}),
        "succeeded");
    EXPECT_EQ(engine.get("/v2/plugins/crash").text({"data", "attributes", "mode"}), "isolated");
    ward.set_broken(false);
    const Ended again = engine.cli({"runs", "rerun", id, "-o", "json"});
    EXPECT_EQ(engine.ended_run(again.text({"run", "id"})).text({"data", "attributes", "status"}), "succeeded")
        << again.err;
    EXPECT_FALSE(engine.process().ended()) << "it is the process that was started first";
}

TEST(ServePlugins, AnIsolatedOneThatKeepsCrashingIsNotStartedUntilItIsReleased) {
    Ward ward;
    ward.flow("now", "abort");
    Engine engine = ward.engine_with_children({{"TAPPET_PLUGINS_CRASHES", "2"}});
    const auto code = [&] {
        const std::string run = engine.event("boom", "{}").text({"runId"});
        return engine.ended_run(run).text({"data", "attributes", "error", "code"});
    };
    EXPECT_EQ(code(), "plugin.signal.SIGABRT");
    EXPECT_EQ(code(), "plugin.signal.SIGABRT");
    EXPECT_EQ(code(), "plugin.quarantined");
    engine.process().signal(SIGTERM);
    EXPECT_EQ(engine.process().wait(), 0);
    engine.start();
    EXPECT_EQ(code(), "plugin.quarantined") << "a start is no release";
    ward.set_broken(false);
    EXPECT_EQ(engine.cli({"plugin", "release", "crash"}).code, 0);
    EXPECT_EQ(
        engine.ended_run(engine.event("boom", "{}").text({"runId"})).text({"data", "attributes", "status"}),
        "succeeded");
}

}  // namespace
}  // namespace tappet::e2e
