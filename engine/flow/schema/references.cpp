#include <charconv>

#include "flow/schema/compiler.hpp"
#include "flow/schema/uri.hpp"

namespace tappet::flow::schema {
namespace {

/// "a~1b" as "a/b".
std::string unescaped(std::string_view token) {
    std::string out;
    for (std::size_t i = 0; i < token.size(); ++i) {
        if (token[i] == '~' && i + 1 < token.size() && (token[i + 1] == '0' || token[i + 1] == '1')) {
            out += token[++i] == '0' ? '~' : '/';
        } else {
            out += token[i];
        }
    }
    return out;
}

const Value* step_into(const Value& value, const std::string& key) {
    if (!value.is(Kind::list)) return value.find(std::string_view(key));
    std::size_t index = 0;
    const auto [end, failed] = std::from_chars(key.data(), key.data() + key.size(), index);
    if (failed != std::errc() || end != key.data() + key.size() || index >= value.items().size())
        return nullptr;
    return &value.items()[index];
}

}  // namespace

void Compiler::join(const Reference& reference) {
    std::string fragment;
    Node* found = target(reference, fragment);
    const std::string key = reference.dynamic ? "$dynamicRef" : "$ref";
    if (!found) {
        std::string why = "points to \"" + reference.text + "\", which is not in this document";
        const auto& uri = reference.text;
        if (uri.find(':') != uri.npos) why += ": schemas are not fetched, put it under $defs";
        errors_.push_back({reference.from->pointer + "/" + key, why});
        return;
    }
    InPlaceRules& rules = *reference.from->in_place;
    if (!reference.dynamic) {
        rules.ref = found;
        return;
    }
    rules.dynamic_ref = found;
    const auto& anchors = found->resource->dynamic_anchors;
    if (auto it = anchors.find(fragment); it != anchors.end() && it->second == found) {
        rules.dynamic_name = fragment;
        impl_.has_dynamic = true;
    }
}

Node* Compiler::target(const Reference& reference, std::string& fragment) {
    std::string uri = resolve_uri(reference.resource->uri, reference.text);
    if (auto hash = uri.find('#'); hash != uri.npos) {
        fragment = percent_decoded(std::string_view(uri).substr(hash + 1));
        uri.resize(hash);
    }
    Resource* resource = nullptr;
    if (uri == reference.resource->uri) resource = reference.resource;
    for (std::size_t i = 0; i < impl_.resources.size() && !resource; ++i) {
        if (impl_.resources[i]->uri == uri) resource = impl_.resources[i].get();
    }
    if (!resource) return nullptr;
    if (fragment.empty() || fragment.front() == '/') return at_pointer(*resource, fragment);
    auto anchor = resource->anchors.find(fragment);
    return anchor == resource->anchors.end() ? nullptr : anchor->second;
}

/// The schema at a pointer, which may be at a place that no keyword makes one: it is compiled then.
Node* Compiler::at_pointer(const Resource& resource, std::string_view pointer) {
    std::string place = resource.pointer;
    const Value* value = &resource.root;
    Resource* nearest = nullptr;
    while (true) {
        for (const auto& candidate : impl_.resources) {
            if (candidate->pointer == place) nearest = candidate.get();
        }
        if (pointer.empty()) break;
        if (pointer.front() != '/') return nullptr;
        pointer.remove_prefix(1);
        const auto end = pointer.find('/');
        const std::string key = unescaped(pointer.substr(0, end));
        pointer = end == pointer.npos ? std::string_view() : pointer.substr(end);
        value = step_into(*value, key);
        if (!value) return nullptr;
        place += "/" + pointer_token(key);
    }
    return schema(*value, At{place, nearest, 0});
}

}  // namespace tappet::flow::schema
