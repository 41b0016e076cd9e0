#include "expr/value.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <string>
#include <thread>

using namespace tappet;

namespace {

Value numbered_map(int entries) {
    std::vector<MapEntry> out;
    for (int i = 0; i < entries; ++i)
        out.push_back({Value::string("k" + std::to_string(i)), Value::integer(i)});
    return Value::map(std::move(out));
}

}  // namespace

TEST(Value, IsNullUntilItHoldsSomething) {
    EXPECT_TRUE(Value().is_null());
    EXPECT_EQ(Value(), Value::null());
    EXPECT_EQ(Value().size(), 0u);
    EXPECT_EQ(Value().find("key"), nullptr);
}

TEST(Value, KeepsWhatItWasMadeOf) {
    EXPECT_TRUE(Value::boolean(true).as_boolean());
    EXPECT_EQ(Value::integer(INT64_MIN).as_integer(), INT64_MIN);
    EXPECT_EQ(Value::uint(UINT64_MAX).as_uint(), UINT64_MAX);
    EXPECT_EQ(Value::number(-0.5).as_number(), -0.5);
    EXPECT_EQ(Value::string(std::string_view("a\0b", 3)).as_string(), std::string_view("a\0b", 3));
    EXPECT_EQ(Value::bytes("\xff").as_string(), "\xff");
    EXPECT_EQ(Value::timestamp(-5, 999'999'999).seconds(), -5);
    EXPECT_EQ(Value::timestamp(-5, 999'999'999).nanos(), 999'999'999);
    EXPECT_EQ(Value::duration(-1, -500).nanos(), -500);
    EXPECT_EQ(Value::string("").size(), 0u);
}

TEST(Value, NamesItsTypeAsCelDoes) {
    EXPECT_EQ(type_name(Value()), "null_type");
    EXPECT_EQ(type_name(Value::integer(1)), "int");
    EXPECT_EQ(type_name(Value::uint(1)), "uint");
    EXPECT_EQ(type_name(Value::number(1)), "double");
    EXPECT_EQ(type_name(Value::timestamp(0, 0)), "google.protobuf.Timestamp");
    EXPECT_EQ(type_name(Value::duration(0, 0)), "google.protobuf.Duration");
    EXPECT_EQ(type_name(Value::type("int")), "type");
}

TEST(Value, ACopySharesAndAMoveLeavesNull) {
    Value original = Value::list({Value::string("shared")});
    const Value copy = original;
    EXPECT_EQ(copy.items().data(), original.items().data());
    const Value moved = std::move(original);
    EXPECT_TRUE(original.is_null());  // NOLINT(bugprone-use-after-move): that is the promise
    EXPECT_EQ(moved, copy);
}

TEST(Value, SurvivesBeingAssignedToItselfAndToAPartOfItself) {
    Value value = Value::list({Value::list({Value::string("inner")})});
    const Value& alias = value;
    value = alias;
    EXPECT_EQ(value.size(), 1u);
    value = value.items()[0];
    EXPECT_EQ(value.items()[0].as_string(), "inner");
    value = value.items()[0];
    EXPECT_EQ(value.as_string(), "inner");
}

TEST(Value, ComparesNumbersOfEveryKindByWhatTheyMean) {
    EXPECT_EQ(Value::integer(1), Value::uint(1));
    EXPECT_EQ(Value::integer(1), Value::number(1.0));
    EXPECT_EQ(Value::number(1.0), Value::uint(1));
    EXPECT_NE(Value::integer(-1), Value::uint(UINT64_MAX));
    EXPECT_NE(Value::number(1.5), Value::integer(1));
    // 2^53 + 1 has no double; the nearest one is another number.
    EXPECT_NE(Value::integer(9007199254740993), Value::number(9007199254740992.0));
    EXPECT_EQ(Value::integer(INT64_MIN), Value::number(-9223372036854775808.0));
    EXPECT_NE(Value::integer(INT64_MAX), Value::number(9223372036854775808.0));
    EXPECT_NE(Value::uint(UINT64_MAX), Value::number(18446744073709551616.0));
    EXPECT_EQ(Value::number(0.0), Value::number(-0.0));
}

