#include <charconv>
#include <cmath>

#include "base/encoding.hpp"
#include "expr/functions/function.hpp"
#include "expr/functions/time.hpp"
#include "expr/text.hpp"

namespace tappet::expr {
namespace {

constexpr double kTwo63 = 9223372036854775808.0;
constexpr double kTwo64 = 18446744073709551616.0;

Value cannot(Call& call, std::string_view what) {
    return call.fail(shown(call[0]) + " does not convert to " + std::string(what));
}

template <class T>
bool read_all(Call& call, T& out) {
    const std::string_view text = call[0].as_string();
    if (!call.meter.spend_bytes(text.size())) return false;
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, out);
    return read.ec == std::errc() && read.ptr == end && !text.empty();
}

Value to_int(Call& call) {
    const Value& value = call[0];
    std::int64_t out = 0;
    switch (value.kind()) {
        case Kind::integer:
            return value;
        case Kind::uint:
            if (value.as_uint() > static_cast<std::uint64_t>(INT64_MAX)) break;
            return Value::integer(static_cast<std::int64_t>(value.as_uint()));
        case Kind::number:
            if (!(value.as_number() > -kTwo63 && value.as_number() < kTwo63)) break;
            return Value::integer(static_cast<std::int64_t>(value.as_number()));
        case Kind::string:
            if (!read_all(call, out)) break;
            return Value::integer(out);
        case Kind::timestamp:
            return Value::integer(value.seconds());
        default:
            return call.no_overload();
    }
    return cannot(call, "int");
}

Value to_uint(Call& call) {
    const Value& value = call[0];
    std::uint64_t out = 0;
    switch (value.kind()) {
        case Kind::uint:
            return value;
        case Kind::integer:
            if (value.as_integer() < 0) break;
            return Value::uint(static_cast<std::uint64_t>(value.as_integer()));
        case Kind::number:
            if (!(value.as_number() > -1 && value.as_number() < kTwo64)) break;
            return Value::uint(static_cast<std::uint64_t>(value.as_number()));
        case Kind::string:
            if (!read_all(call, out)) break;
            return Value::uint(out);
        default:
            return call.no_overload();
    }
    return cannot(call, "uint");
}

Value to_double(Call& call) {
    const Value& value = call[0];
    double out = 0;
    switch (value.kind()) {
        case Kind::number:
            return value;
        case Kind::integer:
            return Value::number(static_cast<double>(value.as_integer()));
        case Kind::uint:
            return Value::number(static_cast<double>(value.as_uint()));
        case Kind::string:
            if (!read_all(call, out)) return cannot(call, "double");
            return Value::number(out);
        default:
            return call.no_overload();
    }
}

Value to_string(Call& call) {
    const Value& value = call[0];
    switch (value.kind()) {
        case Kind::string:
            return value;
        case Kind::integer:
        case Kind::uint:
        case Kind::number:
        case Kind::boolean:
            return Value::string(key_text(value));
        case Kind::bytes:
            call.meter.spend_bytes(value.size());
            if (find_invalid_utf8(value.as_string()) != std::string_view::npos)
                return call.fail("bytes that are not UTF-8 do not convert to string");
            return Value::string(value.as_string());
        case Kind::timestamp:
            return Value::string(timestamp_text(value.seconds(), value.nanos()));
        case Kind::duration:
            return Value::string(duration_text(value.seconds(), value.nanos()));
        default:
            return call.no_overload();
    }
}

Value to_bytes(Call& call) {
    if (call.kind(0) == Kind::bytes) return call[0];
    if (call.kind(0) != Kind::string) return call.no_overload();
    call.meter.spend_bytes(call[0].size());
    return Value::bytes(call[0].as_string());
}

Value to_bool(Call& call) {
    if (call.kind(0) == Kind::boolean) return call[0];
    if (call.kind(0) != Kind::string) return call.no_overload();
    const std::string_view text = call[0].as_string();
    for (const std::string_view yes : {"true", "True", "TRUE", "t", "1"})
        if (text == yes) return Value::boolean(true);
    for (const std::string_view no : {"false", "False", "FALSE", "f", "0"})
        if (text == no) return Value::boolean(false);
    return cannot(call, "bool");
}

Value to_timestamp(Call& call) {
    const Value& value = call[0];
    if (value.is(Kind::timestamp)) return value;
    if (value.is(Kind::integer)) return checked_timestamp(value.as_integer(), 0, call.meter);
    if (!value.is(Kind::string)) return call.no_overload();
    if (!call.meter.spend_bytes(value.size())) return {};
    const auto point = read_timestamp(value.as_string());
    if (!point) return call.fail(shown(value) + " is no timestamp; it is written 2026-01-02T03:04:05Z");
    return checked_timestamp(point->seconds, point->nanos, call.meter);
}

Value to_duration(Call& call) {
    const Value& value = call[0];
    if (value.is(Kind::duration)) return value;
    if (value.is(Kind::integer))
        return checked_duration(static_cast<Wide>(value.as_integer()) * kNanos, call.meter);
    if (!value.is(Kind::string)) return call.no_overload();
    if (!call.meter.spend_bytes(value.size())) return {};
    const auto nanos = read_duration(value.as_string());
    if (!nanos) return call.fail(shown(value) + " is no duration; it is written 1h30m, 1.5s or 500ms");
    return checked_duration(*nanos, call.meter);
}

constexpr Function kFunctions[] = {
    {"int", false, "i>i u>i d>i s>i t>i", to_int},
    {"uint", false, "u>u i>u d>u s>u", to_uint},
    {"double", false, "d>d i>d u>d s>d", to_double},
    {"string", false, "s>s i>s u>s d>s b>s y>s t>s r>s", to_string},
    {"bytes", false, "y>y s>y", to_bytes},
    {"bool", false, "b>b s>b", to_bool},
    {"timestamp", false, "t>t s>t i>t", to_timestamp},
    {"duration", false, "r>r s>r i>r", to_duration},
};

}  // namespace

std::span<const Function> conversion_functions() { return kFunctions; }

}  // namespace tappet::expr
