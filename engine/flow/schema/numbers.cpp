#include "flow/schema/numbers.hpp"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace tappet::flow::schema {
namespace {

__extension__ using Wide = unsigned __int128;

long double wide(const Value& v) {
    switch (v.kind()) {
        case Kind::integer:
            return static_cast<long double>(v.as_integer());
        case Kind::uint:
            return static_cast<long double>(v.as_uint());
        default:
            return static_cast<long double>(v.as_number());
    }
}

/// digits × 10^exponent, without a sign.
struct Decimal {
    std::uint64_t digits = 0;
    int exponent = 0;
};

Decimal decimal_of(const Value& v) {
    if (v.is(Kind::integer)) {
        const std::int64_t i = v.as_integer();
        return {i < 0 ? 0 - static_cast<std::uint64_t>(i) : static_cast<std::uint64_t>(i), 0};
    }
    if (v.is(Kind::uint)) return {v.as_uint(), 0};
    char buffer[40] = {};
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, std::fabs(v.as_number()),
                                   std::chars_format::scientific);
    Decimal d;
    bool fraction = false;
    for (const char* p = buffer; p != end.ptr; ++p) {
        if (*p == '.') {
            fraction = true;
        } else if (*p == 'e') {
            d.exponent += std::atoi(p + 1);
            break;
        } else {
            d.digits = d.digits * 10 + static_cast<std::uint64_t>(*p - '0');
            if (fraction) --d.exponent;
        }
    }
    return d;
}

}  // namespace

bool is_number(const Value& v) { return v.is(Kind::integer) || v.is(Kind::number) || v.is(Kind::uint); }

bool is_integral(const Value& v) {
    if (v.is(Kind::integer) || v.is(Kind::uint)) return true;
    return v.is(Kind::number) && std::isfinite(v.as_number()) && std::trunc(v.as_number()) == v.as_number();
}

std::partial_ordering compare_numbers(const Value& a, const Value& b) {
    if (a.is(Kind::integer) && b.is(Kind::integer)) return a.as_integer() <=> b.as_integer();
    return wide(a) <=> wide(b);
}

bool is_multiple(const Value& value, const Value& step) {
    if (value.is(Kind::integer) && step.is(Kind::integer)) return value.as_integer() % step.as_integer() == 0;
    if (value.is(Kind::number) && !std::isfinite(value.as_number())) return false;
    const Decimal v = decimal_of(value), s = decimal_of(step);
    if (v.digits == 0) return true;
    int shift = v.exponent - s.exponent;
    if (shift >= 0) {
        Wide rest = v.digits % s.digits;
        for (; shift > 0 && rest != 0; --shift) rest = rest * 10 % s.digits;
        return rest == 0;
    }
    Wide divisor = s.digits;
    for (; shift < 0; ++shift) {
        divisor *= 10;
        if (divisor > v.digits) return false;
    }
    return v.digits % divisor == 0;
}

}  // namespace tappet::flow::schema
