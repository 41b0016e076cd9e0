// `tappet dev`: the engine for whoever writes flows.
#include <csignal>
#include <filesystem>

#include "place.hpp"

namespace tappet::e2e {
namespace {

constexpr const char* kPlain = R"(
triggers: [ { id: received, uses: core/webhook, verify: { preset: none } } ]
steps: [ { id: say, uses: core/log, with: { message: "${{ trigger.body.text }}" } },
         { id: end, stop: { status: failed, message: "${{ trigger.body.text }}" } } ]
)";

/// `tappet dev` in a place, ready.
class Dev {
public:
    explicit Dev(Place& place, const Variables& variables = {}) {
        std::filesystem::remove(place / "address");
        process_ = place.start({"dev", "--listen", "127.0.0.1:0", "--address-file", "address"}, variables);
        const std::string file = place / "address";
        if (!process_.await([&] { return test::read_text(file).ends_with('\n'); }))
            throw std::runtime_error("dev does not start: " + process_.errors());
        const std::string line = test::read_text(file);
        address_ = line.substr(7, line.size() - 8);
    }
    test::Process& process() { return process_; }
    /// The exit after SIGTERM.
    int stop() {
        process_.signal(SIGTERM);
        return process_.wait();
    }
    Answer event(const std::string& body) const {
        return test::exchange(address_, "POST", "/hooks/default/plain/received", body,
                              {{"Content-Type", "application/json"}});
    }

private:
    test::Process process_;
    std::string address_;
};

TEST(ServeDev, KeepsItsDataApartAndLogsWarningsOnly) {
    Place place;
    Dev dev(place);
    EXPECT_EQ(dev.stop(), 0);
    EXPECT_TRUE(std::filesystem::exists(place / ".tappet-dev/tappet.db"));
    EXPECT_EQ(dev.process().errors().find(" info "), std::string::npos) << dev.process().errors();
}

TEST(ServeDev, SaysWhatIsServedAgainAndTakesUpPlugins) {
    namespace fs = std::filesystem;
    Place place;
    fs::create_directory(place / "plugins");
    fs::create_symlink(TAPPET_CORE_PLUGIN, place / "plugins/core.so");
    place.flow("plain", kPlain);
    Dev dev(place, {{"TAPPET_PLUGINS", "plugins"}});
    const auto told = [&](const std::string& text) {
        return dev.process().await([&] { return dev.process().errors().find(text) != std::string::npos; });
    };
    place.flow("plain", "step: []");
    EXPECT_TRUE(told("has no key `step`")) << dev.process().errors();
    place.flow("plain", std::string("title: mended") + kPlain);
    EXPECT_TRUE(told("flows/plain.yaml is served again")) << dev.process().errors();
    place.flow("greets",
               "triggers: [ { id: a, uses: core/manual } ]\nsteps: [ { id: b, uses: hello/greet, with: { "
               "name: a } } ]\n");
    EXPECT_TRUE(told("hello/greet")) << dev.process().errors();
    fs::copy_file(TAPPET_HELLO_PLUGIN, place / "plugins/hello.so");
    EXPECT_TRUE(told("plugin hello is loaded")) << dev.process().errors();
    EXPECT_TRUE(told("flows/greets.yaml is served again")) << dev.process().errors();
    fs::remove(place / "flows/greets.yaml");
    EXPECT_TRUE(told("flow default/greets is served no more")) << dev.process().errors();
    fs::remove(place / "plugins/hello.so");
    EXPECT_TRUE(told("plugin hello is gone")) << dev.process().errors();
    EXPECT_EQ(dev.stop(), 0);
}

TEST(ServeDev, DoesWhatTheEnvironmentAndTheFileSay) {
    Place place;
    place.file("tappet.yaml", "data: of-the-file\nlog: { level: info }\n");
    {
        Dev dev(place);
        EXPECT_EQ(dev.stop(), 0);
        EXPECT_TRUE(std::filesystem::exists(place / "of-the-file/tappet.db"));
        EXPECT_NE(dev.process().errors().find(" info "), std::string::npos) << dev.process().errors();
    }
    Dev dev(place, {{"TAPPET_DATA", "of-the-environment"}, {"TAPPET_LOG_LEVEL", "error"}});
    EXPECT_EQ(dev.stop(), 0);
    EXPECT_TRUE(std::filesystem::exists(place / "of-the-environment/tappet.db"));
    EXPECT_EQ(dev.process().errors().find(" info "), std::string::npos) << dev.process().errors();
    EXPECT_FALSE(std::filesystem::exists(place / ".tappet-dev"));
}

TEST(ServeDev, TellsOfARunThatEndedWithoutWhatCouldSteerTheTerminal) {
    Place place;
    place.flow("plain", kPlain);
    Dev dev(place);
    EXPECT_TRUE(dev.process().await([&] {
        return dev.event(R"({"text":"\u001b[2J!"})").status == 202 &&
               dev.process().output().find("failed") != std::string::npos;
    }));
    EXPECT_EQ(dev.stop(), 0);
    const std::string told = dev.process().output() + dev.process().errors();
    EXPECT_NE(told.find("end: stopped: ?[2J!"), std::string::npos) << told;
    EXPECT_EQ(told.find('\x1b'), std::string::npos) << told;
}

}  // namespace
}  // namespace tappet::e2e