TEST(Value, NanDiffersFromItselfAlsoInsideAList) {
    const Value nan = Value::number(std::nan(""));
    EXPECT_FALSE(nan == nan);
    EXPECT_FALSE(Value::list({nan}) == Value::list({nan}));
    EXPECT_NE(nan, Value::integer(0));
}

TEST(Value, ValuesOfDifferentKindsDiffer) {
    EXPECT_NE(Value::string("a"), Value::bytes("a"));
    EXPECT_NE(Value::string("int"), Value::type("int"));
    EXPECT_NE(Value::timestamp(1, 0), Value::duration(1, 0));
    EXPECT_NE(Value::boolean(false), Value::integer(0));
    EXPECT_NE(Value::null(), Value::boolean(false));
    EXPECT_NE(Value::list({}), Value::map({}));
}

TEST(Value, ComparesMapsWithoutRegardToOrder) {
    const Value a = Value::object({{"x", Value::integer(1)}, {"y", Value::integer(2)}});
    const Value b = Value::object({{"y", Value::number(2)}, {"x", Value::uint(1)}});
    EXPECT_EQ(a, b);
    EXPECT_NE(a, Value::object({{"x", Value::integer(1)}}));
    EXPECT_NE(a, Value::object({{"x", Value::integer(1)}, {"z", Value::integer(2)}}));
}

TEST(ValueMap, OfEqualKeysTheLastCountsAtThePlaceOfTheFirst) {
    for (const int extra : {0, 20}) {  // searched in order, and with a table
        std::vector<MapEntry> entries{{Value::string("a"), Value::integer(1)},
                                      {Value::string("b"), Value::integer(2)}};
        for (int i = 0; i < extra; ++i)
            entries.push_back({Value::string("x" + std::to_string(i)), Value::null()});
        entries.push_back({Value::string("a"), Value::integer(3)});
        const Value map = Value::map(std::move(entries));
        EXPECT_EQ(map.size(), 2u + static_cast<std::size_t>(extra));
        EXPECT_EQ(map.entries()[0].key.as_string(), "a");
        EXPECT_EQ(map.find("a")->as_integer(), 3);
    }
}

TEST(ValueMap, KeepsTheOrderOfItsEntries) {
    const Value map = numbered_map(50);
    for (std::size_t i = 0; i < 50; ++i)
        EXPECT_EQ(map.entries()[i].value.as_integer(), static_cast<std::int64_t>(i));
}

TEST(ValueMap, FindsEachKeyAtEverySize) {
    for (const int size : {0, 1, 8, 9, 10, 100, 5000}) {
        const Value map = numbered_map(size);
        for (int i = 0; i < size; ++i) {
            const Value* found = map.find("k" + std::to_string(i));
            ASSERT_NE(found, nullptr) << i << " of " << size;
            EXPECT_EQ(found->as_integer(), i);
        }
        EXPECT_EQ(map.find("k" + std::to_string(size)), nullptr);
        EXPECT_EQ(map.find(""), nullptr);
    }
}

TEST(ValueMap, OneKeyIsOneKeyInEveryNumericKind) {
    for (const int extra : {0, 20}) {
        std::vector<MapEntry> entries{{Value::integer(1), Value::string("one")},
                                      {Value::boolean(true), Value::string("yes")}};
        for (int i = 0; i < extra; ++i) entries.push_back({Value::integer(100 + i), Value::null()});
        const Value map = Value::map(std::move(entries));
        EXPECT_EQ(map.find(Value::uint(1))->as_string(), "one");
        EXPECT_EQ(map.find(Value::number(1.0))->as_string(), "one");
        EXPECT_EQ(map.find(Value::boolean(true))->as_string(), "yes");
        EXPECT_EQ(map.find(Value::number(1.5)), nullptr);
        EXPECT_EQ(map.find(Value::string("1")), nullptr);
        EXPECT_EQ(map.find(Value::boolean(false)), nullptr);
    }
}

TEST(Value, FollowsAPathOfKeysAndIndexes) {
    const Value value =
        Value::object({{"items", Value::list({Value::object({{"id", Value::string("L1")}})})}});
    const auto at = [&](std::initializer_list<std::string_view> path) { return value.at(std::vector(path)); };
    ASSERT_NE(at({"items", "0", "id"}), nullptr);
    EXPECT_EQ(at({"items", "0", "id"})->as_string(), "L1");
    EXPECT_EQ(at({}), &value);
    EXPECT_EQ(at({"items", "1"}), nullptr);
    EXPECT_EQ(at({"items", "-1"}), nullptr);
    EXPECT_EQ(at({"items", ""}), nullptr);
    EXPECT_EQ(at({"items", "0x0"}), nullptr);
    EXPECT_EQ(at({"items", "99999999999999999999"}), nullptr);
    EXPECT_EQ(at({"items", "0", "id", "more"}), nullptr);
    EXPECT_EQ(at({"none"}), nullptr);
}

