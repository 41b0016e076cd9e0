#include "schema_support.hpp"

using namespace tappet;
using namespace tappet::flow::test;
using expr::Type;

namespace {

std::string type_text(std::string_view text) {
    const auto made = schema(text);
    return made ? made->type().text() : "no schema";
}

std::string filled(std::string_view schema_text, std::string_view value) {
    std::string out;
    append_json(out, schema(schema_text)->with_defaults(json(value)));
    return out;
}

}  // namespace

TEST(SchemaDefaults, FillWhatIsAbsentAtAnyDepthAndNothingElse) {
    constexpr const char* kSchema = R"({"properties":{"a":{"default":1},"b":{"type":"object","default":{},
        "properties":{"c":{"default":"x"}}},"list":{"items":{"properties":{"d":{"default":true}}}}}})";
    EXPECT_EQ(filled(kSchema, "{}"), R"({"a":1,"b":{"c":"x"}})");
    EXPECT_EQ(filled(kSchema, R"({"a":null,"b":{"c":2},"list":[{},{"d":0}]})"),
              R"({"a":null,"b":{"c":2},"list":[{"d":true},{"d":0}]})");
    EXPECT_EQ(filled(kSchema, "5"), "5");
}

TEST(SchemaDefaults, ComeThroughReferencesAndAllOf) {
    EXPECT_EQ(
        filled(R"({"$defs":{"n":{"default":3}},"allOf":[{"properties":{"a":{"$ref":"#/$defs/n"}}}]})", "{}"),
        R"({"a":3})");
    EXPECT_EQ(filled(R"({"additionalProperties":{"properties":{"z":{"default":0}}}})", R"({"q":{}})"),
              R"({"q":{"z":0}})");
}

TEST(SchemaDefaults, LeaveTheValueItselfWhereNothingIsMissing) {
    const auto made = schema(R"({"properties":{"a":{"default":1}}})");
    const Value full = json(R"({"a":2})");
    EXPECT_EQ(made->with_defaults(full).entries().data(), full.entries().data());
    EXPECT_TRUE(made->with_defaults(json("{}").as_secret()).secret()) << "the mark stays";
}

TEST(SchemaDefaults, EndWhereADefaultAsksForItself) {
    const auto made = schema(R"({"properties":{"next":{"$ref":"#","default":{}}}})");
    EXPECT_TRUE(made->with_defaults(json("{}")).find("next"));
}

TEST(SchemaType, IsWhatAnExpressionMayExpect) {
    EXPECT_EQ(type_text(R"({"type":"string"})"), "string");
    EXPECT_EQ(schema(R"({"type":"integer"})")->type().kind(), Type::Kind::integer);
    EXPECT_EQ(schema(R"({"type":"number"})")->type().kind(), Type::Kind::number);
    EXPECT_EQ(schema(R"({"enum":["a","b"]})")->type().kind(), Type::Kind::string);
    EXPECT_EQ(schema(R"({"type":["string","null"]})")->type().kind(), Type::Kind::one_of);
    EXPECT_TRUE(schema("{}")->type().is_dyn());
    const auto list = schema(R"({"type":"array","items":{"type":"string"}})");
    ASSERT_EQ(list->type().kind(), Type::Kind::list);
    EXPECT_EQ(list->type().element().kind(), Type::Kind::string);
    const auto map = schema(R"({"type":"object","additionalProperties":{"type":"boolean"}})");
    ASSERT_EQ(map->type().kind(), Type::Kind::map);
    EXPECT_EQ(map->type().value().kind(), Type::Kind::boolean);
}

TEST(SchemaType, OfAnObjectKnowsItsFieldsAndWhetherThereAreOthers) {
    const auto made = schema(R"({"type":"object","properties":{"a":{"type":"string"},"b":{}},"required":["a"],
                                 "additionalProperties":false})");
    ASSERT_EQ(made->type().kind(), Type::Kind::object);
    const auto& spec = made->type().spec();
    EXPECT_TRUE(spec.closed);
    EXPECT_FALSE(spec.fields.at("a").optional);
    EXPECT_TRUE(spec.fields.at("b").optional);
    EXPECT_TRUE(spec.fields.at("b").type.is_dyn());
    EXPECT_FALSE(schema(R"({"properties":{"a":{}}})")->type().spec().closed);
}

TEST(SchemaType, OfAllOfJoinsTheFields) {
    const auto made =
        schema(R"({"allOf":[{"properties":{"a":{"type":"string"}}},{"properties":{"b":{"type":"integer"}}}],
                                 "required":["a"]})");
    ASSERT_EQ(made->type().kind(), Type::Kind::object);
    EXPECT_EQ(made->type().spec().fields.size(), 2u);
}

TEST(SchemaType, OfASchemaThatHoldsItselfEnds) {
    const auto made = schema(R"({"type":"object","properties":{"next":{"$ref":"#"},"v":{"type":"string"}}})");
    ASSERT_EQ(made->type().kind(), Type::Kind::object);
    EXPECT_EQ(made->type().spec().fields.at("v").type.kind(), Type::Kind::string);
}
