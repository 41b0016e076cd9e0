#include "rig.hpp"

using namespace tappet;
using namespace tappet::expr;
using namespace tappet::expr::test;

namespace {

std::string repeat(std::string_view part, int count) {
    std::string out;
    for (int i = 0; i < count; ++i) out += part;
    return out;
}

Rig numbers(int count) {
    std::vector<Value> items;
    for (int i = 0; i < count; ++i) items.push_back(Value::integer(i));
    Rig rig;
    rig.with("list", Value::list(std::move(items)));
    return rig;
}

}  // namespace

TEST(ExprLimits, WorkBeyondTheBudgetEndsTheRun) {
    EvalLimits limits;
    limits.cost = 10'000;
    const std::string loops = "list.all(a, list.all(b, list.all(c, a + b + c >= 0)))";
    EXPECT_EQ(numbers(1000).show(loops, limits), "error: cost budget of 10000 exceeded");
    EXPECT_EQ(numbers(5).show(loops, limits), "true");
}

TEST(ExprLimits, NoOperatorSwallowsTheEndOfTheBudget) {
    EvalLimits limits;
    limits.cost = 1'000;
    EXPECT_EQ(numbers(1000).show("list.all(a, a >= 0) || true", limits),
              "error: cost budget of 1000 exceeded");
    EXPECT_EQ(numbers(1000).show("list.exists(a, list.all(b, b >= 0) || true)", limits),
              "error: cost budget of 1000 exceeded");
}

