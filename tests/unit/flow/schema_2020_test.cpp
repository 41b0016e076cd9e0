#include "schema_support.hpp"

using namespace tappet;
using namespace tappet::flow::test;

TEST(Schema2020, PrefixItemsAreCheckedByPlaceAndItemsTheRest) {
    const auto tuple =
        schema(R"({"prefixItems":[{"type":"string"},{"type":"integer"}],"items":{"type":"boolean"}})");
    EXPECT_EQ(problems_of(*tuple, json(R"(["a",1,true,false])")), "");
    EXPECT_EQ(problems_of(*tuple, json(R"([1,"a",0])")),
              "/0 must be a string, is a number (type)\n/1 must be an integer, is a string (type)\n"
              "/2 must be a boolean, is a number (type)");
    EXPECT_EQ(problems_of(R"({"prefixItems":[{}],"items":false})", "[1,2]"),
              "/1 is one item too many: there may be 1 (items)");
}

TEST(Schema2020, AListUnderItemsIsRefusedWithTheWordThatIsMeant) {
    EXPECT_EQ(errors_of(R"({"items":[{}]})"),
              "/items must be a schema: prefixItems lists one for each place");
}

TEST(Schema2020, ContainsCountsBetweenItsBounds) {
    const auto some = schema(R"({"contains":{"type":"integer"},"minContains":2,"maxContains":3})");
    EXPECT_EQ(problems_of(*some, json(R"([1,"a",2])")), "");
    EXPECT_EQ(problems_of(*some, json(R"([1,"a"])")),
              "must hold at least 2 items that fit, holds 1 (minContains)");
    EXPECT_EQ(problems_of(*some, json("[1,2,3,4]")),
              "must hold at most 3 items that fit, holds 4 (maxContains)");
    EXPECT_EQ(problems_of(R"({"contains":{"type":"integer"}})", R"(["a"])"),
              "must hold at least 1 item that fits, holds 0 (contains)");
    EXPECT_EQ(problems_of(R"({"contains":{"type":"integer"},"minContains":0})", "[]"), "");
    EXPECT_EQ(problems_of(R"({"minContains":3})", "[]"), "") << "without contains it says nothing";
}

TEST(Schema2020, DependentKeywordsApplyWhereTheNameIsGiven) {
    const auto card = schema(R"({"dependentRequired":{"card":["owner"]},
        "dependentSchemas":{"gift":{"properties":{"to":{"type":"string"}},"required":["to"]}}})");
    EXPECT_EQ(problems_of(*card, json("{}")), "");
    EXPECT_EQ(problems_of(*card, json(R"({"card":1})")),
              R"(/owner is required where "card" is given (dependentRequired))");
    EXPECT_EQ(problems_of(*card, json(R"({"gift":1})")), "/to is required (required)");
    EXPECT_EQ(problems_of(*card, json(R"({"gift":1,"to":2})")), "/to must be a string, is a number (type)");
    EXPECT_EQ(problems_of(R"({"dependencies":{"a":["b"]}})", R"({"a":1})"), "") << "that is draft 7's word";
}

TEST(Schema2020, UnevaluatedPropertiesSeeThroughWhatApplies) {
    const auto closed = schema(R"({"allOf":[{"properties":{"a":{}}}],"properties":{"b":{}},
        "anyOf":[{"properties":{"c":{"const":1}},"required":["c"]},{"properties":{"d":{}},"required":["d"]},{}],
        "if":{"properties":{"e":{"const":1}},"required":["e"]},"then":{"properties":{"f":{}}},
        "unevaluatedProperties":false})");
    EXPECT_EQ(problems_of(*closed, json(R"({"a":1,"b":1})")), "");
    EXPECT_EQ(problems_of(*closed, json(R"({"c":1,"d":1})")), "");
    EXPECT_EQ(problems_of(*closed, json(R"({"e":1,"f":1})")), "");
    EXPECT_EQ(problems_of(*closed, json(R"({"f":1})")), "/f is not a known property (unevaluatedProperties)");
    EXPECT_EQ(problems_of(*closed, json(R"({"bb":1})")),
              "/bb is not a known property (unevaluatedProperties) -> b");
    EXPECT_EQ(problems_of(*closed, json(R"({"c":2})")), "/c is not a known property (unevaluatedProperties)")
        << "a branch that does not fit evaluates nothing";
}

TEST(Schema2020, UnevaluatedPropertiesMayBeASchema) {
    EXPECT_EQ(problems_of(R"({"properties":{"a":{}},"unevaluatedProperties":{"type":"string"}})",
                          R"({"a":1,"b":1})"),
              "/b must be a string, is a number (type)");
    EXPECT_EQ(problems_of(R"({"$defs":{"base":{"properties":{"a":{}}}},"$ref":"#/$defs/base",
                              "unevaluatedProperties":false})",
                          R"({"a":1})"),
              "");
    EXPECT_EQ(problems_of(R"({"patternProperties":{"^x-":{}},"unevaluatedProperties":false})",
                          R"({"x-a":1,"y":1})"),
              "/y is not a known property (unevaluatedProperties)");
    EXPECT_EQ(problems_of(R"({"additionalProperties":true,"unevaluatedProperties":false})", R"({"a":1})"),
              "");
    EXPECT_EQ(problems_of(R"({"not":{"properties":{"a":{}},"required":["b"]},"unevaluatedProperties":false})",
                          R"({"a":1})"),
              "/a is not a known property (unevaluatedProperties)")
        << "what stands under not evaluates nothing";
}

