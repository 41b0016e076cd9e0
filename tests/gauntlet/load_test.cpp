// Plugins that must not be loaded, one at a time: the engine says why, and goes on without them.
#include <gtest/gtest.h>

#include <filesystem>

#include "cases.hpp"
#include "support/plugin_rig.hpp"
#include "support/temporary_folder.hpp"

namespace tappet::gauntlet {
namespace {

class GauntletOfLoading : public ::testing::TestWithParam<Unloadable> {};

TEST_P(GauntletOfLoading, KeepsOutWhatIsNoPluginAndSaysWhy) {
    const Unloadable& bad = GetParam();
    const bool hangs = bad.plugin.ends_with("hangs");
    test::TemporaryFolder folder;
    for (const std::string& name : {bad.plugin, std::string("healthy")})
        std::filesystem::copy(TAPPET_GAUNTLET_PLUGINS "/" + name + ".so", folder / (name + ".so"));
    plugin::HostOptions options;
    options.child_command = TAPPET_EXECUTABLE;
    options.trusted = {"healthy.so"};  // and so not tried in a process of its own, however slow that is
    if (hangs) options.probe_timeout = std::chrono::milliseconds(300);
    testing::PluginRig rig(folder.path(), std::move(options));

    ASSERT_EQ(rig.host->plugins().size(), 2u);
    for (const plugin::PluginInfo& info : rig.host->plugins()) {
        if (info.name == "healthy") {
            EXPECT_EQ(info.problem, "");
        } else {
            EXPECT_NE(info.problem.find(bad.reason), std::string::npos) << info.problem;
            EXPECT_LT(info.problem.size(), 4'096u) << "a reason is for people";
        }
    }
    EXPECT_EQ(rig.host->action(bad.plugin + "/do"), nullptr);
    EXPECT_EQ(testing::text(rig.result("healthy/do", testing::json(R"({"n":1})"))), R"({"n":2})");
}

std::string name_of(const ::testing::TestParamInfo<Unloadable>& info) {
    std::string out = info.param.plugin;
    std::replace(out.begin(), out.end(), '-', '_');
    return out;
}
INSTANTIATE_TEST_SUITE_P(Bad, GauntletOfLoading, ::testing::ValuesIn(unloadables()), name_of);

}  // namespace
}  // namespace tappet::gauntlet
