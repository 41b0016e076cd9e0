#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "expr/type.hpp"
#include "expr/value.hpp"

namespace tappet::expr {

struct Function;

/// A stretch of the source in bytes, from begin up to end.
struct Span {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
};

using NodeId = std::uint32_t;

enum class NodeKind : std::uint8_t {
    constant,
    name,             ///< an identifier that is not resolved yet
    slot,             ///< a variable of the Env
    local,            ///< a variable of a macro
    select,           ///< child.name
    optional_select,  ///< child.?name
    index,            ///< child[child]
    optional_index,   ///< child[?child]
    has,              ///< has(child.name)
    has_slot,         ///< has() of what is a variable as a whole
    list,
    map,  ///< children are key, value, key, value …
    negate,
    invert,
    binary,
    logic_and,  ///< two or more operands: a chain is one node
    logic_or,
    choice,        ///< condition ? this : that
    call,          ///< children: the target, if it is a member, then the arguments
    loop,          ///< children: range, filter if there is one, body
    bind,          ///< cel.bind(name, init, body)
    optional_map,  ///< target.optMap(name, body) and optFlatMap
    or_else,       ///< a.or(b), a.orValue(b): b is evaluated only when needed
    broken,        ///< could not be resolved; fails with `name` as the message when reached
};

enum class Operator : std::uint8_t {
    add,
    subtract,
    multiply,
    divide,
    modulo,
    equal,
    not_equal,
    less,
    less_equal,
    greater,
    greater_equal,
    in
};

enum class LoopKind : std::uint8_t {
    all,
    exists,
    exists_one,
    map,
    filter,
    transform_map,
    transform_entry,
    sort_by
};

/// One part of an expression. Children have lower numbers than their parents.
struct Node {
    NodeKind kind = NodeKind::constant;
    Operator op = Operator::add;
    LoopKind loop = LoopKind::all;
    bool rooted = false;    ///< a name with a leading dot
    bool member = false;    ///< a call with a target
    bool filtered = false;  ///< a loop with a filter
    bool flat = false;      ///< optFlatMap instead of optMap; or instead of orValue
    Span span;              ///< all of it
    Span at;                ///< the name or the operator: where findings point
    std::vector<NodeId> children;
    std::vector<bool>
        optional;       ///< list: per item, map: per entry, whether it is marked with `?`; empty: none
    Value value;        ///< of a constant
    std::string name;   ///< of a name, field, function, variable of a macro
    std::string name2;  ///< the second variable of a macro; empty when there is none
    // filled by the checker
    Type type;
    std::uint32_t place = 0;  ///< slot, or number of the local
    std::uint32_t place2 = 0;
    const Function* function = nullptr;
};

struct Ast {
    std::vector<Node> nodes;
    NodeId root = 0;
};

/// Whether the first child is evaluated first and in the same scope. Such chains ("a.b.c", "a + b + c") may
/// be long; passes walk them in a loop, so that recursion stays within the nesting of the source.
inline bool leads_left(const Node& node) {
    switch (node.kind) {
        case NodeKind::select:
        case NodeKind::optional_select:
        case NodeKind::index:
        case NodeKind::optional_index:
        case NodeKind::has:
        case NodeKind::negate:
        case NodeKind::invert:
        case NodeKind::binary:
        case NodeKind::loop:
        case NodeKind::bind:
        case NodeKind::optional_map:
        case NodeKind::or_else:
            return true;
        case NodeKind::call:
            return !node.children.empty();
        default:
            return false;
    }
}

}  // namespace tappet::expr
