// The `math` extension. What works on doubles takes whole numbers too: a JSON number without a fraction is an
// int.
#include <cmath>

#include "expr/code/machine.hpp"
#include "expr/functions/function.hpp"

namespace tappet::expr {
namespace {

bool is_number(const Value& value) {
    return value.is(Kind::integer) || value.is(Kind::uint) || value.is(Kind::number);
}

/// The least or greatest of the arguments, or of the one that is a list; of equal ones the first.
Value extreme(Call& call, int wanted) {
    std::span<const Value> values = call.arguments;
    if (values.size() == 1 && values[0].is(Kind::list)) values = values[0].items();
    if (values.empty()) return call.fail(std::string(call.function.name) + "() of an empty list");
    if (!call.meter.spend(values.size())) return {};
    const Value* best = nullptr;
    for (const Value& value : values) {
        if (!is_number(value)) return call.no_overload();
        if (!best || order(value, *best, call.meter) == wanted) best = &value;
    }
    return *best;
}
Value greatest(Call& call) { return extreme(call, 1); }
Value least(Call& call) { return extreme(call, -1); }

template <class Result>
Value on_real(Call& call, const Result& result) {
    if (call.kind(0) == Kind::number) return result(call[0].as_number());
    if (call.kind(0) == Kind::integer) return result(static_cast<double>(call[0].as_integer()));
    if (call.kind(0) == Kind::uint) return result(static_cast<double>(call[0].as_uint()));
    return call.no_overload();
}
Value ceil(Call& call) {
    return on_real(call, [](double v) { return Value::number(std::ceil(v)); });
}
Value floor(Call& call) {
    return on_real(call, [](double v) { return Value::number(std::floor(v)); });
}
Value round(Call& call) {
    return on_real(call, [](double v) { return Value::number(std::round(v)); });
}
Value trunc(Call& call) {
    return on_real(call, [](double v) { return Value::number(std::trunc(v)); });
}
Value sqrt(Call& call) {
    return on_real(call, [](double v) { return Value::number(std::sqrt(v)); });
}
Value is_nan(Call& call) {
    return on_real(call, [](double v) { return Value::boolean(std::isnan(v)); });
}
Value is_inf(Call& call) {
    return on_real(call, [](double v) { return Value::boolean(std::isinf(v)); });
}
Value is_finite(Call& call) {
    return on_real(call, [](double v) { return Value::boolean(std::isfinite(v)); });
}

Value abs(Call& call) {
    const Value& v = call[0];
    if (v.is(Kind::uint)) return v;
    if (v.is(Kind::number)) return Value::number(std::fabs(v.as_number()));
    if (!v.is(Kind::integer)) return call.no_overload();
    return v.as_integer() < 0 ? negate(v, call.meter) : v;
}

Value sign(Call& call) {
    const Value& v = call[0];
    if (v.is(Kind::uint)) return Value::uint(v.as_uint() > 0 ? 1 : 0);
    if (v.is(Kind::integer)) return Value::integer(v.as_integer() > 0 ? 1 : v.as_integer() < 0 ? -1 : 0);
    if (!v.is(Kind::number)) return call.no_overload();
    const double d = v.as_number();
    return Value::number(d > 0 ? 1.0 : d < 0 ? -1.0 : d);
}

template <class Combine>
Value bits(Call& call, const Combine& combine) {
    const Value &a = call[0], &b = call[1];
    if (a.is(Kind::uint) && b.is(Kind::uint)) return Value::uint(combine(a.as_uint(), b.as_uint()));
    if (!a.is(Kind::integer) || !b.is(Kind::integer)) return call.no_overload();
    const std::uint64_t out =
        combine(static_cast<std::uint64_t>(a.as_integer()), static_cast<std::uint64_t>(b.as_integer()));
    return Value::integer(static_cast<std::int64_t>(out));
}
Value bit_and(Call& call) {
    return bits(call, [](std::uint64_t a, std::uint64_t b) { return a & b; });
}
Value bit_or(Call& call) {
    return bits(call, [](std::uint64_t a, std::uint64_t b) { return a | b; });
}
Value bit_xor(Call& call) {
    return bits(call, [](std::uint64_t a, std::uint64_t b) { return a ^ b; });
}
Value bit_not(Call& call) {
    if (call.kind(0) == Kind::uint) return Value::uint(~call[0].as_uint());
    return call.kind(0) == Kind::integer ? Value::integer(~call[0].as_integer()) : call.no_overload();
}

/// Bits move in from the side as zeros, of ints too.
Value shift(Call& call, bool left) {
    const Value& v = call[0];
    if ((!v.is(Kind::integer) && !v.is(Kind::uint)) || call.kind(1) != Kind::integer)
        return call.no_overload();
    const std::int64_t by = call[1].as_integer();
    if (by < 0) return call.fail("a shift by a negative number");
    const std::uint64_t from = v.is(Kind::uint) ? v.as_uint() : static_cast<std::uint64_t>(v.as_integer());
    const std::uint64_t out = by > 63 ? 0 : left ? from << by : from >> by;
    return v.is(Kind::uint) ? Value::uint(out) : Value::integer(static_cast<std::int64_t>(out));
}
Value shift_left(Call& call) { return shift(call, true); }
Value shift_right(Call& call) { return shift(call, false); }

constexpr Function kFunctions[] = {
    {"math.greatest", false, "N*>& L>#", greatest},
    {"math.least", false, "N*>& L>#", least},
    {"math.ceil", false, "N>d", ceil},
    {"math.floor", false, "N>d", floor},
    {"math.round", false, "N>d", round},
    {"math.trunc", false, "N>d", trunc},
    {"math.sqrt", false, "N>d", sqrt},
    {"math.isNaN", false, "N>b", is_nan},
    {"math.isInf", false, "N>b", is_inf},
    {"math.isFinite", false, "N>b", is_finite},
    {"math.abs", false, "i>i u>u d>d", abs},
    {"math.sign", false, "i>i u>u d>d", sign},
    {"math.bitAnd", false, "i,i>i u,u>u", bit_and},
    {"math.bitOr", false, "i,i>i u,u>u", bit_or},
    {"math.bitXor", false, "i,i>i u,u>u", bit_xor},
    {"math.bitNot", false, "i>i u>u", bit_not},
    {"math.bitShiftLeft", false, "i,i>i u,i>u", shift_left},
    {"math.bitShiftRight", false, "i,i>i u,i>u", shift_right},
};

}  // namespace

std::span<const Function> math_functions() { return kFunctions; }

}  // namespace tappet::expr
