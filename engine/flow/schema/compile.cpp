#include <functional>

#include "flow/schema/compiler.hpp"
#include "flow/schema/uri.hpp"

namespace tappet::flow::schema {
namespace {

constexpr std::size_t kMaxDepth = 128;  ///< of schemas inside schemas
constexpr std::size_t kMaxNodes = 50'000;
constexpr std::size_t kMaxChain = 256;  ///< of schemas that apply to one value, each through the one before

std::optional<Dialect> dialect_of(std::string_view uri) {
    if (uri.ends_with('#')) uri.remove_suffix(1);
    if (uri.starts_with("http://")) uri.remove_prefix(7);
    if (uri.starts_with("https://")) uri.remove_prefix(8);
    if (uri == "json-schema.org/draft/2020-12/schema" || uri == "json-schema.org/schema")
        return Dialect::draft2020;
    // Draft 6 is a part of draft 7.
    if (uri == "json-schema.org/draft-07/schema" || uri == "json-schema.org/draft-06/schema")
        return Dialect::draft7;
    return std::nullopt;
}

/// Calls `visit` with every node that applies to the same value as `node` does.
template <class Visit>
void each_in_place(const Node& node, const Visit& visit) {
    if (!node.in_place) return;
    const InPlaceRules& r = *node.in_place;
    for (const Node* n : {r.ref, r.not_, r.if_, r.then_, r.else_}) {
        if (n) visit(*n);
    }
    if (r.dynamic_name.empty() && r.dynamic_ref) visit(*r.dynamic_ref);
    for (const auto* list : {&r.all_of, &r.any_of, &r.one_of}) {
        for (const Node* n : *list) visit(*n);
    }
    for (const auto& [name, n] : r.dependent) visit(*n);
}

/// Calls `visit` with every node whose defaults fill a value that fits `node`.
template <class Visit>
void each_filling(const Node& node, const Visit& visit) {
    if (node.in_place) {
        if (node.in_place->ref) visit(*node.in_place->ref);
        for (const Node* n : node.in_place->all_of) visit(*n);
    }
    if (node.object) {
        for (const auto& property : node.object->properties) {
            if (property.node) visit(*property.node);
        }
        if (node.object->additional) visit(*node.object->additional);
    }
    if (node.array) {
        for (const Node* n : node.array->prefix) visit(*n);
        if (node.array->rest) visit(*node.array->rest);
    }
}

}  // namespace

Compiler::At Compiler::At::down(std::string_view key) const {
    return {pointer + "/" + pointer_token(key), resource, depth + 1};
}

Compiler::At Compiler::At::down(std::size_t index) const {
    return {pointer + "/" + std::to_string(index), resource, depth + 1};
}

void Compiler::run() {
    impl_.root = schema(impl_.source, At{});
    for (std::size_t i = 0; i < references_.size(); ++i)
        join(Reference(references_[i]));  // joining may find more
    if (!errors_.empty()) return;
    find_endless();
    find_defaults();
}

Node* Compiler::schema(const Value& value, const At& at) {
    if (auto known = by_pointer_.find(at.pointer); known != by_pointer_.end()) return known->second;
    if (impl_.nodes.size() >= kMaxNodes || at.depth > kMaxDepth) {
        if (!too_large_) fail(at, at.depth > kMaxDepth ? "is nested too deep" : "is one schema too many");
        too_large_ = true;
    }
    impl_.nodes.push_back(std::make_unique<Node>());
    Node* node = impl_.nodes.back().get();
    by_pointer_.emplace(at.pointer, node);
    node->pointer = at.pointer;
    if (too_large_) return node;

    At here = at;
    if (!at.resource || (value.is(Kind::map) && value.find("$id"))) here.resource = open_resource(value, at);
    node->resource = here.resource;
    if (value.is(Kind::boolean)) {
        node->verdict = value.as_boolean() ? Verdict::accept : Verdict::refuse;
    } else if (!value.is(Kind::map)) {
        fail(at, "must be a schema: an object, true or false");
    } else {
        name_anchors(value, here, node);
        keywords(value, here, *node);
    }
    return node;
}

const Node* Compiler::child(const Value& value, std::string_view key, const At& at) {
    const Value* found = value.find(key);
    return found ? schema(*found, at.down(key)) : nullptr;
}

Compiler::Targets Compiler::children(const Value& value, std::string_view key, const At& at) {
    Targets out;
    const Value* found = value.find(key);
    if (!found) return out;
    const At here = at.down(key);
    if (!found->is(Kind::list) || found->items().empty()) {
        fail(here, "must be a list of schemas that is not empty");
        return out;
    }
    for (std::size_t i = 0; i < found->items().size(); ++i)
        out.push_back(schema(found->items()[i], here.down(i)));
    return out;
}

void Compiler::only_definitions(const Value& value, const At& at) {
    for (std::string_view key : {"$defs", "definitions"}) {
        const Value* found = object_of(value, key, at);
        if (!found) continue;
        const At here = at.down(key);
        for (const auto& [name, entry] : found->entries()) {
            if (name.is(Kind::string)) schema(entry, here.down(name.as_string()));
        }
    }
}

/// A resource of its own where the schema is the document or has an $id that is more than an anchor.
Resource* Compiler::open_resource(const Value& value, const At& at) {
    Dialect dialect = at.resource ? at.resource->dialect : Dialect::draft2020;
    const Value* id = value.is(Kind::map) ? value.find("$id") : nullptr;
    if (const Value* said = value.is(Kind::map) ? value.find("$schema") : nullptr) {
        auto known = said->is(Kind::string) ? dialect_of(said->as_string()) : std::nullopt;
        if (!known) {
            fail(at.down("$schema"),
                 "must name JSON Schema 2020-12 (https://json-schema.org/draft/2020-12/schema) or draft 7 "
                 "(http://json-schema.org/draft-07/schema#)");
        } else {
            dialect = *known;
        }
    }
    if (id && !id->is(Kind::string)) {
        fail(at.down("$id"), "must be a string");
        id = nullptr;
    }
    if (id && dialect == Dialect::draft7 && value.find("$ref"))
        id = nullptr;  // beside $ref nothing counts there
    std::string_view text = id ? id->as_string() : std::string_view();
    const std::size_t hash = text.find('#');
    if (dialect == Dialect::draft2020 && hash != text.npos && hash + 1 < text.size()) {
        fail(at.down("$id"), "must have no fragment: $anchor names a place");
    }
    text = text.substr(0, hash);
    if (at.resource && text.empty()) return at.resource;

    auto made = std::make_unique<Resource>();
    made->uri = resolve_uri(at.resource ? at.resource->uri : std::string(), text);
    made->pointer = at.pointer;
    made->root = value;
    made->dialect = dialect;
    impl_.resources.push_back(std::move(made));
    return impl_.resources.back().get();
}

void Compiler::name_anchors(const Value& value, const At& at, Node* node) {
    auto put = [&](std::string_view name, auto& into) {
        if (!into.emplace(name, node).second)
            fail(at, "has the anchor \"" + std::string(name) + "\", which is taken");
    };
    if (at.resource->dialect == Dialect::draft7) {
        const Value* id = value.find("$id");
        if (!id || !id->is(Kind::string) || value.find("$ref")) return;
        const std::string_view text = id->as_string();
        if (auto hash = text.find('#'); hash != text.npos && hash + 1 < text.size())
            put(text.substr(hash + 1), at.resource->anchors);
        return;
    }
    for (std::string_view key : {"$anchor", "$dynamicAnchor"}) {
        const Value* name = value.find(key);
        if (!name) continue;
        if (!name->is(Kind::string) || name->as_string().empty() ||
            name->as_string().find_first_of("#/") != std::string_view::npos) {
            fail(at.down(key), "must be a name");
            continue;
        }
        put(name->as_string(), at.resource->anchors);
        if (key == "$dynamicAnchor") put(name->as_string(), at.resource->dynamic_anchors);
    }
}

/// A schema that is reached from itself without going into the value would be followed for ever.
void Compiler::find_endless() {
    enum class Mark { open, done };
    std::unordered_map<const Node*, Mark> marks;
    std::size_t chain = 0;
    std::function<void(const Node&)> walk = [&](const Node& node) {
        if (!errors_.empty()) return;
        if (chain > kMaxChain) {
            errors_.push_back({node.pointer, "ends a chain of references that is too long"});
            return;
        }
        auto [it, fresh] = marks.emplace(&node, Mark::open);
        if (!fresh) {
            if (it->second == Mark::open) {
                errors_.push_back(
                    {node.pointer,
                     "refers to itself without going deeper into the value: it would never end"});
            }
            return;
        }
        ++chain;
        each_in_place(node, walk);
        --chain;
        marks[&node] = Mark::done;
    };
    for (const auto& node : impl_.nodes) walk(*node);
}

void Compiler::find_defaults() {
    bool more = false;
    for (const auto& node : impl_.nodes) more |= node->may_default = node->fallback.has_value();
    while (more) {
        more = false;
        for (const auto& node : impl_.nodes) {
            if (node->may_default) continue;
            each_filling(*node, [&](const Node& n) { node->may_default |= n.may_default; });
            more |= node->may_default;
        }
    }
}

}  // namespace tappet::flow::schema
