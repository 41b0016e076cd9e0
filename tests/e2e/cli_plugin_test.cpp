// The commands for authors of plugins.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "place.hpp"

namespace tappet::e2e {
namespace {

/// Verdicts of `plugin test -o json` by check.
std::map<std::string, std::string> verdicts(const Ended& ended) {
    std::map<std::string, std::string> out;
    const Value* checks = ended.json.find("checks");
    if (!checks) return out;
    for (const Value& check : checks->items())
        out[std::string(test::text_at(check, {"check"}))] = test::text_at(check, {"verdict"});
    return out;
}

TEST(CliPlugin, TestPassesWhatKeepsTheBordersPromises) {
    Place place;
    const Ended ended = place.run({"plugin", "test", TAPPET_CORE_PLUGIN, "-o", "json"});
    EXPECT_EQ(ended.code, 0) << ended.out;
    const auto all = verdicts(ended);
    EXPECT_EQ(all.size(), 17u);
    EXPECT_EQ(all.at("results"), "passed");
    EXPECT_EQ(all.at("manifest-in-file"), "passed");
    EXPECT_EQ(all.at("polls"), "skipped");
}

TEST(CliPlugin, TestOutlivesWhatCrashesAndHangs) {
    Place place;
    const Ended ended = place.run({"plugin", "test", TAPPET_CRASH_PLUGIN, "-o", "json", "--timeout", "1",
                                   "--only", "manifest", "--only", "symbols", "--only", "results", "--only",
                                   "older-engine", "--only", "unknown-kind"});
    EXPECT_EQ(ended.code, 1);
    const std::map<std::string, std::string> expected{
        {"manifest", "failed"},
        {"symbols", "passed"},
        {"results", "failed"},       // one of its actions hangs
        {"older-engine", "failed"},  // it crashes without a clock
        {"unknown-kind", "failed"}};
    EXPECT_EQ(verdicts(ended), expected) << ended.out;
}

TEST(CliPlugin, TestHasAllServicesInItsNewerEngine) {
    Place place;
    const Ended ended = place.run({"plugin", "test", TAPPET_TICKETS_PLUGIN, "--only", "newer-engine"});
    EXPECT_EQ(ended.code, 0) << ended.out;
}

TEST(CliPlugin, TestNamesAFileAndACheckThatAreNotThere) {
    Place place;
    EXPECT_EQ(place.run({"plugin", "test", "nowhere.so"}).code, 5);
    EXPECT_EQ(place.run({"plugin", "test", TAPPET_CORE_PLUGIN, "--only", "nothing"}).code, 2);
}

TEST(CliPlugin, InspectRunsNothingUnlessItIsTold) {
    Place place;
    const Ended silent = place.run({"plugin", "inspect", TAPPET_CRASH_PLUGIN});
    EXPECT_EQ(silent.code, 1);
    EXPECT_NE((silent.out + silent.err).find("--run"), std::string::npos);
    const Ended told = place.run({"plugin", "inspect", TAPPET_CRASH_PLUGIN, "--run"});
    EXPECT_EQ(told.code, 0) << told.err;
    EXPECT_NE(told.out.find("crash/now"), std::string::npos);
}

TEST(CliPlugin, APluginOfTheFolderComesBeforeAFileOfItsName) {
    Place place;
    place.file("core", "what a crash left behind");
    const std::string folder = std::filesystem::path(TAPPET_CORE_PLUGIN).parent_path().string();
    const Ended found = place.run({"plugin", "inspect", "core", "--plugins", folder});
    EXPECT_EQ(found.code, 0) << found.err;
    EXPECT_NE(found.out.find("core/http"), std::string::npos) << found.out;
}

TEST(CliPlugin, APluginWhoseFileHoldsNoManifestIsFoundByItsNameIfItMayRun) {
    Place place;
    std::filesystem::create_directories(place / "some/folder.so");
    std::filesystem::copy(TAPPET_CRASH_PLUGIN, place / "some/other.so");
    const Ended silent = place.run({"plugin", "inspect", "crash", "--plugins", "some"});
    EXPECT_EQ(silent.code, 5) << silent.err;
    EXPECT_NE(silent.err.find("only --run can tell: some/other.so\n"), std::string::npos) << silent.err;
    const Ended told = place.run({"plugin", "inspect", "crash", "--plugins", "some", "--run"});
    EXPECT_EQ(told.code, 0) << told.err;
    EXPECT_NE(told.out.find("crash/now"), std::string::npos);
    const Ended page = place.run({"plugin", "docs", "crash", "--plugins", "some", "--run"});
    EXPECT_EQ(page.code, 0) << page.err;
    EXPECT_EQ(place.run({"plugin", "inspect", "folder", "--plugins", "some"}).code, 5);
    EXPECT_EQ(place.run({"plugin", "embed", "some/folder.so"}).code, 5);
}

TEST(CliPlugin, AFileIsTakenFromTheFolderOneIsIn) {
    Place place;
    std::filesystem::copy(TAPPET_CRASH_PLUGIN, place / "crash.so");
    const Ended told = place.run({"plugin", "inspect", "crash.so", "--run"});
    EXPECT_EQ(told.code, 0) << told.err;
    const Ended tried = place.run({"plugin", "test", "crash.so", "--only", "symbols", "--only", "entry"});
    EXPECT_EQ(tried.code, 0) << tried.out;
}

TEST(CliPlugin, EmbedLeavesTheFileAloneWhereThereIsNoRoom) {
    Place place;
    std::filesystem::copy(TAPPET_CRASH_PLUGIN, place / "crash.so");
    std::filesystem::create_symlink("/dev/full", place / "crash.so.embed");
    const Ended ended = place.run({"plugin", "embed", "crash.so"});
    EXPECT_EQ(ended.code, 1) << ended.out;
    EXPECT_NE(ended.err.find("crash.so.embed: cannot be written"), std::string::npos) << ended.err;
    EXPECT_EQ(test::read_text(place / "crash.so"), test::read_text(TAPPET_CRASH_PLUGIN));
    EXPECT_FALSE(std::filesystem::is_symlink(place / "crash.so.embed")) << "nothing is left beside it";
}

TEST(CliPlugin, ThePageOfCoreIsTheOneOfItsManifest) {
    Place place;
    const Ended made = place.run({"plugin", "docs", TAPPET_CORE_PLUGIN});
    EXPECT_EQ(made.code, 0) << made.err;
    std::ifstream in(std::string(TAPPET_SOURCE_DIR) + "/docs/plugins/core.md");
    const std::string page((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    EXPECT_EQ(made.out, page) << "write it anew: tappet plugin docs core --dir docs/plugins";
}

TEST(CliPlugin, NewWritesAProjectAndNeverOverOne) {
    Place place;
    const Ended made = place.run({"plugin", "new", "my-plugin", "-o", "json"});
    EXPECT_EQ(made.code, 0) << made.err;
    EXPECT_TRUE(std::filesystem::exists(place / "my-plugin/src/my_plugin.cpp"));
    EXPECT_TRUE(std::filesystem::exists(place / "my-plugin/.github/workflows/build.yml"));
    EXPECT_EQ(place.run({"plugin", "new", "my-plugin"}).code, 6);
    EXPECT_EQ(place.run({"plugin", "new", "My Plugin"}).code, 2);
    EXPECT_EQ(place.run({"plugin", "new", "core"}).code, 2) << "it would never load";
    EXPECT_EQ(place.run({"plugin", "new", "-a"}).code, 2);
    EXPECT_EQ(place.run({"plugin", "new", "other", "--lang", "cobol"}).code, 2);
    EXPECT_FALSE(std::filesystem::exists(place / "other"));
}

TEST(CliPlugin, NewNamesItsFlowAsFlowsAreNamed) {
    Place place;
    for (const auto& [plugin, flow] : std::map<std::string, std::string>{
             {"a_b-c", "a-b-c"}, {"a-", "a"}, {"b__-c", "b-c"}, {"9lives", "9lives"}}) {
        ASSERT_EQ(place.run({"plugin", "new", plugin}).code, 0) << plugin;
        const std::string file = plugin + "/flows/" + plugin;
        EXPECT_EQ(test::read_text(place / (file + ".yaml")).find("flow: " + flow + "\n"), 0u) << plugin;
        EXPECT_EQ(test::read_text(place / (file + ".test.yaml")).find("test: " + flow + "\n"), 0u) << plugin;
    }
}

}  // namespace
}  // namespace tappet::e2e
