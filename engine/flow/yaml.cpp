#include "flow/yaml.hpp"

namespace tappet::flow {

const YamlPair* YamlNode::find(std::string_view key) const {
    for (const YamlPair& pair : pairs)
        if (pair.key == key) return &pair;
    return nullptr;
}

Value to_value(const YamlNode& node) {
    if (node.is(YamlKind::sequence)) {
        std::vector<Value> items;
        items.reserve(node.items.size());
        for (const YamlNode& item : node.items) items.push_back(to_value(item));
        return Value::list(std::move(items));
    }
    if (node.is(YamlKind::mapping)) {
        std::vector<MapEntry> entries;
        entries.reserve(node.pairs.size());
        for (const YamlPair& pair : node.pairs)
            entries.push_back({Value::string(pair.key), to_value(pair.value)});
        return Value::map(std::move(entries));
    }
    return node.scalar;
}

}  // namespace tappet::flow
