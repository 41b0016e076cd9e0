#include "plugin/manifest.hpp"

#include <gtest/gtest.h>

namespace tappet::plugin {
namespace {

std::string problem(std::string_view text) {
    const auto manifest = parse_manifest(text);
    return manifest ? "none" : manifest.error().message;
}

TEST(Manifest, ReadsActionsAndTriggers) {
    const auto manifest = parse_manifest(R"({"name":"shop","version":"1.2.0","later":true,
        "actions":[{"name":"orders.list","title":"List","pure":true,"nonBlocking":true,"input":{"type":"object"}}],
        "triggers":[{"name":"order","kind":"poll"}]})");
    ASSERT_TRUE(manifest) << manifest.error().message;
    ASSERT_EQ(manifest->actions.size(), 1u);
    EXPECT_EQ(manifest->actions[0]->name, "shop/orders.list");
    EXPECT_TRUE(manifest->actions[0]->pure && manifest->actions[0]->idempotent &&
                manifest->actions[0]->non_blocking);
    EXPECT_TRUE(manifest->actions[0]->input);
    ASSERT_EQ(manifest->triggers.size(), 1u);
    EXPECT_EQ(manifest->triggers[0]->name, "shop/order");
    EXPECT_EQ(manifest->triggers[0]->kind, flow::TriggerKind::poll);
}

TEST(Manifest, NamesThePlaceOfWhatIsWrong) {
    EXPECT_EQ(problem(R"({"name":"Shop","version":"1"})"),
              "manifest: name \"Shop\" must begin with a lower-case letter or digit and have lower-case "
              "letters, digits, '-' and '_' alone, at most 128");
    EXPECT_EQ(problem(R"({"name":"shop","version":"1","actions":[{"name":"a b"}]})"),
              "manifest: actions[0] name \"a b\" must begin with a lower-case letter or digit and have "
              "lower-case letters, digits, '-', '_' and '.' alone, at most 128");
    EXPECT_EQ(problem(R"({"name":"shop","version":"1","actions":[{}]})"),
              "manifest: actions[0] name is missing");
    EXPECT_EQ(problem(R"({"name":"shop","version":""})"), "manifest: version must not be empty");
    EXPECT_EQ(problem(""), "manifest: it is empty");
    EXPECT_EQ(problem(R"({"name":"shop"})"), "manifest: version is missing");
    EXPECT_EQ(problem(R"({"name":"shop","version":"1","actions":{}})"), "manifest: actions must be a list");
    EXPECT_EQ(problem(R"({"name":"shop","version":"1","actions":[{"name":"a"},{"name":"a"}]})"),
              "manifest: actions[1] is a second \"shop/a\"");
    EXPECT_EQ(problem(R"({"name":"shop","version":"1","actions":[{"name":"a","pure":1}]})"),
              "manifest: actions[0] pure must be true or false");
    EXPECT_EQ(problem(R"({"name":"shop","version":"1","triggers":[{"name":"a","kind":"push"}]})"),
              "manifest: triggers[0] kind must be webhook, manual, schedule, poll or flow");
}

TEST(Manifest, ReadsTheErrorsOfAnActionAndRefusesClassesThatThereAreNot) {
    const auto with = [](const std::string& errors) {
        return R"({"name":"shop","version":"1","actions":[{"name":"a","errors":)" + errors + "}]}";
    };
    const auto manifest = parse_manifest(
        with(R"([{"class":"conflict","code":"shop.exists","when":"…"},{"class":"rateLimited"}])"));
    ASSERT_TRUE(manifest) << manifest.error().message;
    const auto& errors = manifest->actions[0]->errors;
    ASSERT_EQ(errors.size(), 2u);
    EXPECT_EQ(errors[0].error_class, flow::ErrorClass::conflict);
    EXPECT_EQ(errors[0].code, "shop.exists");
    EXPECT_EQ(errors[1].code, "");
    EXPECT_EQ(problem(with(R"([{"class":"conflict"},{"class":"rate_limited"}])")).substr(0, 59),
              "manifest: actions[0] errors[1] class must be one of `valida");
    EXPECT_EQ(problem(with("[1]")), "manifest: actions[0] errors[0] must be an object");
    EXPECT_EQ(problem(with(R"([{"class":"auth","code":1}])")),
              "manifest: actions[0] errors[0] code must be a string");
}

TEST(Manifest, RefusesAConnectionThatItDoesNotDeclare) {
    const auto with = [](const std::string& connection) {
        return R"({"name":"shop","version":"1","connections":[{"name":"account"},{"name":"other"}],"actions":[{"name":"a","connection":)" +
               connection + "}]}";
    };
    EXPECT_EQ(problem(with(R"("account")")), "none");
    EXPECT_EQ(problem(with(R"(["account","other"])")), "none");
    EXPECT_EQ(problem(with(R"(["account","nosuch"])")),
              "manifest: actions[0] connection \"nosuch\" is none of the manifest's connections");
    EXPECT_EQ(problem(with("1")), "manifest: actions[0] connection must be a string");
}

TEST(Manifest, RefusesASchemaThatDoesNotCompile) {
    EXPECT_NE(problem(R"({"name":"shop","version":"1","actions":[{"name":"a","input":{"type":"strin"}}]})")
                  .find("actions[0] input is no schema"),
              std::string::npos);
}

TEST(Manifest, RefusesWhatIsNoJson) { EXPECT_EQ(problem("{").substr(0, 9), "manifest:"); }

}  // namespace
}  // namespace tappet::plugin
