#include "expr/json.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "expr/text.hpp"

using namespace tappet;

namespace {

Value parsed(std::string_view text) {
    JsonParsed out = parse_json(text);
    EXPECT_TRUE(out.ok) << text << ": " << out.error.message;
    return out.value;
}

/// A text through parse and print.
std::string through(std::string_view text) {
    const auto out = write_json(parsed(text));
    EXPECT_TRUE(out.has_value());
    return out ? *out : "";
}

std::string printed(const Value& value, Secrets secrets = Secrets::redact) {
    JsonStyle style;
    style.secrets = secrets;
    const auto out = write_json(value, style);
    return out ? *out : "error: " + out.error().message;
}

}  // namespace

TEST(JsonParse, IntegralWithinInt64IsIntegerAndAllElseNumber) {
    EXPECT_EQ(parsed("9223372036854775807").kind(), Kind::integer);
    EXPECT_EQ(parsed("-9223372036854775808").as_integer(), INT64_MIN);
    EXPECT_EQ(parsed("9223372036854775808").kind(), Kind::number);
    EXPECT_EQ(parsed("1.0").kind(), Kind::number);
    EXPECT_EQ(parsed("1e0").kind(), Kind::number);
    EXPECT_EQ(parsed("0").kind(), Kind::integer);
    EXPECT_EQ(parsed("123456789012345678901234567890").as_number(), 123456789012345678901234567890.0);
}

TEST(JsonParse, MinusZeroKeepsItsSign) { EXPECT_TRUE(std::signbit(parsed("-0.0").as_number())); }

TEST(JsonParse, RoundsDecimalsExactly) {
    EXPECT_EQ(parsed("0.1").as_number(), 0.1);
    EXPECT_EQ(parsed("2.2250738585072011e-308").as_number(), 2.2250738585072011e-308);
    EXPECT_EQ(parsed("9007199254740993.0").as_number(), 9007199254740992.0);
    EXPECT_EQ(parsed("1e-400").as_number(), 0.0);
}

TEST(JsonParse, RefusesANumberBeyondDouble) {
    for (const char* text : {"1e309", "-1e309", "[1e999999999999]"})
        EXPECT_FALSE(parse_json(text).ok) << text;
}

