#include "app/schema_text.hpp"

#include <algorithm>
#include <span>

#include "expr/json.hpp"

namespace tappet::app {
namespace {

constexpr std::size_t kMostMembers = 300;
constexpr int kMostDepth = 8;

bool is_required(const Value& schema, std::string_view name) {
    const Value* required = schema.find("required");
    if (!required || !required->is(Kind::list)) return false;
    return std::any_of(required->items().begin(), required->items().end(),
                       [&](const Value& one) { return one.is(Kind::string) && one.as_string() == name; });
}

void add_members(const Value& schema, const std::string& prefix, int depth, std::vector<SchemaMember>& out);

/// What is inside of a member, or of an item of one.
void add_inside(const Value& schema, const std::string& path, int depth, std::vector<SchemaMember>& out) {
    if (depth == kMostDepth || !schema.is(Kind::map)) return;
    add_members(schema, path + ".", depth, out);
    if (const Value* items = schema.find("items")) add_inside(*items, path + "[]", depth + 1, out);
    if (const Value* others = schema.find("additionalProperties"))
        add_inside(*others, path + ".*", depth + 1, out);
}

void add_members(const Value& schema, const std::string& prefix, int depth, std::vector<SchemaMember>& out) {
    const Value* properties = schema.find("properties");
    if (!properties || !properties->is(Kind::map)) return;
    for (const MapEntry& property : properties->entries()) {
        if (out.size() == kMostMembers) return;
        const std::string name(property.key.as_string());
        out.push_back({prefix + name, &property.value, is_required(schema, name)});
        add_inside(property.value, prefix + name, depth + 1, out);
    }
}

std::string number_text(const Value* value) {
    std::string out;
    if (value && !value->is_null()) append_json(out, *value);
    return out;
}

/// "1 to 5 items", "at least 1 item". `unit` is one of what is counted; empty where nothing is.
std::string range_text(const Value& schema, std::string_view least, std::string_view most,
                       std::string_view unit) {
    const std::string low = number_text(schema.find(least)), high = number_text(schema.find(most));
    const auto of = [&](const std::string& n) {
        return unit.empty() ? n : n + " " + std::string(unit) + (n == "1" ? "" : "s");
    };
    if (!low.empty() && !high.empty()) return low == high ? of(low) : low + " to " + of(high);
    if (!low.empty()) return "at least " + of(low);
    return high.empty() ? std::string() : "at most " + of(high);
}

}  // namespace

std::string type_of(const Value& schema) {
    if (const Value* choices = schema.find("enum"); choices && choices->is(Kind::list)) {
        std::string out;
        for (const Value& choice : choices->items()) {
            if (!out.empty()) out += " | ";
            append_json(out, choice);
        }
        return out;
    }
    const Value* type = schema.find("type");
    if (!type) return "anything";
    if (type->is(Kind::string) && type->as_string() == "array")
        if (const Value* items = schema.find("items")) return "list of " + type_of(*items);
    const Value* others = schema.find("additionalProperties");
    if (type->is(Kind::string) && type->as_string() == "object" && !schema.find("properties") && others &&
        others->is(Kind::map))
        return "map of " + type_of(*others);
    if (type->is(Kind::string)) return std::string(type->as_string());
    std::string out;
    for (const Value& one : type->is(Kind::list) ? type->items() : std::span<const Value>())
        out += (out.empty() ? "" : " | ") + std::string(one.is(Kind::string) ? one.as_string() : "");
    return out;
}

std::string bounds_of(const Value& schema) {
    if (!schema.is(Kind::map)) return {};
    std::string out;
    const auto add = [&](const std::string& text) {
        if (!text.empty()) out += (out.empty() ? "" : ", ") + text;
    };
    const auto named = [&](std::string_view key, const std::string& words) {
        const Value* value = schema.find(key);
        if (!value) return;
        add(words + " " + (value->is(Kind::string) ? std::string(value->as_string()) : number_text(value)));
    };
    add(range_text(schema, "minimum", "maximum", ""));
    named("exclusiveMinimum", "more than");
    named("exclusiveMaximum", "less than");
    named("multipleOf", "a multiple of");
    add(range_text(schema, "minLength", "maxLength", "character"));
    add(range_text(schema, "minItems", "maxItems", "item"));
    add(range_text(schema, "minProperties", "maxProperties", "member"));
    named("pattern", "pattern");
    named("format", "format");
    if (const Value* items = schema.find("items"))
        if (const std::string each = bounds_of(*items); !each.empty()) add("each " + each);
    return out;
}

std::vector<SchemaMember> members_of(const Value& schema) {
    std::vector<SchemaMember> out;
    add_members(schema, "", 0, out);
    return out;
}

}  // namespace tappet::app
