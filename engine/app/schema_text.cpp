#include "app/schema_text.hpp"

#include <algorithm>
#include <span>

#include "expr/json.hpp"

namespace tappet::app {

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
    if (type->is(Kind::string)) return std::string(type->as_string());
    std::string out;
    for (const Value& one : type->is(Kind::list) ? type->items() : std::span<const Value>())
        out += (out.empty() ? "" : " | ") + std::string(one.is(Kind::string) ? one.as_string() : "");
    return out;
}

bool is_required(const Value& schema, std::string_view name) {
    const Value* required = schema.find("required");
    if (!required || !required->is(Kind::list)) return false;
    return std::any_of(required->items().begin(), required->items().end(),
                       [&](const Value& one) { return one.is(Kind::string) && one.as_string() == name; });
}

}  // namespace tappet::app
