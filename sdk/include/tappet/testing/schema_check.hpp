#pragma once
#include <tappet/testing/value.hpp>

#include <optional>
#include <string>

namespace tappet::sdk::mock {

/// Whether a value fits a schema, as far as the mock host looks: type, enum, required, properties,
/// additionalProperties: false, items, minimum, maximum. The engine checks all of JSON Schema. Answers
/// what is wrong, or nothing.
inline std::optional<std::string> misfit(const Value& schema, const Value& value, const std::string& place);

inline bool has_type(const Value& value, std::string_view type) {
    switch (value.kind()) {
        case Kind::null:
            return type == "null";
        case Kind::boolean:
            return type == "boolean";
        case Kind::integer:
        case Kind::uint:
            return type == "integer" || type == "number";
        case Kind::number:
            return type == "number" ||
                   (type == "integer" &&
                    value.number() == static_cast<double>(static_cast<std::int64_t>(value.number())));
        case Kind::list:
            return type == "array";
        case Kind::map:
            return type == "object";
        default:
            return type == "string";
    }
}

inline double as_number(const Value& value) {
    if (value.kind() == Kind::number) return value.number();
    return value.kind() == Kind::uint ? static_cast<double>(value.uint())
                                      : static_cast<double>(value.integer());
}

inline std::optional<std::string> misfit_inside(const Value& schema, const Value& value,
                                                const std::string& place) {
    if (value.is_map()) {
        for (const Value& name : schema["required"].items())
            if (!value.find(name.string())) return place + "." + name.string() + " is missing";
        const Value& properties = schema["properties"];
        const Value& others = schema["additionalProperties"];
        for (std::size_t i = 0; i < value.size(); ++i) {
            const std::string& key = value.keys()[i].string();
            const Value* known = properties.find(key);
            if (!known && others.kind() == Kind::boolean && !others.boolean())
                return place + "." + key + " is not known";
            if (auto wrong = misfit(known ? *known : others, value.items()[i], place + "." + key))
                return wrong;
        }
    }
    if (value.is_list() && schema["items"].is_map())
        for (std::size_t i = 0; i < value.size(); ++i)
            if (auto wrong = misfit(schema["items"], value.items()[i], place + "[" + std::to_string(i) + "]"))
                return wrong;
    return std::nullopt;
}

inline std::optional<std::string> misfit(const Value& schema, const Value& value, const std::string& place) {
    if (!schema.is_map()) return std::nullopt;
    if (const Value* type = schema.find("type")) {
        bool fits = !type->is_list() && has_type(value, type->string());
        for (const Value& one : type->items()) fits = fits || has_type(value, one.string());
        if (!fits) return place + " must be of type " + type->json() + ", not " + value.json(false);
    }
    if (const Value* allowed = schema.find("enum")) {
        bool fits = false;
        for (const Value& one : allowed->items()) fits = fits || one == value;
        if (!fits) return place + " must be one of " + allowed->json();
    }
    if (has_type(value, "number")) {
        if (const Value* least = schema.find("minimum"); least && as_number(value) < as_number(*least))
            return place + " must be at least " + least->json();
        if (const Value* most = schema.find("maximum"); most && as_number(value) > as_number(*most))
            return place + " must be at most " + most->json();
    }
    return misfit_inside(schema, value, place);
}

/// The value with the schema's defaults for what it lacks.
inline Value with_defaults(const Value& schema, Value value) {
    const Value& properties = schema["properties"];
    if (!value.is_map() || !properties.is_map()) return value;
    for (std::size_t i = 0; i < properties.size(); ++i) {
        const std::string& key = properties.keys()[i].string();
        const Value& property = properties.items()[i];
        if (const Value* present = value.find(key))
            value.set(key, with_defaults(property, *present));
        else if (const Value* fallback = property.find("default"))
            value.set(key, *fallback);
    }
    return value;
}

}  // namespace tappet::sdk::mock
