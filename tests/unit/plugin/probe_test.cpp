#include "plugin/probe.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "plugin/host.hpp"

namespace tappet::plugin {
namespace {

/// A folder with scripts that stand for the engine's `plugin probe`.
struct ProbeTest : ::testing::Test {
    ProbeTest() {
        std::string name = ::testing::TempDir() + "probe-XXXXXX";
        folder = mkdtemp(name.data());
        std::ofstream(folder + "/a.so") << "not looked at";
    }
    ~ProbeTest() override { std::filesystem::remove_all(folder); }
    std::string script(const std::string& body) {
        const std::string file = folder + "/script";
        std::ofstream(file) << "#!/bin/sh\n" << body << "\n";
        std::filesystem::permissions(file, std::filesystem::perms::owner_all);
        return file;
    }
    std::string problem(const std::string& body,
                        std::chrono::milliseconds timeout = std::chrono::seconds(60)) {
        const auto told = Prober(script(body), timeout).ask(folder + "/a.so");
        return told ? "" : told.error().message;
    }
    std::string folder;
};

TEST_F(ProbeTest, AFileThatLoadsHasNoProblem) {
    EXPECT_EQ(problem("test \"$1 $2\" = 'plugin probe' && test -f \"$3\" && echo '{}'"), "");
}

TEST_F(ProbeTest, WhatTheChildPrintsIsTheManifest) {
    const auto told =
        Prober(script("echo noise >&2; printf '{}'"), std::chrono::seconds(60)).ask(folder + "/a.so");
    ASSERT_TRUE(told);
    EXPECT_EQ(*told, "{}");
}

TEST_F(ProbeTest, AManifestOfMoreThanFourMebibytesIsRefused) {
    EXPECT_EQ(problem("head -c 4194305 /dev/zero"), "its manifest has more than 4194304 bytes");
}

TEST_F(ProbeTest, WhatTheChildSaysIsTheProblem) {
    EXPECT_EQ(problem("echo 'no entry symbol' >&2; exit 1"), "no entry symbol");
}

TEST_F(ProbeTest, ACrashTakesTheChildDownAndIsNamed) {
    EXPECT_EQ(problem("kill -SEGV $$").substr(0, 22), "crashes while loading:");
}

TEST_F(ProbeTest, AnEndWithoutAWordIsNoManifest) {
    EXPECT_EQ(problem("exit 0"), "ends its process while loading, with exit code 0");
}

TEST_F(ProbeTest, AHangIsEnded) {
    EXPECT_EQ(problem("exec sleep 600", std::chrono::milliseconds(1)),
              "hangs while loading: the probe was ended after 1 ms");
}

TEST_F(ProbeTest, AHangThatHasClosedItsOutputIsEndedToo) {
    EXPECT_EQ(problem("exec 2>&-; exec sleep 600", std::chrono::milliseconds(200)),
              "hangs while loading: the probe was ended after 200 ms");
}

TEST_F(ProbeTest, TheSameFileIsAskedOnce) {
    const std::string asked = folder + "/asked";
    Prober prober(script("echo x >> " + asked + "; echo '{}'"), std::chrono::seconds(60));
    EXPECT_TRUE(prober.ask(folder + "/a.so"));
    EXPECT_TRUE(prober.ask(folder + "/a.so"));
    EXPECT_EQ(std::filesystem::file_size(asked), 2u);
}

TEST_F(ProbeTest, AFileThatWasTooSlowIsAskedAgain) {
    const std::string slow = folder + "/slow";
    std::ofstream(slow) << "x";
    Prober prober(script("test -e " + slow + " && exec sleep 600; echo '{}'"),
                  std::chrono::milliseconds(500));
    EXPECT_FALSE(prober.ask(folder + "/a.so"));
    std::filesystem::remove(slow);
    // A machine as slow as that may take it for a hang once more.
    while (!prober.ask(folder + "/a.so")) continue;
}

TEST_F(ProbeTest, WhatWasReadIsWhatIsAsked) {
    const auto image = Image::read(folder + "/a.so");
    ASSERT_TRUE(image);
    std::ofstream(folder + "/a.so", std::ios::trunc) << "another";
    const auto told = Prober(script("cat \"$3\""), std::chrono::seconds(60)).ask(**image, folder + "/a.so");
    ASSERT_TRUE(told) << told.error().message;
    EXPECT_EQ(*told, "not looked at");
}

TEST_F(ProbeTest, OfTheEnginesDescriptorsTheChildGetsWhatIsAsked) {
    int ends[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);  // which a child would inherit
    EXPECT_EQ(problem("for f in /proc/$$/fd/*; do readlink $f; done | grep -c '^socket' >&2; exit 1"), "0");
    for (const int fd : ends) close(fd);
}

TEST_F(ProbeTest, AProblemNamesTheFile) {
    EXPECT_EQ(problem("echo \"$3: no library\" >&2; exit 1"), folder + "/a.so: no library");
}

TEST_F(ProbeTest, AMissingCommandIsNamed) {
    const auto told = Prober(folder + "/none", std::chrono::seconds(60)).ask(folder + "/a.so");
    ASSERT_FALSE(told);
    EXPECT_NE(told.error().message.find("cannot be probed"), std::string::npos);
}

/// The path of a library of this process, by a part of it.
std::string path_of_loaded(const std::string& part) {
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);)
        if (line.find(part) != std::string::npos) return line.substr(line.find('/'));
    return "";
}

TEST(Probe, GivesTheManifestOfAPlugin) {
    const auto manifest = probe(std::string(TAPPET_TEST_PLUGINS) + "/test.so");
    ASSERT_TRUE(manifest) << manifest.error().message;
    EXPECT_EQ(manifest->substr(0, 14), R"({"name":"test")");
}

TEST(Probe, SaysWhyAFileIsNoPlugin) {
    EXPECT_FALSE(probe("/nowhere/x.so"));
    const auto library = probe(path_of_loaded("/libm.so"));
    ASSERT_FALSE(library);
    EXPECT_NE(library.error().message.find("tappet_plugin_v1"), std::string::npos) << library.error().message;
}

TEST(Probe, ANameIsAPathAndNotOneOfTheSystemsLibraries) {
    const auto library = probe("libm.so.6");
    ASSERT_FALSE(library);
    EXPECT_NE(library.error().message.find("cannot open"), std::string::npos) << library.error().message;
}

}  // namespace
}  // namespace tappet::plugin
