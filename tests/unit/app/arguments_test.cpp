#include "app/arguments.hpp"

#include <gtest/gtest.h>

namespace tappet::app {
namespace {

TEST(Arguments, AnAssignmentHasANameAndWhateverFollows) {
    EXPECT_EQ(parse_assignment("a=b=c"), (Pair{"a", "b=c"}));
    EXPECT_EQ(parse_assignment("a="), (Pair{"a", ""}));
    for (const char* wrong : {"", "a", "=b"}) EXPECT_FALSE(parse_assignment(wrong)) << wrong;
}

TEST(Arguments, AHeaderIsWrittenWithEitherSeparator) {
    EXPECT_EQ(parse_header("X-A: b:c"), (Pair{"X-A", "b:c"}));
    EXPECT_EQ(parse_header("X-A=b:c"), (Pair{"X-A", "b:c"}));
    EXPECT_EQ(parse_header("X-A:\t b=c \t"), (Pair{"X-A", "b=c"}));
    for (const char* empty : {"X-A:", "X-A: ", "X-A="}) EXPECT_EQ(parse_header(empty), (Pair{"X-A", ""}));
    for (const char* wrong :
         {"", ":", ":b", "=b", "X-A", "X A: b", "X-A : b", "Ü: b", "X-A: b\r\nX-B: c", "X-A: b\x7f"})
        EXPECT_FALSE(parse_header(wrong)) << wrong;
}

TEST(Arguments, AQuotedTextIsOneWordOfAShell) {
    EXPECT_EQ(shell_quoted("it's\n$HOME"), "'it'\\''s\n$HOME'");
    EXPECT_EQ(shell_quoted("Grüße"), "'Grüße'");
    EXPECT_EQ(shell_quoted("\x1b[2J'\\"), "$'\\x1b[2J\\'\\\\'");
    EXPECT_EQ(shell_quoted("\u009B\xff"
                           "a"),
              "$'\\xc2\\x9b\\xffa'");
}

}  // namespace
}  // namespace tappet::app
