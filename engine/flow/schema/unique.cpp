#include "flow/schema/unique.hpp"

#include <functional>
#include <string_view>
#include <unordered_map>

#include "flow/schema/numbers.hpp"

namespace tappet::flow::schema {
namespace {

constexpr std::size_t kFew = 12;        ///< so many are compared pair by pair
constexpr std::size_t kHashDepth = 32;  ///< deeper parts count as equal for the hash

std::size_t mix(std::size_t seed, std::size_t more) {
    return (seed ^ (more + 0x9e3779b97f4a7c15u + (seed << 6) + (seed >> 2))) * 0xff51afd7ed558ccdu;
}

/// Equal values have equal hashes: numbers hash as doubles, maps without regard to order.
std::size_t hash_of(const Value& value, std::size_t depth) {
    if (depth > kHashDepth) return 0;
    switch (value.kind()) {
        case Kind::boolean:
            return value.as_boolean() ? 3 : 5;
        case Kind::integer:
            return std::hash<double>{}(static_cast<double>(value.as_integer()));
        case Kind::uint:
            return std::hash<double>{}(static_cast<double>(value.as_uint()));
        case Kind::number:
            return std::hash<double>{}(value.as_number() == 0 ? 0.0 : value.as_number());
        case Kind::string:
            return std::hash<std::string_view>{}(value.as_string());
        case Kind::list: {
            std::size_t hash = 7;
            for (const Value& item : value.items()) hash = mix(hash, hash_of(item, depth + 1));
            return hash;
        }
        case Kind::map: {
            std::size_t hash = 11;
            for (const auto& [key, item] : value.entries())
                hash += mix(hash_of(key, depth + 1), hash_of(item, depth + 1));
            return hash;
        }
        default:
            return static_cast<std::size_t>(value.kind()) + 13;
    }
}

}  // namespace

std::optional<std::pair<std::size_t, std::size_t>> first_equal(std::span<const Value> items) {
    if (items.size() <= kFew) {
        for (std::size_t j = 1; j < items.size(); ++j) {
            for (std::size_t i = 0; i < j; ++i) {
                if (items[i] == items[j]) return std::pair{i, j};
            }
        }
        return std::nullopt;
    }
    std::unordered_multimap<std::size_t, std::size_t> places;
    places.reserve(items.size());
    for (std::size_t j = 0; j < items.size(); ++j) {
        const std::size_t hash = hash_of(items[j], 0);
        for (auto [at, end] = places.equal_range(hash); at != end; ++at) {
            if (items[at->second] == items[j]) return std::pair{at->second, j};
        }
        places.emplace(hash, j);
    }
    return std::nullopt;
}

}  // namespace tappet::flow::schema
