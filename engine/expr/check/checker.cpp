#include "expr/check/checker.hpp"

#include "expr/functions/function.hpp"

namespace tappet::expr {
namespace {

using K = Type::Kind;

Type type_of(const Value& value) {
    switch (value.kind()) {
        case Kind::null:
            return Type::of(K::null);
        case Kind::boolean:
            return Type::of(K::boolean);
        case Kind::integer:
            return Type::of(K::integer);
        case Kind::uint:
            return Type::of(K::uint);
        case Kind::number:
            return Type::of(K::number);
        case Kind::string:
            return Type::of(K::string);
        case Kind::bytes:
            return Type::of(K::bytes);
        case Kind::type:
            return Type::of(K::type);
        default:
            return Type::dyn();
    }
}

/// The options of a type without null: what a value is when it is there.
std::vector<Type> shapes(const Type& type) {
    if (type.kind() != K::one_of) return {type};
    std::vector<Type> out;
    for (const Type& option : type.options())
        if (option.kind() != K::null) out.push_back(option);
    return out;
}

struct Walk {
    bool possible = false;
    Type key, value, first;  ///< first: of a single variable
};

Walk walk(const Type& range) {
    Walk out;
    std::vector<Type> keys, values, firsts;
    for (const Type& shape : shapes(range)) {
        switch (shape.kind()) {
            case K::dyn:
                return {true, {}, {}, {}};
            case K::list:
                keys.push_back(Type::of(K::integer));
                values.push_back(shape.element());
                firsts.push_back(shape.element());
                break;
            case K::map:
                keys.push_back(shape.key());
                values.push_back(shape.value());
                firsts.push_back(shape.key());
                break;
            case K::object:
                keys.push_back(Type::of(K::string));
                values.push_back(Type::dyn());
                firsts.push_back(Type::of(K::string));
                break;
            default:
                break;
        }
    }
    out.possible = !keys.empty();
    out.key = Type::one_of(std::move(keys));
    out.value = Type::one_of(std::move(values));
    out.first = Type::one_of(std::move(firsts));
    return out;
}

}  // namespace

void Checker::report(Span at, std::string_view code, std::string message, std::string suggestion) {
    if (check_) findings_.error(at, code, std::move(message), std::move(suggestion));
}

void Checker::warn(Span at, std::string_view code, std::string message) {
    if (check_) findings_.warning(at, code, std::move(message));
}

bool Checker::expect_bool(NodeId id, const std::string& where) {
    const Node& operand = node(id);
    if (Type::of(K::boolean).accepts(operand.type)) return true;
    report(operand.span, "no-overload", where + " must be a bool, not " + operand.type.text());
    return false;
}

void Checker::check(NodeId id) {
    std::vector<NodeId> chain;
    bool resolved = false;
    for (NodeId next = id;;) {
        const NodeKind kind = node(next).kind;
        const bool names = kind == NodeKind::select || kind == NodeKind::has || kind == NodeKind::name;
        if (names && !resolved) resolve(next);
        resolved = names;
        if (kind == NodeKind::call) take_namespace(next);
        if (!leads_left(node(next))) {
            after(next);
            break;
        }
        chain.push_back(next);
        next = node(next).children[0];
    }
    for (; !chain.empty(); chain.pop_back()) after(chain.back());
}

void Checker::after(NodeId id) {
    Node& here = node(id);
    switch (here.kind) {
        case NodeKind::constant:
            here.type = type_of(here.value);
            return;
        case NodeKind::name:
        case NodeKind::broken:
        case NodeKind::slot:
        case NodeKind::local:
            return;
        case NodeKind::has_slot:
            here.type = Type::of(K::boolean);
            return;
        case NodeKind::select:
            here.type = field(id, node(here.children[0]).type, here.name, Access::plain);
            return;
        case NodeKind::optional_select:
            here.type = field(id, node(here.children[0]).type, here.name, Access::optional);
            if (here.type.kind() != K::optional) here.type = Type::optional(here.type);
            return;
        case NodeKind::has:
            field(id, node(here.children[0]).type, here.name, Access::test);
            here.type = Type::of(K::boolean);
            return;
        case NodeKind::index:
        case NodeKind::optional_index:
            return index(here);
        case NodeKind::list:
            return list(here);
        case NodeKind::map:
            return map(here);
        case NodeKind::negate:
        case NodeKind::invert:
            return unary(here);
        case NodeKind::binary:
            return binary(here);
        case NodeKind::logic_and:
        case NodeKind::logic_or:
            return logic(here);
        case NodeKind::choice:
            return choice(here);
        case NodeKind::call:
            return call(here);
        case NodeKind::loop:
            return loop(here);
        case NodeKind::bind:
            return bind(here);
        case NodeKind::optional_map:
            return optional_map(here);
        case NodeKind::or_else:
            return or_else(here);
    }
}

void Checker::list(Node& here) {
    std::optional<Type> element;
    for (std::size_t i = 0; i < here.children.size(); ++i) {
        check(here.children[i]);
        Type type = node(here.children[i]).type;
        if (!here.optional.empty() && here.optional[i]) type = type.element();
        element = element ? common(*element, type) : type;
    }
    here.type = Type::list(element.value_or(Type::dyn()));
}

void Checker::map(Node& here) {
    std::optional<Type> key, value;
    for (std::size_t i = 0; i + 1 < here.children.size(); i += 2) {
        check(here.children[i]);
        check(here.children[i + 1]);
        const Node& key_node = node(here.children[i]);
        const Type keys = Type::one_of(
            {Type::of(K::string), Type::of(K::integer), Type::of(K::uint), Type::of(K::boolean)});
        if (!keys.accepts(key_node.type) || key_node.type.kind() == K::number)
            report(key_node.span, "no-overload",
                   "the key of a map must be a string, int, uint or bool, not " + key_node.type.text());
        Type type = node(here.children[i + 1]).type;
        if (!here.optional.empty() && here.optional[i / 2]) type = type.element();
        key = key ? common(*key, key_node.type) : key_node.type;
        value = value ? common(*value, type) : type;
    }
    here.type = Type::map(key.value_or(Type::dyn()), value.value_or(Type::dyn()));
}

void Checker::unary(Node& here) {
    const Type operand = node(here.children[0]).type;
    if (here.kind == NodeKind::invert) {
        expect_bool(here.children[0], "the operand of \"!\"");
        here.type = Type::of(K::boolean);
        return;
    }
    here.type = operand;
    if (!Type::one_of({Type::of(K::integer), Type::of(K::number)}).accepts(operand)) {
        report(here.at, "no-overload", "no operator \"-\" for " + operand.text());
        here.type = Type::dyn();
    }
}

void Checker::binary(Node& here) {
    check(here.children[1]);
    const Type left = node(here.children[0]).type, right = node(here.children[1]).type;
    const std::optional<Type> type = operate(here.op, left, right);
    const bool compares = here.op >= Operator::equal;
    here.type = type.value_or(compares ? Type::of(K::boolean) : Type::dyn());
    if (type) return;
    std::string message =
        "no operator \"" + std::string(symbol(here.op)) + "\" for " + left.text() + " and " + right.text();
    const bool one_text = (left.kind() == K::string) != (right.kind() == K::string);
    if (here.op == Operator::equal || here.op == Operator::not_equal)
        message += ": they are never equal";
    else if (here.op == Operator::add && one_text)
        message += "; convert with string()";
    report(here.at, "no-overload", std::move(message));
}

void Checker::logic(Node& here) {
    const std::size_t before = guarded_.size();
    const bool conjunction = here.kind == NodeKind::logic_and;
    for (const NodeId child : here.children) {
        check(child);
        expect_bool(child, conjunction ? "an operand of \"&&\"" : "an operand of \"||\"");
        facts(child, conjunction);
    }
    guarded_.resize(before);
    here.type = Type::of(K::boolean);
}

void Checker::choice(Node& here) {
    const std::size_t before = guarded_.size();
    check(here.children[0]);
    expect_bool(here.children[0], "the condition of \"?\"");
    facts(here.children[0], true);
    check(here.children[1]);
    guarded_.resize(before);
    facts(here.children[0], false);
    check(here.children[2]);
    guarded_.resize(before);
    here.type = common(node(here.children[1]).type, node(here.children[2]).type);
}

void Checker::loop(Node& here) {
    const Type range = node(here.children[0]).type;
    Walk over = walk(range);
    if (!over.possible) {
        const Span at = node(here.children[0]).span;
        report(at, "no-overload", "only lists and maps can be walked over, not " + range.text());
        over = walk(Type::dyn());
    }
    const std::size_t before = guarded_.size();
    const bool two = !here.name2.empty();
    here.place = static_cast<std::uint32_t>(locals_.size());
    locals_.push_back({here.name, two ? over.key : over.first});
    if (two) {
        here.place2 = static_cast<std::uint32_t>(locals_.size());
        locals_.push_back({here.name2, over.value});
    }
    if (here.filtered) {
        check(here.children[1]);
        expect_bool(here.children[1], "the condition of a macro");
        facts(here.children[1], true);
    }
    const NodeId body = here.children.back();
    check(body);
    const Type result = node(body).type;
    guarded_.resize(before);
    locals_.resize(here.place);
    switch (here.loop) {
        case LoopKind::all:
        case LoopKind::exists:
        case LoopKind::exists_one:
            expect_bool(body, "the condition of a macro");
            here.type = Type::of(K::boolean);
            return;
        case LoopKind::filter:
            expect_bool(body, "the condition of a macro");
            here.type = Type::list(over.first);
            return;
        case LoopKind::map:
            here.type = Type::list(result);
            return;
        case LoopKind::sort_by:
            here.type = Type::list(over.first);
            return;
        case LoopKind::transform_map:
            here.type = Type::map(over.key, result);
            return;
        case LoopKind::transform_entry:
            if (!Type::map(Type::dyn(), Type::dyn()).accepts(result))
                report(node(body).span, "no-overload",
                       "transformMapEntry() needs a map of one entry, not " + result.text());
            here.type = result.kind() == K::map ? result : Type::map(Type::dyn(), Type::dyn());
            return;
    }
}

void Checker::bind(Node& here) {
    here.place = static_cast<std::uint32_t>(locals_.size());
    locals_.push_back({here.name, node(here.children[0]).type});
    check(here.children[1]);
    locals_.resize(here.place);
    here.type = node(here.children[1]).type;
}

void Checker::optional_map(Node& here) {
    const Type target = node(here.children[0]).type;
    if (!Type::optional(Type::dyn()).accepts(target))
        report(here.at, "no-overload",
               std::string(here.flat ? "optFlatMap()" : "optMap()") + " needs an optional, not " +
                   target.text());
    here.place = static_cast<std::uint32_t>(locals_.size());
    locals_.push_back({here.name, target.element()});
    check(here.children[1]);
    locals_.resize(here.place);
    const Type result = node(here.children[1]).type;
    here.type = !here.flat                     ? Type::optional(result)
                : result.kind() == K::optional ? result
                                               : Type::optional(Type::dyn());
}

void Checker::or_else(Node& here) {
    check(here.children[1]);
    const Type target = node(here.children[0]).type, other = node(here.children[1]).type;
    const std::string name = here.flat ? "or()" : "orValue()";
    const Type optional = Type::optional(Type::dyn());
    if (!optional.accepts(target))
        report(here.at, "no-overload", name + " needs an optional, such as a.?b, not " + target.text());
    else if (here.flat && !optional.accepts(other))
        report(node(here.children[1]).span, "no-overload", "or() takes an optional, not " + other.text());
    here.type = here.flat ? Type::optional(common(target.element(), other.element()))
                          : common(target.element(), other);
}

}  // namespace tappet::expr
