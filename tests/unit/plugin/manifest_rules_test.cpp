#include "plugin/check/manifest_rules.hpp"

#include <gmock/gmock.h>

namespace tappet::plugin::check {
namespace {

std::vector<std::string> faults(std::string_view text) {
    const auto manifest = parse_manifest(text);
    if (!manifest) return {manifest.error().message};
    return manifest_faults(*manifest);
}

TEST(ManifestRules, TellKeysThatNobodyReads) {
    EXPECT_THAT(
        faults(
            R"({"name":"shop","version":"1","titel":"Shop","actions":[{"name":"a","title":"A","nonblocking":true,
                        "inputs":{},"errors":[{"class":"auth","wen":"x"}],"samples":[{"result":1}]}],
                        "triggers":[{"name":"t","kind":"webhook","setings":{}}],"app":{"x":1}})"),
        testing::ElementsAre(
            "has a key \"titel\" that nobody reads; did you mean \"title\"?",
            "actions[0] has a key \"nonblocking\" that nobody reads; did you mean \"nonBlocking\"?",
            "actions[0] has a key \"inputs\" that nobody reads; did you mean \"input\"?",
            "actions[0] errors[0] has a key \"wen\" that nobody reads; did you mean \"when\"?",
            "actions[0] samples[0] has a key \"result\" that nobody reads; did you mean \"results\"?",
            "triggers[0] has a key \"setings\" that nobody reads; did you mean \"settings\"?",
            "app has a key \"x\" that nobody reads"));
}

TEST(ManifestRules, TellValuesAndKeysThatAreNotOfTheirPlace) {
    EXPECT_THAT(
        faults(
            R"({"name":"shop","version":"1","connections":[{"name":"c","type":"oauth3"},{"name":"d","type":"basic"}],
                        "triggers":[{"name":"t","kind":"poll","handles":true},{"name":"u","kind":"webhook","handles":true}]})"),
        testing::ElementsAre("connections[0] type \"oauth3\" is none of apiKey, apiKeySecret, basic, oauth2, "
                             "clientCredentials, privateKey; did you mean \"oauth2\"?",
                             "triggers[0] handles is of triggers of kind webhook: this is a poll"));
}

}  // namespace
}  // namespace tappet::plugin::check
