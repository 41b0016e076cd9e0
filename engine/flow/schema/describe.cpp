#include "flow/schema/describe.hpp"

#include "expr/json.hpp"
#include "flow/schema/node.hpp"

namespace tappet::flow::schema {
namespace {

constexpr std::size_t kMaxText = 60;     ///< bytes of a value in a message
constexpr std::size_t kMaxOptions = 12;  ///< of an enum in a message

std::string joined(const std::vector<std::string>& parts) {
    std::string out;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i > 0) out += i + 1 == parts.size() ? " or " : ", ";
        out += parts[i];
    }
    return out;
}

Value beginning(const Value& value, std::size_t& parts);

Value first_entries(const Value& map, std::size_t& parts) {
    std::vector<MapEntry> entries;
    for (const auto& [key, item] : map.entries()) {
        if (parts == 0) break;
        Value name = beginning(key, parts);
        entries.push_back({std::move(name), beginning(item, parts)});
    }
    return Value::map(std::move(entries));
}

Value first_items(const Value& list, std::size_t& parts) {
    std::vector<Value> items;
    for (const Value& item : list.items()) {
        if (parts == 0) break;
        items.push_back(beginning(item, parts));
    }
    return Value::list(std::move(items));
}

/// As much of a value as a message can show: each part takes up at least a byte of it, so that so many parts,
/// each with so many bytes, are enough. No deeper than there are parts.
Value beginning(const Value& value, std::size_t& parts) {
    if (parts > 0) --parts;
    if (value.secret()) return value;
    if (value.is(Kind::map)) return first_entries(value, parts);
    if (value.is(Kind::list)) return first_items(value, parts);
    if (!value.is(Kind::string) || value.size() <= kMaxText) return value;
    std::size_t end = kMaxText;
    const std::string_view text = value.as_string();
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) ++end;
    return Value::string(text.substr(0, end));
}

}  // namespace

std::string types_text(std::uint8_t types) {
    std::vector<std::string> parts;
    if (types & kString) parts.emplace_back("a string");
    if (types & kNumber) {
        parts.emplace_back("a number");
    } else if (types & kInteger) {
        parts.emplace_back("an integer");
    }
    if (types & kBoolean) parts.emplace_back("a boolean");
    if (types & kArray) parts.emplace_back("an array");
    if (types & kObject) parts.emplace_back("an object");
    if (types & kNull) parts.emplace_back("null");
    return joined(parts);
}

std::string_view kind_text(const Value& value) {
    switch (value.kind()) {
        case Kind::boolean:
            return "a boolean";
        case Kind::integer:
        case Kind::uint:
        case Kind::number:
            return "a number";
        case Kind::list:
            return "an array";
        case Kind::map:
            return "an object";
        case Kind::null:
        case Kind::optional:
            return "null";
        default:
            return "a string";
    }
}

std::string value_text(const Value& value) {
    std::string text;
    std::size_t parts = kMaxText;
    append_json(text, beginning(value, parts));
    if (text.size() <= kMaxText) return text;
    std::size_t end = kMaxText;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
        --end;  // not inside a character
    return text.substr(0, end) + "…";
}

std::string counted(std::size_t n, std::string_view one, std::string_view many) {
    return std::to_string(n) + " " + std::string(n == 1 ? one : many);
}

std::string choice_text(const std::vector<Value>& options) {
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < options.size() && i < kMaxOptions; ++i)
        parts.push_back(value_text(options[i]));
    if (options.size() > kMaxOptions)
        parts.push_back(std::to_string(options.size() - kMaxOptions) + " others");
    return joined(parts);
}

}  // namespace tappet::flow::schema