TEST(JsonParse, ReadsEveryEscape) {
    EXPECT_EQ(parsed(R"("\"\\\/\b\f\n\r\t\u0041\u00e9\u20ac\ud83d\ude00")").as_string(),
              "\"\\/\b\f\n\r\tA\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
    EXPECT_EQ(parsed("\"\\u0000\"").size(), 1u);
}

TEST(JsonParse, RefusesUnpairedSurrogates) {
    for (const char* text : {R"("\ud800")", R"("\udc00")", R"("\ud800\ud800")", R"("\ud800x")",
                             R"("\ud800\u0041")", R"("\ud83d\)"})
        EXPECT_FALSE(parse_json(text).ok) << text;
}

TEST(JsonParse, RefusesWhatIsNotJson) {
    for (const char* text : {"",
                             " ",
                             "tru",
                             "nul",
                             "True",
                             "[1,]",
                             "{\"a\":1,}",
                             "{a:1}",
                             "{\"a\" 1}",
                             "[1 2]",
                             "01",
                             "1.",
                             ".5",
                             "+1",
                             "-",
                             "1e",
                             "\"\t\"",
                             "\"",
                             "'a'",
                             "// c\n1",
                             "[",
                             "{",
                             "]",
                             "1 2",
                             "NaN",
                             "Infinity",
                             "0x1",
                             "\xef\xbb\xbf"
                             "1",
                             "\"\xff\"",
                             "{\"a\":}",
                             "{,}",
                             "[,]",
                             "{\"a\"}",
                             "\"\\x\"",
                             "\"\\u12g4\""})
        EXPECT_FALSE(parse_json(text).ok) << text;
}

TEST(JsonParse, NamesThePlaceInLinesColumnsAndBytes) {
    const JsonParsed out = parse_json("{\n  \"k\xc3\xa9y\": tru\n}");
    ASSERT_FALSE(out.ok);
    EXPECT_EQ(out.error.line, 2u);
    EXPECT_EQ(out.error.column, 10u) << "code points, not bytes";
    EXPECT_EQ(out.error.offset, 12u);
    EXPECT_FALSE(out.error.message.empty());
    const auto sentence = read_json("[1,\n?]");
    ASSERT_FALSE(sentence);
    EXPECT_EQ(sentence.error().code, ErrorCode::invalid);
    EXPECT_NE(sentence.error().message.find("line 2, column 1 (byte 4)"), std::string::npos)
        << sentence.error().message;
}

TEST(JsonParse, OfDuplicateKeysTheLastCounts) {
    EXPECT_EQ(through(R"({"a":1,"b":2,"a":3})"), R"({"a":3,"b":2})");
}

TEST(JsonParse, BoundsNestingWithoutRecursing) {
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    EXPECT_TRUE(parse_json(nested(128)).ok);
    EXPECT_FALSE(parse_json(nested(129)).ok);
    EXPECT_FALSE(parse_json(std::string(1'000'000, '[')).ok);
    JsonLimits generous;
    generous.depth = 500'000;
    EXPECT_TRUE(parse_json(nested(400'000), generous).ok);
}

TEST(JsonWrite, GivesBackTheTextItRead) {
    for (const char* text : {"null", "true", "false", "0", "-1", "1.0", "-0.0", "0.1", "1.5", "\"\"", "[]",
                             "{}", "[1,[2,{}],\"x\"]", R"({"a":{"b":[null,true]},"c":"d"})",
                             "9223372036854775807", R"("\"\\\b\f\n\r\t\u0001")"})
        EXPECT_EQ(through(text), text);
}

TEST(JsonWrite, AnIntegralDoubleComesBackAsADouble) {
    for (const double v : {1.0, -3.0, 1e15, 1e16, 1e21, 1e22, 1e100, 9007199254740993.0, 5e-324,
                           std::numeric_limits<double>::max()}) {
        const std::string text = printed(Value::number(v));
        const Value back = parsed(text);
        EXPECT_EQ(back.kind(), Kind::number) << text;
        EXPECT_EQ(back.as_number(), v) << text;
    }
}

TEST(NumberText, IsTheShortestThatReadsBack) {
    EXPECT_EQ(number_text(1.0), "1.0");
    EXPECT_EQ(number_text(0.1), "0.1");
    EXPECT_EQ(number_text(-2.5), "-2.5");
    EXPECT_EQ(number_text(1e300), "1e+300");
    EXPECT_EQ(number_text(0.30000000000000004), "0.30000000000000004");
    EXPECT_EQ(number_text(std::nan("")), "NaN");
    EXPECT_EQ(number_text(-std::numeric_limits<double>::infinity()), "-Infinity");
}

TEST(JsonWrite, PrintsWhatJsonHasNoWordForAsText) {
    EXPECT_EQ(printed(Value::uint(UINT64_MAX)), "18446744073709551615");
    EXPECT_EQ(printed(Value::bytes("\xff\xfe")), "\"//4=\"");
    EXPECT_EQ(printed(Value::timestamp(0, 0)), "\"1970-01-01T00:00:00Z\"");
    EXPECT_EQ(printed(Value::timestamp(-1, 500'000'000)), "\"1969-12-31T23:59:59.500Z\"");
    EXPECT_EQ(printed(Value::timestamp(951'782'399, 1)), "\"2000-02-28T23:59:59.000000001Z\"");
    EXPECT_EQ(printed(Value::duration(1, 500'000'000)), "\"1.5s\"");
    EXPECT_EQ(printed(Value::duration(0, -1'000'000)), "\"-0.001s\"");
    EXPECT_EQ(
        printed(Value::map({{Value::integer(1), Value::null()}, {Value::boolean(true), Value::null()}})),
        R"({"1":null,"true":null})");
    EXPECT_EQ(printed(Value::some(Value::integer(1))), "1");
}

TEST(JsonWrite, NoByteLeavesThatIsNotUtf8) {
    EXPECT_EQ(printed(Value::string("J\xfcrgen\n")), "\"J\uFFFDrgen\\n\"");
    EXPECT_EQ(printed(Value::map({{Value::string("\xff"), Value::string("ü")}})), "{\"\uFFFD\":\"ü\"}");
}

TEST(JsonWrite, NamesThePathOfWhatCannotBeWritten) {
    const Value nan = Value::object({{"a", Value::list({Value::null(), Value::number(std::nan(""))})}});
    EXPECT_EQ(printed(nan), "error: NaN cannot be written as JSON, at $.a[1]");
    EXPECT_EQ(printed(Value::number(std::numeric_limits<double>::infinity())),
              "error: an infinite number cannot be written as JSON, at $");
    EXPECT_TRUE(printed(Value::type("int")).starts_with("error: a type"));
    EXPECT_TRUE(printed(Value::none()).starts_with("error: an empty optional"));
    std::string out = "x=";
    append_json(out, nan);
    EXPECT_EQ(out, R"(x={"a":[null,null]})");
}

TEST(JsonWrite, ASecretPrintsAsDotsUnlessRevealed) {
    const Value value =
        Value::object({{"user", Value::string("u")}, {"password", Value::string("hunter2").as_secret()}});
    EXPECT_EQ(printed(value), "{\"user\":\"u\",\"password\":\"\u2022\u2022\u2022\u2022\"}");
    EXPECT_EQ(printed(value, Secrets::reveal), R"({"user":"u","password":"hunter2"})");
    EXPECT_EQ(printed(Value::list({Value::integer(1)}).as_secret()), "\"\u2022\u2022\u2022\u2022\"")
        << "not even its shape";
    EXPECT_EQ(printed(Value::map({{Value::string("k").as_secret(), Value::integer(1)}})).find('k'),
              std::string::npos);
    EXPECT_EQ(printed(Value::object({{"n", Value::number(std::nan("")).as_secret()}})),
              "{\"n\":\"\u2022\u2022\u2022\u2022\"}");
}

TEST(JsonWrite, IndentsWhenAsked) {
    JsonStyle style;
    style.indent = 2;
    EXPECT_EQ(*write_json(parsed(R"({"a":[1,2],"b":{},"c":[]})"), style),
              "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {},\n  \"c\": []\n}");
}

TEST(ToJsonValue, LooksAsIfItHadLeftAndComeBack) {
    const Value value =
        Value::map({{Value::integer(7), Value::timestamp(0, 0)},
                    {Value::string("u"), Value::uint(5)},
                    {Value::string("big"), Value::uint(UINT64_MAX)},
                    {Value::string("b"), Value::list({Value::bytes("f"), Value::duration(90, 0)})},
                    {Value::string("o"), Value::some(Value::uint(1))}});
    const auto out = to_json_value(value);
    ASSERT_TRUE(out);
    EXPECT_EQ(printed(*out), printed(parsed(printed(value))));
    EXPECT_EQ(out->find("u")->kind(), Kind::integer);
    EXPECT_EQ(out->find("big")->kind(), Kind::number);
    EXPECT_EQ(out->find("7")->kind(), Kind::string);
    EXPECT_EQ(out->find("o")->kind(), Kind::integer);
}

TEST(ToJsonValue, SharesWhatNeedsNoChange) {
    const Value value = parsed(R"({"a":[1,2.5,"x",null,true]})");
    const auto out = to_json_value(value);
    ASSERT_TRUE(out);
    EXPECT_EQ(out->entries().data(), value.entries().data());
}

TEST(ToJsonValue, KeepsTheMarks) {
    const Value value = Value::object({{"t", Value::timestamp(0, 0).as_secret()},
                                       {"l", Value::list({Value::uint(1).as_secret()}).as_secret()}});
    const auto out = to_json_value(value);
    ASSERT_TRUE(out);
    EXPECT_TRUE(out->find("t")->secret());
    EXPECT_TRUE(out->find("l")->secret());
    EXPECT_TRUE(out->find("l")->items()[0].secret());
}

TEST(ToJsonValue, NamesThePathOfWhatCannotLeave) {
    const auto out = to_json_value(Value::object({{"a", Value::list({Value::number(std::nan(""))})}}));
    ASSERT_FALSE(out);
    EXPECT_EQ(out.error().code, ErrorCode::invalid);
    EXPECT_NE(out.error().message.find("$.a[0]"), std::string::npos) << out.error().message;
}

TEST(ToJsonValue, IsBoundedInDepth) {
    Value deep = Value::uint(1);
    for (int i = 0; i < 100'000; ++i) deep = Value::list({std::move(deep)});
    EXPECT_FALSE(to_json_value(deep));
    EXPECT_FALSE(write_json(deep));
}
