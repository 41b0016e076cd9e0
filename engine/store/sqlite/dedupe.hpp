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
/// log is long it is closed, merged into the tree in the tree's order, where neighbours share pages, and
/// emptied: all of it a little with each batch, since whatever takes long here every sender waits for. A log
/// that a crash leaves half merged or half emptied is merged again: the later claim of a key wins.
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
    /// The run that has the event; nothing where none has, or its claim has expired.
    Result<std::optional<RunId>> owner(const DedupeClaim& claim);
    /// Merges up to `keys` further claims of a closed log or, when all are, deletes as many rows of it;
    /// closes the other one where it is long.
    Result<void> merge(std::size_t keys);

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
    /// Keys by their first byte: in the tree's order but for that within each, which is made when its turn
    /// comes.
    using Order = std::array<std::vector<Key>, 256>;

    void remember(const Key& key, const Owner& owner);
    Result<void> merge_claims(std::size_t keys);
    Result<void> empty_log(std::size_t rows);
    Result<void> load_log(int log, Claims& into);
    Result<void> note_merged(std::string_view keys, TimeMs expires);
    void close_log();
    const Owner* find_recent(const Key& key) const;
    Result<std::optional<Owner>> find_in_tree(const Key& key);

    Connection& db_;
    std::size_t merge_at_;
    int log_ = 0;                     ///< the one that is appended to
    Claims recent_;                   ///< what it holds
    Claims closed_;                   ///< what the other one holds and the tree does not
    Order order_;                     ///< the keys of recent_
    Order to_merge_;                  ///< those of closed_, and some that are merged
    std::size_t merged_below_ = 256;  ///< parts of to_merge_ that are merged; 256: all of them
    std::size_t next_ = 0;            ///< keys merged of the next part
    bool emptying_ = false;           ///< the closed log has rows that are merged
};

/// Deletes about `limit` claims of the tree that have expired, at least those of one step of a merge.
Result<Purged> purge_claims(Connection& db, TimeMs now, std::size_t limit);

}  // namespace tappet::store::sqlite
