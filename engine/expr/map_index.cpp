#include "expr/map_index.hpp"

#include <algorithm>
#include <bit>
#include <numeric>

#include "expr/hash.hpp"

namespace tappet {
namespace {

/// Of equal keys among few the last value stays, at the place of the first.
void drop_doubles_of_few(std::vector<MapEntry>& entries) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        std::size_t first = 0;
        while (first < kept && !(entries[first].key == entries[i].key)) ++first;
        if (first < kept) {
            entries[first].value = std::move(entries[i].value);
            continue;
        }
        if (kept != i) entries[kept] = std::move(entries[i]);
        ++kept;
    }
    entries.resize(kept);
}

/// What keys are sorted by: strings by their bytes, ahead of all others, which go by their hash.
struct SortKey {
    bool text;
    std::string_view bytes;
    std::uint64_t hash;

    explicit SortKey(std::string_view key) : text(true), bytes(key), hash(0) {}
    explicit SortKey(const Value& key)
        : text(key.is(Kind::string)),
          bytes(text ? key.as_string() : std::string_view()),
          hash(text ? 0 : hash_of(key)) {}

    friend bool operator<(const SortKey& a, const SortKey& b) {
        if (a.text != b.text) return a.text;
        return a.text ? a.bytes < b.bytes : a.hash < b.hash;
    }
};

/// Looks a key up in entry numbers that are sorted.
template <class Key, class Same>
std::size_t find_sorted(std::span<const MapEntry> entries, std::span<const std::uint32_t> order,
                        const Key& key, const Same& same) {
    const SortKey wanted(key);
    auto at = std::lower_bound(order.begin(), order.end(), wanted, [&](std::uint32_t i, const SortKey& k) {
        return SortKey(entries[i].key) < k;
    });
    for (; at != order.end() && !(wanted < SortKey(entries[*at].key)); ++at)
        if (same(entries[*at].key)) return *at;
    return MapIndex::kNone;
}

}  // namespace

MapIndex MapIndex::of(std::vector<MapEntry>& entries) {
    MapIndex out;
    if (entries.size() < kFrom)
        drop_doubles_of_few(entries);
    else if (!out.hash(entries))
        out.sort(entries);
    if (entries.size() < kFrom) out.table_ = {};
    return out;
}

template <class Same>
std::size_t MapIndex::place(std::span<const MapEntry> entries, std::uint64_t hash, const Same& same) const {
    const std::size_t mask = table_.size() - 1;
    std::size_t at = static_cast<std::size_t>(hash) & mask;
    for (std::size_t steps = 0; steps < kMaxSteps; ++steps, at = (at + 1) & mask)
        if (table_[at] == 0 || same(entries[table_[at] - 1].key)) return at;
    return kNone;
}

/// False when a search is too long; the entries then still hold what they held, in order, but for doubles.
bool MapIndex::hash(std::vector<MapEntry>& entries) {
    table_.assign(std::bit_ceil(entries.size() * 2), 0);
    std::size_t kept = 0;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const Value& key = entries[i].key;
        const std::size_t at = place(entries, hash_of(key), [&](const Value& other) { return other == key; });
        if (at == kNone) {
            entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(kept),
                          entries.begin() + static_cast<std::ptrdiff_t>(i));
            return false;
        }
        if (table_[at] != 0) {
            entries[table_[at] - 1].value = std::move(entries[i].value);
            continue;
        }
        if (kept != i) entries[kept] = std::move(entries[i]);
        table_[at] = static_cast<std::uint32_t>(++kept);
    }
    entries.resize(kept);
    return true;
}

void MapIndex::sort(std::vector<MapEntry>& entries) {
    std::vector<SortKey> keys;
    keys.reserve(entries.size());
    for (const MapEntry& entry : entries) keys.emplace_back(entry.key);
    std::vector<std::uint32_t> order(entries.size());
    std::iota(order.begin(), order.end(), 0u);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return keys[a] < keys[b]; });

    // Doubles stand side by side, but for others of the same hash, in the order in which they came.
    std::vector<bool> gone(entries.size());
    std::vector<std::uint32_t> sorted;
    std::size_t same_from = 0;
    for (const std::uint32_t i : order) {
        if (!sorted.empty() && keys[sorted.back()] < keys[i]) same_from = sorted.size();
        std::size_t at = same_from;
        while (at < sorted.size() && !(entries[sorted[at]].key == entries[i].key)) ++at;
        if (at == sorted.size()) {
            sorted.push_back(i);
        } else {
            entries[sorted[at]].value = std::move(entries[i].value);
            gone[i] = true;
        }
    }
    std::vector<std::uint32_t> fresh(entries.size());  // the number of each entry when doubles are out
    std::size_t kept = 0;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        fresh[i] = static_cast<std::uint32_t>(kept);
        if (gone[i]) continue;
        if (kept != i) entries[kept] = std::move(entries[i]);
        ++kept;
    }
    entries.resize(kept);
    for (std::uint32_t& i : sorted) i = fresh[i];
    table_ = std::move(sorted);
}

template <class Key, class Same>
std::size_t MapIndex::search(std::span<const MapEntry> entries, const Key& key, const Same& same) const {
    if (is_in_order()) {
        for (std::size_t i = 0; i < entries.size(); ++i)
            if (same(entries[i].key)) return i;
        return kNone;
    }
    if (sorted(entries.size())) return find_sorted(entries, table_, key, same);
    // What is in the table was put there in fewer steps: a longer search is for a key that is not.
    const std::size_t at = place(entries, hash_of(key), same);
    return at == kNone || table_[at] == 0 ? kNone : table_[at] - 1;
}

std::size_t MapIndex::find(std::span<const MapEntry> entries, std::string_view key) const {
    return search(entries, key,
                  [&](const Value& other) { return other.is(Kind::string) && other.as_string() == key; });
}

std::size_t MapIndex::find(std::span<const MapEntry> entries, const Value& key) const {
    if (key.is(Kind::string)) return find(entries, key.as_string());
    // No other kind is a key, and to hash a list or a map would be work that nobody has paid for.
    const bool may_be =
        key.is(Kind::integer) || key.is(Kind::uint) || key.is(Kind::number) || key.is(Kind::boolean);
    if (!may_be) return kNone;
    return search(entries, key, [&](const Value& other) { return other == key; });
}

std::size_t MapIndex::longest_search(std::size_t entries) const {
    if (is_in_order()) return entries;
    if (sorted(entries)) return static_cast<std::size_t>(std::bit_width(entries)) + 1;
    std::size_t longest = 0, run = 0;
    for (std::size_t i = 0; i < table_.size() * 2; ++i) {  // twice around: a run may cross the end
        run = table_[i % table_.size()] == 0 ? 0 : run + 1;
        longest = std::max(longest, run);
    }
    return std::min(longest, kMaxSteps);
}

}  // namespace tappet
