#include "app/schema_text.hpp"

#include <gtest/gtest.h>

#include "expr/json.hpp"

namespace tappet::app {
namespace {

std::string members(std::string_view json) {
    const Value schema = *read_json(json);
    std::string out;
    for (const SchemaMember& member : members_of(schema)) {
        const std::string bounds = bounds_of(*member.schema);
        out += member.path + (member.required ? "!" : "") + ": " + type_of(*member.schema) +
               (bounds.empty() ? "" : ", " + bounds) + "\n";
    }
    return out;
}

TEST(SchemaText, ShowsWhatIsInsideObjectsListsAndMaps) {
    EXPECT_EQ(members(R"({"type":"object","required":["to"],"properties":{
                "to":{"type":"object","required":["street"],"properties":{"street":{"type":"string"}}},
                "items":{"type":"array","items":{"type":"object","properties":{"price":{"type":"number"}}}},
                "extra":{"type":"object","additionalProperties":{"type":"object","properties":{"a":{"type":"integer"}}}},
                "counts":{"type":"object","additionalProperties":{"type":"integer"}}}})"),
              "to!: object\nto.street!: string\nitems: list of object\nitems[].price: number\n"
              "extra: map of object\nextra.*.a: integer\ncounts: map of integer\n");
}

TEST(SchemaText, ShowsBounds) {
    EXPECT_EQ(members(R"({"properties":{
                "a":{"type":"integer","minimum":0,"maximum":50},"b":{"type":"number","exclusiveMinimum":0},
                "c":{"type":"string","minLength":1,"pattern":"^x"},"d":{"type":"string","format":"email"},
                "e":{"type":"array","minItems":2,"maxItems":2,"items":{"type":"string","maxLength":9}}}})"),
              "a: integer, 0 to 50\nb: number, more than 0\nc: string, at least 1 character, pattern ^x\n"
              "d: string, format email\ne: list of string, 2 items, each at most 9 characters\n");
}

TEST(SchemaText, EndsForSchemasThatGoOn) {
    std::string deep = "{}";
    for (int i = 0; i < 40; ++i) deep = R"({"type":"object","properties":{"a":)" + deep + "}}";
    EXPECT_LT(members_of(*read_json(deep)).size(), 12u);
}

}  // namespace
}  // namespace tappet::app
