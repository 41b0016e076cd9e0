#include <string>

#include "schema_support.hpp"

using namespace tappet;
using namespace tappet::flow::test;

TEST(SchemaMessages, SayWhatTheValueMustBeAndWhatItIs) {
    EXPECT_EQ(problems_of(R"({"type":"string"})", "5"), "must be a string, is a number (type)");
    EXPECT_EQ(problems_of(R"({"type":["string","null"]})", "[]"),
              "must be a string or null, is an array (type)");
    EXPECT_EQ(problems_of(R"({"type":"integer"})", "1.5"), "must be an integer, is 1.5 (type)");
    EXPECT_EQ(problems_of(R"({"type":"integer"})", "true"), "must be an integer, is a boolean (type)");
    EXPECT_EQ(problems_of(R"({"type":"integer"})", "1.0"), "");
}

TEST(SchemaMessages, NameThePlaceAsAPointerWithItsSlashesEscaped) {
    EXPECT_EQ(problems_of(R"({"properties":{"a/b~c":{"items":{"type":"string"}}}})", R"({"a/b~c":["x",1]})"),
              "/a~1b~0c/1 must be a string, is a number (type)");
}

TEST(SchemaMessages, PutAMissingPropertyAtItsOwnPlace) {
    EXPECT_EQ(
        problems_of(R"({"type":"object","required":["id","name"],"properties":{"id":{}}})", R"({"x":1})"),
        "/id is required (required)\n/name is required (required)");
}

TEST(SchemaMessages, SuggestTheNearestPropertyAndTheNearestOption) {
    EXPECT_EQ(problems_of(R"({"properties":{"company":{},"other":{}},"additionalProperties":false})",
                          R"({"compnay":1})"),
              "/compnay is not a known property (additionalProperties) -> company");
    EXPECT_EQ(problems_of(R"({"properties":{"company":{}},"additionalProperties":false})", R"({"zzz":1})"),
              "/zzz is not a known property (additionalProperties)");
    EXPECT_EQ(problems_of(R"({"enum":["queue","reject"]})", R"("quene")"),
              R"(must be one of "queue" or "reject" (enum) -> queue)");
    EXPECT_EQ(problems_of(R"({"const":{"a":1}})", "2"), R"(must be {"a":1} (const))");
}

TEST(SchemaMessages, GiveBoundsInTheWordsOfTheirKind) {
    EXPECT_EQ(problems_of(R"({"minimum":3})", "2"), "must be at least 3, is 2 (minimum)");
    EXPECT_EQ(problems_of(R"({"exclusiveMaximum":3})", "3"), "must be less than 3, is 3 (exclusiveMaximum)");
    EXPECT_EQ(problems_of(R"({"multipleOf":0.01})", "0.015"),
              "must be a multiple of 0.01, is 0.015 (multipleOf)");
    EXPECT_EQ(problems_of(R"({"minLength":1})", R"("")"), "must not be empty (minLength)");
    EXPECT_EQ(problems_of(R"({"minLength":2})", R"("ä")"),
              "must be at least 2 characters long, has 1 (minLength)");
    EXPECT_EQ(problems_of(R"({"maxLength":1})", R"("äö")"),
              "must be at most 1 character long, has 2 (maxLength)");
    EXPECT_EQ(problems_of(R"({"minItems":1})", "[]"), "must hold at least 1 item, holds 0 (minItems)");
    EXPECT_EQ(problems_of(R"({"maxProperties":0})", R"({"a":1})"),
              "must have at most 0 properties, has 1 (maxProperties)");
    EXPECT_EQ(problems_of(R"({"uniqueItems":true})", "[1,2,1.0]"),
              "must hold no item twice: items 0 and 2 are equal (uniqueItems)");
    EXPECT_EQ(problems_of(R"({"pattern":"^a+$"})", R"("b")"), "must match the pattern ^a+$ (pattern)");
    EXPECT_EQ(problems_of("false", "1"), "is not allowed (false)");
}

TEST(SchemaMessages, CountCharactersNotBytesAtTheBoundsOfALength) {
    const auto five = schema(R"({"minLength":5,"maxLength":5})");
    EXPECT_TRUE(five->accepts(Value::string("äöüßé")));
    EXPECT_TRUE(five->accepts(Value::string("\U0001F600\U0001F600\U0001F600\U0001F600\U0001F600")));
    EXPECT_FALSE(five->accepts(Value::string("abcd")));
    EXPECT_FALSE(five->accepts(Value::string("abcdef")));
}

TEST(SchemaMessages, ExplainTheOptionThatWasProbablyMeant) {
    const auto options = schema(R"({"oneOf":[
        {"type":"object","properties":{"kind":{"const":"a"},"x":{"type":"string"}},"required":["kind","x"]},
        {"type":"object","properties":{"kind":{"const":"b"},"y":{"type":"string"}},"required":["kind","y"]},
        {"type":"string"}]})");
    EXPECT_EQ(problems_of(*options, json(R"({"kind":"b","y":1})")),
              "/y must be a string, is a number (type)");
    EXPECT_EQ(problems_of(*options, json("4")), "must be an object or a string, is a number (oneOf)");
    EXPECT_EQ(problems_of(*options, json(R"({"kind":"c"})")),
              R"(fits none of 3 forms: /kind must be "a"; or /kind must be "b" (oneOf))");
}

TEST(SchemaMessages, SayWhichTwoFormsOfOneOfFit) {
    EXPECT_EQ(problems_of(R"({"oneOf":[{"type":"string"},{"minimum":1},{"minimum":2}]})", "5"),
              "must fit exactly one of 3 forms, fits number 2 and number 3 (oneOf)");
}

TEST(SchemaMessages, StopAtTheLimitThatWasAskedFor) {
    const auto strings = schema(R"({"items":{"type":"string"}})");
    EXPECT_EQ(strings->problems(json("[1,2,3,4]"), 2).size(), 2u);
    EXPECT_EQ(strings->problems(json("[1,2,3,4]"), 0).size(), 0u);
    EXPECT_EQ(strings->problems(json("[1,2,3,4]")).size(), 4u);
}

TEST(SchemaMessages, NeverShowASecretAndCutWhatIsLong) {
    const auto one = schema(R"({"const":"x","not":{"type":"string"}})");
    const std::string text = problems_of(*one, Value::string("hunter2").as_secret());
    EXPECT_EQ(text.find("hunter2"), std::string::npos) << text;
    const std::string cut = problems_of(*schema(R"({"not":{}})"), Value::string(std::string(500, 'x')));
    EXPECT_LT(cut.size(), 200u) << cut;
}

TEST(SchemaMessages, SeeTextWhereAValueLeavesAsText) {
    const auto text = schema(R"({"type":"string"})");
    EXPECT_TRUE(text->accepts(Value::timestamp(0, 0)));
    EXPECT_TRUE(text->accepts(Value::duration(1, 0)));
    EXPECT_TRUE(text->accepts(Value::bytes("x")));
    EXPECT_TRUE(schema(R"({"type":"integer"})")->accepts(Value::uint(UINT64_MAX)));
}
