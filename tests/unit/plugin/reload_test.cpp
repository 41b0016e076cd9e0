#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "plugin/image.hpp"
#include "plugin/provider.hpp"
#include "support/plugin_rig.hpp"
#include "support/temporary_folder.hpp"

namespace tappet::plugin {
namespace {

using test::TemporaryFolder;
using testing::json;
using testing::PluginRig;

HostOptions options(bool isolated) {
    HostOptions out;
    if (isolated) out.child_command = TAPPET_CHILD;
    return out;
}

/// The plugin crash, whose file is replaced; in this process and in one of its own.
struct ReloadTest : ::testing::TestWithParam<bool> {
    ReloadTest() { put_back(); }
    void put_back() {
        std::filesystem::copy_file(TAPPET_CRASH_PLUGINS "/crash.so", file,
                                   std::filesystem::copy_options::overwrite_existing);
    }
    /// Another build: the loader minds no bytes behind the end.
    void build_anew() { std::ofstream(file, std::ios::app) << "x"; }
    void break_it() { std::ofstream(file, std::ios::trunc) << "no library"; }
    void load() { rig.emplace(folder.path(), options(GetParam())); }
    const PluginInfo& info() const { return rig->host->plugins().at(0); }
    CallOutcome call(const flow::ActionSpec& action) {
        std::optional<CallOutcome> outcome;
        rig->host->call(action, json("{}"), rig->context(),
                        [&](CallOutcome out) { outcome = std::move(out); });
        rig->wait(outcome);
        return *outcome;
    }
    bool answers(const flow::ActionSpec& action) { return std::holds_alternative<Value>(call(action)); }

