// docs/FLOWS.md against what the compiler does.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "flow_support.hpp"

namespace tappet::flow::test {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::string reference() { return read(fs::path(TAPPET_SOURCE_DIR) / "docs" / "FLOWS.md"); }

/// The codes in the first column of the tables below "## Findings".
std::set<std::string> listed_codes() {
    std::set<std::string> out;
    std::istringstream lines(reference());
    bool findings = false;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("## ")) findings = line == "## Findings";
        if (!findings || !line.starts_with("| `")) continue;
        const std::string cell = line.substr(0, line.find('|', 1));
        for (std::size_t at = cell.find('`'); at != std::string::npos; at = cell.find('`', at + 1)) {
            const std::size_t begin = at + 1;
            at = cell.find('`', begin);
            out.insert(cell.substr(begin, at - begin));
        }
    }
    return out;
}

/// The codes at the ends of the lines "file:line:column: error: … [code]" of the broken flows.
std::set<std::string> shown_codes() {
    std::set<std::string> out;
    for (const auto& entry : fs::directory_iterator(fs::path(TAPPET_SOURCE_DIR) / "tests" / "broken")) {
        if (entry.path().extension() != ".findings") continue;
        const std::string flow = entry.path().stem().string() + ".yaml:";
        std::istringstream lines(read(entry.path()));
        for (std::string line; std::getline(lines, line);)
            if (line.starts_with(flow) && line.ends_with(']'))
                out.insert(line.substr(line.rfind('[') + 1, line.size() - line.rfind('[') - 2));
    }
    return out;
}

std::string without(const std::set<std::string>& all, const std::set<std::string>& known) {
    std::string out;
    for (const std::string& each : all)
        if (!known.contains(each)) out += (out.empty() ? "" : " ") + each;
    return out;
}

TEST(Reference, ListsEveryCodeThatABrokenFlowShows) {
    ASSERT_FALSE(shown_codes().empty());
    EXPECT_EQ(without(shown_codes(), listed_codes()), "");
}

TEST(Reference, ListsNoCodeThatNoBrokenFlowShows) {
    std::set<std::string> shown = shown_codes();
    shown.insert({"yaml-size", "too-many-steps"});  // too large for the folder: compile_test and yaml_test
    shown.insert("duplicate-flow");                 // takes two files: flow_set_test
    EXPECT_EQ(without(listed_codes(), shown), "");
}

TEST(Reference, ItsFlowCompilesWithoutFindings) {
    const std::string text = reference();
    const std::string fence = "```yaml\n";
    const std::size_t begin = text.find(fence);
    ASSERT_NE(begin, std::string::npos);
    const std::size_t from = begin + fence.size();
    EXPECT_EQ(plan_of(text.substr(from, text.find("```", from) - from))->flow, "greet-customer");
}

TEST(Reference, SaysTheLimitsThatAreInForce) {
    const std::string text = reference();
    const CompileOptions limits;
    const auto says = [&](const std::string& row) { return text.find(row) != std::string::npos; };
    EXPECT_EQ(limits.max_bytes, 1'048'576u);
    EXPECT_TRUE(says("| a file | 1 MiB (1,048,576 bytes) |"));
    EXPECT_EQ(limits.max_steps, 1'000u);
    EXPECT_TRUE(says("| steps of a flow, in loops and handlers too | 1,000 |"));
    EXPECT_EQ(limits.max_depth, 64u);
    EXPECT_TRUE(says("| nesting of YAML | 64 |"));
    EXPECT_EQ(limits.max_alias_nodes, 10'000u);
    EXPECT_TRUE(says("| values that aliases expand to | 10,000 in all |"));
}

}  // namespace
}  // namespace tappet::flow::test
