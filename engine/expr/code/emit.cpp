#include "expr/code/emit.hpp"

#include <algorithm>

#include "expr/code/machine.hpp"
#include "expr/functions/regex.hpp"

namespace tappet::expr {

Emitter::Emitter(const Ast& ast, const Env& env, Findings& findings)
    : ast_(ast), env_(env), findings_(findings) {}

std::shared_ptr<const Program::Impl> Emitter::run(std::string_view source, bool fold) {
    out_ = std::make_shared<Program::Impl>();
    out_->text = source;
    folding_ = fold;
    find_constants();
    for (const Node& each : ast_.nodes)
        if (each.kind == NodeKind::slot || each.kind == NodeKind::has_slot) out_->slots.push_back(each.place);
    std::sort(out_->slots.begin(), out_->slots.end());
    out_->slots.erase(std::unique(out_->slots.begin(), out_->slots.end()), out_->slots.end());
    for (const std::uint32_t place : out_->slots) out_->slot_names.push_back(env_.variables()[place].name);
    emit(ast_.root);
    const Node& root = node(ast_.root);
    put(Op::finish, root.at);
    out_->type = root.type;
    if (out_->code.size() == 2 && out_->code[0].op == Op::constant)
        out_->constant = out_->constants[out_->code[0].b];
    return out_;
}

/// A node is constant when no variable from outside is in it. Children have lower numbers, so one pass is
/// enough.
void Emitter::find_constants() {
    constant_.resize(ast_.nodes.size());
    for (std::size_t i = 0; i < ast_.nodes.size(); ++i) {
        const Node& each = ast_.nodes[i];
        const bool leaf = each.kind == NodeKind::slot || each.kind == NodeKind::has_slot ||
                          each.kind == NodeKind::local || each.kind == NodeKind::broken ||
                          each.kind == NodeKind::name;
        constant_[i] = !leaf && std::all_of(each.children.begin(), each.children.end(),
                                            [&](NodeId child) { return constant_[child]; });
    }
}

std::uint32_t Emitter::put(Op op, Span at, std::uint16_t a, std::uint32_t b, std::uint32_t c,
                           std::uint8_t n) {
    Instruction made;
    made.op = op;
    made.n = n;
    made.a = a;
    made.b = b;
    made.c = c;
    out_->code.push_back(made);
    out_->at.push_back(findings_.in_code_points(at));
    return here() - 1;
}

void Emitter::push(int count) {
    height_ += count;
    out_->height = std::max(out_->height, static_cast<std::uint32_t>(height_));
}

std::uint32_t Emitter::key(std::string_view name, Span at) {
    Key made;
    made.value = Value::string(name);
    made.at = findings_.in_code_points(at);
    out_->keys.push_back(std::move(made));
    return static_cast<std::uint32_t>(out_->keys.size() - 1);
}

std::uint32_t Emitter::constant(Value value) {
    out_->constants.push_back(std::move(value));
    return static_cast<std::uint32_t>(out_->constants.size() - 1);
}

std::uint32_t Emitter::slot(std::uint32_t place) {
    const auto found = std::lower_bound(out_->slots.begin(), out_->slots.end(), place);
    return static_cast<std::uint32_t>(found - out_->slots.begin());
}

void Emitter::handle(std::uint32_t begin, std::uint32_t target, std::uint32_t pending) {
    Handler made;
    made.begin = begin;
    made.end = here();
    made.target = target;
    made.height = static_cast<std::uint16_t>(height_);
    made.pending = static_cast<std::uint16_t>(pending);
    out_->handlers.push_back(made);
}

/// Chains are walked down in a loop and written on the way up; recursion is for operands beside the chain
/// only.
void Emitter::emit(NodeId id) {
    std::vector<NodeId> chain;
    NodeId next = id;
    for (;;) {
        if (folding_ && fold(next)) break;
        if (!leads_left(node(next))) {
            after(next);
            break;
        }
        chain.push_back(next);
        next = node(next).children[0];
    }
    for (; !chain.empty(); chain.pop_back()) after(chain.back());
}

/// Replaces a constant subtree by its value. Only the largest is tried: what is inside stays as it is when it
/// fails.
bool Emitter::fold(NodeId id) {
    const Node& from = node(id);
    if (!constant_[id] || from.kind == NodeKind::constant) return false;
    Emitter inner(ast_, env_, findings_);
    inner.out_ = std::make_shared<Program::Impl>();
    inner.folding_ = false;
    inner.emit(id);
    inner.put(Op::finish, from.at);
    EvalLimits limits;
    limits.cost = std::min<std::uint64_t>(fold_budget_, 20'000);
    limits.bytes = 64u << 10;
    struct Nothing final : Activation {
        std::optional<Value> get(std::uint32_t) const override { return std::nullopt; }
    };
    const Nothing nothing;
    Meter meter(limits.cost, limits.bytes);
    EvalResult result = Machine(*inner.out_, nothing, meter).run();
    fold_budget_ -= meter.spent();
    if (result.ok) {
        put(Op::constant, from.at, 0, constant(std::move(result.value)));
        push();
        return true;
    }
    if (!meter.final()) {
        const EvalError& error = result.error;
        const Span at = error.end > error.begin ? Span{static_cast<std::uint32_t>(error.begin),
                                                       static_cast<std::uint32_t>(error.end)}
                                                : from.at;
        findings_.warning(at, "always-fails", "this always fails: " + error.message);
    }
    std::vector<NodeId> inside{id};
    while (!inside.empty()) {
        const NodeId each = inside.back();
        inside.pop_back();
        constant_[each] = false;
        inside.insert(inside.end(), node(each).children.begin(), node(each).children.end());
    }
    return false;
}

void Emitter::select(const Node& from) {
    // Selections in a row are one instruction.
    if (!out_->code.empty() && out_->code.back().op == Op::path &&
        out_->code.back().b + out_->code.back().a == out_->keys.size() && out_->code.back().a < 1000) {
        key(from.name, from.at);
        ++out_->code.back().a;
        return;
    }
    const std::uint32_t first = static_cast<std::uint32_t>(out_->keys.size());
    key(from.name, from.at);
    put(Op::path, from.at, 1, first);
}

void Emitter::call(const Node& from) {
    for (std::size_t i = 1; i < from.children.size(); ++i) emit(from.children[i]);
    const int count = static_cast<int>(from.children.size());
    if (!from.function) {
        put(Op::fail, from.at, 0, constant(Value::string("unknown function: " + from.name)));
        pop(count);
        push();
        return;
    }
    const auto is_text = [this](const Instruction& code) {
        return code.op == Op::constant && out_->constants[code.b].is(Kind::string);
    };
    if (from.function->name == "matches" && count == 2 && node(from.children[1]).kind == NodeKind::constant &&
        is_text(out_->code.back())) {
        auto regex = compile_regex(out_->constants[out_->code.back().b].as_string());
        if (is_good_regex(*regex)) {
            out_->code.pop_back();
            out_->at.pop_back();
            pop();
            out_->regexes.push_back(std::move(regex));
            put(Op::matches, from.at, 0, static_cast<std::uint32_t>(out_->regexes.size() - 1));
            return;
        }
    }
    out_->builds = true;
    out_->functions.push_back(from.function);
    put(Op::call, from.at, static_cast<std::uint16_t>(count),
        static_cast<std::uint32_t>(out_->functions.size() - 1));
    pop(count);
    push();
}

void Emitter::after(NodeId id) {
    const Node& from = node(id);
    switch (from.kind) {
        case NodeKind::constant:
            put(Op::constant, from.at, 0, constant(from.value));
            return push();
        case NodeKind::name:
        case NodeKind::broken:
            put(Op::fail, from.at, 0,
                constant(Value::string(from.value.is(Kind::string) ? from.value.as_string()
                                                                   : "no such name: " + from.name)));
            return push();
        case NodeKind::slot:
            put(Op::slot, from.at, 0, slot(from.place));
            return push();
        case NodeKind::has_slot:
            put(Op::has_slot, from.at, 0, slot(from.place));
            return push();
        case NodeKind::local:
            put(Op::local, from.at, static_cast<std::uint16_t>(from.place));
            return push();
        case NodeKind::select:
            return select(from);
        case NodeKind::has: {
            const std::uint32_t name = key(from.name, from.at);
            put(Op::has, from.at, 0, name);
            return;
        }
        case NodeKind::optional_select: {
            const std::uint32_t name = key(from.name, from.at);
            put(Op::optional_select, from.at, 0, name);
            return;
        }
        case NodeKind::index:
        case NodeKind::optional_index:
            emit(from.children[1]);
            put(from.kind == NodeKind::index ? Op::index : Op::optional_index, from.at);
            return pop();
        case NodeKind::list:
        case NodeKind::map: {
            for (const NodeId child : from.children) emit(child);
            std::uint32_t marks = 0;
            if (!from.optional.empty()) {
                out_->optional_marks.push_back(from.optional);
                marks = static_cast<std::uint32_t>(out_->optional_marks.size());
            }
            out_->builds = true;
            put(from.kind == NodeKind::list ? Op::list : Op::map, from.at,
                static_cast<std::uint16_t>(from.children.size()), 0, marks);
            pop(static_cast<int>(from.children.size()));
            return push();
        }
        case NodeKind::negate:
            put(Op::negate, from.at);
            return;
        case NodeKind::invert:
            put(Op::invert, from.at);
            return;
        case NodeKind::binary: {
            emit(from.children[1]);
            put(static_cast<Op>(static_cast<int>(Op::add) + static_cast<int>(from.op)), from.at);
            return pop();
        }
        case NodeKind::logic_and:
        case NodeKind::logic_or:
            return logic(from);
        case NodeKind::choice:
            return choice(from);
        case NodeKind::call:
            return call(from);
        case NodeKind::loop:
            return loop(from);
        case NodeKind::bind:
            out_->locals = std::max(out_->locals, from.place + 1);
            put(Op::store, from.at, static_cast<std::uint16_t>(from.place));
            pop();
            return emit(from.children[1]);
        case NodeKind::optional_map:
            return optional_map(from);
        case NodeKind::or_else:
            return or_else(from);
    }
}

}  // namespace tappet::expr
