// `tappet plugin test` with bad plugins: each fails the check of what it does, and the runner goes on.
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>

#include "place.hpp"

namespace tappet::gauntlet {
namespace {

struct Misdeed {
    std::string plugin, check;
    std::string said;  ///< a part of what the check says; empty: how it dies is the machine's choice
};
void PrintTo(const Misdeed& misdeed, std::ostream* out) { *out << misdeed.plugin; }

/// One check of a plugin, as `-o json` shows it.
struct Tried {
    std::string verdict, what;
};
Tried tried(const std::string& plugin, const std::string& check, const std::string& seconds) {
    e2e::Place place;
    const e2e::Ended ended = place.run({"plugin", "test", TAPPET_GAUNTLET_PLUGINS "/" + plugin + ".so",
                                        "--only", check, "--timeout", seconds, "-o", "json"});
    const Value* checks = ended.json.find("checks");
    if (!checks || checks->size() != 1) return {"none", ended.out + ended.err};
    const Value& only = checks->items()[0];
    EXPECT_EQ(test::text_at(only, {"check"}), check);
    const Value* what = only.find("what");
    return {test::text_at(only, {"verdict"}),
            what && what->is(Kind::string) ? std::string(what->as_string()) : std::string()};
}

class GauntletOfChecks : public ::testing::TestWithParam<Misdeed> {};

TEST_P(GauntletOfChecks, FailTheCheckOfWhatTheyDo) {
    const Misdeed& misdeed = GetParam();
    const bool hangs = misdeed.said == "did not end";
    const Tried found = tried(misdeed.plugin, misdeed.check, hangs ? "1" : "60");
    EXPECT_EQ(found.verdict, "failed") << found.what;
    EXPECT_NE(found.what.find(misdeed.said), std::string::npos) << found.what;
}

const Misdeed kMisdeeds[] = {{"garbage-manifest", "manifest", "not valid UTF-8"},
                             {"null-manifest", "manifest", "incomplete"},
                             {"short-struct", "manifest", "incomplete"},
                             {"entry-null", "manifest", "cannot run here"},
                             {"no-entry", "symbols", "does not export tappet_plugin_v1"},
                             {"create-null", "life", "cannot start"},
                             {"segfault", "results", "crashed"},
                             {"exit", "results", "ended its process, with exit code 3"},
                             {"never-finishes", "results", "did not end"},
                             {"double-finish", "results", "completed already"},
                             {"forged-call", "results", "completed already"},
                             {"no-result", "results", "gave no result"},
                             {"invalid-utf8", "results", "not UTF-8"},
                             {"unfinished-result", "results", "without its key"},
                             {"double-finish", "cancel-late", "completed already"},
                             {"fd-leak", "leavings", "open file"},
                             {"thread-leak", "leavings", "threads"},
                             {"finishes-for-ever", "leavings", ""}};

std::string name_of(const ::testing::TestParamInfo<Misdeed>& info) {
    std::string out = info.param.plugin + "_" + info.param.check;
    std::replace(out.begin(), out.end(), '-', '_');
    return out;
}
INSTANTIATE_TEST_SUITE_P(Bad, GauntletOfChecks, ::testing::ValuesIn(kMisdeeds), name_of);

TEST(GauntletOfChecksOf, AHealthyPluginHasNoneToFail) {
    for (const char* check :
         {"life", "leavings", "results", "malformed-input", "cancel-at-once", "cancel-late"})
        EXPECT_EQ(tried("healthy", check, "60").verdict, "passed") << check;
}

}  // namespace
}  // namespace tappet::gauntlet
