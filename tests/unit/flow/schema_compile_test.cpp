#include <algorithm>
#include <string>

#include "schema_support.hpp"

using namespace tappet;
using namespace tappet::flow::test;

TEST(SchemaCompile, SaysWhereASchemaIsWrong) {
    EXPECT_EQ(errors_of("3"), " must be a schema: an object, true or false");
    EXPECT_EQ(errors_of(R"({"properties":{"a":{"type":"strng"}}})"),
              R"(/properties/a/type is no type: "strng"; did you mean "string"?)");
    EXPECT_EQ(errors_of(R"({"type":[]})"), "/type must name a type");
    EXPECT_EQ(errors_of(R"({"minLength":-1})"), "/minLength must be a whole number, 0 or more");
    EXPECT_EQ(errors_of(R"({"multipleOf":0})"), "/multipleOf must be more than 0");
    EXPECT_EQ(errors_of(R"({"required":"id"})"), "/required must be a list of names");
    EXPECT_EQ(errors_of(R"({"anyOf":[]})"), "/anyOf must be a list of schemas that is not empty");
    EXPECT_EQ(errors_of(R"({"properties":[]})"), "/properties must be an object");
    EXPECT_EQ(errors_of(R"({"minimum":"1"})"), "/minimum must be a number");
}

TEST(SchemaCompile, SaysEveryErrorAtOnce) {
    const std::string text =
        errors_of(R"({"type":"x","properties":{"a":{"$ref":"#/$defs/none"},"b":{"enum":1}}})");
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2) << text;
}

TEST(SchemaCompile, RefusesPatternsThatNeedMoreThanLinearTime) {
    EXPECT_NE(errors_of(R"({"pattern":"(?=a)b"})").find("looks ahead"), std::string::npos);
    EXPECT_NE(errors_of(R"x({"pattern":"(a)\\1"})x"), "");
    EXPECT_NE(errors_of(R"({"patternProperties":{"(":{}}})"), "");
}

TEST(SchemaCompile, PatternsMeanWhatTheyMeanInJavaScript) {
    EXPECT_EQ(problems_of(R"({"pattern":"^\\u00e4\\s$"})", "\"ä\u00a0\""), "");
    EXPECT_EQ(problems_of(R"({"pattern":"^\\p{Letter}+$"})", R"("éa")"), "");
    EXPECT_EQ(problems_of(R"({"pattern":"^[[]$"})", R"("[")"), "");
    EXPECT_EQ(problems_of(R"({"pattern":"b"})", R"("abc")"), "") << "a pattern is not anchored";
    EXPECT_EQ(problems_of(R"({"pattern":"^\\ud83d\\ude00$"})", R"("😀")"), "");
}

TEST(SchemaCompile, NamesAReferenceThatLeadsNowhere) {
    EXPECT_EQ(errors_of(R"({"$ref":"#/$defs/a"})"),
              R"(/$ref points to "#/$defs/a", which is not in this document)");
    EXPECT_EQ(errors_of(R"({"$ref":"https://x.test/a.json"})"),
              "/$ref points to \"https://x.test/a.json\", which is not in this document: schemas are not "
              "fetched, put it "
              "under $defs");
    EXPECT_NE(errors_of(R"({"$schema":"http://json-schema.org/draft-04/schema#"})"), "");
}

TEST(SchemaCompile, RefusesASchemaThatWouldNeverEnd) {
    EXPECT_NE(errors_of(R"({"$ref":"#"})").find("would never end"), std::string::npos);
    EXPECT_NE(errors_of(R"({"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"allOf":[{"$ref":"#/$defs/a"}]}}})"), "");
    EXPECT_NE(errors_of(R"({"not":{"$ref":"#"}})"), "");
    EXPECT_EQ(errors_of(R"({"properties":{"next":{"$ref":"#"}}})"), "") << "it goes deeper into the value";
}

TEST(SchemaCompile, BoundsTheDepthOfASchema) {
    std::string deep, end;
    for (int i = 0; i < 3000 / 24; ++i) {
        deep += R"({"not":)";
        end += "}";
    }
    EXPECT_EQ(errors_of(deep + "true" + end), "");
    Value value = Value::boolean(true);
    for (int i = 0; i < 3000; ++i) value = Value::object({{"items", value}});
    std::vector<flow::Schema::CompileError> errors;
    EXPECT_EQ(flow::Schema::compile(value, errors), nullptr);
    ASSERT_EQ(errors.size(), 1u);
    EXPECT_EQ(errors[0].detail, "is nested too deep");
}

TEST(SchemaCompile, EndsOnValuesThatAreNestedTooDeepForIt) {
    const auto chain = schema(R"({"type":["object","null"],"properties":{"next":{"$ref":"#"}}})");
    Value value;
    for (int i = 0; i < 5000; ++i) value = Value::object({{"next", value}});
    EXPECT_FALSE(chain->accepts(value));
    const auto problems = chain->problems(value);
    ASSERT_EQ(problems.size(), 1u);
    EXPECT_EQ(problems[0].detail, "is nested too deep for its schema");
    Value fine;
    for (int i = 0; i < 100; ++i) fine = Value::object({{"next", fine}});
    EXPECT_TRUE(chain->accepts(fine));
}

TEST(SchemaCompile, EndsWhereTheWorkGrowsBeyondAllBounds) {
    // Each level of the value is checked twice as often as the one above it.
    const auto wild =
        schema(R"({"anyOf":[{"properties":{"n":{"$ref":"#"},"x":false}},{"properties":{"n":{"$ref":"#"}}}],
                                 "not":{"required":["stop"]}})");
    Value value = Value::object({{"stop", Value::boolean(true)}});
    for (int i = 0; i < 60; ++i) value = Value::object({{"n", value}});
    const auto problems = wild->problems(value);
    ASSERT_EQ(problems.size(), 1u);
    EXPECT_EQ(problems[0].detail, "takes too much work to check");
}

TEST(SchemaCompile, KeepsItsSource) {
    EXPECT_EQ(schema(R"({"type":"string"})")->json(), json(R"({"type":"string"})"));
    EXPECT_TRUE(schema("true")->accepts(Value::integer(1)));
    EXPECT_TRUE(schema("{}")->accepts(Value::integer(1)));
}
