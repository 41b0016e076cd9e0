// The `lists` extension (sortBy() is a macro), and reverse(), which strings have too.
#include <algorithm>
#include <bit>
#include <unordered_map>

#include "expr/code/machine.hpp"
#include "expr/functions/function.hpp"
#include "expr/functions/utf8.hpp"
#include "expr/hash.hpp"

namespace tappet::expr {
namespace {

bool room(Call& call, std::size_t items) {
    return call.meter.fits(items * sizeof(Value)) && call.meter.spend(items);
}

Value slice(Call& call) {
    if (call.kind(0) != Kind::list || call.kind(1) != Kind::integer || call.kind(2) != Kind::integer)
        return call.no_overload();
    const std::int64_t begin = call[1].as_integer(), end = call[2].as_integer();
    const auto size = static_cast<std::int64_t>(call[0].size());
    if (begin < 0 || end < begin || end > size)
        return call.fail("slice() from " + shown(call[1]) + " to " + shown(call[2]) + " of a list of " +
                         std::to_string(size));
    if (!room(call, static_cast<std::size_t>(end - begin))) return {};
    const auto items = call[0].items();
    return Value::list({items.begin() + begin, items.begin() + end});
}

struct Open {
    const Value* list;
    std::size_t next = 0;
    bool secret = false;  ///< a list that is dissolved here was
};

Value flatten(Call& call) {
    if (call.kind(0) != Kind::list || (call.size() == 2 && call.kind(1) != Kind::integer))
        return call.no_overload();
    const std::int64_t depth = call.size() == 2 ? call[1].as_integer() : 1;
    if (depth < 0) return call.fail("flatten() to a negative depth");
    std::vector<Value> out;
    std::vector<Open> open{{&call[0]}};
    while (!open.empty()) {
        Open& now = open.back();
        if (now.next >= now.list->size()) {
            open.pop_back();
            continue;
        }
        const Value& item = now.list->items()[now.next++];
        if (!call.meter.spend(1)) return {};
        const bool secret = now.secret;
        if (item.is(Kind::list) && static_cast<std::int64_t>(open.size()) <= depth) {
            open.push_back({&item, 0, secret || item.secret()});
        } else {
            if (!call.meter.fits((out.size() + 1) * sizeof(Value))) return {};
            out.push_back(secret ? item.as_secret() : item);
        }
    }
    return Value::list(std::move(out));
}

Value range(Call& call) {
    if (call.kind(0) != Kind::integer) return call.no_overload();
    const std::int64_t count = std::max<std::int64_t>(call[0].as_integer(), 0);
    if (!call.meter.spend(static_cast<std::uint64_t>(count)) ||
        !call.meter.fits(static_cast<std::size_t>(count) * sizeof(Value)))
        return {};
    std::vector<Value> out;
    out.reserve(static_cast<std::size_t>(count));
    for (std::int64_t i = 0; i < count; ++i) out.push_back(Value::integer(i));
    return Value::list(std::move(out));
}

Value distinct(Call& call) {
    if (call.kind(0) != Kind::list) return call.no_overload();
    if (!room(call, call[0].size())) return {};
    std::vector<Value> out;
    std::unordered_multimap<std::uint64_t, const Value*> seen;
    for (const Value& item : call[0].items()) {
        if (!call.meter.spend_deep(item)) return {};
        const std::uint64_t hash = hash_of(item);
        const auto [first, last] = seen.equal_range(hash);
        bool known = false;
        for (auto each = first; each != last && !known; ++each) {
            if (!call.meter.spend_deep(item) || !call.meter.spend(1)) return {};
            known = *each->second == item;
        }
        if (known) continue;
        seen.emplace(hash, &item);
        out.push_back(item);
    }
    return Value::list(std::move(out));
}

Value reverse(Call& call) {
    if (call.kind(0) == Kind::list) {
        if (!room(call, call[0].size())) return {};
        const auto items = call[0].items();
        return Value::list({items.rbegin(), items.rend()});
    }
    if (call.kind(0) != Kind::string) return call.no_overload();
    const std::string_view in = call[0].as_string();
    if (!call.meter.spend_bytes(in.size())) return {};
    std::string out(in.size(), '\0');
    for (std::size_t at = 0; at < in.size();) {
        const std::size_t next = utf8_offset(in, 1, at);
        std::copy(in.begin() + static_cast<std::ptrdiff_t>(at),
                  in.begin() + static_cast<std::ptrdiff_t>(next),
                  out.begin() + static_cast<std::ptrdiff_t>(in.size() - next));
        at = next;
    }
    return Value::string(out);
}

Value sort(Call& call) {
    if (call.kind(0) != Kind::list) return call.no_overload();
    const std::size_t n = call[0].size();
    if (!room(call, n * static_cast<std::size_t>(std::bit_width(n)))) return {};
    std::vector<Value> out(call[0].items().begin(), call[0].items().end());
    for (std::size_t i = 0; i < n && !call.meter.failed(); ++i) order(out[0], out[i], call.meter);
    if (call.meter.failed()) return {};
    std::stable_sort(out.begin(), out.end(),
                     [&](const Value& a, const Value& b) { return ahead(a, b, call.meter); });
    return Value::list(std::move(out));
}

Value end_of(Call& call, bool last) {
    if (call.kind(0) != Kind::list) return call.no_overload();
    const auto items = call[0].items();
    if (items.empty()) return Value::none();
    return Value::some(last ? items.back() : items.front());
}
Value first(Call& call) { return end_of(call, false); }
Value last(Call& call) { return end_of(call, true); }

constexpr Function kFunctions[] = {
    {"slice", true, "L.i,i>=", slice, true},     {"flatten", true, "L>L L.i>L", flatten, true},
    {"lists.range", false, "i>I", range},        {"distinct", true, "L>=", distinct},
    {"reverse", true, "L>= s>s", reverse, true}, {"sort", true, "L>=", sort},
    {"first", true, "L>?", first, true},         {"last", true, "L>?", last, true},
};

}  // namespace

std::span<const Function> list_functions() { return kFunctions; }

}  // namespace tappet::expr
