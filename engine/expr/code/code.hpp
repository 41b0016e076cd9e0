#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "expr/functions/function.hpp"
#include "expr/program.hpp"
#include "expr/syntax/ast.hpp"

namespace re2 {
class RE2;
}

namespace tappet::expr {

/// Instructions of the stack machine. "top" is the value last pushed; most take their operands from there.
enum class Op : std::uint8_t {
    constant,         ///< push constants[b]
    slot,             ///< push the variable slots[b]
    has_slot,         ///< push whether that variable is there
    local,            ///< push local a
    store,            ///< pop into local a
    path,             ///< top = top.k1.k2…: a keys from keys[b]
    has,              ///< top = has(top.keys[b])
    optional_select,  ///< top = top.?keys[b]
    index,
    optional_index,
    list,  ///< pop a items; c: 1 + number of its optional marks, 0 for none
    map,   ///< pop a keys and values
    negate,
    invert,
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
    in,
    call,         ///< functions[b] with a arguments
    matches,      ///< top = whether regexes[b] matches top
    jump,         ///< to b
    branch,       ///< pop a bool: false goes to b; its mark is kept in pending[c]
    mark,         ///< top is secret if pending[c] is
    logic_begin,  ///< clear pending[c]
    logic_and,    ///< pop an operand: false ends at b; pending[c] keeps marks and errors
    logic_or,
    logic_end,       ///< no operand decided: the error kept in pending[c], or the value of n
    loop_begin,      ///< pop the range into loops[a]; kind n
    loop_next,       ///< next item into locals, or go to b when there is none
    loop_filter,     ///< pop a bool: false goes to b
    loop_step,       ///< pop the body's value; go on at b, or behind the loop when it decides
    loop_end,        ///< push the result of loops[a]
    optional_enter,  ///< pop an optional into local a; none: push it and go to b
    optional_leave,  ///< wrap top; n: it must be an optional already
    or_else,         ///< top has a value: unwrap it if n, go to b. none: pop and go on. Marks in pending[c]
    fail,            ///< fail with the text constants[b]
    finish,
};

struct Instruction {
    Op op = Op::finish;
    std::uint8_t n = 0;
    std::uint16_t a = 0;
    std::uint32_t b = 0;
    std::uint32_t c = 0;
};

/// Where an error inside [begin, end) goes instead of ending the run: CEL lets a later operand decide.
struct Handler {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    std::uint32_t target = 0;
    std::uint16_t height = 0;   ///< of the stack, there
    std::uint16_t pending = 0;  ///< where the error is kept
};

struct Key {
    Value value;
    Span at;
};

struct LoopCode {
    LoopKind kind = LoopKind::all;
    std::uint16_t first = 0;  ///< the local of the first variable
    std::uint16_t second = 0;
    bool two = false;           ///< index and item, or key and value
    std::uint16_t pending = 0;  ///< for the errors that all() and exists() keep
    std::uint32_t end = 0;      ///< where its loop_end stands
};

/// What a Program is made of. Positions are in code points.
struct Program::Impl {
    std::string text;
    Type type;
    std::vector<std::uint32_t> slots;  ///< ascending
    std::vector<std::string> slot_names;
    std::optional<Value> constant;

    std::vector<Instruction> code;
    std::vector<Span> at;  ///< per instruction
    std::vector<Value> constants;
    std::vector<Key> keys;
    std::vector<const Function*> functions;
    std::vector<std::shared_ptr<const re2::RE2>> regexes;
    std::vector<std::vector<bool>> optional_marks;
    std::vector<Handler> handlers;  ///< inner before outer
    std::vector<LoopCode> loops;
    std::uint32_t locals = 0;
    std::uint32_t height = 0;  ///< of the stack, at most
    std::uint32_t pendings = 0;
    bool builds = false;  ///< its result may be larger than what it reads
};

}  // namespace tappet::expr
