#include <vector>

#include "flow/schema/node.hpp"

namespace tappet::flow::schema {
namespace {

constexpr std::size_t kMaxFilled =
    10'000;  ///< defaults in one value: a default may hold places for further ones
constexpr std::size_t kMaxDepth = 500;
constexpr std::size_t kMaxVisits = 8'000'000;  ///< a value that takes more takes too much work to check, too

/// Rebuilds a value from the inside where defaults are missing in it.
class Filler {
public:
    Value fill(const Node& node, const Value& value) {
        if (!node.may_default || depth_ >= kMaxDepth || ++visits_ > kMaxVisits) return value;
        ++depth_;
        Value out = value;
        if (node.in_place) {
            if (node.in_place->ref) out = fill(*node.in_place->ref, out);
            for (const Node* part : node.in_place->all_of) out = fill(*part, out);
        }
        if (node.object && out.is(Kind::map)) out = object(*node.object, out);
        if (node.array && out.is(Kind::list)) out = array(*node.array, out);
        --depth_;
        return out;
    }

private:
    Value object(const ObjectRules& rules, const Value& value) {
        std::vector<MapEntry> entries;
        bool changed = false;
        auto put = [&](std::size_t at, const Value& before, Value after) {
            if (same(before, after)) return;
            if (!changed) entries.assign(value.entries().begin(), value.entries().end());
            changed = true;
            entries[at].value = std::move(after);
        };
        for (std::size_t i = 0; i < value.entries().size(); ++i) {
            const auto& [key, item] = value.entries()[i];
            const Property* property = key.is(Kind::string) ? rules.find(key.as_string()) : nullptr;
            const Node* node = property && property->node ? property->node
                               : rules.patterns.empty()   ? rules.additional
                                                          : nullptr;
            if (node) put(i, item, fill(*node, item));
        }
        for (const Property& property : rules.properties) {
            if (!property.node || value.find(std::string_view(property.name))) continue;
            const Value* found = fallback(*property.node);
            if (!found || ++filled_ > kMaxFilled) continue;
            if (!changed) entries.assign(value.entries().begin(), value.entries().end());
            changed = true;
            entries.push_back({Value::string(property.name), fill(*property.node, *found)});
        }
        return changed ? marked(Value::map(std::move(entries)), value) : value;
    }

    Value array(const ArrayRules& rules, const Value& value) {
        std::vector<Value> items;
        for (std::size_t i = 0; i < value.items().size(); ++i) {
            const Node* node = i < rules.prefix.size() ? rules.prefix[i] : rules.rest;
            if (!node) break;
            const Value& before = value.items()[i];
            Value after = fill(*node, before);
            if (same(before, after)) continue;
            if (items.empty()) items.assign(value.items().begin(), value.items().end());
            items[i] = std::move(after);
        }
        return items.empty() ? value : marked(Value::list(std::move(items)), value);
    }

    /// The default of a schema, or of one that it refers to.
    static const Value* fallback(const Node& node) {
        for (const Node* at = &node; at; at = at->in_place ? at->in_place->ref : nullptr) {
            if (at->fallback) return &*at->fallback;
        }
        return nullptr;
    }

    static Value marked(Value made, const Value& from) { return from.secret() ? made.as_secret() : made; }

    /// Whether filling left the value as it was: only maps and lists are ever rebuilt.
    static bool same(const Value& a, const Value& b) {
        if (a.kind() != b.kind()) return false;
        if (a.is(Kind::map)) return a.entries().data() == b.entries().data();
        if (a.is(Kind::list)) return a.items().data() == b.items().data();
        return true;
    }

    std::size_t depth_ = 0;
    std::size_t visits_ = 0;
    std::size_t filled_ = 0;
};

}  // namespace

Value fill_defaults(const Node& root, const Value& value) {
    return root.may_default ? Filler().fill(root, value) : value;
}

}  // namespace tappet::flow::schema
