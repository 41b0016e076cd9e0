#include "flow/schema/unique.hpp"

#include <algorithm>
#include <cstdint>
#include <unordered_map>

#include "expr/hash.hpp"

namespace tappet::flow::schema {
namespace {

using Twins = std::optional<std::pair<std::size_t, std::size_t>>;

constexpr std::size_t kFew = 12;  ///< so many, when they have no parts, are compared pair by pair

constexpr std::size_t kKeeping = 3;  ///< units that it takes to keep the hash of one item

bool has_parts(const Value& value) {
    return value.is(Kind::list) || value.is(Kind::map) || value.is(Kind::optional);
}

bool spend(std::size_t& left, std::size_t units) {
    const bool enough = units <= left;
    left -= enough ? units : left;
    return enough;
}

Twins compare_all(std::span<const Value> items, std::size_t& left) {
    for (std::size_t j = 1; j < items.size(); ++j) {
        if (!spend(left, j)) return std::nullopt;
        for (std::size_t i = 0; i < j; ++i) {
            if (items[i] == items[j]) return std::pair{i, j};
        }
    }
    return std::nullopt;
}

}  // namespace

Twins first_equal(std::span<const Value> items, std::size_t& left) {
    if (items.size() <= kFew && std::none_of(items.begin(), items.end(), has_parts))
        return compare_all(items, left);
    std::unordered_multimap<std::uint64_t, std::size_t> places;
    for (std::size_t j = 0; j < items.size(); ++j) {
        const std::size_t before = left;
        const auto hash = hash_of(items[j], left);
        if (!hash) return std::nullopt;
        const std::size_t size = before - left;
        for (auto [at, end] = places.equal_range(*hash); at != end; ++at) {
            // Of the same hash and yet different are values that differ from themselves: those with NaN
            // inside.
            if (!spend(left, size)) return std::nullopt;
            if (items[at->second] == items[j]) return std::pair{at->second, j};
        }
        if (!spend(left, kKeeping)) return std::nullopt;
        places.emplace(*hash, j);
    }
    return std::nullopt;
}

}  // namespace tappet::flow::schema
