#include "expr/check/checker.hpp"

#include <algorithm>

#include "base/closest.hpp"

namespace tappet::expr {
namespace {

using K = Type::Kind;

/// What one shape of a value (no one_of) says about a field.
struct Look {
    enum { yes, no, unknown } found = no;
    Type type;
    const Type::Field* field = nullptr;
};

Look look(const Type& shape, const std::string& name) {
    Look out;
    if (shape.kind() == K::object) {
        const auto& fields = shape.spec().fields;
        const auto at = fields.find(name);
        if (at != fields.end()) {
            out.found = Look::yes;
            out.type = at->second.type;
            out.field = &at->second;
        } else if (!shape.spec().closed) {
            out.found = Look::unknown;
        }
    } else if (shape.kind() == K::map) {
        if (shape.key().accepts(Type::of(K::string))) {
            out.found = Look::yes;
            out.type = shape.value();
        }
    } else if (shape.is_dyn()) {
        out.found = Look::unknown;
    }
    return out;
}

}  // namespace

Type Checker::field(NodeId id, const Type& from, const std::string& name, Access access) {
    const Span at = node(id).at;
    if (from.kind() == K::optional) {
        // A selection on an optional is an optional, and cannot fail for a missing field.
        const Type inner =
            field(id, from.element(), name, access == Access::test ? access : Access::optional);
        return inner.kind() == K::optional ? inner : Type::optional(inner);
    }
    const std::vector<Type> shapes = from.kind() == K::one_of ? from.options() : std::vector<Type>{from};
    std::vector<Type> types;
    std::vector<std::string> names;
    std::string title;
    bool any = false;
    for (const Type& shape : shapes) {
        const Look seen = look(shape, name);
        if (seen.found != Look::no) {
            any = true;
            types.push_back(seen.type);
            const bool some = access == Access::plain && seen.field && !seen.field->only_some.empty();
            if (some && std::find(guarded_.begin(), guarded_.end(), path(id)) == guarded_.end())
                warn(at, "only-some", seen.field->only_some);
            continue;
        }
        if (shape.kind() != K::object) continue;
        for (const auto& [known, field] : shape.spec().fields) names.push_back(known);
        if (title.empty()) title = shape.spec().title;
    }
    if (any) return Type::one_of(std::move(types));
    const bool no_fields = std::none_of(shapes.begin(), shapes.end(), [](const Type& shape) {
        return shape.kind() == K::object || shape.kind() == K::map;
    });
    if (no_fields)
        report(at, "no-such-field", "no field \"" + name + "\": " + from.text() + " has no fields");
    else
        report(at, "no-such-field",
               (title.empty() ? "there is" : title + " has") + " no field \"" + name + "\"",
               std::string(closest(name, names)));
    return Type::dyn();
}

/// The type of from[key] where the key is not a plain name.
Type Checker::item(const Node& here, const Type& from, const Type& key) {
    if (from.kind() == K::optional) {
        const Type inner = item(here, from.element(), key);
        return inner.kind() == K::optional ? inner : Type::optional(inner);
    }
    const std::vector<Type> shapes = from.kind() == K::one_of ? from.options() : std::vector<Type>{from};
    const Type whole = Type::one_of({Type::of(K::integer), Type::of(K::uint), Type::of(K::number)});
    std::vector<Type> types;
    for (const Type& shape : shapes) {
        if (shape.is_dyn()) return shape;
        if (shape.kind() == K::list && whole.accepts(key)) types.push_back(shape.element());
        if (shape.kind() == K::map && operate(Operator::equal, shape.key(), key))
            types.push_back(shape.value());
        if (shape.kind() == K::object && Type::of(K::string).accepts(key)) types.push_back(Type::dyn());
    }
    if (!types.empty()) return Type::one_of(std::move(types));
    report(here.at, "no-overload", from.text() + " has no items by " + key.text());
    return Type::dyn();
}

void Checker::index(Node& here) {
    check(here.children[1]);
    const Type from = node(here.children[0]).type;
    const Node& key = node(here.children[1]);
    const bool optional = here.kind == NodeKind::optional_index;
    const bool by_name = key.kind == NodeKind::constant && key.value.is(Kind::string);
    const std::vector<Type> shapes = from.kind() == K::one_of ? from.options() : std::vector<Type>{from};
    const bool has_fields = std::any_of(shapes.begin(), shapes.end(), [](const Type& shape) {
        return shape.kind() == K::object ||
               (shape.kind() == K::optional && shape.element().kind() == K::object);
    });
    const auto number = static_cast<NodeId>(&here - ast_.nodes.data());
    if (by_name && has_fields)
        here.type = field(number, from, std::string(key.value.as_string()),
                          optional ? Access::optional : Access::plain);
    else
        here.type = item(here, from, key.type);
    if (optional && here.type.kind() != K::optional) here.type = Type::optional(here.type);
}

/// "trigger.body.f" in one way of writing, for comparing; empty when the value is computed.
std::string Checker::path(NodeId id) {
    std::vector<std::string_view> names;
    for (NodeId next = id;;) {
        const Node& here = node(next);
        if (here.kind == NodeKind::slot || here.kind == NodeKind::local) {
            std::string out = (here.kind == NodeKind::slot ? "$" : "%") + std::to_string(here.place);
            for (; !names.empty(); names.pop_back()) out.append(".").append(names.back());
            return out;
        }
        const bool by_key = here.kind == NodeKind::index &&
                            node(here.children[1]).kind == NodeKind::constant &&
                            node(here.children[1]).value.is(Kind::string);
        if (here.kind != NodeKind::select && here.kind != NodeKind::has && !by_key) return {};
        names.push_back(by_key ? node(here.children[1]).value.as_string() : std::string_view(here.name));
        next = here.children[0];
    }
}

/// Notes the fields that are there when the condition is true (holds) or false.
void Checker::facts(NodeId id, bool holds) {
    const Node& here = node(id);
    switch (here.kind) {
        case NodeKind::invert:
            return facts(here.children[0], !holds);
        case NodeKind::logic_and:
        case NodeKind::logic_or:
            if (holds == (here.kind == NodeKind::logic_and))
                for (const NodeId child : here.children) facts(child, holds);
            return;
        case NodeKind::has:
            if (std::string known = path(id); holds && !known.empty()) guarded_.push_back(std::move(known));
            return;
        case NodeKind::binary: {
            const Node& left = node(here.children[0]);
            if (here.op != Operator::in || !holds || left.kind != NodeKind::constant ||
                !left.value.is(Kind::string))
                return;
            if (std::string known = path(here.children[1]); !known.empty())
                guarded_.push_back(known + "." + std::string(left.value.as_string()));
            return;
        }
        default:
            return;
    }
}

}  // namespace tappet::expr
