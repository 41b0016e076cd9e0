// yaml-test-suite against the reader of flow files: `conformance_yaml DIR [--verbose]`. A document with a
// JSON value must give that value, or be refused for what flow files do not take; one that is no YAML must be
// refused at a place inside it. Where the reader differs stands in one place: the table of deviations in
// docs/FLOWS.md, whose last column names the documents.
#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>

#include "expr/json.hpp"
#include "flow/yaml.hpp"

using namespace tappet;
namespace fs = std::filesystem;

namespace {

/// What YAML has and flow files do not take.
constexpr std::array<std::string_view, 4> kRefusals{"yaml-tag", "yaml-merge-key", "yaml-documents",
                                                    "yaml-key"};

std::string read_file(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// The documents that rows "| what | why | `yaml/…` `yaml/…` |" name.
std::set<std::string, std::less<>> read_deviations(const fs::path& document) {
    std::set<std::string, std::less<>> out;
    std::ifstream file(document);
    constexpr std::string_view kOpen = "`yaml/";
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with('|')) continue;
        for (std::size_t at = line.find(kOpen); at != std::string::npos; at = line.find(kOpen, at)) {
            at += kOpen.size();
            out.insert(line.substr(at, line.find('`', at) - at));
        }
    }
    return out;
}

/// What is wrong with where a finding stands; empty when nothing is.
std::string misplaced(const flow::Diagnostic& finding, const std::string& text) {
    const auto lines = static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n')) + 1;
    const auto [begin, end] = finding.range;
    if (begin.line < 1 || begin.column < 1 || begin.line > lines || end < begin)
        return "a finding at " + std::to_string(begin.line) + ":" + std::to_string(begin.column);
    return finding.message.empty() ? "a finding without a message" : "";
}

std::string wrong_value(const flow::YamlDocument& document, const std::string& json) {
    const bool refused =
        std::any_of(document.findings.begin(), document.findings.end(), [](const flow::Diagnostic& finding) {
            return std::find(kRefusals.begin(), kRefusals.end(), finding.code) != kRefusals.end();
        });
    if (refused) return "";
    if (!document.findings.empty()) return "refused: " + document.findings.front().message;
    const Value value = document.root ? flow::to_value(*document.root) : Value::null();
    const auto expected = read_json(json);
    if (!expected) return "its JSON cannot be read";
    if (value == *expected) return "";
    const auto printed = write_json(value);
    return "is " + (printed ? *printed : "no JSON");
}

/// What is wrong with how a document was taken; empty when nothing is.
std::string problem(const Value& item, const fs::path& folder) {
    const std::string text = read_file(folder / item.find("file")->as_string());
    const flow::YamlDocument document = flow::read_yaml("document.yaml", text);
    for (const flow::Diagnostic& finding : document.findings)
        if (std::string why = misplaced(finding, text); !why.empty()) return why;
    if (item.find("expect")->as_string() == "error") return document.findings.empty() ? "accepted" : "";
    const Value* json = item.find("json");
    return json ? wrong_value(document, read_file(folder / json->as_string())) : "";
}

}  // namespace

int main(int argc, char** argv) {
    const fs::path folder = argc > 1 ? argv[1] : "../shared/vectors/yaml";
    const bool verbose = argc > 2 && std::string_view(argv[2]) == "--verbose";
    if (!fs::exists(folder / "manifest.json")) {
        std::printf("skipped: no vectors at %s\n", folder.c_str());
        return 77;
    }
    const auto manifest = read_json(read_file(folder / "manifest.json"));
    if (!manifest || !manifest->is(Kind::list)) {
        std::printf("manifest.json cannot be read\n");
        return 1;
    }
    const auto deviations = read_deviations(fs::path(TAPPET_SOURCE_DIR) / "docs" / "FLOWS.md");
    int passed = 0, failed = 0, skipped = 0;
    for (const Value& item : manifest->items()) {
        const std::string id(item.find("id")->as_string());
        std::string wrong = problem(item, folder);
        const bool listed = deviations.contains(id);
        if (listed && wrong.empty())
            wrong = "listed as a deviation, and is none";
        else if (listed)
            wrong.clear();
        ++(!wrong.empty() ? failed : listed ? skipped : passed);
        if (!wrong.empty() || verbose)
            std::printf("%s %s%s%s\n",
                        !wrong.empty() ? "FAILED"
                        : listed       ? "skip  "
                                       : "ok    ",
                        id.c_str(), wrong.empty() ? "" : ": ", wrong.c_str());
    }
    std::printf("all: %d passed, %d failed, %d skipped\n", passed, failed, skipped);
    return failed == 0 && passed > 0 ? 0 : 1;
}
