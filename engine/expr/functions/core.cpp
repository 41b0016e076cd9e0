#include "base/encoding.hpp"
#include "expr/functions/function.hpp"
#include "expr/functions/regex.hpp"
#include "expr/functions/search.hpp"

namespace tappet::expr {
namespace {

Value size(Call& call) {
    const Value& value = call[0];
    switch (value.kind()) {
        case Kind::string:
            call.meter.spend_bytes(value.size());
            return Value::integer(static_cast<std::int64_t>(count_code_points(value.as_string())));
        case Kind::bytes:
        case Kind::list:
        case Kind::map:
            return Value::integer(static_cast<std::int64_t>(value.size()));
        default:
            return call.no_overload();
    }
}

template <class Test>
Value on_texts(Call& call, const Test& test) {
    if (call.kind(0) != Kind::string || call.kind(1) != Kind::string) return call.no_overload();
    call.meter.spend_bytes(call[0].size());
    return Value::boolean(test(call[0].as_string(), call[1].as_string()));
}

Value contains(Call& call) {
    return on_texts(call, [](std::string_view text, std::string_view part) {
        return find_text(text, part) != text.npos;
    });
}
Value starts_with(Call& call) {
    return on_texts(call,
                    [](std::string_view text, std::string_view part) { return text.starts_with(part); });
}
Value ends_with(Call& call) {
    return on_texts(call, [](std::string_view text, std::string_view part) { return text.ends_with(part); });
}

Value matches(Call& call) {
    if (call.kind(0) != Kind::string || call.kind(1) != Kind::string) return call.no_overload();
    // To compile a pattern takes far longer than to match it.
    if (!call.meter.spend(1000 + 50 * call[1].size())) return {};
    const auto pattern = compile_regex(call[1].as_string());
    if (!call.meter.spend(compile_work(*pattern))) return {};
    if (!is_good_regex(*pattern)) return call.fail("a pattern that does not parse: " + shown(call[1]));
    return match_regex(*pattern, call[0].as_string(), call.meter);
}

Value dyn(Call& call) { return std::move(call[0]); }
Value type(Call& call) { return Value::type(type_name(call[0])); }

constexpr Function kFunctions[] = {
    {"size", false, "s>i y>i L>i M>i", size, true},
    {"size", true, "s>i y>i L>i M>i", size, true},
    {"contains", true, "s.s>b", contains},
    {"startsWith", true, "s.s>b", starts_with},
    {"endsWith", true, "s.s>b", ends_with},
    {"matches", true, "s.s>b", matches},
    {"matches", false, "s,s>b", matches},
    {"dyn", false, "v>v", dyn, true},
    {"type", false, "v>T", type, true},
};

}  // namespace

std::span<const Function> core_functions() { return kFunctions; }

}  // namespace tappet::expr