TEST(Schema2020, UnevaluatedPropertiesAreNotSharedBetweenCousins) {
    EXPECT_EQ(
        problems_of(R"({"allOf":[{"properties":{"a":{}}},{"unevaluatedProperties":false}]})", R"({"a":1})"),
        "/a is not a known property (unevaluatedProperties)");
    EXPECT_EQ(problems_of(R"({"allOf":[{"unevaluatedProperties":true}],"unevaluatedProperties":false})",
                          R"({"a":1})"),
              "");
}

TEST(Schema2020, UnevaluatedItemsSeePrefixesAndWhatContainsFound) {
    const auto list = schema(R"({"allOf":[{"prefixItems":[{"type":"string"}]}],"contains":{"const":7},
                                 "unevaluatedItems":false})");
    EXPECT_EQ(problems_of(*list, json(R"(["a",7,7])")), "");
    EXPECT_EQ(problems_of(*list, json(R"(["a",7,8])")),
              "/2 is an item that no part of the schema allows (unevaluatedItems)");
    EXPECT_EQ(problems_of(R"({"items":{},"unevaluatedItems":false})", "[1,2]"), "");
}

TEST(Schema2020, AnchorsAndIdsNamePlacesInTheDocument) {
    const auto named = schema(R"({"$id":"https://x.test/root","properties":{
        "a":{"$ref":"#num"},"b":{"$ref":"item"},"c":{"$ref":"https://x.test/item#deep"},"d":{"$ref":"item#/$defs/t"}},
        "$defs":{"n":{"$anchor":"num","type":"number"},
                 "i":{"$id":"item","type":"string","$defs":{"t":{"$anchor":"deep","type":"boolean"}}}}})");
    EXPECT_EQ(problems_of(*named, json(R"({"a":1,"b":"x","c":true,"d":false})")), "");
    EXPECT_EQ(problems_of(*named, json(R"({"a":"","b":1,"c":1,"d":1})")),
              "/a must be a number, is a string (type)\n/b must be a string, is a number (type)\n"
              "/c must be a boolean, is a number (type)\n/d must be a boolean, is a number (type)");
}

TEST(Schema2020, ADynamicReferenceFollowsTheOutermostAnchor) {
    const auto strict = schema(R"({"$id":"https://x.test/strict","$dynamicAnchor":"tree","$ref":"tree",
        "unevaluatedProperties":false,
        "$defs":{"tree":{"$id":"https://x.test/tree","$dynamicAnchor":"tree","type":"object",
            "properties":{"data":true,"children":{"type":"array","items":{"$dynamicRef":"#tree"}}}}}})");
    EXPECT_EQ(problems_of(*strict, json(R"({"children":[{"data":1}]})")), "");
    EXPECT_EQ(problems_of(*strict, json(R"({"children":[{"daat":1}]})")),
              "/children/0/daat is not a known property (unevaluatedProperties)");
    const auto open = schema(R"({"$ref":"https://x.test/tree",
        "$defs":{"tree":{"$id":"https://x.test/tree","$dynamicAnchor":"tree","type":"object",
            "properties":{"children":{"items":{"$dynamicRef":"#tree"}}}}}})");
    EXPECT_EQ(problems_of(*open, json(R"({"children":[{"daat":1}]})")), "");
    EXPECT_EQ(problems_of(*open, json(R"({"children":[1]})")),
              "/children/0 must be an object, is a number (type)");
}

TEST(Schema2020, ReferencesStandBesideOtherKeywordsButNotInDraft7) {
    constexpr const char* kBoth =
        R"({"$defs":{"s":{"type":"string"}},"properties":{"a":{"$ref":"#/$defs/s","minLength":2}}})";
    EXPECT_EQ(problems_of(kBoth, R"({"a":"x"})"), "/a must be at least 2 characters long, has 1 (minLength)");
    EXPECT_EQ(
        problems_of(
            R"({"$schema":"http://json-schema.org/draft-07/schema#","definitions":{"s":{"type":"string"}},
                              "properties":{"a":{"$ref":"#/definitions/s","minLength":2}}})",
            R"({"a":"x"})"),
        "");
}

TEST(Schema2020, FormatOnlyAnnotates) {
    EXPECT_EQ(problems_of(R"({"format":"email"})", R"("not an address")"), "");
    EXPECT_EQ(problems_of(R"({"contentEncoding":"base64"})", R"("%%%")"), "");
}
