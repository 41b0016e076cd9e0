// Functions of optionals. `or`, `orValue`, `optMap` and `optFlatMap` are macros: what they may not need is
// not evaluated.
#include "expr/functions/function.hpp"

namespace tappet::expr {
namespace {

Value of(Call& call) { return Value::some(std::move(call[0])); }
Value none(Call&) { return Value::none(); }

bool is_zero(const Value& value) {
    switch (value.kind()) {
        case Kind::null:
            return true;
        case Kind::boolean:
            return !value.as_boolean();
        case Kind::integer:
            return value.as_integer() == 0;
        case Kind::uint:
            return value.as_uint() == 0;
        case Kind::number:
            return value.as_number() == 0;
        case Kind::string:
        case Kind::bytes:
        case Kind::list:
        case Kind::map:
            return value.size() == 0;
        case Kind::timestamp:
        case Kind::duration:
            return value.seconds() == 0 && value.nanos() == 0;
        case Kind::optional:
            return !value.optional_value();
        case Kind::type:
            return false;
    }
    return false;
}

Value of_non_zero(Call& call) { return is_zero(call[0]) ? Value::none() : Value::some(std::move(call[0])); }

Value has_value(Call& call) {
    if (call.kind(0) != Kind::optional) return call.no_overload();
    return Value::boolean(call[0].optional_value() != nullptr);
}

Value value(Call& call) {
    if (call.kind(0) != Kind::optional) return call.no_overload();
    const Value* inner = call[0].optional_value();
    return inner ? *inner : call.fail("value() of an optional that has none");
}

/// The values of a list of optionals, without those that have none.
Value unwrap(Call& call) {
    if (call.kind(0) != Kind::list) return call.no_overload();
    if (!call.meter.spend(call[0].size())) return {};
    std::vector<Value> out;
    for (const Value& item : call[0].items()) {
        if (!item.is(Kind::optional))
            return call.fail("a list of optionals is needed; one item is " + std::string(named(item.kind())));
        if (const Value* inner = item.optional_value())
            out.push_back(item.secret() ? inner->as_secret() : *inner);
    }
    return Value::list(std::move(out));
}

constexpr Function kFunctions[] = {
    {"optional.of", false, "v>o", of, true},
    {"optional.none", false, ">O", none},
    {"optional.ofNonZeroValue", false, "v>o", of_non_zero, true},
    {"optional.unwrap", false, "L>L", unwrap, true},
    {"unwrapOpt", true, "L>L", unwrap, true},
    {"hasValue", true, "O>b", has_value, true},
    {"value", true, "O>#", value, true},
};

}  // namespace

std::span<const Function> optional_functions() { return kFunctions; }

}  // namespace tappet::expr
