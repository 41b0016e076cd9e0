#include <algorithm>
#include <bit>

#include "expr/code/machine.hpp"

namespace tappet::expr {

void Machine::loop_begin(const Instruction& now) {
    Loop& loop = loops_[now.a];
    loop = {};
    pendings_[program_.loops[now.a].pending] = {};
    loop.range = pop();
    if (!loop.range.is(Kind::list) && !loop.range.is(Kind::map))
        meter_.fail("only lists and maps can be walked over, not " + std::string(named(loop.range.kind())));
    loop.secret = loop.range.secret();
}

void Machine::loop_next(const Instruction& now) {
    Loop& loop = loops_[now.a];
    const LoopCode& code = program_.loops[now.a];
    if (loop.next >= loop.range.size()) {
        pc_ = now.b;
        return;
    }
    const std::size_t i = loop.next++;
    const bool is_map = loop.range.is(Kind::map);
    Value first = is_map ? loop.range.entries()[i].key : loop.range.items()[i];
    if (code.two) {
        Value second = is_map ? loop.range.entries()[i].value : std::move(first);
        if (!is_map) first = Value::integer(static_cast<std::int64_t>(i));
        locals_[code.second] = loop.range.secret() ? second.as_secret() : std::move(second);
    }
    locals_[code.first] = loop.range.secret() ? first.as_secret() : std::move(first);
}

void Machine::loop_filter(const Instruction& now) {
    const Value test = pop();
    if (!test.is(Kind::boolean)) {
        meter_.fail("the condition of a macro must be a bool, not " + std::string(named(test.kind())));
        return;
    }
    Loop& loop = loops_[now.a];
    loop.secret = loop.secret || test.secret();
    if (!test.as_boolean()) pc_ = now.b;
}

void Machine::loop_step(const Instruction& now) {
    Loop& loop = loops_[now.a];
    const LoopCode& code = program_.loops[now.a];
    Value value = pop();
    const LoopKind kind = code.kind;
    pc_ = now.b;
    const std::size_t i = loop.next - 1;
    if (kind == LoopKind::map) {
        loop.items.push_back(std::move(value));
        return;
    }
    if (kind == LoopKind::transform_map) {
        // The key as it is in the map, or the index: the variable may not be written to, so it still holds
        // it.
        if (!meter_.spend_key(locals_[code.first])) return;
        loop.entries.push_back({locals_[code.first], std::move(value)});
        return;
    }
    if (kind == LoopKind::sort_by) {
        loop.entries.push_back({std::move(value), loop.range.is(Kind::list) ? loop.range.items()[i]
                                                                            : loop.range.entries()[i].key});
        return;
    }
    if (kind == LoopKind::transform_entry) {
        if (!value.is(Kind::map)) {
            pc_ = static_cast<std::size_t>(&now - program_.code.data()) + 1;
            meter_.fail("transformMapEntry() needs a map of one entry, not " +
                        std::string(named(value.kind())));
            return;
        }
        loop.secret = loop.secret || value.secret();
        if (!meter_.spend(value.size())) return;
        for (const MapEntry& entry : value.entries()) {
            if (!meter_.spend_key(entry.key)) return;
            loop.entries.push_back(entry);
        }
        return;
    }
    if (!value.is(Kind::boolean)) {
        pc_ = static_cast<std::size_t>(&now - program_.code.data()) + 1;
        meter_.fail("the condition of a macro must be a bool, not " + std::string(named(value.kind())));
        return;
    }
    loop.secret = loop.secret || value.secret();
    const bool yes = value.as_boolean();
    if (kind == LoopKind::filter) {
        if (yes)
            loop.items.push_back(loop.range.is(Kind::list) ? loop.range.items()[i]
                                                           : loop.range.entries()[i].key);
    } else if (kind == LoopKind::exists_one) {
        loop.found += yes ? 1 : 0;
    } else if (yes == (kind == LoopKind::exists)) {
        loop.decided = true;
        pc_ = code.end;
    }
}

void Machine::loop_end(const Instruction& now) {
    Loop& loop = loops_[now.a];
    const LoopCode& code = program_.loops[now.a];
    Value result;
    switch (code.kind) {
        case LoopKind::all:
        case LoopKind::exists: {
            Pending& pending = pendings_[code.pending];
            if (!loop.decided && pending.failed) return raise(pending);
            result = Value::boolean(loop.decided == (code.kind == LoopKind::exists));
            break;
        }
        case LoopKind::exists_one:
            result = Value::boolean(loop.found == 1);
            break;
        case LoopKind::map:
        case LoopKind::filter:
            result = Value::list(std::move(loop.items));
            break;
        case LoopKind::transform_map:
        case LoopKind::transform_entry: {
            const std::size_t given = loop.entries.size();
            result = Value::map(std::move(loop.entries));
            if (result.size() != given) {
                meter_.fail("the same key twice in a map");
                return;
            }
            break;
        }
        case LoopKind::sort_by:
            sort_by(loop);
            result = Value::list(std::move(loop.items));
            break;
    }
    push(loop.secret ? result.as_secret() : std::move(result));
    loop = {};
}

/// Entries are sort key and item.
void Machine::sort_by(Loop& loop) {
    const std::size_t n = loop.entries.size();
    if (!meter_.spend(n * static_cast<std::size_t>(std::bit_width(n)))) return;
    for (const MapEntry& entry : loop.entries) loop.secret = loop.secret || entry.key.holds_secret();
    for (std::size_t i = 1; i < n && !meter_.failed(); ++i)
        order(loop.entries[0].key, loop.entries[i].key, meter_);
    if (meter_.failed()) return;
    std::stable_sort(loop.entries.begin(), loop.entries.end(),
                     [&](const MapEntry& a, const MapEntry& b) { return ahead(a.key, b.key, meter_); });
    for (MapEntry& entry : loop.entries) loop.items.push_back(std::move(entry.value));
}

}  // namespace tappet::expr