    TemporaryFolder folder;
    std::string file = folder.path() + "/crash.so";
    std::optional<PluginRig> rig;
};
INSTANTIATE_TEST_SUITE_P(Both, ReloadTest, ::testing::Bool(),
                         [](const auto& given) { return given.param ? "isolated" : "inside"; });

/// Descriptors of this process.
std::size_t open_files() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

TEST_P(ReloadTest, AFileThatDoesNotLoadCostsNothingMoreEachTimeItIsTried) {
    load();
    break_it();
    rig->reload();
    const std::size_t before = open_files();
    for (int i = 0; i < 10; ++i) rig->reload();
    EXPECT_EQ(open_files(), before);
    EXPECT_FALSE(info().newer_problem.empty());
    put_back();
    rig->reload();
    EXPECT_TRUE(info().newer_problem.empty());
    EXPECT_TRUE(answers(*rig->action("crash/now")));
}

TEST_P(ReloadTest, OneThatLoadsAndIsRefusedCostsNothingMoreEachTimeItIsTried) {
    std::filesystem::copy_file(TAPPET_TEST_PLUGINS "/needy/needy.so", folder.path() + "/needy.so");
    load();
    const std::size_t before = open_files();
    for (int i = 0; i < 10; ++i) rig->reload();
    EXPECT_EQ(open_files(), before);
    EXPECT_NE(rig->host->plugins().at(1).problem.find("needs the service"), std::string::npos);
}

TEST_P(ReloadTest, WhoAsksWhileOneIsUnderWayIsAnsweredAfterTheNext) {
    load();
    std::vector<int> answered;
    rig->host->reload([&] { answered.push_back(1); });
    build_anew();
    std::string seen;
    rig->host->reload([&] { answered.push_back(2), seen = info().hash; });
    rig->host->reload({});
    while (answered.size() < 2) rig->loop.run_one();
    EXPECT_EQ(answered, (std::vector<int>{1, 2}));
    EXPECT_EQ(seen, (*Image::read(file))->hash());
}

TEST_P(ReloadTest, AHostMayGoWhileItLooks) {
    load();
    rig->host->reload([] { FAIL() << "the host is gone"; });
    rig->host.reset();
    rig->loop.poll();
}

TEST_P(ReloadTest, NothingIsPlacedWhileTheHostCloses) {
    load();
    build_anew();
    const std::string hash = info().hash;
    rig->host->reload([] { FAIL() << "the host closes"; });
    // The looker is done once it has posted; the loop does not run until the host has closed.
    while (rig->host->looking()) std::this_thread::yield();
    rig->host->close();
    rig->loop.poll();
    EXPECT_EQ(info().hash, hash);
}

TEST_P(ReloadTest, WhoHoldsANameMayOutliveTheHostAndItsLoop) {
    load();
    const auto held = rig->action("crash/now");
    EXPECT_TRUE(answers(*held));
    rig.reset();
}

TEST_P(ReloadTest, AFileThatIsTheSameIsLeftAlone) {
    load();
    const auto before = rig->action("crash/now");
    rig->reload();
    EXPECT_EQ(rig->action("crash/now"), before);
    EXPECT_EQ(rig->host->plugins().size(), 1u);
}

TEST_P(ReloadTest, AChangedFileTakesTheNamesAndTheOldBuildGoesOnForWhoHoldsIt) {
    load();
    const auto before = rig->action("crash/now");
    const std::string hash = info().hash;
    EXPECT_TRUE(answers(*before));
    build_anew();
    rig->reload();
    const auto after = rig->action("crash/now");
    EXPECT_NE(after, before);
    EXPECT_NE(info().hash, hash);
    EXPECT_TRUE(answers(*after));
    EXPECT_TRUE(answers(*before));
}

TEST_P(ReloadTest, TheOldBuildEndsWhenNobodyHoldsIt) {
    load();
    auto before = rig->action("crash/now");
    EXPECT_TRUE(answers(*before));
    const std::weak_ptr<Provider> old = static_cast<const Action&>(*before).provider;
    build_anew();
    rig->reload();
    EXPECT_FALSE(old.expired());
    before.reset();
    while (!old.expired()) rig->loop.run_one();
}

TEST_P(ReloadTest, AnOldBuildThatWasNotStartedYetIsStillTheOldOne) {
    load();
    const auto before = rig->action("crash/now");
    break_it();
    rig->reload();
    EXPECT_TRUE(answers(*before));
}

TEST_P(ReloadTest, OneThatDoesNotLoadChangesNothingAndSaysWhy) {
    load();
    const auto before = rig->action("crash/now");
    break_it();
    rig->reload();
    EXPECT_EQ(rig->action("crash/now"), before);
    EXPECT_TRUE(info().problem.empty());
    EXPECT_NE(info().newer_problem.find(file), std::string::npos) << info().newer_problem;
    put_back();
    rig->reload();
    EXPECT_EQ(rig->action("crash/now"), before);
    EXPECT_TRUE(info().newer_problem.empty());
}

TEST_P(ReloadTest, OneThatIsMendedIsLoaded) {
    break_it();
    load();
    EXPECT_FALSE(info().problem.empty());
    put_back();
    rig->reload();
    EXPECT_TRUE(info().problem.empty()) << info().problem;
    EXPECT_TRUE(answers(*rig->action("crash/now")));
}

TEST_P(ReloadTest, OneThatIsGoneTakesItsNamesAlong) {
    load();
    const auto before = rig->action("crash/now");
    std::filesystem::remove(file);
    rig->reload();
    EXPECT_EQ(rig->host->action("crash/now"), nullptr);
    EXPECT_TRUE(rig->host->plugins().empty());
    EXPECT_TRUE(answers(*before));
}

TEST_P(ReloadTest, OneThatIsRenamedKeepsItsName) {
    load();
    std::filesystem::rename(file, folder.path() + "/other.so");
    rig->reload();
    EXPECT_TRUE(info().problem.empty()) << info().problem;
    EXPECT_TRUE(answers(*rig->action("crash/now")));
}

}  // namespace
}  // namespace tappet::plugin
