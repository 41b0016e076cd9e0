#include "expr/code/machine.hpp"

#include "expr/functions/regex.hpp"

namespace tappet::expr {

Machine::Machine(const Program::Impl& program, const Activation& activation, Meter& meter)
    : program_(program), activation_(activation), meter_(meter) {
    const std::size_t needed = program.locals + program.height;
    locals_ = inline_.data();
    if (needed > inline_.size()) {
        heap_.resize(needed);
        locals_ = heap_.data();
    }
    bottom_ = stack_ = locals_ + program.locals;
    pendings_.resize(program.pendings);
    loops_.resize(program.loops.size());
}

EvalResult Machine::run() {
    EvalResult result;
    for (;;) {
        const Instruction& now = program_.code[pc_++];
        if (now.op == Op::finish) break;
        if (meter_.spend(1)) step(now);
        if (meter_.failed() && !unwind()) {
            result.error.message = meter_.take_message();
            const Span at = at_set_ ? at_ : program_.at[pc_ - 1];
            result.error.begin = at.begin;
            result.error.end = std::max(at.end, at.begin + 1);
            return result;
        }
    }
    result.ok = true;
    result.value = pop();
    return result;
}

/// Takes an error to the innermost operator that may still come to a result without its operand.
bool Machine::unwind() {
    if (meter_.final()) return false;
    const std::size_t failed_at = pc_ - 1;
    for (const Handler& handler : program_.handlers) {
        if (failed_at < handler.begin || failed_at >= handler.end) continue;
        Pending& pending = pendings_[handler.pending];
        if (!pending.failed) {
            pending.failed = true;
            pending.message = meter_.take_message();
            pending.at = at_set_ ? at_ : program_.at[failed_at];
        }
        meter_.clear();
        at_set_ = false;
        stack_ = bottom_ + handler.height;
        pc_ = handler.target;
        return true;
    }
    return false;
}

void Machine::raise(Pending& pending) {
    at_ = pending.at;
    at_set_ = true;
    meter_.fail(std::move(pending.message));
}

void Machine::step(const Instruction& now) {
    switch (now.op) {
        case Op::constant:
            return push(program_.constants[now.b]);
        case Op::slot: {
            std::optional<Value> value = activation_.get(program_.slots[now.b]);
            if (value) return push(std::move(*value));
            meter_.fail("no such value: " + program_.slot_names[now.b]);
            return;
        }
        case Op::has_slot:
            return push(Value::boolean(activation_.get(program_.slots[now.b]).has_value()));
        case Op::local:
            return push(locals_[now.a]);
        case Op::store:
            locals_[now.a] = pop();
            return;
        case Op::path:
            return path(now);
        case Op::has:
            top() = has_field(top(), program_.keys[now.b].value, meter_);
            return;
        case Op::optional_select:
            top() = select_optional(top(), program_.keys[now.b].value, meter_);
            return;
        case Op::index: {
            const Value key = pop();
            top() = index(top(), key, meter_);
            return;
        }
        case Op::optional_index: {
            const Value key = pop();
            top() = index_optional(top(), key, meter_);
            return;
        }
        case Op::list:
            return make_list(now);
        case Op::map:
            return make_map(now);
        case Op::negate: {
            const bool secret = top().secret();
            top() = negate(top(), meter_);
            if (secret) top() = top().as_secret();
            return;
        }
        case Op::invert: {
            if (!top().is(Kind::boolean)) {
                meter_.fail("no such overload: !" + std::string(type_name(top())));
                return;
            }
            const bool secret = top().secret();
            top() = Value::boolean(!top().as_boolean());
            if (secret) top() = top().as_secret();
            return;
        }
        case Op::add:
        case Op::subtract:
        case Op::multiply:
        case Op::divide:
        case Op::modulo:
        case Op::equal:
        case Op::not_equal:
        case Op::less:
        case Op::less_equal:
        case Op::greater:
        case Op::greater_equal:
        case Op::in:
            return binary(now);
        case Op::call:
            return call(now);
        case Op::matches: {
            if (!top().is(Kind::string)) {
                meter_.fail("no such overload: matches(" + std::string(type_name(top())) + ", string)");
                return;
            }
            const bool secret = top().secret();
            top() = match_regex(*program_.regexes[now.b], top().as_string(), meter_);
            if (secret) top() = top().as_secret();
            return;
        }
        case Op::jump:
            pc_ = now.b;
            return;
        case Op::branch:
            return branch(now);
        case Op::mark:
            if (pendings_[now.c].secret) top() = top().as_secret();
            return;
        case Op::logic_begin:
            pendings_[now.c] = {};
            return;
        case Op::logic_and:
        case Op::logic_or:
            return logic(now);
        case Op::logic_end:
            return logic_end(now);
        case Op::loop_begin:
            return loop_begin(now);
        case Op::loop_next:
            return loop_next(now);
        case Op::loop_filter:
            return loop_filter(now);
        case Op::loop_step:
            return loop_step(now);
        case Op::loop_end:
            return loop_end(now);
        case Op::optional_enter:
            return optional_enter(now);
        case Op::optional_leave:
            if (now.n == 0)
                top() = Value::some(top());
            else if (!top().is(Kind::optional))
                meter_.fail("optFlatMap() needs an optional, not " + std::string(named(top().kind())));
            return;
        case Op::or_else:
            return or_else(now);
        case Op::fail:
            meter_.fail(std::string(program_.constants[now.b].as_string()));
            return;
        case Op::finish:
            return;
    }
}

/// Follows pointers as long as there are plain maps: nothing is copied but the last value.
void Machine::path(const Instruction& now) {
    const Value* here = &top();
    bool secret = false;
    if (now.a > 1 && !meter_.spend(now.a - 1u)) return;
    for (std::uint32_t i = 0; i < now.a; ++i) {
        const Key& key = program_.keys[now.b + i];
        secret = secret || here->secret();
        const Value* next = here->find(key.value.as_string());
        if (next) {
            here = next;
            continue;
        }
        Value value = select(*here, key.value, meter_);
        if (meter_.failed()) {
            at_ = key.at;
            at_set_ = true;
            return;
        }
        for (++i; i < now.a && !meter_.failed(); ++i) {
            value = select(value, program_.keys[now.b + i].value, meter_);
            at_ = program_.keys[now.b + i].at;
        }
        if (meter_.failed()) at_set_ = true;
        top() = secret ? value.as_secret() : std::move(value);
        return;
    }
    Value found = *here;
    top() = secret ? found.as_secret() : std::move(found);
}

void Machine::binary(const Instruction& now) {
    Value right = pop();
    Value& left = top();
    const bool shallow = now.op == Op::add;
    const bool secret =
        shallow ? left.secret() || right.secret() : left.holds_secret() || right.holds_secret();
    Value result = apply(now.op, left, right, meter_);
    left = secret ? result.as_secret() : std::move(result);
}

void Machine::branch(const Instruction& now) {
    const Value condition = pop();
    if (!condition.is(Kind::boolean)) {
        meter_.fail("the condition of \"?\" must be a bool, not " + std::string(named(condition.kind())));
        return;
    }
    pendings_[now.c].secret = condition.secret();
    if (!condition.as_boolean()) pc_ = now.b;
}

void Machine::logic(const Instruction& now) {
    const bool any = now.op == Op::logic_or;
    const Value operand = pop();
    if (!operand.is(Kind::boolean)) {
        meter_.fail(std::string(any ? "\"||\"" : "\"&&\"") + " needs bools, not " +
                    std::string(named(operand.kind())));
        return;
    }
    Pending& pending = pendings_[now.c];
    pending.secret = pending.secret || operand.secret();
    if (operand.as_boolean() != any) return;
    push(pending.secret ? Value::boolean(any).as_secret() : Value::boolean(any));
    pc_ = now.b;
}

void Machine::logic_end(const Instruction& now) {
    Pending& pending = pendings_[now.c];
    if (pending.failed) return raise(pending);
    const Value result = Value::boolean(now.n != 0);
    push(pending.secret ? result.as_secret() : result);
}

void Machine::make_list(const Instruction& now) {
    std::vector<Value> items;
    items.reserve(now.a);
    Value* first = stack_ - now.a;
    const std::vector<bool>* marks = now.c ? &program_.optional_marks[now.c - 1] : nullptr;
    bool secret = false;  ///< one decided whether there is an item
    meter_.spend(now.a);
    for (std::uint32_t i = 0; i < now.a; ++i) {
        secret = secret || (marks && (*marks)[i] && first[i].secret());
        if (!marks || !(*marks)[i]) {
            items.push_back(std::move(first[i]));
        } else if (!first[i].is(Kind::optional)) {
            meter_.fail("an item marked with \"?\" must be an optional, not " +
                        std::string(named(first[i].kind())));
        } else if (const Value* inner = first[i].optional_value()) {
            items.push_back(first[i].secret() ? inner->as_secret() : *inner);
        }
    }
    stack_ = first;
    Value made = Value::list(std::move(items));
    push(secret ? made.as_secret() : std::move(made));
}

void Machine::make_map(const Instruction& now) {
    std::vector<MapEntry> entries;
    entries.reserve(now.a / 2);
    Value* first = stack_ - now.a;
    const std::vector<bool>* marks = now.c ? &program_.optional_marks[now.c - 1] : nullptr;
    bool secret = false;  ///< one decided what keys there are
    meter_.spend(now.a);
    for (std::uint32_t i = 0; i + 1 < now.a; i += 2) {
        Value& key = first[i];
        Value& value = first[i + 1];
        secret = secret || key.secret() || (marks && (*marks)[i / 2] && value.secret());
        const Kind kind = key.kind();
        if (kind != Kind::string && kind != Kind::integer && kind != Kind::uint && kind != Kind::boolean) {
            meter_.fail("the key of a map must be a string, int, uint or bool, not " +
                        std::string(named(kind)));
            return;
        }
        if (!meter_.spend_key(key)) return;
        if (!marks || !(*marks)[i / 2]) {
            entries.push_back({std::move(key), std::move(value)});
        } else if (!value.is(Kind::optional)) {
            meter_.fail("an entry marked with \"?\" must be an optional, not " +
                        std::string(named(value.kind())));
        } else if (const Value* inner = value.optional_value()) {
            entries.push_back({std::move(key), value.secret() ? inner->as_secret() : *inner});
        }
    }
    stack_ = first;
    const std::size_t given = entries.size();
    Value made = Value::map(std::move(entries));
    if (made.size() != given) meter_.fail("the same key twice in a map");
    push(secret ? made.as_secret() : std::move(made));
}

void Machine::call(const Instruction& now) {
    const Function& function = *program_.functions[now.b];
    Value* first = stack_ - now.a;
    bool secret = false;
    for (std::uint32_t i = 0; i < now.a; ++i)
        secret = secret || (function.shallow ? first[i].secret() : first[i].holds_secret());
    Call made{{first, now.a}, meter_, function};
    Value result = function.implementation(made);
    stack_ = first;
    push(secret ? result.as_secret() : std::move(result));
}

void Machine::optional_enter(const Instruction& now) {
    if (!top().is(Kind::optional)) {
        meter_.fail("optMap() needs an optional, not " + std::string(named(top().kind())));
        return;
    }
    const bool secret = top().secret();
    pendings_[now.c].secret = secret;
    const Value* inner = top().optional_value();
    if (!inner) {
        pc_ = now.b;
        return;
    }
    locals_[now.a] = secret ? inner->as_secret() : *inner;
    pop();
}

void Machine::or_else(const Instruction& now) {
    if (!top().is(Kind::optional)) {
        meter_.fail(std::string(now.n ? "orValue()" : "or()") + " needs an optional, not " +
                    std::string(named(top().kind())));
        return;
    }
    pendings_[now.c].secret = top().secret();
    const Value* inner = top().optional_value();
    if (!inner) {
        pop();
        return;
    }
    if (now.n) top() = Value(*inner);
    pc_ = now.b;
}

}  // namespace tappet::expr
