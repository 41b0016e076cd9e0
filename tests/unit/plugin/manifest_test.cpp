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
              "manifest: name \"Shop\" must be lower-case letters, digits and '-'");
    EXPECT_EQ(problem(R"({"name":"shop"})"), "manifest: version is missing");
    EXPECT_EQ(problem(R"({"name":"shop","version":"1","actions":{}})"), "manifest: actions must be a list");
    EXPECT_EQ(problem(R"({"name":"shop","version":"1","actions":[{"name":"a"},{"name":"a"}]})"),
              "manifest: actions[1] is a second \"shop/a\"");
    EXPECT_EQ(problem(R"({"name":"shop","version":"1","actions":[{"name":"a","pure":1}]})"),
              "manifest: actions[0] pure must be true or false");
    EXPECT_EQ(problem(R"({"name":"shop","version":"1","triggers":[{"name":"a","kind":"push"}]})"),
              "manifest: triggers[0] kind must be webhook, manual, schedule, poll or flow");
}

TEST(Manifest, RefusesASchemaThatDoesNotCompile) {
    EXPECT_NE(problem(R"({"name":"shop","version":"1","actions":[{"name":"a","input":{"type":"strin"}}]})")
                  .find("actions[0] input is no schema"),
              std::string::npos);
}

TEST(Manifest, RefusesWhatIsNoJson) { EXPECT_EQ(problem("{").substr(0, 9), "manifest:"); }

}  // namespace
}  // namespace tappet::plugin
