#include "flow/yaml.hpp"

#include <gtest/gtest.h>

#include "expr/json.hpp"

namespace tappet::flow {
namespace {

std::string json_of(std::string_view source) {
    const YamlDocument document = read_yaml("t.yaml", source);
    EXPECT_EQ(render_human(document.findings, source), "");
    return document.root ? write_json(to_value(*document.root)).value() : "nothing";
}

/// "line:column code" of each finding.
std::string findings_of(std::string_view source, const YamlLimits& limits = {}) {
    std::string out;
    for (const Diagnostic& each : read_yaml("t.yaml", source, limits).findings)
        out += (out.empty() ? "" : " ") + std::to_string(each.range.begin.line) + ":" +
               std::to_string(each.range.begin.column) + " " + each.code;
    return out;
}

std::string at(const Range& range) {
    const auto one = [](const Position& p) {
        return std::to_string(p.line) + ":" + std::to_string(p.column);
    };
    return one(range.begin) + "-" + one(range.end);
}

TEST(Yaml, ReadsPlainScalarsByTheCoreSchema) {
    EXPECT_EQ(json_of("[null, Null, NULL, ~, ]"), "[null,null,null,null]");
    EXPECT_EQ(json_of("[true, True, TRUE, false, False, FALSE]"), "[true,true,true,false,false,false]");
    EXPECT_EQ(json_of("[yes, no, on, off, y, n, tRUE, nULL]"),
              R"(["yes","no","on","off","y","n","tRUE","nULL"])");
    EXPECT_EQ(json_of("[0, -7, +7, 0o17, 0x1F, 007, 9223372036854775807]"),
              "[0,-7,7,15,31,7,9223372036854775807]");
    EXPECT_EQ(json_of("[1.5, -.5, +1., 1e3, 1E-2, 1.0, 9223372036854775808]"),
              "[1.5,-0.5,1.0,1000.0,0.01,1.0,9223372036854775808.0]");
    EXPECT_EQ(json_of("[1_000, 0b1, 0x, 0o8, 1.2.3, 12:30:45, 2024-01-02, ., -, e3]"),
              R"(["1_000","0b1","0x","0o8","1.2.3","12:30:45","2024-01-02",".","-","e3"])");
}

TEST(Yaml, QuotedAndBlockScalarsAreStrings) {
    EXPECT_EQ(json_of("['true', \"1\", 'null', '']"), R"(["true","1","null",""])");
    EXPECT_EQ(json_of("a: |\n  1\nb: >-\n  true\n"), R"({"a":"1\n","b":"true"})");
}

TEST(Yaml, LinesOfQuotedTextAreIndentedMoreThanWhatHoldsIt) {
    EXPECT_EQ(json_of("a: \"b\n c\"\n"), R"({"a":"b c"})");
    EXPECT_EQ(json_of("a:\n  - 'b\n\n   c'\n"), R"({"a":["b\nc"]})");
    EXPECT_EQ(json_of("- - 'b\n   c'\n"), R"([["b c"]])");
    EXPECT_EQ(json_of("- a: { b: 'c\n   d' }\n"), R"([{"a":{"b":"c d"}}])");
    EXPECT_EQ(json_of("'a\nb'"), R"("a b")");
    EXPECT_EQ(findings_of("a: 'b\nc'\n"), "2:1 yaml-syntax");
    EXPECT_EQ(findings_of("- a: 'b\n  c'\n"), "2:3 yaml-syntax");
}

TEST(Yaml, KeysWithoutBracesNeedAColon) {
    EXPECT_EQ(json_of("? a\n: b\n? c\n"), R"({"a":"b","c":null})");
    EXPECT_EQ(json_of("? a\n# why\n: b\n"), R"({"a":"b"})");
    EXPECT_EQ(json_of("{a, b: c, 'd'}"), R"({"a":null,"b":"c","d":null})");
    EXPECT_EQ(json_of("a: &x b\n*x : c\n"), R"({"a":"b","b":"c"})");
    EXPECT_EQ(json_of("'a' : b\n"), R"({"a":"b"})");
    EXPECT_EQ(findings_of("a: b\nc\n"), "2:1 yaml-syntax");
    EXPECT_EQ(findings_of("a: b\nc\nd: e\n"), "2:1 yaml-syntax");
}

TEST(Yaml, AnAliasThatIsAKeyStandsWhereItIsWritten) {
    EXPECT_EQ(findings_of("a: &x b\nb: 1\n*x : 2\n"), "3:1 duplicate-key");
}

TEST(Yaml, CommentsAfterABlockTextsHeadNeedABlank) {
    EXPECT_EQ(json_of("a: | # why\n  b\n"), R"({"a":"b\n"})");
    EXPECT_EQ(findings_of("a: |# why\n  b\n"), "1:5 yaml-syntax");
}

TEST(Yaml, NothingWrittenIsNull) {
    EXPECT_EQ(json_of("a:\nb: \nc: # nothing\nd: 1"), R"({"a":null,"b":null,"c":null,"d":1})");
    EXPECT_EQ(json_of("-\n- 1\n-"), "[null,1,null]");
    EXPECT_EQ(json_of("# only a comment\n"), "nothing");
    EXPECT_EQ(json_of(""), "nothing");
}

TEST(Yaml, KeysAreTextsAsWritten) {
    EXPECT_EQ(json_of("{ 1: a, true: b, null: c, 'q r': d, 1.50: e }"),
              R"({"1":"a","true":"b","null":"c","q r":"d","1.50":"e"})");
}

TEST(Yaml, AliasesAreExpandedInPlace) {
    EXPECT_EQ(json_of("a: &x { k: [1, 2] }\nb: *x\nc: [*x, &y text, *y]"),
              R"({"a":{"k":[1,2]},"b":{"k":[1,2]},"c":[{"k":[1,2]},"text","text"]})");
}

TEST(Yaml, CountsTheNodesThatAliasesExpandTo) {
    YamlLimits limits;
    limits.max_alias_nodes = 6;
    EXPECT_EQ(findings_of("a: &x [1, 2]\nb: [*x, *x]\n", limits), "");
    EXPECT_EQ(findings_of("a: &x [1, 2]\nb: [*x, *x, *x]\n", limits), "2:13 yaml-aliases");
}

TEST(Yaml, BoundsDepthAndSize) {
    YamlLimits limits;
    limits.max_depth = 3;
    limits.max_bytes = 40;
    EXPECT_EQ(findings_of("a: [[1]]", limits), "");
    EXPECT_EQ(findings_of("a: [[[1]]]", limits), "1:6 yaml-depth");
    EXPECT_EQ(findings_of(std::string(41, ' '), limits), "1:1 yaml-size");
    EXPECT_EQ(findings_of(std::string(100'000, '[') + std::string(100'000, ']')), "1:65 yaml-depth");
}

TEST(Yaml, FindsEveryDoubledKeyAndKeepsTheFirst) {
    const YamlDocument document = read_yaml("t.yaml", "a: 1\nb: { c: 1, \"c\": 2 }\na: 3\n");
    ASSERT_TRUE(document.root);
    EXPECT_EQ(write_json(to_value(*document.root)).value(), R"({"a":1,"b":{"c":1}})");
    EXPECT_EQ(findings_of("a: 1\nb: { c: 1, \"c\": 2 }\na: 3\n"), "2:12 duplicate-key 3:1 duplicate-key");
}

TEST(Yaml, ReadsTheRestOfAFileThatHasTags) {
    EXPECT_EQ(findings_of("a: !x b\nc: !!int 1\nd: !<tag:x> 1\ne: ! text\n"),
              "1:4 quote-it 2:4 yaml-tag 3:4 yaml-tag");
    const YamlDocument document = read_yaml("t.yaml", "if: !has(a.b) && c   # why\nn: [!x, 1]\n");
    ASSERT_TRUE(document.root);
    EXPECT_EQ(write_json(to_value(*document.root)).value(), R"({"if":"!has(a.b) && c","n":["!x",1]})");
    EXPECT_EQ(document.findings.at(0).suggestion, "\"!has(a.b) && c\"");
}

TEST(Yaml, PlacesValuesAndKeysAsWritten) {
    const YamlDocument document = read_yaml(
        "t.yaml", "key: 'a'\n\"q\":   [1, { x: y }]\nn:\nt: |\n  one\n  two\nlast: plain text  # c\n");
    ASSERT_TRUE(document.root);
    const auto& pairs = document.root->pairs;
    EXPECT_EQ(at(pairs[0].key_range), "1:1-1:4");
    EXPECT_EQ(at(pairs[0].value.range), "1:6-1:9");
    EXPECT_EQ(at(pairs[1].key_range), "2:1-2:4");
    EXPECT_EQ(at(pairs[1].value.range), "2:8-2:21");
    EXPECT_EQ(at(pairs[1].value.items[1].range), "2:12-2:20");
    EXPECT_EQ(at(pairs[2].value.range), "3:3-3:3");
    EXPECT_EQ(at(pairs[3].value.range), "4:4-6:6");
    EXPECT_EQ(at(pairs[4].value.range), "7:7-7:17");
}

TEST(Yaml, CountsCodePointsAndNeitherBomNorCarriageReturns) {
    const YamlDocument document =
        read_yaml("t.yaml", "\xEF\xBB\xBF\u00e9\U0001F98A: \U0001F98A\r\nb:\t\u00e9 x\r\n");
    ASSERT_TRUE(document.root);
    EXPECT_EQ(at(document.root->pairs[0].key_range), "1:1-1:3");
    EXPECT_EQ(at(document.root->pairs[0].value.range), "1:5-1:6");
    EXPECT_EQ(document.root->pairs[0].value.text, "\U0001F98A");
    EXPECT_EQ(at(document.root->pairs[1].value.range), "2:4-2:7");
    EXPECT_EQ(document.root->pairs[1].value.text, "\u00e9 x");
}

/// Where each character of the only value of "v: …" stands: "c@line:column" in turn, and the end.
std::string places_of(std::string_view source) {
    const YamlDocument document = read_yaml("t.yaml", source);
    EXPECT_EQ(render_human(document.findings, source), "");
    const YamlNode& node = document.root->pairs.at(0).value;
    std::string out;
    std::size_t byte = 0;
    for (const Position& place : text_positions(source, node)) {
        if (byte < node.text.size()) {
            const char c = node.text[byte++];
            out += c == '\n' ? 'n' : c == '\t' ? 't' : (static_cast<unsigned char>(c) & 0x80) != 0 ? '?' : c;
            while (byte < node.text.size() && (static_cast<unsigned char>(node.text[byte]) & 0xC0) == 0x80)
                ++byte;
        } else {
            out += '$';
        }
        out += std::to_string(place.line) + ":" + std::to_string(place.column) + " ";
    }
    return out;
}

TEST(TextPositions, OfPlainTextFollowItOverLines) {
    EXPECT_EQ(places_of("v: ab"), "a1:4 b1:5 $1:6 ");
    EXPECT_EQ(places_of("v: a\n  b\n\n  c\n"), "a1:4  1:5 b2:3 n2:4 c4:3 $4:4 ");
}

TEST(TextPositions, OfSingleQuotesCountDoubledOnesOnce) {
    EXPECT_EQ(places_of("v: 'a''b'"), "a1:5 '1:6 b1:8 $1:9 ");
    EXPECT_EQ(places_of("v: 'a\n  b'"), "a1:5  1:6 b2:3 $2:4 ");
}

TEST(TextPositions, OfDoubleQuotesStandWhereTheirEscapesBegin) {
    EXPECT_EQ(places_of(R"(v: "\t\"\x41\u00e9\U0001F98Az")"), "t1:5 \"1:7 A1:9 ?1:13 ?1:19 z1:29 $1:30 ");
    EXPECT_EQ(places_of("v: \"a \\\n   b\"\n"), "a1:5  1:6 b2:4 $2:5 ");
    EXPECT_EQ(places_of("v: \"a\n\n\n  b\"\n"), "a1:5 n1:6 n1:6 b4:3 $4:4 ");
}

TEST(TextPositions, OfLiteralTextKeepEveryLine) {
    EXPECT_EQ(places_of("v: |\n  a\n   b\n\n  c\n"), "a2:3 n2:4  3:3 b3:4 n3:5 n4:1 c5:3 n5:4 $6:1 ");
    EXPECT_EQ(places_of("v: |2-\n    a\n  b\n"), " 2:3  2:4 a2:5 n2:6 b3:3 $3:4 ");
}

TEST(TextPositions, OfFoldedTextJoinLines) {
    EXPECT_EQ(places_of("v: >-\n  a\n  b\n\n  c\n"), "a2:3  2:4 b3:3 n4:1 c5:3 $5:4 ");
    EXPECT_EQ(places_of("v: >-\n  a\n    b\n  c\n"), "a2:3 n2:4  3:3  3:4 b3:5 n3:6 c4:3 $4:4 ");
}

TEST(TextPositions, OfTextWithCarriageReturnsDoNotCountThem) {
    EXPECT_EQ(places_of("v: |\r\n  a\r\n  b\r\n"), "a2:3 n2:4 b3:3 n3:4 $4:1 ");
    EXPECT_EQ(places_of("v: \"a\r\n  b\"\r\n"), "a1:5  1:6 b2:3 $2:4 ");
}

}  // namespace
}  // namespace tappet::flow
