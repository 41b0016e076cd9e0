#include "flow/language_schema.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "flow/yaml.hpp"
#include "support/test_catalog.hpp"

namespace tappet::flow {
namespace {

struct LanguageSchema : ::testing::Test {
    LanguageSchema() {
        std::vector<Schema::CompileError> errors;
        schema = Schema::compile(language_schema(catalog), errors);
        for (const auto& error : errors) ADD_FAILURE() << error.pointer << " " << error.detail;
    }
    /// What does not fit, one line; empty when all does.
    std::string problems(const std::string& source) const {
        const YamlDocument document = read_yaml("a.yaml", source);
        if (!document.root) return "is no YAML";
        std::string out;
        for (const auto& problem : schema->problems(to_value(*document.root), 3))
            out += problem.pointer + " " + problem.detail + "\n";
        return out;
    }
    std::string with_step(const std::string& step) const {
        return problems("flow: a\ntriggers: [ { id: go, uses: core/manual } ]\nsteps:\n  - " + step + "\n");
    }
    test::TestCatalog catalog;
    std::shared_ptr<const Schema> schema;
};

TEST_F(LanguageSchema, ShippedFlowsFit) {
    std::size_t count = 0;
    for (const char* folder : {"/flows", "/examples/quickstart/flows"}) {
        for (const auto& entry :
             std::filesystem::directory_iterator(std::string(TAPPET_SOURCE_DIR) + folder)) {
            if (entry.path().extension() != ".yaml" || entry.path().string().ends_with(".test.yaml"))
                continue;
            std::ifstream in(entry.path());
            const std::string source((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
            EXPECT_EQ(problems(source), "") << entry.path();
            ++count;
        }
    }
    EXPECT_GE(count, 4u);
}

TEST_F(LanguageSchema, AnActionsOwnInputIsAsked) {
    EXPECT_EQ(with_step("{ id: a, uses: core/log, with: { message: hi } }"), "");
    EXPECT_NE(with_step("{ id: a, uses: core/log, with: { mesage: hi } }"), "");
    EXPECT_NE(with_step("{ id: a, uses: core/http, with: { url: 'http://a.test', redirects: 99 } }"), "");
    EXPECT_NE(with_step("{ id: a, uses: core/htp, with: {} }"), "");
}

TEST_F(LanguageSchema, AddressesOfNotifyAreAsked) {
    const auto with_notify = [&](const std::string& notify) {
        return problems(
            "flow: a\ntriggers: [ { id: go, uses: core/manual } ]\nsteps: [ { id: b, uses: core/log, with: { "
            "message: hi } } ]\nnotify: " +
            notify + "\n");
    };
    EXPECT_EQ(
        with_notify("[ { on: [end, failure], url: 'https://a.test', secrets: [s], include: [labels] } ]"),
        "");
    EXPECT_NE(with_notify("[ { on: [ends], url: 'https://a.test', secrets: [s] } ]"), "");
    EXPECT_NE(with_notify("[ { url: 'https://a.test' } ]"), "");
}

TEST_F(LanguageSchema, KeysThatThereAreNotAreRefused) {
    EXPECT_EQ(with_step("{ id: a, uses: core/log, with: { message: hi }, onError: continue }"), "");
    EXPECT_NE(with_step("{ id: a, uses: core/log, with: { message: hi }, onErorr: continue }"), "");
    EXPECT_NE(with_step("{ id: a, stop: { state: failed } }"), "");
    EXPECT_NE(with_step("{ id: a, respond: { code: 200 } }"), "");
    const auto with_trigger = [&](const std::string& name, const std::string& keys) {
        return problems("flow: " + name + "\ntriggers: [ { id: go, " + keys +
                        " } ]\nsteps: [ { uses: core/log, with: { message: hi } } ]\n");
    };
    EXPECT_EQ(with_trigger("a-b", "uses: crm/changes, poll: { limit: 1 }, dedupe: { key: trigger.body.id }"),
              "");
    EXPECT_NE(with_trigger("a", "uses: crm/changes, poll: { limt: 1 }"), "");
    EXPECT_NE(with_trigger("a", "uses: crm/changes, pol: { limit: 1 }"), "");
    EXPECT_NE(with_trigger("a", "uses: core/webhook, verify: { presett: none }"), "");
    EXPECT_NE(with_trigger("-v-", "uses: core/manual"), "");
    EXPECT_NE(problems("flow: a\nlabel: {}\ntriggers: [ { id: go, uses: core/manual } ]\nsteps: []\n"), "");
}

TEST_F(LanguageSchema, AnExpressionFitsEverywhere) {
    EXPECT_EQ(
        with_step("{ id: a, uses: core/http, with: { url: 'http://a.test', redirects: '${{ 1 + 1 }}' } }"),
        "");
}

TEST_F(LanguageSchema, StepsInsideStepsAreLookedAt) {
    EXPECT_NE(
        with_step(
            "{ id: a, forEach: trigger.body, do: [ { id: b, uses: core/log, with: { level: loud } } ] }"),
        "");
}

}  // namespace
}  // namespace tappet::flow
