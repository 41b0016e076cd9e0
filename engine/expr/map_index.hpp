#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "expr/value.hpp"

namespace tappet {

/// Where the entries of a map are, by key. Few entries are searched in order and need no table; more are
/// found through a table of hashes under the key of the process. Should one search in that table grow long
/// all the same, entry numbers are sorted by their keys instead: no choice of strings makes a search long.
class MapIndex {
public:
    static constexpr std::size_t kFrom = 9;        ///< maps with fewer entries are searched in order
    static constexpr std::size_t kMaxSteps = 256;  ///< entries that one search in the table may look at
    static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

    /// Indexes the entries, and takes those out whose key was there before: of equal keys the last value
    /// stays, at the place of the first.
    static MapIndex of(std::vector<MapEntry>& entries);

    /// The number of the entry with this key among those that were indexed; kNone where there is none.
    std::size_t find(std::span<const MapEntry> entries, std::string_view key) const;
    std::size_t find(std::span<const MapEntry> entries, const Value& key) const;

    /// Whether entries are few, so that they are searched in order.
    bool is_in_order() const { return table_.empty(); }
    /// How many entries one search looks at, at most.
    std::size_t longest_search(std::size_t entries) const;
    /// Of the table, in bytes.
    std::size_t bytes() const { return table_.size() * sizeof(std::uint32_t); }

private:
    template <class Key, class Same>
    std::size_t search(std::span<const MapEntry> entries, const Key& key, const Same& same) const;
    /// Where an entry is in the table, or the free place where it belongs; kNone when the search is too long.
    template <class Same>
    std::size_t place(std::span<const MapEntry> entries, std::uint64_t hash, const Same& same) const;
    bool hash(std::vector<MapEntry>& entries);
    void sort(std::vector<MapEntry>& entries);
    bool sorted(std::size_t entries) const { return table_.size() == entries; }

    /// Empty for few entries. Else open-addressed entry numbers + 1, 0 where free, a power of two and more
    /// than there are entries; or, sorted, as many entry numbers as there are entries.
    std::vector<std::uint32_t> table_;
};

}  // namespace tappet
