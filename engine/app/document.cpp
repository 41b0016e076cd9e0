#include "app/document.hpp"

#include <algorithm>

#include <vector>

#include "base/printable.hpp"
#include "expr/json.hpp"

namespace tappet::app {

std::string text_of(const Value& object, std::string_view name) {
    const Value* value = object.find(name);
    if (!value || value->is_null()) return {};
    if (value->is(Kind::string)) return std::string(value->as_string());
    std::string out;
    append_json(out, *value);
    return out;
}

std::string line_of(const Value& object, std::string_view name) {
    std::string out = text_of(object, name);
    std::replace(out.begin(), out.end(), '\n', ' ');
    return printable(out);
}

std::string shown_of(const Value& object, std::string_view name) { return printable(text_of(object, name)); }

std::span<const Value> items_of(const Value& object, std::string_view name) {
    const Value* list = object.find(name);
    return list && list->is(Kind::list) ? list->items() : std::span<const Value>();
}

Value plain(const Value& resource) {
    std::vector<MapEntry> out;
    if (const Value* id = resource.find("id")) out.push_back({Value::string("id"), *id});
    if (const Value* attributes = resource.find("attributes"); attributes && attributes->is(Kind::map))
        for (const MapEntry& entry : attributes->entries()) out.push_back(entry);
    return Value::map(std::move(out));
}

}  // namespace tappet::app
