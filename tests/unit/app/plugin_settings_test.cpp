#include "app/plugin_settings.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "expr/json.hpp"

namespace tappet::app {
namespace {

TEST(PluginSettings, HaveTheSecretsTheyNameWithTheirMarks) {
    ::setenv("TAPPET_SECRET_APPKEY", "k3y", 1);
    const std::map<std::string, Value> all{
        {"crm", read_json(R"({"region":"eu","keys":[{"secret":"APPKEY"}],"other":{"secret":"x","more":1}})")
                    .value()}};
    const auto settings = plugin_settings(all, "crm");
    ASSERT_TRUE(settings.has_value());
    EXPECT_EQ(settings->find("region")->as_string(), "eu");
    const Value& key = settings->find("keys")->items()[0];
    EXPECT_EQ(key.as_string(), "k3y");
    EXPECT_TRUE(key.secret());
    EXPECT_EQ(settings->find("other")->size(), 2u) << "a map with more in it is no secret";
    EXPECT_EQ(plugin_settings(all, "erp")->size(), 0u);
}

TEST(PluginSettings, NameTheSecretThatIsNotSet) {
    const std::map<std::string, Value> all{
        {"crm", read_json(R"({"key":{"secret":"NOT_SET_HERE"}})").value()}};
    const auto settings = plugin_settings(all, "crm");
    ASSERT_FALSE(settings.has_value());
    EXPECT_NE(settings.error().message.find("NOT_SET_HERE"), std::string::npos);
}

}  // namespace
}  // namespace tappet::app
