#include <cmath>

#include "expr/code/machine.hpp"

namespace tappet::expr {
namespace {

Value marked(const Value& value, bool secret) { return secret ? value.as_secret() : value; }

enum class Found { yes, no, wrong };  ///< wrong: this kind of value has no such thing

/// A whole number that a list can be asked for; -1 when it is none.
std::int64_t position(const Value& key) {
    switch (key.kind()) {
        case Kind::integer:
            return key.as_integer();
        case Kind::uint:
            return key.as_uint() > INT64_MAX ? -1 : static_cast<std::int64_t>(key.as_uint());
        case Kind::number: {
            const double v = key.as_number();
            return v >= 0 && v < 9007199254740992.0 && v == std::floor(v) ? static_cast<std::int64_t>(v) : -1;
        }
        default:
            return -1;
    }
}

bool can_count(const Value& key) {
    return key.is(Kind::integer) || key.is(Kind::uint) || key.is(Kind::number);
}

Found look(const Value& from, const Value& key, const Value*& out) {
    if (from.is(Kind::map)) {
        out = from.find(key);
        return out ? Found::yes : Found::no;
    }
    if (!from.is(Kind::list) || !can_count(key)) return Found::wrong;
    const std::int64_t i = position(key);
    if (i < 0 || static_cast<std::size_t>(i) >= from.size()) return Found::no;
    out = &from.items()[static_cast<std::size_t>(i)];
    return Found::yes;
}

std::string key_name(const Value& key) {
    return key.is(Kind::string) && !key.secret() && key.size() <= 60 ? std::string(key.as_string())
                                                                     : shown(key);
}

Value missing(const Value& from, const Value& key, Meter& meter) {
    if (from.is(Kind::list) && can_count(key))
        return meter.fail("index out of range: " + shown(key) + " of " + std::to_string(from.size()));
    if (from.is(Kind::map)) {
        auto why = meter.why_absent(from, key);
        return meter.fail(why ? std::move(*why) : "no such key: " + key_name(key));
    }
    if (key.is(Kind::string))
        return meter.fail("no such key: " + key_name(key) + " (" + std::string(named(from.kind())) +
                          " has no fields)");
    return meter.fail("no such overload: " + std::string(type_name(from)) + "[" +
                      std::string(type_name(key)) + "]");
}

/// What an optional holds, seen through: a selection on an optional is an optional.
Value through(const Value& from, const Value& key, bool secret, Meter& meter) {
    const Value* inner = from.optional_value();
    if (!inner) return marked(Value::none(), secret);
    const Value* out = nullptr;
    secret = secret || inner->secret();
    switch (look(*inner, key, out)) {
        case Found::yes:
            return marked(Value::some(*out), secret);
        case Found::no:
            return marked(Value::none(), secret);
        case Found::wrong:
            break;
    }
    return missing(*inner, key, meter);
}

}  // namespace

Value index(const Value& from, const Value& key, Meter& meter) {
    const bool secret = from.secret() || key.secret();
    if (!meter.spend_key(key)) return {};
    if (from.is(Kind::optional)) return through(from, key, secret, meter);
    const Value* out = nullptr;
    if (look(from, key, out) == Found::yes) return marked(*out, secret);
    return missing(from, key, meter);
}

Value select(const Value& from, const Value& key, Meter& meter) { return index(from, key, meter); }

Value index_optional(const Value& from, const Value& key, Meter& meter) {
    const bool secret = from.secret() || key.secret();
    if (!meter.spend_key(key)) return {};
    const Value* inside = from.is(Kind::optional) ? from.optional_value() : &from;
    // Null, which JSON writes for what is absent, has nothing in it.
    if (!inside || inside->is_null()) return marked(Value::none(), secret || (inside && inside->secret()));
    if (from.is(Kind::optional)) return through(from, key, secret, meter);
    const Value* out = nullptr;
    switch (look(from, key, out)) {
        case Found::yes:
            return marked(Value::some(*out), secret);
        case Found::no:
            return marked(Value::none(), secret);
        case Found::wrong:
            break;
    }
    return missing(from, key, meter);
}

Value select_optional(const Value& from, const Value& key, Meter& meter) {
    return index_optional(from, key, meter);
}

Value has_field(const Value& from, const Value& key, Meter& meter) {
    const bool optional = from.is(Kind::optional);
    const Value* inside = optional ? from.optional_value() : &from;
    bool secret = from.secret();
    if (!inside) return marked(Value::boolean(false), secret);
    secret = secret || inside->secret();
    if (inside->is(Kind::map)) return marked(Value::boolean(inside->find(key) != nullptr), secret);
    return missing(*inside, key, meter);
}

}  // namespace tappet::expr
