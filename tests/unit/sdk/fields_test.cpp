// What follows from one declaration: the schema, reading with the place of what is wrong, writing.
#include <gtest/gtest.h>

#include <deque>
#include <tappet/fields.hpp>
#include <tappet/testing/tables.hpp>

namespace {

using namespace tappet::sdk;
using mock::Builder;
using mock::JsonReader;
using mock::Value;

enum class Tone { plain, warm };
void names(Names<Tone>& n) { n("plain", Tone::plain)("warm", Tone::warm); }

struct Item {
    std::string name;
    double price = 0;
    std::vector<Item> parts;
    static void fields(Fields<Item>& f) {
        f("name", &Item::name);
        f("price", &Item::price).min(0.5);
        f("parts", &Item::parts).fallback({});
    }
};

struct Order {
    std::string id;
    Tone tone = Tone::plain;
    std::optional<int> times;
    std::vector<Item> items;
    std::map<std::string, bool> flags;
    View more;
    static void fields(Fields<Order>& f) {
        f("id", &Order::id).title("Which").description("By \"id\"").min_size(2).max_size(4);
        f("tone", &Order::tone).fallback(Tone::warm);
        f("times", &Order::times).min(1).max(10);
        f("items", &Order::items).max_size(3);
        f("flags", &Order::flags).fallback({});
        f("more", &Order::more).fallback({});
    }
};

/// Of somebody else: described from outside.
struct Point {
    std::int8_t x = 0;
    std::uint64_t y = 0;
};
void fields(Fields<Point>& f) {
    f("x", &Point::x).one_of({1, 2, -3});
    f("y", &Point::y);
    f.open();
}

struct Key {
    std::string value;
    std::optional<std::string> note;
    static void fields(Fields<Key>& f) {
        f("value", &Key::value).secret();
        f("note", &Key::note);
    }
};

template <class T>
T read(const char* json) {
    static std::deque<Value> kept;  // views look at it
    kept.push_back(JsonReader::read(json).value());
    return read_as<T>(View(mock::handle_of(&kept.back()), mock::value_table()), "with");
}
template <class T>
std::string refusal(const char* json) {
    try {
        read<T>(json);
    } catch (const Error& error) {
        EXPECT_EQ(error.error_class(), ErrorClass::validation);
        return error.message();
    }
    return "was read";
}
template <class T>
Value written(const T& value) {
    Builder builder;
    Codec<T>::write(value, Out(mock::builder_table(), builder.handle()));
    const Value* const whole = builder.finish();
    EXPECT_NE(whole, nullptr) << builder.problem;
    return whole ? *whole : Value();
}

TEST(SdkFields, ADeclarationIsASchema) {
    EXPECT_EQ(
        schema_of<Order>().text(),
        R"({"type":"object","required":["id","items"],"properties":{)"
        R"("id":{"type":"string","title":"Which","description":"By \"id\"","minLength":2,"maxLength":4},)"
        R"("tone":{"type":"string","enum":["plain","warm"],"default":"warm"},)"
        R"("times":{"type":"integer","minimum":1,"maximum":10},)"
        R"("items":{"type":"array","items":{"type":"object","required":["name","price"],"properties":{)"
        R"("name":{"type":"string"},"price":{"type":"number","minimum":0.5},)"
        R"("parts":{"type":"array","items":{"type":"object"},"default":[]}},"additionalProperties":false},"maxItems":3},)"
        R"("flags":{"type":"object","additionalProperties":{"type":"boolean"},"default":{}},)"
        R"("more":{"default":null}},"additionalProperties":false})");
    EXPECT_EQ(schema_of<Point>().text(),
              R"({"type":"object","required":["x","y"],"properties":{"x":{"type":"integer",)"
              R"("minimum":-128,"maximum":127,"enum":[1,2,-3]},)"
              R"("y":{"type":"integer","minimum":0}}})");
    EXPECT_EQ(schema_of<std::uint8_t>().text(), R"({"type":"integer","minimum":0,"maximum":255})");
    EXPECT_EQ(schema_of<std::int64_t>().text(), R"({"type":"integer"})");
    EXPECT_EQ(
        schema_of<Key>().text(),
        R"({"type":"object","required":["value"],"properties":{"value":{"type":"string","secret":true},)"
        R"("note":{"type":"string"}},"additionalProperties":false})");
    EXPECT_TRUE(schema_of<View>().empty());
    EXPECT_NE(schema_of<Order>(true).text().find(R"("required":["id","tone","items","flags","more"])"),
              std::string::npos)
        << "results have what inputs may leave to a fallback";
    EXPECT_EQ(schema_of<Order>(true).text().find("default"), std::string::npos);
}

TEST(SdkFields, AnInputIsReadIntoItsStruct) {
    const Order order = read<Order>(R"({"id":"a1","tone":"plain","times":3,"flags":{"x":true},"more":[1],
        "items":[{"name":"n","price":2,"parts":[{"name":"p","price":1.5}]}]})");
    EXPECT_EQ(order.id, "a1");
    EXPECT_EQ(order.tone, Tone::plain);
    EXPECT_EQ(order.times, 3);
    ASSERT_EQ(order.items.size(), 1u);
    EXPECT_EQ(order.items[0].price, 2.0);
    EXPECT_EQ(order.items[0].parts.at(0).name, "p");
    EXPECT_TRUE(order.flags.at("x"));
    EXPECT_EQ(order.more.at(0).integer(), 1);
}

