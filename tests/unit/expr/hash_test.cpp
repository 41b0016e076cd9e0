#include "expr/hash.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <vector>

#include "base/hash.hpp"
#include "expr/json.hpp"

using namespace tappet;

namespace {

std::uint64_t of_json(std::string_view text) { return hash_of(read_json(text).value()); }

}  // namespace

TEST(HashOf, EqualNumbersHaveOneHashWhateverTheirKind) {
    EXPECT_EQ(hash_of(Value::integer(1)), hash_of(Value::uint(1)));
    EXPECT_EQ(hash_of(Value::integer(1)), hash_of(Value::number(1.0)));
    EXPECT_EQ(hash_of(Value::integer(0)), hash_of(Value::number(-0.0)));
    EXPECT_EQ(hash_of(Value::integer(INT64_MIN)), hash_of(Value::number(-9223372036854775808.0)));
    EXPECT_EQ(hash_of(Value::uint(1ULL << 63)), hash_of(Value::number(9223372036854775808.0)));
    EXPECT_EQ(of_json("[1,{\"a\":2.0}]"), of_json("[1.0,{\"a\":2}]"));
}

TEST(HashOf, TellsNumbersApartThatShareADouble) {
    std::set<std::uint64_t> seen;
    for (std::int64_t i = 0; i < 1'000; ++i)
        seen.insert(hash_of(Value::integer((std::int64_t{1} << 62) + i)));
    EXPECT_EQ(seen.size(), 1'000u);
}

TEST(HashOf, TheOrderOfEntriesPlaysNoPartThatOfItemsDoes) {
    EXPECT_EQ(of_json(R"({"a":1,"b":[2]})"), of_json(R"({"b":[2],"a":1})"));
    EXPECT_NE(of_json(R"({"a":1,"b":2})"), of_json(R"({"a":2,"b":1})"));
    EXPECT_NE(of_json("[1,2]"), of_json("[2,1]"));
}

TEST(HashOf, TellsKindsAndShapesApart) {
    std::set<std::uint64_t> seen;
    const std::vector<Value> values = {Value(),
                                       Value::boolean(false),
                                       Value::boolean(true),
                                       Value::integer(0),
                                       Value::integer(1),
                                       Value::number(0.5),
                                       Value::string(""),
                                       Value::string("int"),
                                       Value::bytes(""),
                                       Value::bytes("int"),
                                       Value::type("int"),
                                       Value::timestamp(1, 0),
                                       Value::timestamp(1, 1),
                                       Value::duration(1, 0),
                                       Value::none(),
                                       Value::some(Value()),
                                       Value::list({}),
                                       Value::list({Value()}),
                                       Value::list({Value::list({})}),
                                       Value::map({}),
                                       Value::list({Value::map({})}),
                                       read_json("[[1],2]").value(),
                                       read_json("[1,[2]]").value(),
                                       read_json(R"({"a":{"b":1}})").value(),
                                       read_json(R"({"b":{"a":1}})").value()};
    for (const Value& value : values) EXPECT_TRUE(seen.insert(hash_of(value)).second) << type_name(value);
}

TEST(HashOf, LooksAsDeepAsTheValueGoes) {
    Value one = Value::integer(1), other = Value::integer(2);
    for (int i = 0; i < 100'000; ++i) {
        one = i % 2 == 0 ? Value::list({one}) : Value::object({{"in", one}});
        other = i % 2 == 0 ? Value::list({other}) : Value::object({{"in", other}});
    }
    EXPECT_NE(hash_of(one), hash_of(other));
}

TEST(HashOf, EndsWhereItsUnitsDo) {
    const Value value = read_json(R"([1,{"a":[2,3]}])").value();
    std::size_t left = 7;
    EXPECT_EQ(hash_of(value, left), hash_of(value));
    EXPECT_EQ(left, 0u) << "two lists, a map, a key and three numbers";
    left = 6;
    EXPECT_EQ(hash_of(value, left), std::nullopt);
    EXPECT_EQ(left, 0u);
    Value shared = value;  // more parts than memory
    for (int i = 0; i < 200; ++i) shared = Value::list({shared, shared});
    left = 10'000;
    EXPECT_EQ(hash_of(shared, left), std::nullopt);
    left = 64 * 3;
    EXPECT_EQ(hash_of(Value::string(std::string(64 * 64 * 3, 'x')), left), std::nullopt);
}

TEST(HashOf, OfATextIsThatOfTheString) {
    EXPECT_EQ(hash_of("companyId"), hash_of(Value::string("companyId")));
    EXPECT_EQ(hash_of("companyId"), keyed_hash("companyId")) << "under the key of the process";
    EXPECT_EQ(hash_of(""), hash_of(Value::string("")));
}