TEST(ValueSecret, AMarkIsOnTheCopyAloneAndGoesWithIt) {
    const Value plain = Value::string("hunter2");
    const Value secret = plain.as_secret();
    EXPECT_FALSE(plain.secret());
    EXPECT_TRUE(secret.secret());
    const Value copy = secret;
    EXPECT_TRUE(copy.secret());
    EXPECT_EQ(secret, plain) << "the mark plays no part in equality";
    EXPECT_TRUE(Value::integer(5).as_secret().secret()) << "also where nothing is shared";
    EXPECT_TRUE(Value::null().as_secret().secret());
}

TEST(ValueSecret, AContainerKnowsThatItHoldsOneAtAnyDepth) {
    const Value secret = Value::string("s").as_secret();
    const Value inner = Value::list({Value::integer(1), secret});
    const Value outer = Value::object({{"a", inner}});
    EXPECT_TRUE(inner.holds_secret());
    EXPECT_TRUE(outer.holds_secret());
    EXPECT_FALSE(inner.secret());
    EXPECT_FALSE(outer.secret());
    EXPECT_TRUE(outer.find("a")->items()[1].secret());
    EXPECT_FALSE(Value::list({Value::integer(1)}).holds_secret());
    EXPECT_TRUE(Value::map({{secret, Value::null()}}).holds_secret()) << "a key may be one";
    EXPECT_TRUE(Value::some(secret).holds_secret());
}

TEST(ValueSecret, TheLastOfEqualKeysDecides) {
    const Value secret = Value::string("s").as_secret();
    EXPECT_FALSE(Value::object({{"a", secret}, {"a", Value::integer(1)}}).holds_secret());
    EXPECT_TRUE(Value::object({{"a", Value::integer(1)}, {"a", secret}}).holds_secret());
}

TEST(Value, OptionalHoldsAValueOrNone) {
    EXPECT_EQ(Value::none().optional_value(), nullptr);
    ASSERT_NE(Value::some(Value::integer(1)).optional_value(), nullptr);
    EXPECT_EQ(Value::some(Value::integer(1)), Value::some(Value::number(1)));
    EXPECT_NE(Value::some(Value::null()), Value::none());
    EXPECT_EQ(Value::none(), Value::none());
}

TEST(ValueFootprint, GrowsWithWhatIsKeptAlive) {
    EXPECT_GE(Value::string(std::string(1000, 'x')).footprint(), 1000u);
    EXPECT_LT(Value::string(std::string(1000, 'x')).footprint(), 1200u);
    EXPECT_EQ(Value::integer(1).footprint(), sizeof(Value));
    const Value text = Value::string(std::string(1000, 'x'));
    EXPECT_GE(Value::list({text, text}).footprint(), 2000u) << "shared parts count in full";
    EXPECT_GE(numbered_map(1000).footprint(), 1000 * (sizeof(MapEntry) + 2));
}

TEST(Value, DepthIsNoDangerToFreeCompareOrMeasure) {
    Value a, b;
    for (int i = 0; i < 200'000; ++i) {
        a = i % 2 == 0 ? Value::list({std::move(a)}) : Value::object({{"a", std::move(a)}});
        b = i % 2 == 0 ? Value::list({std::move(b)}) : Value::object({{"a", std::move(b)}});
    }
    EXPECT_TRUE(a == b);
    EXPECT_GT(a.footprint(), 3'200'000u);
    a = Value();
    EXPECT_TRUE(a.is_null());
}

TEST(Value, ManyThreadsMayShareOne) {
    const Value shared = numbered_map(100);
    std::vector<std::thread> threads;
    std::atomic<int> right{0};
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 2000; ++i) {
                const Value copy = shared;
                const Value part = *copy.find("k" + std::to_string(i % 100));
                if (part.as_integer() == i % 100) ++right;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(right, 8000);
}
