// Every plugin of the build, those that ship and those of the tests, exports the entry and nothing else.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "output_of.hpp"

namespace tappet {
namespace {

std::vector<std::string> plugins_below(const std::string& folder) {
    std::vector<std::string> out;
    if (!std::filesystem::exists(folder)) return out;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        if (entry.path().extension() == ".so" && entry.is_regular_file())
            out.push_back(entry.path().string());
    return out;
}

/// The names that a library exports, a space after each.
std::string exports_of(const std::string& file) {
    return test::output_of("nm -D --defined-only --format=just-symbols '" + file + "' | tr '\\n' ' '");
}

TEST(ExportedSymbols, OfEachPluginAreOne) {
    std::size_t seen = 0;
    for (const char* folder : {"/abi-plugins", "/plugins", "/test-plugins"})
        for (const std::string& file : plugins_below(std::string(TAPPET_BUILD_DIR) + folder)) {
            EXPECT_EQ(exports_of(file), "tappet_plugin_v1 ") << file;
            ++seen;
        }
    EXPECT_GE(seen, 10u);
}

}  // namespace
}  // namespace tappet
