#include "plugin/values.hpp"

#include "expr/json.hpp"

namespace tappet::plugin {
namespace {

static_assert(static_cast<int>(Kind::null) == TAPPET_NULL && static_cast<int>(Kind::boolean) == TAPPET_BOOL);
static_assert(static_cast<int>(Kind::integer) == TAPPET_INT && static_cast<int>(Kind::uint) == TAPPET_UINT);
static_assert(static_cast<int>(Kind::number) == TAPPET_DOUBLE &&
              static_cast<int>(Kind::string) == TAPPET_STRING);
static_assert(static_cast<int>(Kind::bytes) == TAPPET_BYTES && static_cast<int>(Kind::list) == TAPPET_LIST);
static_assert(static_cast<int>(Kind::map) == TAPPET_MAP &&
              static_cast<int>(Kind::timestamp) == TAPPET_TIMESTAMP);
static_assert(static_cast<int>(Kind::duration) == TAPPET_DURATION);

const Value kNull;

/// An optional is at the border what it holds, or null.
const Value& seen(const tappet_value* handle) {
    const Value* value = &from_handle(handle);
    while (value->is(Kind::optional)) {
        value = value->optional_value();
        if (!value) return kNull;
    }
    return *value;
}

uint32_t kind(const tappet_value* v) {
    const Kind k = seen(v).kind();
    return k == Kind::type ? static_cast<uint32_t>(TAPPET_STRING) : static_cast<uint32_t>(k);
}
uint32_t secrecy(const tappet_value* v) {
    const Value& outer = from_handle(v);
    if (!outer.holds_secret()) return 0;
    const Value& value = seen(v);
    const bool has_inside = value.is(Kind::list) || value.is(Kind::map);
    return (outer.secret() || value.secret() ? TAPPET_SECRET_HERE : 0u) |
           (has_inside && value.holds_secret() ? TAPPET_SECRET_INSIDE : 0u);
}
int32_t as_bool(const tappet_value* v) { return seen(v).is(Kind::boolean) && seen(v).as_boolean(); }
int64_t as_int(const tappet_value* v) { return seen(v).is(Kind::integer) ? seen(v).as_integer() : 0; }
uint64_t as_uint(const tappet_value* v) { return seen(v).is(Kind::uint) ? seen(v).as_uint() : 0; }
double as_double(const tappet_value* v) { return seen(v).is(Kind::number) ? seen(v).as_number() : 0; }

bool has_text(const Value& value) {
    return value.is(Kind::string) || value.is(Kind::bytes) || value.is(Kind::type);
}

tappet_text text(const tappet_value* v) {
    const Value& value = seen(v);
    return has_text(value) ? as_text(value.as_string()) : tappet_text{nullptr, 0};
}
int64_t as_time(const tappet_value* v, int32_t* nanos) {
    const Value& value = seen(v);
    const bool is_time = value.is(Kind::timestamp) || value.is(Kind::duration);
    if (nanos) *nanos = is_time ? value.nanos() : 0;
    return is_time ? value.seconds() : 0;
}
size_t count(const tappet_value* v) { return seen(v).size(); }

const tappet_value* item(const tappet_value* v, size_t index) {
    const Value& value = seen(v);
    return value.is(Kind::list) && index < value.size() ? to_handle(&value.items()[index]) : nullptr;
}
const tappet_value* key_at(const tappet_value* v, size_t index) {
    const Value& value = seen(v);
    return value.is(Kind::map) && index < value.size() ? to_handle(&value.entries()[index].key) : nullptr;
}
const tappet_value* value_at(const tappet_value* v, size_t index) {
    const Value& value = seen(v);
    return value.is(Kind::map) && index < value.size() ? to_handle(&value.entries()[index].value) : nullptr;
}
const tappet_value* find(const tappet_value* v, tappet_text key) {
    return to_handle(seen(v).find(from_text(key)));
}

int32_t json(const tappet_value* v, uint32_t how, tappet_sink sink, void* context) {
    JsonStyle style;
    style.secrets = how == TAPPET_JSON_REVEAL ? Secrets::reveal : Secrets::redact;
    const auto written = write_json(seen(v), style);
    if (!written) return 0;
    sink(context, written->data(), written->size());
    return 1;
}

constexpr tappet_values kTable{sizeof(tappet_values),
                               kind,
                               secrecy,
                               as_bool,
                               as_int,
                               as_uint,
                               as_double,
                               text,
                               as_time,
                               count,
                               item,
                               key_at,
                               value_at,
                               find,
                               json};

}  // namespace

const tappet_values& value_table() { return kTable; }

}  // namespace tappet::plugin
