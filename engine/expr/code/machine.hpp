#pragma once
#include <array>
#include <string>
#include <vector>

#include "expr/code/code.hpp"

namespace tappet::expr {

/// One run of a program: a stack machine without recursion. Used once; program, activation and meter outlive
/// it.
class Machine {
public:
    Machine(const Program::Impl& program, const Activation& activation, Meter& meter);
    EvalResult run();

private:
    /// What a logic operator, a condition or a loop remembers until its end.
    struct Pending {
        bool failed = false;
        bool secret = false;
        std::string message;
        Span at;
    };
    struct Loop {
        Value range;
        std::size_t next = 0;
        std::vector<Value> items;
        std::vector<MapEntry> entries;
        bool secret = false;  ///< a secret decided about the result
        bool decided = false;
        std::int64_t found = 0;
    };

    Value& top() { return stack_[-1]; }
    Value pop() { return std::move(*--stack_); }
    void push(Value value) { *stack_++ = std::move(value); }

    void step(const Instruction& now);
    bool unwind();
    void path(const Instruction& now);
    void logic(const Instruction& now);
    void logic_end(const Instruction& now);
    void branch(const Instruction& now);
    void make_list(const Instruction& now);
    void make_map(const Instruction& now);
    void call(const Instruction& now);
    void binary(const Instruction& now);
    void optional_enter(const Instruction& now);
    void or_else(const Instruction& now);
    void raise(Pending& pending);

    // loop.cpp
    void loop_begin(const Instruction& now);
    void loop_next(const Instruction& now);
    void loop_filter(const Instruction& now);
    void loop_step(const Instruction& now);
    void loop_end(const Instruction& now);
    void sort_by(Loop& loop);

    const Program::Impl& program_;
    const Activation& activation_;
    Meter& meter_;
    std::size_t pc_ = 0;  ///< of the next instruction
    Span at_;             ///< of an error, where it differs from its instruction's
    bool at_set_ = false;
    std::array<Value, 16> inline_;  ///< locals, then the stack; enough for most
    std::vector<Value> heap_;
    Value* locals_;
    Value* bottom_;
    Value* stack_;  ///< one past the top
    std::vector<Pending> pendings_;
    std::vector<Loop> loops_;
};

// operators.cpp: what the operators mean at run time. They fail through the meter.
Value apply(Op op, Value& left, Value& right, Meter& meter);
Value negate(const Value& value, Meter& meter);
/// -1, 0, 1; 2 when unordered (NaN); fails when the kinds have no order.
int order(const Value& left, const Value& right, Meter& meter);
/// Whether one comes first in a sorted list: NaN ahead of all numbers.
bool ahead(const Value& left, const Value& right, Meter& meter);

// access.cpp: fields and items. A secret on the way marks the result.
Value select(const Value& from, const Value& key, Meter& meter);
Value select_optional(const Value& from, const Value& key, Meter& meter);
Value has_field(const Value& from, const Value& key, Meter& meter);
Value index(const Value& from, const Value& key, Meter& meter);
Value index_optional(const Value& from, const Value& key, Meter& meter);

}  // namespace tappet::expr
