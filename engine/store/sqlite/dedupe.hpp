#pragma once
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "base/result.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/purged.hpp"
#include "store/store.hpp"

namespace tappet::store::sqlite {

/// Which run each event belongs to. The writer's; every call is in the transaction that is open.
///
/// Keys are hashes, scattered over the tree `dedupe`: to put each where it belongs would write a page for
/// every event. So claims are appended to a log, of which there are two in turn, and kept in memory; when a
/// log is long it is closed and merged into the tree in the tree's order, where neighbours share pages, a
/// little with each batch. A log that a crash leaves half merged is merged again: the later claim of a key
/// wins.
///
/// Each step of a merge is noted with its keys and the time after which none of them counts, so that expired
/// claims are found without an index that would dirty a page for every claim again.
class Dedupe {
public:
    explicit Dedupe(Connection& db, std::size_t merge_at = 65'536) : db_(db), merge_at_(merge_at) {}
    /// Reads what the logs hold; once, before anything is claimed.
    Result<void> load();
    /// Claims an event for a run: nothing when it is this run's now, else the run that has it. A claim that
    /// has expired counts for nothing.
    Result<std::optional<RunId>> claim(const DedupeClaim& claim, const RunId& run);
    /// Merges up to `keys` further claims, where a log is long or half merged.
    Result<void> merge(std::size_t keys);
    bool merging() const { return next_ < closed_order_.size(); }

    using Key = std::array<std::uint8_t, 16>;

private:
    struct KeyHash {
        std::size_t operator()(const Key& key) const {
            // A hash already, but one that the sender can compute.
            std::uint64_t words[2];
            std::memcpy(words, key.data(), sizeof words);
            return static_cast<std::size_t>(keyed_hash(words[0], words[1]));
        }
    };
    struct Owner {
        RunId run;
        TimeMs expires;
    };
    using Claims = std::unordered_map<Key, Owner, KeyHash>;

    Result<void> load_log(int log, Claims& into);
    Result<void> note_merged(std::string_view keys, TimeMs expires);
    void close_log();
    const Owner* find_recent(const Key& key) const;
    Result<std::optional<Owner>> find_in_tree(const Key& key);

    Connection& db_;
    std::size_t merge_at_;
    int log_ = 0;                    ///< the one that is appended to
    Claims recent_;                  ///< what it holds
    Claims closed_;                  ///< what the other one holds, being merged
    std::vector<Key> closed_order_;  ///< its keys in the tree's order
    std::size_t next_ = 0;           ///< the first of them that is not merged
};

/// Deletes about `limit` claims of the tree that have expired, at least those of one step of a merge.
Result<Purged> purge_claims(Connection& db, TimeMs now, std::size_t limit);

}  // namespace tappet::store::sqlite
