#include "flow/diagnostic.hpp"

#include <gtest/gtest.h>

namespace tappet::flow {
namespace {

Diagnostic finding(Range range, Severity severity = Severity::error, std::string suggestion = {}) {
    return {"flow.yaml", range, severity, "some-code", "it is so", std::move(suggestion)};
}

TEST(Diagnostics, AreShownAsCompilersDo) {
    EXPECT_EQ(render_human({finding({{2, 3}, {2, 6}}, Severity::error, "abc")}, "first\n  abd: 1\n"),
              "flow.yaml:2:3: error: it is so [some-code]\n"
              "  2 |   abd: 1\n"
              "    |   ^~~\n"
              "  did you mean `abc`?\n");
    EXPECT_EQ(render_human({finding({{1, 1}, {1, 1}}, Severity::warning)}, "x\n"),
              "flow.yaml:1:1: warning: it is so [some-code]\n"
              "  1 | x\n"
              "    | ^\n");
    EXPECT_EQ(render_human({}, "x"), "");
}

TEST(Diagnostics, MarkToTheEndOfTheLineWhatGoesOnBelow) {
    EXPECT_EQ(render_human({finding({{1, 3}, {2, 4}})}, "a: 'b\n   c'\n"),
              "flow.yaml:1:3: error: it is so [some-code]\n"
              "  1 | a: 'b\n"
              "    |   ^~~\n");
}

TEST(Diagnostics, MayStandJustAfterTheLine) {
    EXPECT_EQ(render_human({finding({{1, 3}, {1, 3}})}, "a:\n"),
              "flow.yaml:1:3: error: it is so [some-code]\n"
              "  1 | a:\n"
              "    |   ^\n");
}

TEST(Diagnostics, ShowNoLineWhereTheTextHasNone) {
    EXPECT_EQ(render_human({finding({{9, 1}, {9, 2}})}, "a\n"),
              "flow.yaml:9:1: error: it is so [some-code]\n");
}

TEST(Diagnostics, CountCodePointsForTheMark) {
    EXPECT_EQ(render_human({finding({{1, 4}, {1, 6}})}, "\xEF\xBB\xBF\u00e9\U0001F98A:xy\r\n"),
              "flow.yaml:1:4: error: it is so [some-code]\n"
              "  1 | \u00e9\U0001F98A:xy\n"
              "    |    ^~\n");
}

TEST(Diagnostics, CannotSteerTheTerminal) {
    Diagnostic evil = finding({{1, 1}, {1, 2}});
    evil.message = "no key `\x1b[31m`";
    evil.suggestion = "\x07";
    EXPECT_EQ(render_human({evil}, "a\x1b[2J\tb\xff\x80\n"),
              "flow.yaml:1:1: error: no key `?[31m` [some-code]\n"
              "  1 | a?[2J b\uFFFD\n"
              "    | ^\n"
              "  did you mean `?`?\n");
}

TEST(Diagnostics, AreColouredOnDemandOnly) {
    const std::string shown = render_human({finding({{1, 1}, {1, 2}})}, "a\n", {.color = true});
    EXPECT_NE(shown.find("\x1b[1;31merror:\x1b[0m"), std::string::npos);
    EXPECT_EQ(render_human({finding({{1, 1}, {1, 2}})}, "a\n").find('\x1b'), std::string::npos);
}

TEST(Diagnostics, GiveJsonOfAFixedShape) {
    EXPECT_EQ(render_json({finding({{2, 3}, {2, 6}}, Severity::error, "abc")}),
              "{\n"
              "  \"ok\": false,\n"
              "  \"findings\": [\n"
              "    {\n"
              "      \"file\": \"flow.yaml\",\n"
              "      \"line\": 2,\n"
              "      \"column\": 3,\n"
              "      \"endLine\": 2,\n"
              "      \"endColumn\": 6,\n"
              "      \"severity\": \"error\",\n"
              "      \"code\": \"some-code\",\n"
              "      \"message\": \"it is so\",\n"
              "      \"suggestion\": \"abc\"\n"
              "    }\n"
              "  ]\n"
              "}");
}

TEST(Diagnostics, AreOkInJsonWhenTheyOnlyWarn) {
    const std::string warned = render_json({finding({{1, 1}, {1, 2}}, Severity::warning)});
    EXPECT_NE(warned.find("\"ok\": true"), std::string::npos);
    EXPECT_NE(warned.find("\"suggestion\": null"), std::string::npos);
    EXPECT_NE(render_json({}).find("\"ok\": true"), std::string::npos);
}

}  // namespace
}  // namespace tappet::flow
