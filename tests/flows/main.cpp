// Plays every case of a folder's *.yaml through the engine's decisions in virtual time.
#include <algorithm>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "case.hpp"
#include "support/test_catalog.hpp"
#include "support/test_sealer.hpp"

namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

/// What is wrong with a case, a fault of it or of the engine too.
std::vector<std::string> wrong_with(const tappet::flows::Case& c) {
    try {
        return tappet::flows::play(c);
    } catch (const std::exception& fault) {
        return {fault.what()};
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2 || argc > 3) {
        std::cerr << "usage: flow_cases FOLDER [PART OF A NAME]\n";
        return 2;
    }
    const std::string only = argc == 3 ? argv[2] : "";
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(argv[1]))
        if (entry.path().extension() == ".yaml") files.push_back(entry.path());
    std::ranges::sort(files);
    const tappet::test::TestCatalog catalog;
    const tappet::test::TestSealer sealer;
    int played = 0, failed = 0;
    for (const fs::path& file : files) {
        std::vector<tappet::flows::Case> cases;
        try {
            cases = tappet::flows::read_cases(file.filename().string(), read(file), catalog, sealer);
        } catch (const std::exception& fault) {
            ++failed;
            std::cout << file.filename().string() << " does not read: " << fault.what() << "\n";
        }
        for (const auto& c : cases) {
            if (c.name.find(only) == std::string::npos) continue;
            ++played;
            const auto wrong = wrong_with(c);
            if (wrong.empty()) continue;
            ++failed;
            std::cout << file.filename().string() << ": " << c.name << "\n";
            for (const std::string& line : wrong) std::cout << "  " << line << "\n";
        }
    }
    std::cout << played << " cases, " << failed << " not as expected\n";
    return failed == 0 && played > 0 ? 0 : 1;
}
