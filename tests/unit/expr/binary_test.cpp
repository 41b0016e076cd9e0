#include "expr/binary.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "expr/json.hpp"
#include "support/test_sealer.hpp"

namespace tappet {
namespace {

const test::TestSealer kSealer;

std::string written(const Value& value, const Sealer* sealer = &kSealer) {
    BinaryWriter out(sealer, "run");
    out.value(value);
    return out.take();
}

Value there_and_back(const Value& value) {
    const std::string bytes = written(value);
    BinaryReader in(bytes, &kSealer, "run");
    Value out = in.value();
    EXPECT_TRUE(in.ok() && in.at_end());
    EXPECT_EQ(out.kind(), value.kind());
    return out;
}

TEST(JournalCodec, EveryKindOfValueComesBackAsItWas) {
    const Value values[] = {
        Value::null(),
        Value::boolean(false),
        Value::boolean(true),
        Value::integer(0),
        Value::integer(-1),
        Value::integer(std::numeric_limits<std::int64_t>::min()),
        Value::integer(std::numeric_limits<std::int64_t>::max()),
        Value::uint(0),
        Value::uint(std::numeric_limits<std::uint64_t>::max()),
        Value::number(0.1),
        Value::number(-0.0),
        Value::number(std::numeric_limits<double>::infinity()),
        Value::string(""),
        Value::string("grüß \n"),
        Value::bytes(std::string_view("\0\xff\x80", 3)),
        Value::timestamp(-62'135'596'800, 999'999'999),
        Value::duration(-5, -1),
        Value::type("google.protobuf.Timestamp"),
        Value::list({}),
        Value::list({Value::integer(1), Value::string("a")}),
        Value::map({}),
        Value::map({{Value::integer(1), Value::null()}, {Value::boolean(true), Value::list({})}})};
    for (const Value& value : values) EXPECT_EQ(there_and_back(value), value);
}

TEST(JournalCodec, AnOptionalComesBackWithItsValueOrWithNone) {
    const Value some = there_and_back(Value::some(Value::integer(4)));
    ASSERT_NE(some.optional_value(), nullptr);
    EXPECT_EQ(*some.optional_value(), Value::integer(4));
    EXPECT_EQ(there_and_back(Value::none()).optional_value(), nullptr);
}

TEST(JournalCodec, NumbersOfEveryLengthComeBack) {
    for (int bits = 0; bits < 64; ++bits) {
        for (const std::uint64_t v : {std::uint64_t{1} << bits, (std::uint64_t{1} << bits) - 1}) {
            BinaryWriter out(nullptr, "");
            out.number(v);
            out.signed_number(static_cast<std::int64_t>(v));
            out.signed_number(static_cast<std::int64_t>(0 - v));
            const std::string bytes = out.take();
            BinaryReader in(bytes, nullptr, "");
            EXPECT_EQ(in.number(), v);
            EXPECT_EQ(in.signed_number(), static_cast<std::int64_t>(v));
            EXPECT_EQ(in.signed_number(), static_cast<std::int64_t>(0 - v));
            EXPECT_TRUE(in.ok() && in.at_end());
        }
    }
}

TEST(JournalCodec, ASecretIsSealedWhereverItStandsAndKeepsItsMark) {
    const Value value = Value::object({{"open", Value::string("plain text")},
                                       {"token", Value::string("s3cret").as_secret()},
                                       {"all", Value::list({Value::string("hidden")}).as_secret()}});
    const std::string bytes = written(value);
    EXPECT_NE(bytes.find("plain text"), std::string::npos);
    EXPECT_EQ(bytes.find("s3cret"), std::string::npos);
    EXPECT_EQ(bytes.find("hidden"), std::string::npos);
    const Value back = there_and_back(value);
    EXPECT_EQ(back, value);
    EXPECT_TRUE(back.find("token")->secret());
    EXPECT_TRUE(back.find("all")->secret());
    EXPECT_FALSE(back.find("open")->holds_secret());
}

TEST(JournalCodec, WithoutASealerASecretIsWrittenAsNull) {
    const std::string bytes = written(Value::string("s3cret").as_secret(), nullptr);
    BinaryReader in(bytes, nullptr, "run");
    EXPECT_TRUE(in.value().is_null());
    EXPECT_TRUE(in.ok());
}

TEST(JournalCodec, WhatWasSealedForAnotherPlaceDoesNotRead) {
    const std::string bytes = written(Value::string("s3cret").as_secret());
    for (const auto& [sealer, place] :
         {std::pair<const Sealer*, const char*>{&kSealer, "other"}, {nullptr, "run"}}) {
        BinaryReader in(bytes, sealer, place);
        in.value();
        EXPECT_FALSE(in.ok());
    }
}

TEST(JournalCodec, EveryBeginningOfAValueIsRefusedAsTooShort) {
    const Value value = Value::object({{"a", Value::list({Value::integer(300), Value::number(1.5)})},
                                       {"b", Value::string("text").as_secret()},
                                       {"c", Value::timestamp(1, 2)}});
    const std::string bytes = written(value);
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        BinaryReader in(std::string_view(bytes).substr(0, length), &kSealer, "run");
        in.value();
        EXPECT_FALSE(in.ok()) << length;
    }
}

TEST(JournalCodec, LengthsBeyondTheDataAreRefusedBeforeAnythingIsKeptForThem) {
    for (const Kind kind : {Kind::list, Kind::map, Kind::string, Kind::bytes}) {
        BinaryWriter out(nullptr, "");
        out.byte(static_cast<std::uint8_t>(kind));
        out.number(std::uint64_t{1} << 60);
        const std::string bytes = out.take();
        BinaryReader in(bytes, nullptr, "");
        in.value();
        EXPECT_FALSE(in.ok());
    }
}

TEST(JournalCodec, AnUnknownTagIsRefused) {
    for (const char tag : {'\x0d', '\x60', '\x7d', '\xff'}) {
        BinaryReader in(std::string_view(&tag, 1), nullptr, "");
        in.value();
        EXPECT_FALSE(in.ok());
    }
}

TEST(JournalCodec, AValueAsDeepAsExpressionTemplateAndPluginBuildTogetherComesBack) {
    Value value;
    for (int i = 0; i < 512 + 64 + 128; ++i) value = Value::list({value});
    there_and_back(value);
}

TEST(JournalCodec, NestingThatNoValueHasIsRefused) {
    std::string bytes;
    for (int i = 0; i < 100'000; ++i) bytes += "\x07\x01";  // a list of one
    bytes.push_back('\0');
    BinaryReader in(bytes, nullptr, "");
    in.value();
    EXPECT_FALSE(in.ok());
}

TEST(Codec, TheSizeOfAValueIsKnownBeforeItIsWritten) {
    const auto written = [](const Value& value) {
        BinaryWriter out(nullptr, "");
        out.value(value);
        return out.size();
    };
    const Value all = Value::list(
        {Value(), Value::boolean(true), Value::integer(-1), Value::integer(INT64_MIN), Value::uint(300),
         Value::number(1.5), Value::string(std::string(200, 'x')), Value::bytes("\x01"),
         Value::timestamp(1'700'000'000, 5), Value::duration(-3, 0), Value::some(Value::integer(7)),
         Value::none(), Value::object({{"a", Value::list({Value::integer(1)})}, {"b", Value()}})});
    EXPECT_EQ(BinaryWriter::size_of(all, 1'000'000), written(all));
    for (const Value& item : all.items()) EXPECT_EQ(BinaryWriter::size_of(item, 1'000'000), written(item));
    EXPECT_GT(BinaryWriter::size_of(all, 10), 10u);
    EXPECT_LT(BinaryWriter::size_of(all, 10), written(all)) << "it stops when it knows enough";
}

TEST(BinaryReader, NumbersOfValuesAreCountedAsTheyAreRead) {
    const Value secret = Value::list({Value::string("a").as_secret(), Value::none()}).as_secret();
    const Value values[] = {Value::null(), Value::list({}), secret,
                            Value::some(Value::some(Value::integer(1))),
                            Value::map({{Value::integer(1), Value::list({Value::null()})}})};
    const std::size_t counts[] = {1, 1, 3, 3, 4};
    for (std::size_t i = 0; i < std::size(values); ++i) {
        const std::string bytes = written(values[i]);
        for (std::size_t most = 0; most < 6; ++most) {
            BinaryReader in(bytes, &kSealer, "run");
            in.bound_values(most);
            (void)in.value();
            EXPECT_EQ(in.ok(), counts[i] <= most) << i << " of " << most;
            EXPECT_EQ(holds_more_than(values[i], most), counts[i] > most) << i << " of " << most;
        }
    }
}

}  // namespace
}  // namespace tappet
