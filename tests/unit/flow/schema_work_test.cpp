// What checking a value may take, whatever the value is.
#include <cmath>
#include <string>
#include <vector>

#include "flow/schema/unique.hpp"
#include "schema_support.hpp"

using namespace tappet;
using namespace tappet::flow::test;

TEST(SchemaWork, UniqueItemsOfAnyDepthCostWhatIsInThem) {
    // Each item is a chain that is different at its end alone.
    std::vector<Value> items;
    for (int i = 0; i < 4'000; ++i) {
        Value item = Value::integer(i);
        for (int level = 0; level < 34; ++level) item = Value::list({item});
        items.push_back(item);
    }
    std::size_t left = 4'000 * (35 + 3);
    EXPECT_EQ(flow::schema::first_equal(items, left), std::nullopt);
    EXPECT_EQ(left, 0u) << "one unit for each value, three for each item";
    items.push_back(items[7]);
    left = 1'000'000;
    EXPECT_EQ(flow::schema::first_equal(items, left), std::pair(std::size_t{7}, std::size_t{4'000}));
}

TEST(SchemaWork, UniqueItemsGiveUpWhereUnitsDo) {
    std::vector<Value> items;
    for (int i = 0; i < 12; ++i) items.push_back(Value::integer(i));
    std::size_t left = 11;
    EXPECT_EQ(flow::schema::first_equal(items, left), std::nullopt);
    EXPECT_EQ(left, 0u);
    // What differs from itself has one hash and no twin: each comparison counts.
    items.assign(2'000, Value::list({Value::number(std::nan(""))}));
    left = 1'000'000;
    EXPECT_EQ(flow::schema::first_equal(items, left), std::nullopt);
    EXPECT_EQ(left, 0u);
}

TEST(SchemaWork, UniqueItemsCountTowardsTheBound) {
    std::string text = R"({"uniqueItems":true})";
    for (int i = 0; i < 6; ++i) text = R"({"allOf":[)" + text + "," + text + "," + text + "]}";
    std::vector<Value> items;
    for (int i = 0; i < 20'000; ++i) items.push_back(Value::integer(i));
    const auto problems = schema(text)->problems(Value::list(std::move(items)));
    ASSERT_EQ(problems.size(), 1u);
    EXPECT_EQ(problems[0].detail, "takes too much work to check");
}

TEST(SchemaWork, PatternsCountWhatTheySearchTowardsTheBound) {
    std::string words;
    for (int i = 0; i < 100'000; ++i) words += "word ";
    const auto hard = schema(R"({"pattern":"[a-q][^u-z]{900}x"})");
    auto problems = hard->problems(Value::string(words + words + words + words));
    ASSERT_EQ(problems.size(), 1u);
    EXPECT_EQ(problems[0].detail, "takes too much work to check");
    EXPECT_EQ(problems_of(*schema(R"({"pattern":"^(\\pL+ )+$"})"), Value::string(words)), "");

    const auto names = schema(R"({"patternProperties":{"[a-q][^u-z]{900}x":true}})");
    problems = names->problems(Value::object({{words + words + words + words, Value::integer(1)}}));
    ASSERT_EQ(problems.size(), 1u);
    EXPECT_EQ(problems[0].detail, "takes too much work to check");
}

namespace {

Value tree(std::size_t breadth, int depth) {
    if (depth == 0) return Value::boolean(true);
    return Value::list(std::vector<Value>(breadth, tree(breadth, depth - 1)));
}

}  // namespace

TEST(SchemaWork, SayingWhyNothingFitsCountsTowardsTheBound) {
    // Of each item both forms are tried, and said to fail, at every level; each time with the long way to it.
    const auto forms = schema(R"({"$defs":{"n":{"anyOf":[
        {"type":"array","items":{"$ref":"#/$defs/n"},"minItems":1},
        {"type":"array","items":{"$ref":"#/$defs/n"},"minItems":2}]}},"additionalProperties":{"$ref":"#/$defs/n"}})");
    const Value value = Value::object({{std::string(100'000, 'k'), tree(20, 3)}});
    const auto problems = forms->problems(value);
    ASSERT_EQ(problems.size(), 2u);
    EXPECT_EQ(problems[0].detail.substr(0, 19), "fits none of 2 form");
    EXPECT_EQ(problems[1].detail, "takes too much work to say all that is wrong");
    EXPECT_EQ(problems_of(*forms, Value::object({{"k", tree(2, 1)}})).substr(0, 20), "/k fits none of 2 fo");
}

TEST(SchemaWork, AMessageShowsTheBeginningOfAValueOfAnySize) {
    const auto none = schema(R"({"not":true})");
    Value vast = Value::string(std::string(1'000, 'x'));  // more parts than memory
    for (int i = 0; i < 100; ++i) vast = Value::list({vast, vast});
    const auto problems = none->problems(vast);
    ASSERT_EQ(problems.size(), 1u);
    EXPECT_EQ(problems[0].detail,
              "must not be " + std::string(60, '[') + "… or the like: it fits the schema under `not`");
    EXPECT_EQ(problems_of(*none, json(R"({"a":[1,{"b":"c"}]})")),
              R"(must not be {"a":[1,{"b":"c"}]} or the like: it fits the schema under `not` (not))");
    EXPECT_EQ(
        problems_of(*none, Value::string(std::string(58, 'a') + "éé")),
        "must not be \"" + std::string(58, 'a') + "… or the like: it fits the schema under `not` (not)");
}

TEST(SchemaWork, FillingDefaultsEndsWhereCheckingWould) {
    // Each level is gone through twice as often as the one above it.
    const auto twice =
        schema(R"({"properties":{"d":{"default":1},"n":{"allOf":[{"$ref":"#"},{"$ref":"#"}]}}})");
    Value value = Value::object({{"d", Value::integer(2)}});
    for (int i = 0; i < 60; ++i) value = Value::object({{"n", value}, {"d", Value::integer(2)}});
    EXPECT_EQ(twice->with_defaults(value), value);
    EXPECT_EQ(problems_of(*twice, value), "takes too much work to check ($ref)");
}

TEST(SchemaWork, LongEnumsOfStringsAreLookedUpAndOthersCount) {
    std::string words, numbers;
    for (int i = 0; i < 400; ++i) {
        words += (i ? ",\"" : "\"") + std::to_string(i) + "\"";
        numbers += (i ? "," : "") + std::to_string(i);
    }
    const std::vector<Value> last_word(100'000, Value::string("399"));
    const std::vector<Value> last_number(100'000, Value::integer(399));
    const auto of_words = schema(R"({"items":{"enum":[)" + words + R"(,1,["a"]]}})");
    EXPECT_TRUE(of_words->accepts(Value::list(last_word)));
    EXPECT_TRUE(of_words->accepts(json(R"([1,["a"],1.0])")));
    EXPECT_FALSE(of_words->accepts(json(R"(["400"])")));
    EXPECT_FALSE(of_words->accepts(json(R"([["b"]])")));
    const auto problems =
        schema(R"({"items":{"enum":[)" + numbers + "]}}")->problems(Value::list(last_number));
    ASSERT_EQ(problems.size(), 1u);
    EXPECT_EQ(problems[0].detail, "takes too much work to check");
}
