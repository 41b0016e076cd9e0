#include "expr/hash.hpp"

#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "base/hash.hpp"

namespace tappet {
namespace {

constexpr double kTwo63 = 9223372036854775808.0;
constexpr double kTwo64 = 18446744073709551616.0;

/// One word for each number that is different, however it is kept: whole numbers as such, others as a
/// double's bits.
std::uint64_t number_word(const Value& value) {
    if (value.is(Kind::integer)) return static_cast<std::uint64_t>(value.as_integer());
    if (value.is(Kind::uint)) return value.as_uint();
    const double v = value.as_number();
    if (v == std::trunc(v) && v >= -kTwo63 && v < kTwo63)
        return static_cast<std::uint64_t>(static_cast<std::int64_t>(v));
    if (v == std::trunc(v) && v >= kTwo63 && v < kTwo64) return static_cast<std::uint64_t>(v);
    return std::bit_cast<std::uint64_t>(v);
}

/// What numbers of all kinds are hashed as.
std::uint64_t tag(Kind kind) {
    return static_cast<std::uint64_t>(kind == Kind::uint || kind == Kind::number ? Kind::integer : kind);
}

bool has_parts(const Value& value) {
    return value.is(Kind::list) || value.is(Kind::map) ||
           (value.is(Kind::optional) && value.optional_value());
}

std::uint64_t leaf_hash(const Value& value) {
    switch (value.kind()) {
        case Kind::string:
            return keyed_hash(value.as_string());
        case Kind::bytes:
        case Kind::type:
            return keyed_hash(keyed_hash(value.as_string()), tag(value.kind()));
        case Kind::integer:
        case Kind::uint:
        case Kind::number:
            return keyed_hash(number_word(value), tag(value.kind()));
        case Kind::boolean:
            return keyed_hash(value.as_boolean() ? 1 : 0, tag(value.kind()));
        case Kind::timestamp:
        case Kind::duration:
            return keyed_hash(static_cast<std::uint64_t>(value.seconds()),
                              (static_cast<std::uint64_t>(value.nanos()) << 8) | tag(value.kind()));
        default:
            return keyed_hash(0, tag(value.kind()));
    }
}

/// A list, map or optional whose parts are being hashed.
struct Open {
    const Value* value;
    std::size_t next = 0;
    std::uint64_t sum = 0;
};

/// The part that comes next; null at the end.
const Value* next_part(const Open& open) {
    const Value& value = *open.value;
    if (value.is(Kind::map)) return open.next < value.size() ? &value.entries()[open.next].value : nullptr;
    if (value.is(Kind::list)) return open.next < value.size() ? &value.items()[open.next] : nullptr;
    return open.next == 0 ? value.optional_value() : nullptr;
}

const Value& key_of(const Open& open) { return open.value->entries()[open.next].key; }

/// Entries are added up, so that their order plays no part.
void add_part(Open& open, std::uint64_t hash) {
    if (open.value->is(Kind::map))
        open.sum += keyed_hash(leaf_hash(key_of(open)), hash);
    else
        open.sum = keyed_hash(open.sum, hash);
    ++open.next;
}

bool spend(std::size_t& left, const Value& part) {
    const bool text = part.is(Kind::string) || part.is(Kind::bytes);
    const std::size_t units = 1 + (text ? part.size() / 64 : 0);
    const bool enough = units <= left;
    left -= enough ? units : left;
    return enough;
}

}  // namespace

std::uint64_t hash_of(std::string_view text) { return keyed_hash(text); }

std::optional<std::uint64_t> hash_of(const Value& value, std::size_t& left) {
    if (!spend(left, value)) return std::nullopt;
    if (!has_parts(value)) return leaf_hash(value);
    std::vector<Open> open{{&value}};
    for (;;) {
        Open& now = open.back();
        if (const Value* part = next_part(now)) {
            if (!spend(left, *part) || (now.value->is(Kind::map) && !spend(left, key_of(now))))
                return std::nullopt;
            if (has_parts(*part))
                open.push_back({part});
            else
                add_part(now, leaf_hash(*part));
            continue;
        }
        const std::uint64_t hash = keyed_hash(now.sum, (now.value->size() << 8) | tag(now.value->kind()));
        open.pop_back();
        if (open.empty()) return hash;
        add_part(open.back(), hash);
    }
}

std::uint64_t hash_of(const Value& value) {
    if (!has_parts(value)) return leaf_hash(value);
    std::size_t left = std::numeric_limits<std::size_t>::max();
    return *hash_of(value, left);
}

}  // namespace tappet
