// The mock host's own JSON: what it reads, and how it prints.
#include <gtest/gtest.h>

#include <tappet/testing/tables.hpp>

namespace {

using tappet::sdk::Kind;
using tappet::sdk::mock::Builder;
using tappet::sdk::mock::JsonReader;
using tappet::sdk::mock::Value;

std::string again(std::string_view text) {
    const auto value = JsonReader::read(text);
    return value ? value->json() : "malformed";
}

TEST(SdkMockJson, ReadsAndPrintsEveryKind) {
    for (const char* text :
         {"null", "true", "false", "0", "-1", "1.5", "\"\"", "[]", "{}", R"({"a":[1,{"b":null}],"c":"x"})",
          "9223372036854775807", "18446744073709551615", "1.0", "-9223372036854775808"})
        EXPECT_EQ(again(text), text);
    EXPECT_EQ(again(" [ 1 , 2 ] "), "[1,2]");
    EXPECT_EQ(again(R"({"a":1,"a":2})"), R"({"a":2})") << "of equal keys the last counts";
}

TEST(SdkMockJson, KeepsWholeNumbersAndDoublesApart) {
    EXPECT_EQ(JsonReader::read("1")->kind(), Kind::integer);
    EXPECT_EQ(JsonReader::read("1.0")->kind(), Kind::number);
    EXPECT_EQ(JsonReader::read("1e2")->kind(), Kind::number);
    EXPECT_EQ(JsonReader::read("18446744073709551616")->kind(), Kind::number);
}

TEST(SdkMockJson, NumbersAreComparedByValue) {
    EXPECT_EQ(Value(5.0), 5);
    EXPECT_EQ(Value(5), 5.0);
    EXPECT_EQ(*JsonReader::read(R"({"a":[1.0]})"), *JsonReader::read(R"({"a":[1]})"));
    EXPECT_EQ(Value(0x1p63), *JsonReader::read("9223372036854775808"));
    EXPECT_FALSE(Value(5.5) == Value(5));
    EXPECT_FALSE(Value(0x1p63) == *JsonReader::read("9223372036854775807")) << "it would be by rounding";
    EXPECT_FALSE(Value(0x1p64) == *JsonReader::read("18446744073709551615"));
    EXPECT_FALSE(Value(-1.0) == *JsonReader::read("18446744073709551615"));
    EXPECT_FALSE(Value(1.0) == Value(true));
}

TEST(SdkMockJson, ReadsEscapes) {
    EXPECT_EQ(JsonReader::read(R"("\"\\\/\b\f\n\r\t\u00e4\u20AC\ud83d\ude00")")->string(),
              "\"\\/\b\f\n\r\tä€😀");
    EXPECT_EQ(again(R"("\u0000\u001f\n")"), R"("\u0000\u001f\u000a")");
}

TEST(SdkMockJson, RefusesWhatIsNoJson) {
    for (const char* text : {"",
                             " ",
                             "tru",
                             "nulL",
                             "01",
                             "-",
                             "1.",
                             ".5",
                             "1e",
                             "+1",
                             "0x1",
                             "NaN",
                             "\"a",
                             "\"\t\"",
                             "[1,]",
                             "[1 2]",
                             "{\"a\"}",
                             "{\"a\":}",
                             "{a:1}",
                             "{\"a\":1,}",
                             "1 2",
                             "[",
                             "]",
                             R"("\x")",
                             R"("\u12")",
                             R"("\ud83d")",
                             R"("\ude00")",
                             R"("\ud83dA")",
                             "\"\xff\"",
                             "\"\xc0\xaf\"",
                             "\"\xed\xa0\x80\""})
        EXPECT_EQ(again(text), "malformed") << text;
}

TEST(SdkMockJson, NestsNoDeeperThanTheEngine) {
    const auto nested = [](int depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    EXPECT_TRUE(JsonReader::read(nested(128)));
    EXPECT_FALSE(JsonReader::read(nested(129)));
    EXPECT_FALSE(JsonReader::read(nested(100'000)));
}

TEST(SdkMockJson, BracesMakeMapsAndLists) {
    const Value value{{"name", "Ada"}, {"tags", {1, 2.5, nullptr}}, {"empty", Value::object()}};
    EXPECT_EQ(value.json(), R"({"name":"Ada","tags":[1,2.5,null],"empty":{}})");
    EXPECT_EQ(value["name"], "Ada");
    EXPECT_EQ(value["tags"][1], 2.5);
    EXPECT_TRUE(value["tags"][7].is_null());
    EXPECT_TRUE(value["nothing"]["inside"].is_null());
    const Value one{{"name", "Ada"}};
    EXPECT_EQ(one["name"], "Ada");
    EXPECT_EQ(Value::list({{"a", "b"}, {"c", "d"}}).json(), R"([["a","b"],["c","d"]])")
        << "pairs are no map there";
}

TEST(SdkMockJson, ABuilderKeepsTheFirstMistake) {
    const auto* const table = tappet::sdk::mock::builder_table();
    const auto problem = [&](auto fill) {
        Builder builder;
        fill(builder.handle());
        EXPECT_EQ(table->finish(builder.handle()), nullptr);
        return builder.problem;
    };
    EXPECT_EQ(problem([&](auto* b) { table->begin_map(b), table->put_null(b), table->end(b); }),
              "a value of a map without its key");
    EXPECT_EQ(problem([&](auto* b) { table->put_string(b, {"\xff", 1}); }), "a text that is no UTF-8");
    EXPECT_EQ(problem([&](auto* b) { table->put_null(b), table->put_null(b); }),
              "a second value beside the first");
    EXPECT_EQ(problem([&](auto* b) { table->begin_list(b); }), "the value is not complete");
    EXPECT_EQ(problem([&](auto* b) {
                  for (int i = 0; i < 129; ++i) table->begin_list(b);
              }),
              "nesting deeper than 128");
}

}  // namespace
