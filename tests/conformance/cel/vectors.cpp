#include "vectors.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "base/encoding.hpp"
#include "expr/json.hpp"
#include "expr/text.hpp"

using namespace tappet;

namespace cel {
namespace {

std::string text_of(const Value& json) { return std::string(json.as_string()); }

template <class T>
T number(const Value& json) {
    const std::string_view text = json.as_string();
    T out{};
    if (std::from_chars(text.data(), text.data() + text.size(), out).ec != std::errc())
        throw std::runtime_error("no number: " + std::string(text));
    return out;
}

double real(const Value& json) {
    const std::string_view text = json.as_string();
    if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
    if (text == "Infinity") return std::numeric_limits<double>::infinity();
    if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
    return number<double>(json);
}

Value read_value(const Value& json) {
    if (!json.is(Kind::map) || json.size() != 1)
        throw std::runtime_error("a value must be an object of one key");
    const std::string_view kind = json.entries()[0].key.as_string();
    const Value& inner = json.entries()[0].value;
    if (kind == "null") return Value::null();
    if (kind == "bool") return inner;
    if (kind == "int") return Value::integer(number<std::int64_t>(inner));
    if (kind == "uint") return Value::uint(number<std::uint64_t>(inner));
    if (kind == "double") return Value::number(real(inner));
    if (kind == "string") return inner;
    if (kind == "bytes") return Value::bytes(from_base64(inner.as_string()).value());
    if (kind == "type") return Value::type(inner.as_string());
    if (kind == "timestamp" || kind == "duration") {
        const auto seconds = number<std::int64_t>(*inner.find("seconds"));
        const auto nanos = static_cast<std::int32_t>(inner.find("nanos")->as_integer());
        return kind == "timestamp" ? Value::timestamp(seconds, nanos) : Value::duration(seconds, nanos);
    }
    if (kind == "list") {
        std::vector<Value> items;
        for (const Value& item : inner.items()) items.push_back(read_value(item));
        return Value::list(std::move(items));
    }
    if (kind != "map") throw std::runtime_error("unknown kind of value: " + std::string(kind));
    std::vector<MapEntry> entries;
    for (const Value& pair : inner.items())
        entries.push_back({read_value(pair.items()[0]), read_value(pair.items()[1])});
    return Value::map(std::move(entries));
}

}  // namespace

bool Vector::tagged(std::string_view tag) const {
    return std::find(tags.begin(), tags.end(), tag) != tags.end();
}

Vector read_vector(const std::string& line) {
    const Value json = read_json(line).value();
    Vector out;
    out.id = text_of(*json.find("id"));
    out.expression = text_of(*json.find("expr"));
    for (const MapEntry& entry : json.find("bindings")->entries())
        out.bindings.emplace_back(text_of(entry.key), read_value(entry.value));
    if (const Value* container = json.find("container")) out.container = text_of(*container);
    if (const Value* tags = json.find("tags"))
        for (const Value& tag : tags->items()) out.tags.push_back(text_of(tag));
    const Value* no_macros = json.find("disable_macros");
    out.macros = !no_macros || !no_macros->as_boolean();
    const Value& expect = *json.find("expect");
    const Value* value = expect.find("value");
    out.fails = !value;
    if (value) out.expected = read_value(*value);
    return out;
}

bool same(const Value& a, const Value& b) {
    if (a.kind() != b.kind()) return false;
    switch (a.kind()) {
        case Kind::number:
            return a.as_number() == b.as_number() || (std::isnan(a.as_number()) && std::isnan(b.as_number()));
        case Kind::list:
            return a.size() == b.size() &&
                   std::equal(a.items().begin(), a.items().end(), b.items().begin(), same);
        case Kind::map:
            return a.size() == b.size() &&
                   std::all_of(a.entries().begin(), a.entries().end(), [&](const MapEntry& left) {
                       return std::any_of(b.entries().begin(), b.entries().end(), [&](const MapEntry& right) {
                           return same(left.key, right.key) && same(left.value, right.value);
                       });
                   });
        default:
            return a == b;
    }
}

std::string describe(const Value& value) {
    const std::string kind(type_name(value));
    switch (value.kind()) {
        case Kind::null:
            return "null";
        case Kind::string:
            return "\"" + text_of(value) + "\"";
        case Kind::bytes:
            return "bytes " + to_hex(value.as_string());
        case Kind::type:
            return "type " + text_of(value);
        case Kind::timestamp:
            return timestamp_text(value.seconds(), value.nanos());
        case Kind::duration:
            return "duration " + duration_text(value.seconds(), value.nanos());
        case Kind::optional:
            return value.optional_value() ? "optional(" + describe(*value.optional_value()) + ")" : "none";
        case Kind::list: {
            std::string out = "[";
            for (const Value& item : value.items()) out += describe(item) + ", ";
            return out + "]";
        }
        case Kind::map: {
            std::string out = "{";
            for (const MapEntry& entry : value.entries())
                out += describe(entry.key) + ": " + describe(entry.value) + ", ";
            return out + "}";
        }
        default:
            return kind + " " + key_text(value);
    }
}

}  // namespace cel
