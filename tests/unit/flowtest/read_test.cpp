#include "flowtest/read.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "rig.hpp"

namespace tappet::flowtest {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

Result<std::string> fixture(const std::string& path) {
    if (path == "event.json") return std::string("{}");
    if (path == "broken.json") return std::string("{\n  \"a\": }");
    return Error::not_found(path + ": No such file or directory");
}

/// What is said of a test file, read and then held against the flow beside it.
std::string findings_of(const fs::path& path, const flow::Plan& plan) {
    const std::string source = text_of(path);
    ReadSuite read = read_suite(path.filename().string(), source, fixture);
    std::string out = flow::render_human(read.findings, source);
    if (read.suite) out += flow::render_human(fit(*read.suite, plan), source);
    return out;
}

/// Broken test files with the findings that they must give: *.test.yaml beside *.findings, all for flow.yaml.
/// TAPPET_WRITE_GOLDEN=1 writes the latter anew; look at what changed before it is committed.
TEST(ReadSuite, SaysEverythingThatIsWrongAtItsPlace) {
    const fs::path folder = fs::path(TAPPET_SOURCE_DIR) / "tests/unit/flowtest/broken";
    const test::TestCatalog catalog;
    const auto compiled = flow::compile("flow.yaml", text_of(folder / "flow.yaml"), catalog);
    ASSERT_TRUE(compiled.plan) << flow::render_human(compiled.findings, "");
    const bool write =
        std::getenv("TAPPET_WRITE_GOLDEN") != nullptr;  // NOLINT(concurrency-mt-unsafe): one thread
    std::size_t files = 0;
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (!entry.path().string().ends_with(".test.yaml")) continue;
        ++files;
        const std::string found = findings_of(entry.path(), *compiled.plan);
        fs::path golden = entry.path();
        golden.replace_extension().replace_extension(".findings");
        if (write) std::ofstream(golden, std::ios::binary) << found;
        EXPECT_EQ(found, text_of(golden)) << entry.path();
        EXPECT_NE(found, "") << entry.path();
    }
    EXPECT_GE(files, 8u);
}

TEST(ReadSuite, WhatACaseSaysItselfWinsOverWhatAllShare) {
    const Suite suite = Rig::suite(R"yaml(
vars: { A: 1, B: 1 }
secrets: { S: shared }
mocks: { a: { results: shared } }
cases:
  - name: one
    vars: { B: 2 }
    trigger: { received: }
    mocks: { a: { results: own } }
    expect: { runs: 1 }
)yaml");
    const Case& one = suite.cases.at(0);
    ASSERT_EQ(one.vars.size(), 2u);
    EXPECT_EQ(one.vars[0].value, Value::integer(2));
    EXPECT_EQ(one.vars[1].name, "A");
    ASSERT_EQ(one.mocks.size(), 1u);
    EXPECT_EQ(std::get<Value>(one.mocks[0].answers[0].outcome), Value::string("own"));
    EXPECT_FALSE(one.mocks[0].shared);
    EXPECT_EQ(one.secrets.at(0).name, "S");
}

}  // namespace
}  // namespace tappet::flowtest