TEST(SdkFields, WhatIsAbsentOrNullHasItsFallback) {
    const Order order = read<Order>(R"({"id":"a1","items":[],"tone":null,"times":null})");
    EXPECT_EQ(order.tone, Tone::warm);
    EXPECT_FALSE(order.times);
    EXPECT_TRUE(order.more.is_null());
}

TEST(SdkFields, WhatIsWrongIsNamedByItsPlace) {
    EXPECT_EQ(refusal<Order>(R"({"items":[]})"), "with.id is missing");
    EXPECT_EQ(refusal<Order>(R"({"id":null,"items":[]})"), "with.id must be a string");
    EXPECT_EQ(refusal<Order>(R"({"id":"ab","items":[{"name":"a","price":1},{"name":"b","price":"2"}]})"),
              "with.items[1].price must be a number");
    EXPECT_EQ(
        refusal<Order>(R"({"id":"ab","items":[{"name":"a","price":1,"parts":[{"name":"b","price":0.1}]}]})"),
        "with.items[0].parts[0].price must be at least 0.5");
    EXPECT_EQ(refusal<Order>(R"({"id":"ab","items":[],"flags":{"on":1}})"),
              "with.flags.on must be true or false");
    EXPECT_EQ(refusal<Order>(R"({"id":"ab","items":[],"tone":"loud"})"),
              R"(with.tone must be one of ["plain","warm"])");
    EXPECT_EQ(refusal<Order>(R"({"id":"ab","items":[],"times":1.5})"), "with.times must be a whole number");
    EXPECT_EQ(refusal<Order>(R"({"id":"ab","items":[],"times":11})"), "with.times must be at most 10");
    EXPECT_EQ(refusal<Order>(R"({"id":"ab","items":{}})"), "with.items must be a list");
    EXPECT_EQ(refusal<Order>(R"([])"), "with must be an object");
    EXPECT_EQ(refusal<Point>(R"({"x":300,"y":1})"), "with.x must be between -128 and 127");
    EXPECT_EQ(refusal<Point>(R"({"x":4,"y":1})"), "with.x must be one of [1,2,-3]");
    EXPECT_EQ(refusal<Point>(R"({"x":1,"y":-1})"), "with.y must be between 0 and 18446744073709551615");
}

TEST(SdkFields, LimitsOfATextCountItsCharacters) {
    EXPECT_EQ(read<Order>(R"({"id":"äöüß","items":[]})").id, "äöüß");
    EXPECT_EQ(refusal<Order>(R"({"id":"ä","items":[]})"), "with.id must be at least 2 characters long");
    EXPECT_EQ(refusal<Order>(R"({"id":"abcde","items":[]})"), "with.id must be at most 4 characters long");
    const char* const four = R"({"id":"ab","items":[{"name":"a","price":1},{"name":"a","price":1},
        {"name":"a","price":1},{"name":"a","price":1}]})";
    EXPECT_EQ(refusal<Order>(four), "with.items must be at most 3 items long");
}

TEST(SdkFields, NumbersKeepTheirKindAndRange) {
    EXPECT_EQ(read<Point>(R"({"x":-3,"y":18446744073709551615})").y, UINT64_MAX);
    EXPECT_EQ(read<int>("2.0"), 2);
    EXPECT_EQ(read<double>("2"), 2.0);
    EXPECT_EQ(refusal<bool>("1"), "with must be true or false");
    EXPECT_EQ(written(UINT64_MAX).json(), "18446744073709551615");
    EXPECT_EQ(written(2.0).json(), "2.0");
    EXPECT_EQ(written(std::int8_t{-1}).json(), "-1");
}

TEST(SdkFields, AResultIsWrittenWithoutWhatIsNotThere) {
    Order order;
    order.id = "x";
    order.flags["on"] = true;
    EXPECT_EQ(written(order).json(),
              R"({"id":"x","tone":"plain","items":[],"flags":{"on":true},"more":null})");
    Key key;
    key.value = "hush";
    const Value out = written(key);
    EXPECT_EQ(out.json(), R"({"value":"hush"})");
    EXPECT_EQ(out.json(false), R"({"value":"••••"})");
    EXPECT_TRUE(out["value"].is_secret());
}

TEST(SdkFields, AStructFitsIntoAJson) {
    Key key;
    key.value = "v";
    const Json json = Json::object({{"list", Json::list({to_json(key), Json(1)})}});
    EXPECT_EQ(written(json).json(), R"({"list":[{"value":"v"},1]})");
    EXPECT_EQ(json_text(json), R"({"list":[{"value":"v"},1]})");
}

TEST(SdkFields, AFieldThatIsDescribedTwiceIsRefused) {
    Fields<Key> fields;
    fields("value", &Key::value);
    EXPECT_THROW(fields("value", &Key::note), Error);
}

}  // namespace
