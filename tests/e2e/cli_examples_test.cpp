// What the documents tell people to try.
#include <filesystem>

#include "place.hpp"

namespace tappet::e2e {
namespace {

const std::string kQuickstart = std::string(TAPPET_SOURCE_DIR) + "/examples/quickstart";

TEST(CliExamples, TheQuickstartRunsAsItIsTold) {
    Place place;
    EXPECT_EQ(place.run({"validate", kQuickstart + "/flows"}).code, 0);
    const Ended ended = place.run({"run", kQuickstart + "/flows/order-received.yaml", "--payload",
                                   kQuickstart + "/order.json", "-o", "json"});
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_EQ(ended.text({"response", "body", "thanks"}), "Thank you, Ada. The Corner Shop");
    EXPECT_EQ(ended.text({"response", "body", "lines"}), "2");
    Engine engine(place, {"--flows", kQuickstart + "/flows"});
    const std::string order = test::read_text(kQuickstart + "/order.json");
    EXPECT_EQ(engine.event("order-received", order).status, 200);
    EXPECT_EQ(engine.event("order-received", order).field("idempotent-replayed"), "true");
}

TEST(CliExamples, TheFlowsThatShipAreValid) {
    Place place;
    const Ended ended = place.run({"validate", std::string(TAPPET_SOURCE_DIR) + "/flows"},
                                  {{"TAPPET_SECRET_SAAS_WEBHOOK", "s3cret"}});
    EXPECT_EQ(ended.code, 0) << ended.out;
    EXPECT_NE(ended.out.find("0 errors, 0 warnings"), std::string::npos) << ended.out;
}

TEST(CliExamples, TheConfigurationOfTheHandbookIsTaken) {
    Place place;
    std::string handbook = test::read_text(std::string(TAPPET_SOURCE_DIR) + "/docs/OPERATIONS.md");
    const std::size_t begin = handbook.find("```yaml\n") + 8;
    ASSERT_NE(begin, std::string::npos + 8);
    place.file("tappet.yaml", handbook.substr(begin, handbook.find("```", begin) - begin));
    const Ended ended = place.run({"plugin", "list", "--plugins", "flows"});
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_EQ(ended.err, "");
}

TEST(CliExamples, TheReferenceOfCoreNamesAllThatItsActionsTake) {
    const std::string text = test::read_text(std::string(TAPPET_SOURCE_DIR) + "/docs/CORE.md");
    Place place;
    const Ended core = place.run({"plugin", "inspect", "core", "-o", "json"});
    for (const Value& action : core.json.find("actions")->items()) {
        const std::string name = test::text_at(action, {"name"});
        const std::size_t begin = text.find("## core/" + name + "\n");
        ASSERT_NE(begin, std::string::npos) << name;
        const std::string part = text.substr(begin, text.find("\n## ", begin) - begin);
        static constexpr std::string_view kInputs[] = {"input", "properties"};
        for (const MapEntry& input : action.at(kInputs)->entries())
            EXPECT_NE(part.find("\n| `" + std::string(input.key.as_string()) + "`"), std::string::npos)
                << name << " " << input.key.as_string();
    }
    for (const Value& trigger : core.json.find("triggers")->items())
        EXPECT_NE(text.find("| `core/" + test::text_at(trigger, {"name"}) + "` |"), std::string::npos);
}

TEST(CliExamples, ThePluginOfTheHandbookIsWhatItShowsAndRuns) {
    const std::string source = std::string(TAPPET_SOURCE_DIR) + "/examples/plugin/hello.cpp";
    const std::string handbook = test::read_text(std::string(TAPPET_SOURCE_DIR) + "/docs/PLUGINS.md");
    EXPECT_NE(handbook.find("```cpp\n" + test::read_text(source) + "```\n"), std::string::npos);
    Place place;
    std::filesystem::create_directory(place / "plugins");
    std::filesystem::create_symlink(TAPPET_CORE_PLUGIN, place / "plugins/core.so");
    std::filesystem::create_symlink(TAPPET_HELLO_PLUGIN, place / "plugins/hello.so");
    const Ended ended = place.run({"run", std::string(TAPPET_SOURCE_DIR) + "/examples/plugin/hello.yaml",
                                   "--payload", "-", "--plugins", place / "plugins", "-o", "json"},
                                  {}, R"({"name": "Ada"})");
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_EQ(ended.text({"run", "outputs", "text"}), "Hello, Ada!");
    const Ended tested = place.run({"test", std::string(TAPPET_SOURCE_DIR) + "/examples/plugin",
                                    "--min-coverage", "100", "--plugins", place / "plugins"});
    EXPECT_EQ(tested.code, 0) << tested.out << tested.err;
}

}  // namespace
}  // namespace tappet::e2e
