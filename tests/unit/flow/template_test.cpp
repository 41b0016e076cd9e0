#include "flow/template.hpp"

#include "flow/template_text.hpp"
#include "flow_support.hpp"

namespace tappet::flow {
namespace {

using test::show;
using test::value_of;

TEST(Template, OneExpressionAloneKeepsItsType) {
    EXPECT_EQ(show(R"("${{ 1 + 2 }}")"), "3");
    EXPECT_EQ(show(R"("${{ 7 / 2.0 }}")"), "3.5");
    EXPECT_EQ(show(R"("${{ 1 == 1 }}")"), "true");
    EXPECT_EQ(show(R"("${{ null }}")"), "null");
    EXPECT_EQ(show(R"("${{ [1, 'a'] }}")"), R"([1,"a"])");
    EXPECT_EQ(show(R"("${{ trigger.body }}")", R"({"a":[1.0,2]})"), R"({"a":[1.0,2]})");
    EXPECT_EQ(show(R"("${{trigger.body}}")", "\"text\""), "\"text\"");
}

TEST(Template, CharactersAroundAnExpressionMakeItText) {
    EXPECT_EQ(show(R"("${{ 1 }} ")"), "\"1 \"");
    EXPECT_EQ(show(R"("${{ 1 }}${{ 2 }}")"), "\"12\"");
    EXPECT_EQ(show(R"("n=${{ 1.0 }} b=${{ true }} s=${{ 'x' }} u=${{ 5u }}")"), "\"n=1.0 b=true s=x u=5\"");
    EXPECT_EQ(show("|\n        ${{ 1 }}"), "\"1\\n\"");
}

TEST(Template, TextHoldsTimesAndBytesAsTheyLeave) {
    EXPECT_EQ(show(R"("at ${{ timestamp('2024-01-02T03:04:05Z') }}")"), "\"at 2024-01-02T03:04:05Z\"");
    EXPECT_EQ(show(R"("for ${{ duration('90s') }}")"), "\"for 90s\"");
    EXPECT_EQ(show(R"("b ${{ b'abc' }}")"), "\"b YWJj\"");
}

TEST(Template, ValuesWithoutExpressionsStayAsTheyAreWritten) {
    EXPECT_EQ(show("{ a: 1, b: [true, null, 1.5, text, \"$ { }\"], c: { d: \"${\" } }"),
              R"({"a":1,"b":[true,null,1.5,"text","$ { }"],"c":{"d":"${"}})");
}

TEST(Template, ExpressionsMayStandAnywhereInLists) {
    EXPECT_EQ(show("{ a: [\"${{ 1 }}\", { b: \"x${{ 2 }}\" }, 3] }"), R"({"a":[1,{"b":"x2"},3]})");
}

TEST(Template, TheEndIsTheFirstOutsideStringsAndBrackets) {
    EXPECT_EQ(show(R"("${{ '}}' }}")"), "\"}}\"");
    EXPECT_EQ(show(R"("${{ {'a': {'b': 1}} }}")"), R"({"a":{"b":1}})");
    EXPECT_EQ(show(R"("${{ {'a': {'b': 1}}.a.b }} }}")"), "\"1 }}\"");
    EXPECT_EQ(show(R"('${{ "}}" + r"\" + ''}}'' }}')"), "\"}}\\\\}}\"");
    EXPECT_EQ(show(R"('${{ """ "}} """ }}')"), "\" \\\"}} \"");
}

TEST(Template, TheDelimiterItselfIsWrittenAsAString) {
    EXPECT_EQ(show(R"("${{ '${{' }}")"), "\"${{\"");
    EXPECT_EQ(show(R"("write ${{ '${{' }} name }}")"), "\"write ${{ name }}\"");
}

TEST(Template, DataIsNeverEvaluated) {
    EXPECT_EQ(show(R"("${{ trigger.body.a }}")", R"({"a":"${{ 1 + 1 }}"})"), "\"${{ 1 + 1 }}\"");
    EXPECT_EQ(show(R"("x ${{ trigger.body.a }}")", R"({"a":"${{ 1 + 1 }}"})"), "\"x ${{ 1 + 1 }}\"");
}

