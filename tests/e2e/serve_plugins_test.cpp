// Plugins that are not trusted, and plugins that change, in an engine that serves.
#include <csignal>
#include <filesystem>
#include <fstream>

#include "place.hpp"

namespace tappet::e2e {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTrigger =
    "\ntriggers: [ { id: received, uses: core/webhook, verify: { preset: none } } ]\n";

/// A place with a plugin that crashes while the file `broken` is there.
struct Ward {
    Ward() {
        fs::create_directory(place / "plugins");
        fs::create_symlink(TAPPET_CORE_PLUGIN, place / "plugins/core.so");
        fs::copy_file(TAPPET_CRASH_PLUGIN, place / "plugins/crash.so");
        place.flow("fine",
                   std::string(kTrigger) + "steps: [ { id: a, uses: core/map, with: { value: 1 } } ]\n");
        place.flow("boom",
                   kTrigger +
                       std::string("steps: [ { id: bad, uses: crash/now, with: { how: segv, while: \"") +
                       (place / "broken") + "\" } } ]\n");
    }
    Place place;
};

TEST(ServePlugins, ACrashOfOneThatIsNotTrustedIsTheErrorOfItsStep) {
    Ward ward;
    Engine engine(ward.place, {"--plugins", "plugins"});
    (void)ward.place.file("broken", "");
    const Answer failed = engine.ended_run(engine.event("boom", "{}").text({"runId"}));
    EXPECT_EQ(failed.text({"data", "attributes", "error", "class"}), "plugin.crashed") << failed.body;
    EXPECT_EQ(failed.text({"data", "attributes", "error", "code"}), "plugin.signal.SIGSEGV");
    EXPECT_EQ(engine.event("fine", "{}").status, 202);
    fs::remove(ward.place / "broken");
    const Answer run = engine.ended_run(engine.event("boom", "{}").text({"runId"}));
    EXPECT_EQ(run.text({"data", "attributes", "status"}), "succeeded") << run.body;
}

TEST(ServePlugins, OneThatIsRemovedWhileFlowsUseItIsListed) {
    Ward ward;
    Engine engine(ward.place, {"--plugins", "plugins"});
    EXPECT_EQ(engine.event("boom", "{}").status, 202);
    fs::remove(ward.place / "plugins/crash.so");
    engine.process().signal(SIGHUP);
    engine.await([&] {
        return engine.cli({"plugin", "list"}).out.find("removed, used by 1 flow") != std::string::npos;
    });
}

TEST(ServePlugins, APollIsNotStartedByHandAndSaysWhatStartsIt) {
    Ward ward;
    fs::copy_file(TAPPET_TICKETS_PLUGIN, ward.place / "plugins/tickets.so");
    ward.place.flow("asks",
                    "triggers: [ { id: fresh, uses: tickets/new-ticket, poll: { every: 5m } } ]\n"
                    "steps: [ { id: a, uses: core/map, with: { value: 1 } } ]\n");
    Engine engine(ward.place, {"--plugins", "plugins"});
    const Ended sent = engine.cli({"trigger", "asks", "fresh"});
    EXPECT_NE(sent.out.find("trigger fresh is not started by hand: it polls every 300s; to try its flow with "
                            "an event of your own: tappet run FILE --trigger fresh"),
              std::string::npos)
        << sent.out << sent.err;
}

TEST(ServePlugins, WhatOnePrintsIsShownByRun) {
    Ward ward;
    const Ended ended = ward.place.run(
        {"run",
         ward.place.flow("says",
                         "\ntriggers: [ { id: by_hand, uses: core/manual } ]\n"
                         "steps: [ { id: bad, uses: crash/now, with: { print: \"a word\" } } ]\n"),
         "--plugins", "plugins", "--payload", "-"},
        {}, "null");
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_NE(ended.err.find("plugin crash printed: a word\n"), std::string::npos) << ended.err;
}

TEST(ServePlugins, AreReadAgainWithTheFlows) {
    Ward ward;
    fs::rename(ward.place / "plugins/crash.so", ward.place / "crash.so");
    Engine engine(ward.place, {"--plugins", "plugins"});
    EXPECT_EQ(engine.event("boom", "{}").status, 404);
    fs::rename(ward.place / "crash.so", ward.place / "plugins/crash.so");
    engine.process().signal(SIGHUP);
    engine.await([&] { return engine.event("boom", "{}").status == 202; });

    std::ofstream(ward.place / "plugins/crash.so", std::ios::app) << "x";  // another build
    engine.process().signal(SIGHUP);
    engine.await(
        [&] { return engine.process().errors().find("plugin crash is loaded anew") != std::string::npos; });
    const Answer run = engine.ended_run(engine.event("boom", "{}").text({"runId"}));
    EXPECT_EQ(run.text({"data", "attributes", "status"}), "succeeded") << run.body;
}

}  // namespace
}  // namespace tappet::e2e
