// Compiles every flow of a folder and compares what is said with the file of findings beside it.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "flow/compile.hpp"
#include "support/test_catalog.hpp"

namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

std::string findings_of(const fs::path& path, const tappet::flow::Catalog& catalog) {
    tappet::flow::CompileOptions options;
    options.secret_is_set = [](std::string_view name) { return name == "TOKEN"; };
    const std::string source = read(path);
    const auto compiled = tappet::flow::compile(path.filename().string(), source, catalog, options);
    return tappet::flow::render_human(compiled.findings, source);
}

}  // namespace

int main(int argc, char** argv) {
    const bool write = argc == 3 && std::string_view(argv[1]) == "--write";
    if (argc != (write ? 3 : 2)) {
        std::cerr << "usage: golden_findings [--write] FOLDER\n";
        return 2;
    }
    std::vector<fs::path> flows;
    for (const auto& entry : fs::directory_iterator(argv[argc - 1]))
        if (entry.path().extension() == ".yaml") flows.push_back(entry.path());
    std::sort(flows.begin(), flows.end());
    const tappet::test::TestCatalog catalog;
    int differing = 0;
    for (const fs::path& path : flows) {
        fs::path golden = path;
        golden.replace_extension(".findings");
        const std::string found = findings_of(path, catalog);
        if (write) {
            std::ofstream(golden, std::ios::binary) << found;
            continue;
        }
        const std::string expected = read(golden);
        if (found == expected && !found.empty()) continue;
        ++differing;
        std::cout << path.filename().string() << ": expected\n" << expected << "but found\n" << found << "\n";
    }
    std::cout << flows.size() << " broken flows, " << differing << " not as expected\n";
    return differing == 0 && !flows.empty() ? 0 : 1;
}