TEST(ExprLimits, FunctionsPayForWhatTheyWalkOver) {
    EvalLimits limits;
    limits.cost = 1'000;
    Rig rig;
    rig.with("text", Value::string(repeat("ab", 50'000))).with("list", numbers(5000).run("list").value);
    for (const char* source : {"text.contains('c')",
                               "text.matches('c')",
                               "text.replace('a', 'b')",
                               "text.split('')",
                               "text.lowerAscii()",
                               "text == text",
                               "text + 'x'",
                               "size(text)",
                               "list == list",
                               "7000 in list",
                               "list + list",
                               "list.sort()",
                               "list.distinct()",
                               "list.reverse()",
                               "lists.range(5000 + size(list))",
                               "text.indexOf('c')",
                               "text.reverse()",
                               "bytes(text)",
                               "base64.encode(b'x' + bytes(text))",
                               "'%s'.format([list])",
                               "math.least(list)",
                               "list.map(x, string(x)).join('')",
                               "[list].flatten()",
                               "text.trim()",
                               "text.matches(text)"})
        EXPECT_EQ(rig.show(source, limits), "error: cost budget of 1000 exceeded") << source;
}

TEST(ExprLimits, KeysOfMapsArePaidForWhereTheyAreHashedOrCompared) {
    EvalLimits limits;
    limits.cost = 1'000;
    const Value text = Value::string(repeat("ab", 50'000));
    Rig rig;
    rig.with("text", text).with("map", Value::map({{text, Value::integer(1)}}));
    for (const char* source : {"map == map", "map in [map]", "[map].distinct()", "text in map", "map[text]",
                               "map[?text]", "{text: 1}", "map.transformMap(k, v, v)",
                               "[1].transformMapEntry(i, v, map)", "optional.of(map) == optional.of(map)"})
        EXPECT_EQ(rig.show(source, limits), "error: cost budget of 1000 exceeded") << source;
}

TEST(ExprLimits, TextsArePaidForWhereTheyAreOnlyRead) {
    EvalLimits limits;
    limits.cost = 1'000;
    std::vector<Value> mixed(5'000, Value::string(""));
    const Value empty = Value::list(mixed);
    mixed.push_back(Value::integer(1));
    Rig rig;
    rig.with("spaces", Value::string(repeat(" ", 100'000)))
        .with("zeros", Value::string(repeat("0", 100'000)))
        .with("places", Value::string(repeat("%s", 5'000)))
        .with("empty", empty)
        .with("mixed", Value::list(std::move(mixed)))
        .with("words", Value::string(repeat("word ", 200)));
    for (const char* source :
         {"spaces.trim()", "int(zeros)", "uint(zeros)", "double(zeros)", "timestamp(zeros)",
          "duration(zeros)", "timestamp(0).getHours(zeros)", "zeros in [spaces]", "places.format(empty)",
          "mixed.join() == '' || true", "words.matches('[a-q][^u-z]{300}x')"})
        EXPECT_EQ(rig.show(source, limits), "error: cost budget of 1000 exceeded") << source;
}

TEST(ExprLimits, PatternsThatAreComputedPayForWhatTheyCompileTo) {
    EvalLimits limits;
    limits.cost = 5'000;
    Rig rig;
    rig.with("pattern", Value::string("a{1000}")).with("vast", Value::string("(\\pL{1,30}){1,30}Z"));
    EXPECT_EQ(rig.show("'b'.matches(pattern)", limits), "error: cost budget of 5000 exceeded");
    EXPECT_EQ(rig.show("'b'.matches(vast) || true", limits), "error: cost budget of 5000 exceeded");
    EXPECT_EQ(rig.show("'b'.matches('^' + 'b')", limits), "true");
}

TEST(ExprLimits, EachFieldOfAPathIsPaidFor) {
    Value deep = Value::integer(1);
    std::string path = "deep";
    for (int i = 0; i < 1'500; ++i) {
        deep = Value::object({{"a", deep}});
        path += ".a";
    }
    EvalLimits limits;
    limits.cost = 1'000;
    Rig rig;
    EXPECT_EQ(rig.with("deep", deep).show(path, limits), "error: cost budget of 1000 exceeded");
    EXPECT_EQ(rig.show(path), "1");
}

TEST(ExprLimits, DistinctTakesAsMuchWorkAsThereIsInTheList) {
    // All of one size, and different only far inside.
    std::vector<Value> items;
    for (int i = 0; i < 20'000; ++i)
        items.push_back(
            Value::object({{"event", Value::list({Value::object({{"id", Value::integer(i)}})})}}));
    Rig rig;
    EXPECT_EQ(rig.with("list", Value::list(std::move(items))).show("size(list.distinct())"), "20000");
}

TEST(ExprLimits, NoResultGrowsBeyondItsBytes) {
    EvalLimits limits;
    limits.bytes = 10'000;
    Rig rig;
    rig.with("text", Value::string(repeat("a", 6'000)));
    for (const char* source :
         {"text + text", "text.replace('a', 'bb')", "[text, text].join(',')", "'%s%s'.format([text, text])",
          "lists.range(size(text))", "base64.encode(bytes(text + 'aaaa')) + text", "strings.quote(text)",
          "[text, text]", "{'a': text, 'b': text}"})
        EXPECT_EQ(rig.show(source, limits), "error: a result of more than 10000 bytes") << source;
    EXPECT_EQ(rig.run("text", limits).ok, true);
}

TEST(ExprLimits, RepeatedTextsAreSearchedInLinearTime) {
    Rig rig;
    rig.with("text", Value::string(repeat("a", 1'000'000)))
        .with("part", Value::string(repeat("a", 400'000) + "b"));
    EXPECT_EQ(rig.show("text.contains(part)"), "false");
    EXPECT_EQ(rig.show("text.lastIndexOf(part)"), "-1");
    EXPECT_EQ(rig.show("text.matches('^(a+)+$')"), "true");
}

TEST(ExprLimits, NestingIsBoundedAndSaidWhere) {
    const Rig rig;
    EXPECT_EQ(rig.findings(repeat("(", 200) + "1" + repeat(")", 200)),
              "128-129 syntax the expression is nested too deep");
    EXPECT_EQ(rig.findings(repeat("[", 10'000)), "128-129 syntax the expression is nested too deep");
    EXPECT_EQ(rig.findings(repeat("{1:", 10'000)), "382-383 syntax the expression is nested too deep");
    EXPECT_EQ(rig.show(repeat("[", 100) + repeat("]", 100)).size(), 200u);
}

TEST(ExprLimits, LongChainsNeedNoDeepStack) {
    Rig rig;
    rig.json("a", R"({"b":1})");
    EXPECT_EQ(rig.show("0" + repeat("+1", 9'000)), "9000");
    EXPECT_EQ(rig.show(repeat("!", 9'000) + "true"), "true");
    EXPECT_EQ(rig.show("a.b" + repeat(" - a.b", 4'000)), "-3999");
    EXPECT_EQ(rig.show("true" + repeat(" && a.b == 1", 2'000)), "true");
    EXPECT_EQ(rig.findings("a" + repeat(".b", 15'000)), "");
    EXPECT_EQ(rig.show("''" + repeat(" + 'x'", 2'000) + " == ''"), "false");
}

TEST(ExprLimits, TheSourceItselfIsBounded) {
    const Rig rig;
    EXPECT_EQ(rig.findings(repeat(" ", 70'000) + "1"),
              "0-1 syntax an expression may have 65536 bytes at most");
    EXPECT_NE(rig.findings("1" + repeat("+1", 15'000)).find("syntax the expression has too many parts"),
              std::string::npos);
    EXPECT_EQ(rig.findings("'\xff'"), "1-2 syntax the expression is not valid UTF-8");
    EXPECT_EQ(rig.findings(std::string_view("1\0", 2)).substr(0, 11), "1-2 syntax ");
}

TEST(ExprLimits, FoldingConstantsIsBoundedToo) {
    const Rig rig = numbers(3);
    const Compiled compiled = rig.compile("list.map(x, lists.range(1000000))");
    ASSERT_TRUE(compiled.program);
    EXPECT_EQ(compiled.findings.size(), 0u);
}
