// Where everything stood in version 1.0 is where it stands, as the compiler of this build lays it out.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "output_of.hpp"

namespace tappet {
namespace {

/// Lines of layout.c: what they are about, and the rest.
std::map<std::string, std::string> table(std::istream&& in) {
    std::map<std::string, std::string> out;
    for (std::string line; std::getline(in, line);) {
        const std::size_t space = line.find(' ');
        if (space != std::string::npos) out[line.substr(0, space)] = line.substr(space + 1);
    }
    return out;
}

bool is_whole_struct(const std::string& what, const std::string& value) {
    return what.find('.') == std::string::npos && value.front() != '=';
}
bool has_no_size(const std::string& what) { return what == "tappet_text" || what == "tappet_header"; }

std::string printed_by(const char* program) { return test::output_of(program); }

TEST(FrozenLayout, IsThatOfTheFrozenHeader) {
    std::stringstream stored;
    stored << std::ifstream(TAPPET_SOURCE_DIR "/tests/abi/v1/layout.txt").rdbuf();
    EXPECT_EQ(stored.str(), printed_by(TAPPET_LAYOUT_V1));
}

TEST(FrozenLayout, IsAPrefixOfTodays) {
    const auto frozen = table(std::ifstream(TAPPET_SOURCE_DIR "/tests/abi/v1/layout.txt"));
    const auto today = table(std::istringstream(printed_by(TAPPET_LAYOUT_TODAY)));
    ASSERT_GE(frozen.size(), 191u);
    for (const auto& [what, value] : frozen) {
        const auto found = today.find(what);
        ASSERT_NE(found, today.end()) << what << " is gone";
        if (is_whole_struct(what, value) && !has_no_size(what)) {
            EXPECT_GE(std::stoul(found->second), std::stoul(value)) << what;
        } else {
            EXPECT_EQ(found->second, value) << what;
        }
    }
}

}  // namespace
}  // namespace tappet
