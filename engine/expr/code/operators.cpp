#include <cmath>

#include "expr/code/machine.hpp"
#include "expr/functions/time.hpp"

namespace tappet::expr {
namespace {

bool is_number(const Value& value) {
    return value.is(Kind::integer) || value.is(Kind::uint) || value.is(Kind::number);
}
double real(const Value& value) {
    if (value.is(Kind::integer)) return static_cast<double>(value.as_integer());
    if (value.is(Kind::uint)) return static_cast<double>(value.as_uint());
    return value.as_number();
}

template <class T>
int sign(T a, T b) {
    return a < b ? -1 : a > b ? 1 : 0;
}

std::string_view symbol(Op op) {
    switch (op) {
        case Op::add:
            return "+";
        case Op::subtract:
            return "-";
        case Op::multiply:
            return "*";
        case Op::divide:
            return "/";
        case Op::modulo:
            return "%";
        case Op::in:
            return "in";
        default:
            return "<";
    }
}

Value no_overload(Op op, const Value& a, const Value& b, Meter& meter) {
    return meter.fail("no such overload: " + std::string(type_name(a)) + " " + std::string(symbol(op)) + " " +
                      std::string(type_name(b)));
}

Value overflow(Meter& meter) { return meter.fail("a whole number beyond 64 bits"); }

/// Both int, or both uint.
template <class T>
Value whole(Op op, T a, T b, Value (*make)(T), Meter& meter) {
    T out = 0;
    bool over = false;
    switch (op) {
        case Op::add:
            over = __builtin_add_overflow(a, b, &out);
            break;
        case Op::subtract:
            over = __builtin_sub_overflow(a, b, &out);
            break;
        case Op::multiply:
            over = __builtin_mul_overflow(a, b, &out);
            break;
        default: {
            if (b == 0) return meter.fail(op == Op::divide ? "division by zero" : "modulo by zero");
            const bool minus_one = b == static_cast<T>(-1) && static_cast<T>(-1) < T{1};
            if (minus_one && op == Op::modulo) return make(0);
            if (minus_one)
                over = __builtin_sub_overflow(T{0}, a, &out);
            else
                out = op == Op::divide ? static_cast<T>(a / b) : static_cast<T>(a % b);
        }
    }
    return over ? overflow(meter) : make(out);
}

Value make_int(std::int64_t v) { return Value::integer(v); }
Value make_uint(std::uint64_t v) { return Value::uint(v); }

/// IEEE 754: dividing by zero gives infinity or NaN.
#if defined(__clang__)
__attribute__((no_sanitize("float-divide-by-zero")))
#endif
double
quotient(double a, double b) {
    return a / b;
}

Value join(const Value& a, const Value& b, Meter& meter) {
    const std::size_t size = a.size() + b.size();
    if (!meter.fits(size) || !meter.spend_bytes(size)) return {};
    std::string text;
    text.reserve(size);
    text.append(a.as_string()).append(b.as_string());
    return a.is(Kind::string) ? Value::string(text) : Value::bytes(text);
}

Value join_lists(const Value& a, const Value& b, Meter& meter) {
    const std::size_t size = a.size() + b.size();
    if (!meter.fits(size * sizeof(Value)) || !meter.spend(size)) return {};
    std::vector<Value> items;
    items.reserve(size);
    items.insert(items.end(), a.items().begin(), a.items().end());
    items.insert(items.end(), b.items().begin(), b.items().end());
    return Value::list(std::move(items));
}

Value times(Op op, const Value& a, const Value& b, Meter& meter) {
    const bool plus = op == Op::add;
    const bool a_point = a.is(Kind::timestamp), b_point = b.is(Kind::timestamp);
    const bool a_span = a.is(Kind::duration), b_span = b.is(Kind::duration);
    if (a_span && b_span)
        return checked_duration(duration_nanos(a) + (plus ? duration_nanos(b) : -duration_nanos(b)), meter);
    if (a_point && b_span) {
        const std::int64_t way = plus ? 1 : -1;
        return checked_timestamp(a.seconds() + way * b.seconds(), a.nanos() + way * b.nanos(), meter);
    }
    if (plus && a_span && b_point) return times(op, b, a, meter);
    if (!plus && a_point && b_point)
        return checked_duration(
            static_cast<Wide>(a.seconds() - b.seconds()) * kNanos + (a.nanos() - b.nanos()), meter);
    return no_overload(op, a, b, meter);
}

Value arithmetic(Op op, const Value& a, const Value& b, Meter& meter) {
    if (a.is(Kind::integer) && b.is(Kind::integer))
        return whole(op, a.as_integer(), b.as_integer(), make_int, meter);
    if (a.is(Kind::uint) && b.is(Kind::uint)) return whole(op, a.as_uint(), b.as_uint(), make_uint, meter);
    const bool mixed = is_number(a) && is_number(b) && !a.is(Kind::uint) && !b.is(Kind::uint);
    if (mixed && op != Op::modulo) {
        const double x = real(a), y = real(b);
        switch (op) {
            case Op::add:
                return Value::number(x + y);
            case Op::subtract:
                return Value::number(x - y);
            case Op::multiply:
                return Value::number(x * y);
            default:
                return Value::number(quotient(x, y));
        }
    }
    if (op == Op::add) {
        const bool texts = a.is(Kind::string) || a.is(Kind::bytes);
        if (texts && a.kind() == b.kind()) return join(a, b, meter);
        if (a.is(Kind::list) && b.is(Kind::list)) return join_lists(a, b, meter);
    }
    if (op == Op::add || op == Op::subtract) return times(op, a, b, meter);
    return no_overload(op, a, b, meter);
}

/// Values of other kinds and sizes differ at first sight.
bool equal(const Value& a, const Value& b, Meter& meter) {
    if (a.kind() == b.kind() && a.size() == b.size() && !meter.spend_deep(a)) return false;
    return a == b;
}

Value contains(const Value& item, const Value& in, Meter& meter) {
    if (in.is(Kind::map)) return Value::boolean(meter.spend_key(item) && in.find(item) != nullptr);
    if (!in.is(Kind::list)) return no_overload(Op::in, item, in, meter);
    for (const Value& each : in.items()) {
        if (!meter.spend(1)) return {};
        if (equal(each, item, meter)) return Value::boolean(true);
    }
    return Value::boolean(false);
}

}  // namespace

int order(const Value& a, const Value& b, Meter& meter) {
    if (is_number(a) && is_number(b)) {
        if (a.is(Kind::integer) && b.is(Kind::integer)) return sign(a.as_integer(), b.as_integer());
        if (a.is(Kind::uint) && b.is(Kind::uint)) return sign(a.as_uint(), b.as_uint());
        if (a.is(Kind::number) || b.is(Kind::number)) {
            const double x = real(a), y = real(b);
            return std::isnan(x) || std::isnan(y) ? 2 : sign(x, y);
        }
        const bool a_signed = a.is(Kind::integer);
        const std::int64_t i = a_signed ? a.as_integer() : b.as_integer();
        const std::uint64_t u = a_signed ? b.as_uint() : a.as_uint();
        const int way = i < 0 ? -1 : sign(static_cast<std::uint64_t>(i), u);
        return a_signed ? way : -way;
    }
    if (a.kind() == b.kind()) {
        switch (a.kind()) {
            case Kind::boolean:
                return sign<int>(a.as_boolean(), b.as_boolean());
            case Kind::string:
            case Kind::bytes:
                meter.spend_bytes(std::min(a.size(), b.size()));
                return sign(a.as_string().compare(b.as_string()), 0);
            case Kind::timestamp:
            case Kind::duration: {
                const int seconds = sign(a.seconds(), b.seconds());
                return seconds ? seconds : sign(a.nanos(), b.nanos());
            }
            default:
                break;
        }
    }
    no_overload(Op::less, a, b, meter);
    return 2;
}

bool ahead(const Value& left, const Value& right, Meter& meter) {
    if (meter.failed()) return false;  // what is left of the sorting then costs nothing
    const int way = order(left, right, meter);
    if (way != 2 || !left.is(Kind::number)) return way == -1;
    return std::isnan(left.as_number()) && !(right.is(Kind::number) && std::isnan(right.as_number()));
}

Value negate(const Value& value, Meter& meter) {
    if (value.is(Kind::number)) return Value::number(-value.as_number());
    if (!value.is(Kind::integer)) return meter.fail("no such overload: -" + std::string(type_name(value)));
    if (value.as_integer() == INT64_MIN) return overflow(meter);
    return Value::integer(-value.as_integer());
}

Value apply(Op op, Value& left, Value& right, Meter& meter) {
    switch (op) {
        case Op::equal:
            return Value::boolean(equal(left, right, meter));
        case Op::not_equal:
            return Value::boolean(!equal(left, right, meter));
        case Op::less:
            return Value::boolean(order(left, right, meter) == -1);
        case Op::less_equal: {
            const int way = order(left, right, meter);
            return Value::boolean(way == -1 || way == 0);
        }
        case Op::greater:
            return Value::boolean(order(left, right, meter) == 1);
        case Op::greater_equal: {
            const int way = order(left, right, meter);
            return Value::boolean(way == 1 || way == 0);
        }
        case Op::in:
            return contains(left, right, meter);
        default:
            return arithmetic(op, left, right, meter);
    }
}

}  // namespace tappet::expr
