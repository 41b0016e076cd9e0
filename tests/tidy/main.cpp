// tidy ROOT [--expect FILE]: checks the tree at ROOT against docs/ARCHITECTURE.md and the conventions. Prints
// a line per finding and ends with 1 when there is one. With --expect the findings must be exactly the lines
// of FILE.
#include <algorithm>
#include <cstdio>
#include <fstream>

#include "rules.hpp"

namespace fs = std::filesystem;
using namespace tidy;

namespace {

bool is_code(const fs::path& path) {
    const auto ext = path.extension();
    return ext == ".cpp" || ext == ".hpp" || ext == ".c" || ext == ".h";
}

std::vector<Source> read_tree(const fs::path& root) {
    std::vector<Source> sources;
    for (const char* top : {"engine", "plugins", "sdk", "tests", "examples"}) {
        if (!fs::exists(root / top)) continue;
        for (auto it = fs::recursive_directory_iterator(root / top); it != fs::recursive_directory_iterator();
             ++it) {
            if (it->is_directory() &&
                (it->path().filename() == "node_modules" || it->path() == root / "tests/tidy/fixture"))
                it.disable_recursion_pending();
            else if (it->is_regular_file() && is_code(it->path()))
                sources.push_back(read_source(root, it->path()));
        }
    }
    return sources;
}

Findings check(const Rules& rules, const std::vector<Source>& sources) {
    Findings out;
    for (const Source& source : sources) {
        check_includes(rules, source, out);
        check_co_await(source, out);
        check_form(rules, source, out);
    }
    check_door_counts(rules, sources, out);
    std::sort(out.begin(), out.end());
    return out;
}

int compare(const Findings& found, const fs::path& file) {
    Findings expected;
    std::ifstream stream(file);
    for (std::string line; std::getline(stream, line);) expected.push_back(line);
    for (const auto& line : expected)
        if (std::find(found.begin(), found.end(), line) == found.end())
            std::printf("not found:    %s\n", line.c_str());
    for (const auto& line : found)
        if (std::find(expected.begin(), expected.end(), line) == expected.end())
            std::printf("not expected: %s\n", line.c_str());
    return found == expected ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    const fs::path root = argc > 1 ? argv[1] : ".";
    Rules rules;
    if (const auto problem = read_rules(root / "docs/ARCHITECTURE.md", rules)) {
        std::printf("%s\n", problem->c_str());
        return 1;
    }
    const std::vector<Source> sources = read_tree(root);
    const Findings found = check(rules, sources);
    if (argc > 3 && std::string_view(argv[2]) == "--expect") return compare(found, argv[3]);
    for (const auto& line : found) std::printf("%s\n", line.c_str());
    std::printf("%zu files, %zu findings\n", sources.size(), found.size());
    return found.empty() && !sources.empty() ? 0 : 1;
}
