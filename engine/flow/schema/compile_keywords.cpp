#include <cmath>

#include "base/closest.hpp"
#include "expr/json.hpp"
#include "flow/schema/compiler.hpp"
#include "flow/schema/numbers.hpp"

namespace tappet::flow::schema {
namespace {

constexpr std::size_t kFewOptions = 8;  ///< so many are as quickly compared as found

Value words_among(const std::vector<Value>& options) {
    std::vector<MapEntry> out;
    for (const Value& option : options) {
        if (option.is(Kind::string)) out.push_back({option, {}});
    }
    return Value::map(std::move(out));
}

constexpr std::pair<std::string_view, std::uint8_t> kTypes[] = {
    {"null", kNull},     {"boolean", kBoolean}, {"integer", kInteger}, {"number", kNumber | kInteger},
    {"string", kString}, {"array", kArray},     {"object", kObject}};

std::uint8_t type_bits(std::string_view name) {
    for (const auto& [known, bits] : kTypes) {
        if (known == name) return bits;
    }
    return 0;
}

/// The member that holds the rules, made on first use.
template <class Rules>
Rules& made(std::unique_ptr<Rules>& place) {
    if (!place) place = std::make_unique<Rules>();
    return *place;
}

bool has_any(const Value& value, std::initializer_list<std::string_view> keys) {
    for (std::string_view key : keys) {
        if (value.find(key)) return true;
    }
    return false;
}

}  // namespace

void Compiler::keywords(const Value& value, const At& at, Node& node) {
    only_definitions(value, at);
    if (const Value* fallback = value.find("default")) node.fallback = *fallback;
    if (const Value* ref = value.find("$ref")) {
        if (!ref->is(Kind::string)) {
            fail(at.down("$ref"), "must be a string");
        } else {
            made(node.in_place);
            references_.push_back({&node, std::string(ref->as_string()), at.resource, false});
        }
        if (at.resource->dialect == Dialect::draft7) return;  // its neighbours do not count there
    }
    types(value, at, node);
    if (const Value* options = value.find("enum")) {
        node.has_enum = options->is(Kind::list);
        if (!node.has_enum) {
            fail(at.down("enum"), "must be a list");
        } else {
            node.enumeration.assign(options->items().begin(), options->items().end());
            if (options->size() > kFewOptions) node.words = words_among(node.enumeration);
        }
    }
    if (const Value* only = value.find("const")) node.constant = *only;
    number_rules(value, at, node);
    string_rules(value, at, node);
    array_rules(value, at, node);
    object_rules(value, at, node);
    const bool newer = at.resource->dialect == Dialect::draft2020;
    if (has_any(value, {"allOf", "anyOf", "oneOf", "not", "if", "then", "else"}) ||
        (newer && has_any(value, {"unevaluatedProperties", "unevaluatedItems", "$dynamicRef"}))) {
        in_place_rules(value, at, made(node.in_place));
    }
    if (newer && value.find("$dynamicRef")) {
        const Value& ref = *value.find("$dynamicRef");
        if (!ref.is(Kind::string)) {
            fail(at.down("$dynamicRef"), "must be a string");
        } else {
            references_.push_back({&node, std::string(ref.as_string()), at.resource, true});
        }
    }
}

void Compiler::types(const Value& value, const At& at, Node& node) {
    const Value* said = value.find("type");
    if (!said) return;
    const At here = at.down("type");
    auto add = [&](const Value& name) {
        const std::uint8_t bits = name.is(Kind::string) ? type_bits(name.as_string()) : 0;
        node.types |= bits;
        if (bits != 0) return;
        std::vector<std::string_view> known;
        for (const auto& entry : kTypes) known.push_back(entry.first);
        std::string text;
        append_json(text, name);
        std::string near(name.is(Kind::string) ? closest(name.as_string(), known) : std::string_view());
        fail(here, "is no type: " + text + (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
    };
    if (!said->is(Kind::list)) return add(*said);
    for (const Value& name : said->items()) add(name);
    if (said->items().empty()) fail(here, "must name a type");
}

void Compiler::number_rules(const Value& value, const At& at, Node& node) {
    auto read = [&](std::string_view key, std::optional<Value> NumberRules::*member) {
        const Value* bound = value.find(key);
        if (!bound) return;
        if (!is_number(*bound)) return fail(at.down(key), "must be a number");
        if (key == "multipleOf" && compare_numbers(*bound, Value::integer(0)) <= 0) {
            return fail(at.down(key), "must be more than 0");
        }
        made(node.number).*member = *bound;
    };
    read("minimum", &NumberRules::minimum);
    read("maximum", &NumberRules::maximum);
    read("exclusiveMinimum", &NumberRules::exclusive_minimum);
    read("exclusiveMaximum", &NumberRules::exclusive_maximum);
    read("multipleOf", &NumberRules::multiple_of);
}

void Compiler::string_rules(const Value& value, const At& at, Node& node) {
    if (!has_any(value, {"minLength", "maxLength", "pattern"})) return;
    StringRules& rules = made(node.string);
    span(value, "minLength", "maxLength", at, rules.length);
    const Value* text = value.find("pattern");
    if (!text) return;
    if (!text->is(Kind::string)) return fail(at.down("pattern"), "must be a string");
    rules.pattern = pattern(text->as_string(), at.down("pattern"));
}

void Compiler::array_rules(const Value& value, const At& at, Node& node) {
    if (!has_any(value, {"items", "prefixItems", "additionalItems", "contains", "minItems", "maxItems",
                         "uniqueItems"}))
        return;
    ArrayRules& rules = made(node.array);
    const bool newer = at.resource->dialect == Dialect::draft2020;
    span(value, "minItems", "maxItems", at, rules.size);
    if (const Value* unique = value.find("uniqueItems")) {
        if (!unique->is(Kind::boolean)) return fail(at.down("uniqueItems"), "must be true or false");
        rules.unique = unique->as_boolean();
    }
    const Value* items = value.find("items");
    if (items && items->is(Kind::list)) {
        if (newer) return fail(at.down("items"), "must be a schema: prefixItems lists one for each place");
        const At here = at.down("items");
        for (std::size_t i = 0; i < items->items().size(); ++i)
            rules.prefix.push_back(schema(items->items()[i], here.down(i)));
        rules.rest = child(value, "additionalItems", at);
    } else if (items) {
        rules.rest = child(value, "items", at);
    }
    if (newer) rules.prefix = children(value, "prefixItems", at);
    rules.contains = child(value, "contains", at);
    rules.contains_evaluates = newer;
    if (newer) span(value, "minContains", "maxContains", at, rules.matches);
}

void Compiler::object_rules(const Value& value, const At& at, Node& node) {
    const bool plain = has_any(value, {"properties", "required", "patternProperties", "additionalProperties",
                                       "propertyNames", "minProperties", "maxProperties"});
    const bool depends = has_any(value, {"dependencies", "dependentRequired", "dependentSchemas"});
    if (!plain && !depends) return;
    ObjectRules& rules = made(node.object);
    span(value, "minProperties", "maxProperties", at, rules.size);
    property_rules(value, at, rules);
    rules.additional = child(value, "additionalProperties", at);
    if (rules.additional && rules.additional->verdict == Verdict::accept &&
        at.resource->dialect == Dialect::draft7) {
        rules.additional = nullptr;  // says nothing; in 2020-12 it counts for unevaluatedProperties
    }
    rules.names = child(value, "propertyNames", at);
    if (!depends) return;
    InPlaceRules found;
    dependencies(value, at, rules, found);
    if (!found.dependent.empty()) made(node.in_place).dependent = std::move(found.dependent);
}

void Compiler::property_rules(const Value& value, const At& at, ObjectRules& rules) {
    if (const Value* found = object_of(value, "properties", at)) {
        const At here = at.down("properties");
        for (const auto& [name, entry] : found->entries()) {
            if (!name.is(Kind::string)) continue;
            rules.properties.push_back(
                {std::string(name.as_string()), schema(entry, here.down(name.as_string())), false});
        }
    }
    if (const Value* required = value.find("required")) {
        std::unordered_set<std::string> names_required;
        for (auto& name : names(*required, at.down("required"))) names_required.insert(std::move(name));
        rules.required = names_required.size();
        for (auto& property : rules.properties) property.required = names_required.erase(property.name) > 0;
        for (const Value& name : required->is(Kind::list) ? required->items() : std::span<const Value>()) {
            if (!name.is(Kind::string) || names_required.erase(std::string(name.as_string())) == 0) continue;
            rules.properties.push_back({std::string(name.as_string()), nullptr, true});
        }
    }
    for (std::uint32_t i = 0; i < rules.properties.size(); ++i)
        rules.index.emplace(rules.properties[i].name, i);
    if (const Value* found = object_of(value, "patternProperties", at)) {
        const At here = at.down("patternProperties");
        for (const auto& [name, entry] : found->entries()) {
            if (!name.is(Kind::string)) continue;
            const At place = here.down(name.as_string());
            const Node* node = schema(entry, place);
            if (auto compiled = pattern(name.as_string(), place))
                rules.patterns.emplace_back(std::move(compiled), node);
        }
    }
}

void Compiler::dependencies(const Value& value, const At& at, ObjectRules& rules, InPlaceRules& in_place) {
    const bool newer = at.resource->dialect == Dialect::draft2020;
    for (std::string_view key : {"dependencies", "dependentRequired", "dependentSchemas"}) {
        if ((key == "dependencies") == newer) continue;
        const Value* found = object_of(value, key, at);
        if (!found) continue;
        const At here = at.down(key);
        for (const auto& [name, entry] : found->entries()) {
            if (!name.is(Kind::string)) continue;
            const At place = here.down(name.as_string());
            if (key == "dependentRequired" || (!newer && entry.is(Kind::list))) {
                rules.dependent_required.emplace_back(std::string(name.as_string()), names(entry, place));
            } else {
                in_place.dependent.emplace_back(std::string(name.as_string()), schema(entry, place));
            }
        }
    }
}

void Compiler::in_place_rules(const Value& value, const At& at, InPlaceRules& rules) {
    rules.all_of = children(value, "allOf", at);
    rules.any_of = children(value, "anyOf", at);
    rules.one_of = children(value, "oneOf", at);
    rules.not_ = child(value, "not", at);
    rules.if_ = child(value, "if", at);
    const Node* then_node = child(value, "then", at);
    const Node* else_node = child(value, "else", at);
    if (rules.if_) {
        rules.then_ = then_node;
        rules.else_ = else_node;
    }
    if (at.resource->dialect == Dialect::draft7) return;
    rules.unevaluated_properties = child(value, "unevaluatedProperties", at);
    rules.unevaluated_items = child(value, "unevaluatedItems", at);
}

std::size_t Compiler::count(const Value& value, std::string_view key, const At& at, std::size_t fallback) {
    const Value* found = value.find(key);
    if (!found) return fallback;
    if (!is_integral(*found) || compare_numbers(*found, Value::integer(0)) < 0) {
        fail(at.down(key), "must be a whole number, 0 or more");
        return fallback;
    }
    if (found->is(Kind::integer)) return static_cast<std::size_t>(found->as_integer());
    if (found->is(Kind::uint)) return found->as_uint();
    return found->as_number() >= 1e18 ? std::numeric_limits<std::size_t>::max()
                                      : static_cast<std::size_t>(found->as_number());
}

void Compiler::span(const Value& value, std::string_view least, std::string_view most, const At& at,
                    Span& out) {
    out.least = count(value, least, at, out.least);
    out.most = count(value, most, at, out.most);
}

std::vector<std::string> Compiler::names(const Value& value, const At& at) {
    std::vector<std::string> out;
    bool fine = value.is(Kind::list);
    for (const Value& name : fine ? value.items() : std::span<const Value>()) {
        fine = fine && name.is(Kind::string);
        if (name.is(Kind::string)) out.emplace_back(name.as_string());
    }
    if (!fine) fail(at, "must be a list of names");
    return out;
}

const Value* Compiler::object_of(const Value& value, std::string_view key, const At& at) {
    const Value* found = value.find(key);
    if (!found || found->is(Kind::map)) return found;
    fail(at.down(key), "must be an object");
    return nullptr;
}

std::shared_ptr<const Pattern> Compiler::pattern(std::string_view text, const At& at) {
    std::string error;
    auto compiled = Pattern::compile(text, error);
    if (!compiled) fail(at, error);
    return compiled;
}

}  // namespace tappet::flow::schema
