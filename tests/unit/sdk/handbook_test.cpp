// What docs/PLUGINS.md shows in C++ is part of a file that is compiled.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

namespace {

std::string file(const std::string& name) {
    std::ifstream in(std::string(TAPPET_SOURCE_DIR) + "/" + name);
    return {std::istreambuf_iterator<char>(in), {}};
}

TEST(SdkHandbook, ShowsWhatIsCompiled) {
    const std::string handbook = file("docs/PLUGINS.md");
    const std::string sources = file("examples/plugin/hello.cpp") + file("examples/plugin/tickets.cpp") +
                                file("examples/plugin/tickets_test.cpp") + file("tests/plugins/source.cpp");
    static constexpr std::string_view fence = "```cpp\n";
    int shown = 0;
    for (std::size_t at = handbook.find(fence); at != std::string::npos;
         at = handbook.find(fence, at), ++shown) {
        at += fence.size();
        const std::string block = handbook.substr(at, handbook.find("```", at) - at);
        EXPECT_NE(sources.find(block), std::string::npos) << block;
    }
    EXPECT_GE(shown, 8);
}

}  // namespace