TEST(Template, WhatHasNoTextFailsWhereItStands) {
    EXPECT_EQ(show(R"("ab ${{ trigger.body.a }}")", R"({"a":null})"),
              "error: line 7, column 22: null cannot stand in the middle of a text");
    EXPECT_EQ(show(R"("ab ${{ trigger.body.a }}")", R"({"a":[1]})"),
              "error: line 7, column 22: a list cannot stand in the middle of a text");
    EXPECT_EQ(show(R"("ab ${{ trigger.body.a }}")", R"({"a":{}})"),
              "error: line 7, column 22: a map cannot stand in the middle of a text");
}

TEST(Template, WhatCannotBeEvaluatedFailsAtItsNameOrOperator) {
    const TemplateResult missing = value_of(R"("${{ trigger.body.b.c }}")", R"({"a":1})");
    EXPECT_FALSE(missing.ok);
    EXPECT_EQ(missing.error.message, "line 7, column 32: no such key: b");
    EXPECT_EQ(missing.error.position, (Position{7, 32}));
    EXPECT_EQ(show("\"${{ trigger.body.a / 0 }}\"", R"({"a":1})"),
              "error: line 7, column 34: division by zero");
}

TEST(Template, AFailureInAFoldedTextIsOnItsOwnLine) {
    EXPECT_EQ(show(">-\n        one\n        two ${{ trigger.body.b }}", "{}"),
              "error: line 9, column 30: no such key: b");
    EXPECT_EQ(show("\"one \\\n        two ${{ 1 +\n          trigger.body.b }}\"", "{}"),
              "error: line 9, column 24: no such key: b");
}

TEST(Template, NoNumberThatJsonLacksLeaves) {
    EXPECT_EQ(show(R"("${{ 1.0 / trigger.body.zero }}")", R"({"zero":0.0})").substr(0, 33),
              "error: line 7, column 19: the res");
}

TEST(Template, ASecretMarksTheWholeTextAndNothingElse) {
    const auto plan =
        test::plan_of(test::with_steps("  - id: it\n    uses: core/map\n    with: { value: { a: \"Bearer ${{ "
                                       "secrets.TOKEN }}\", b: \"x ${{ 1 }}\" } }\n"));
    test::Names names(*plan);
    const TemplateResult result = test::step_of(*plan, "it").action->with.evaluate(names);
    ASSERT_TRUE(result.ok);
    const Value& value = *result.value.find("value");
    EXPECT_EQ(value.find("a")->as_string(), "Bearer s3cret");
    EXPECT_TRUE(value.find("a")->secret());
    EXPECT_FALSE(value.find("b")->secret());
    EXPECT_TRUE(result.value.holds_secret());
}

TEST(Template, KnowsWhetherItIsConstant) {
    const auto plan = test::plan_of(
        test::with_steps("  - { id: fixed, uses: core/map, with: { value: [1, { a: b }] } }\n"
                         "  - { id: open, uses: core/map, with: { value: [1, \"${{ run.id }}\"] } }\n"));
    const auto constant = test::step_of(*plan, "fixed").action->with.constant();
    ASSERT_TRUE(constant);
    EXPECT_EQ(write_json(*constant).value(), R"({"value":[1,{"a":"b"}]})");
    EXPECT_FALSE(test::step_of(*plan, "open").action->with.constant());
    EXPECT_TRUE(Template().constant()->is_null());
}

std::string parts_of(std::string_view text) {
    std::string out;
    for (const TextPart& part : split_text(text)) {
        out += part.open ? "!" : part.expression ? "$" : "";
        out += "<" + std::string(part.text) + ">";
    }
    return out;
}

TEST(SplitText, GivesLiteralsAndExpressionsInTurn) {
    EXPECT_EQ(parts_of("plain"), "<plain>");
    EXPECT_EQ(parts_of("a${{b}}c${{ d }}"), "<a>$<b><c>$< d >");
    EXPECT_EQ(parts_of("$${{a}}"), "<$>$<a>");
    EXPECT_EQ(parts_of("${a} {{b}}"), "<${a} {{b}}>");
    EXPECT_EQ(parts_of("${{a"), "!<a>");
    EXPECT_EQ(parts_of(""), "");
}

TEST(SplitText, EndsAtTheNextDelimiterWhereBracketsOrQuotesDoNotClose) {
    EXPECT_EQ(parts_of("${{ [1 }} b"), "$< [1 >< b>");
    EXPECT_EQ(parts_of("${{ 'a }} b"), "$< 'a >< b>");
}

}  // namespace
}  // namespace tappet::flow
