#include "expr/reserved.hpp"
#include "expr/syntax/parser.hpp"

namespace tappet::expr {
namespace {

struct LoopMacro {
    std::string_view name;
    LoopKind kind;
    bool two_variables;  ///< may be written with two
    bool one_variable;
    bool filter;  ///< takes a filter before the body
    std::string_view shape;
};

constexpr LoopMacro kLoops[] = {
    {"all", LoopKind::all, true, true, false, "list.all(x, condition)"},
    {"exists", LoopKind::exists, true, true, false, "list.exists(x, condition)"},
    {"exists_one", LoopKind::exists_one, true, true, false, "list.exists_one(x, condition)"},
    {"existsOne", LoopKind::exists_one, true, true, false, "list.existsOne(i, x, condition)"},
    {"filter", LoopKind::filter, false, true, false, "list.filter(x, condition)"},
    {"map", LoopKind::map, false, true, true, "list.map(x, result) or list.map(x, condition, result)"},
    {"transformList", LoopKind::map, true, false, true, "list.transformList(i, x, result)"},
    {"transformMap", LoopKind::transform_map, true, false, true, "map.transformMap(k, v, result)"},
    {"transformMapEntry", LoopKind::transform_entry, true, false, true,
     "map.transformMapEntry(k, v, {key: value})"},
    {"sortBy", LoopKind::sort_by, false, true, false, "list.sortBy(x, key)"},
};

}  // namespace

NodeId Parser::call(std::optional<NodeId> target, std::string name, Span at, std::vector<NodeId> arguments) {
    Node made;
    made.kind = NodeKind::call;
    made.name = std::move(name);
    made.at = at;
    made.member = target.has_value();
    made.span = {target ? node(*target).span.begin : at.begin, tokens_[at_ - 1].span.end};
    if (target) made.children.push_back(*target);
    made.children.insert(made.children.end(), arguments.begin(), arguments.end());
    if (options_.macros) macro(made);
    return add(std::move(made));
}

/// Turns a call that is a macro into what it means.
void Parser::macro(Node& call) {
    if (!has_macro(call) && !loop_macro(call) && !bind_macro(call)) optional_macro(call);
}

void Parser::misuse(const Node& call, std::string_view shape) {
    fail(call.at, call.name + "() is written " + std::string(shape));
}

std::string Parser::variable(NodeId argument, std::string_view macro) {
    const Node& written = node(argument);
    if (written.kind != NodeKind::name || written.rooted)
        fail(written.span, "a variable of " + std::string(macro) + "() must be a plain name");
    return written.name;
}

bool Parser::has_macro(Node& call) {
    if (call.member || call.name != "has") return false;
    if (call.children.size() != 1) misuse(call, "has(value.field)");
    const Node operand = node(call.children[0]);
    const bool by_key = operand.kind == NodeKind::index &&
                        node(operand.children[1]).kind == NodeKind::constant &&
                        node(operand.children[1]).value.is(Kind::string);
    if (operand.kind != NodeKind::select && operand.kind != NodeKind::optional_select && !by_key)
        fail(operand.span, "has() takes a field: has(value.field)");
    call.kind = NodeKind::has;
    call.name = by_key ? std::string(node(operand.children[1]).value.as_string()) : operand.name;
    call.at = operand.at;
    call.children = {operand.children[0]};
    return true;
}

bool Parser::loop_macro(Node& call) {
    if (!call.member) return false;
    const LoopMacro* macro = nullptr;
    for (const LoopMacro& known : kLoops)
        if (known.name == call.name) macro = &known;
    if (!macro) return false;
    const std::vector<NodeId> arguments(call.children.begin() + 1, call.children.end());
    std::size_t variables = macro->one_variable ? 1 : 2;
    if (macro->one_variable && macro->two_variables && arguments.size() == 3) variables = 2;
    const std::size_t rest = arguments.size() < variables ? 0 : arguments.size() - variables;
    if (rest < 1 || rest > (macro->filter ? 2u : 1u)) misuse(call, macro->shape);
    std::string first = variable(arguments[0], call.name);
    if (variables == 2) {
        call.name2 = variable(arguments[1], call.name);
        if (call.name2 == first)
            fail(node(arguments[1]).span, "the two variables of " + call.name + "() need different names");
    }
    call.kind = NodeKind::loop;
    call.loop = macro->kind;
    call.name = std::move(first);
    call.filtered = rest == 2;
    call.children = {call.children[0]};
    call.children.insert(call.children.end(), arguments.begin() + static_cast<std::ptrdiff_t>(variables),
                         arguments.end());
    return true;
}

bool Parser::bind_macro(Node& call) {
    if (!call.member || call.name != "bind") return false;
    const Node& target = node(call.children[0]);
    if (target.kind != NodeKind::name || target.name != "cel") return false;
    if (call.children.size() != 4) misuse(call, "cel.bind(name, value, expression)");
    std::string name = variable(call.children[1], "cel.bind");
    call.kind = NodeKind::bind;
    call.name = std::move(name);
    call.children = {call.children[2], call.children[3]};
    return true;
}

bool Parser::optional_macro(Node& call) {
    if (!call.member || !options_.optional_syntax) return false;
    const bool maps = call.name == "optMap" || call.name == "optFlatMap";
    if (maps) {
        if (call.children.size() != 3) misuse(call, "optional." + call.name + "(x, expression)");
        std::string name = variable(call.children[1], call.name);
        call.kind = NodeKind::optional_map;
        call.flat = call.name == "optFlatMap";
        call.name = std::move(name);
        call.children = {call.children[0], call.children[2]};
        return true;
    }
    if ((call.name != "or" && call.name != "orValue") || call.children.size() != 2) return false;
    call.kind = NodeKind::or_else;
    call.flat = call.name == "or";
    return true;
}

}  // namespace tappet::expr
