#include "app/plugin_settings.hpp"

#include "app/secrets.hpp"

namespace tappet::app {
namespace {

/// The name in a map that is `{ secret: NAME }`; null where it is another.
const Value* secret_name(const Value& value) {
    if (!value.is(Kind::map) || value.size() != 1) return nullptr;
    const Value* name = value.find("secret");
    return name && name->is(Kind::string) ? name : nullptr;
}

Result<Value> resolved(const Value& value) {
    if (const Value* name = secret_name(value)) {
        auto secret = find_secret("", name->as_string());
        if (secret) return std::move(*secret);
        return Error::invalid("the secret " + std::string(name->as_string()) + " is not set");
    }
    if (value.is(Kind::map)) {
        std::vector<MapEntry> entries;
        for (const MapEntry& entry : value.entries()) {
            auto inner = resolved(entry.value);
            if (!inner) return inner;
            entries.push_back({entry.key, std::move(*inner)});
        }
        return Value::map(std::move(entries));
    }
    if (value.is(Kind::list)) {
        std::vector<Value> items;
        for (const Value& item : value.items()) {
            auto inner = resolved(item);
            if (!inner) return inner;
            items.push_back(std::move(*inner));
        }
        return Value::list(std::move(items));
    }
    return value;
}

}  // namespace

Result<Value> plugin_settings(const std::map<std::string, Value>& settings, std::string_view plugin) {
    const auto found = settings.find(std::string(plugin));
    if (found == settings.end()) return Value::object({});
    return resolved(found->second);
}

}  // namespace tappet::app
