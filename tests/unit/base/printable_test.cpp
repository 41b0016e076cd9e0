#include "base/printable.hpp"

#include <gtest/gtest.h>

namespace tappet {
namespace {

TEST(Printable, LeavesTextAsItIs) {
    EXPECT_EQ(printable(""), "");
    EXPECT_EQ(printable("Grüße, 東京 🙂 \u00A0"), "Grüße, 東京 🙂 \u00A0");
}

TEST(Printable, MakesEveryControlCharacterVisible) {
    EXPECT_EQ(printable("\x1b[2J\x1b]0;title\x07"), "?[2J?]0;title?");
    EXPECT_EQ(printable(std::string_view("a\0b\rc\x7f", 6)), "a?b?c?");
    EXPECT_EQ(printable("a\tb\nc"), "a b?c");
    EXPECT_EQ(printable("\u0080\u009B31m\u009F"), "??31m?");
}

TEST(Printable, ReplacesWhatIsNoUtf8OncePerCodePoint) {
    EXPECT_EQ(printable("a\xff\xc2"), "a\uFFFD\uFFFD");
    EXPECT_EQ(printable("\x9b"
                        "31m"),
              "31m");
}

TEST(Printable, KeepsLinesWhereAskedTo) { EXPECT_EQ(printable_lines("a\nb\x1b\r\n"), "a\nb??\n"); }

}  // namespace
}  // namespace tappet
