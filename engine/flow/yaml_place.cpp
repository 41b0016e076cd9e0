#include "flow/yaml_place.hpp"

namespace tappet::flow {

std::string pointer_part(std::string_view part) {
    std::string out;
    for (std::size_t i = 0; i < part.size(); ++i) {
        if (part[i] == '~' && i + 1 < part.size())
            out += part[++i] == '1' ? '/' : '~';
        else
            out += part[i];
    }
    return out;
}

YamlPlace locate(const YamlNode& root, std::string_view pointer) {
    YamlPlace place{&root, nullptr, true, {}};
    while (!pointer.empty()) {
        pointer.remove_prefix(1);
        const std::string part = pointer_part(pointer.substr(0, pointer.find('/')));
        const std::size_t next = pointer.find('/');
        pointer = next == std::string_view::npos ? std::string_view() : pointer.substr(next);
        const YamlNode* child = nullptr;
        const YamlPair* pair = nullptr;
        if (place.node->is(YamlKind::mapping)) {
            pair = place.node->find(part);
            if (pair) child = &pair->value;
        } else if (place.node->is(YamlKind::sequence) && !part.empty() && part.size() < 9 &&
                   part.find_first_not_of("0123456789") == std::string::npos) {
            const std::size_t index = std::stoul(part);
            if (index < place.node->items.size()) child = &place.node->items[index];
        }
        if (!child) {
            place.whole = false;
            place.missing = part;
            return place;
        }
        place.node = child;
        place.pair = pair;
    }
    return place;
}

}  // namespace tappet::flow
