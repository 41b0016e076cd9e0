// The parts of the emitter that jump.
#include "expr/code/emit.hpp"

#include <algorithm>

namespace tappet::expr {

void Emitter::logic(const Node& from) {
    const bool any = from.kind == NodeKind::logic_or;
    const std::uint32_t kept = pending();
    put(Op::logic_begin, from.at, 0, 0, kept);
    std::vector<std::uint32_t> decided;
    for (const NodeId child : from.children) {
        const std::uint32_t begin = here();
        const int height = height_;
        emit(child);
        const Span at = node(child).span;
        decided.push_back(put(any ? Op::logic_or : Op::logic_and, at, 0, 0, kept));
        height_ = height;
        handle(begin, here(), kept);
    }
    put(Op::logic_end, from.at, 0, 0, kept, any ? 0 : 1);
    for (const std::uint32_t at : decided) out_->code[at].b = here();
    push();
}

void Emitter::choice(const Node& from) {
    emit(from.children[0]);
    const std::uint32_t kept = pending();
    const Span condition = node(from.children[0]).span;
    const std::uint32_t branch = put(Op::branch, condition, 0, 0, kept);
    pop();
    emit(from.children[1]);
    const std::uint32_t over = put(Op::jump, from.at);
    pop();
    out_->code[branch].b = here();
    emit(from.children[2]);
    out_->code[over].b = here();
    put(Op::mark, from.at, 0, 0, kept);
}

void Emitter::loop(const Node& from) {
    LoopCode made;
    made.kind = from.loop;
    made.first = static_cast<std::uint16_t>(from.place);
    made.second = static_cast<std::uint16_t>(from.place2);
    made.two = !from.name2.empty();
    made.pending = static_cast<std::uint16_t>(pending());
    out_->locals = std::max({out_->locals, from.place + 1, made.two ? from.place2 + 1 : 0});
    const auto number = static_cast<std::uint16_t>(out_->loops.size());
    out_->loops.push_back(made);
    out_->builds = true;

    put(Op::loop_begin, from.at, number);
    pop();
    const std::uint32_t next = put(Op::loop_next, from.at, number);
    if (from.filtered) {
        emit(from.children[1]);
        const Span at = node(from.children[1]).span;
        put(Op::loop_filter, at, number, next);
        pop();
    }
    const std::uint32_t begin = here();
    const NodeId body = from.children.back();
    emit(body);
    const Span at = node(body).span;
    put(Op::loop_step, at, number, next);
    pop();
    if (from.loop == LoopKind::all || from.loop == LoopKind::exists) handle(begin, next, made.pending);
    out_->code[next].b = here();
    out_->loops[number].end = here();
    put(Op::loop_end, from.at, number);
    push();
}

void Emitter::optional_map(const Node& from) {
    const std::uint32_t kept = pending();
    out_->locals = std::max(out_->locals, from.place + 1);
    const std::uint32_t enter =
        put(Op::optional_enter, from.at, static_cast<std::uint16_t>(from.place), 0, kept);
    pop();
    emit(from.children[1]);
    put(Op::optional_leave, from.at, 0, 0, 0, from.flat ? 1 : 0);
    out_->code[enter].b = here();
    put(Op::mark, from.at, 0, 0, kept);
}

void Emitter::or_else(const Node& from) {
    const std::uint32_t kept = pending();
    const std::uint32_t test = put(Op::or_else, from.at, 0, 0, kept, from.flat ? 0 : 1);
    pop();
    emit(from.children[1]);
    out_->code[test].b = here();
    put(Op::mark, from.at, 0, 0, kept);
}

}  // namespace tappet::expr
