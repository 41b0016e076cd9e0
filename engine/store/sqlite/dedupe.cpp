#include "store/sqlite/dedupe.hpp"

#include <algorithm>

namespace tappet::store::sqlite {
namespace {

Blob bytes_of(const std::array<std::uint8_t, 16>& key) {
    return {{reinterpret_cast<const char*>(key.data()), key.size()}};
}

}  // namespace

Result<void> Dedupe::load_log(int log, Claims& into) {
    Query query = db_.use(log == 0 ? "SELECT key, run, expires FROM dedupe_log_0 ORDER BY n"
                                   : "SELECT key, run, expires FROM dedupe_log_1 ORDER BY n");
    while (query.row()) {
        const std::string_view bytes = query.blob(0);
        Key key{};
        if (bytes.size() != key.size()) return Error::corrupt("a claim's key has a wrong size");
        std::memcpy(key.data(), bytes.data(), key.size());
        into.insert_or_assign(key, Owner{query.id(1), {query.integer(2)}});
    }
    if (!query.ok()) return query.error();
    return {};
}

Result<void> Dedupe::load() {
    Claims logs[2];
    for (int log = 0; log < 2; ++log)
        if (auto read = load_log(log, logs[log]); !read) return read;
    // Where both hold something the other one was being merged; which of the two is told by what is newer.
    const auto newest = [](const Claims& claims) {
        RunId out;
        for (const auto& [key, owner] : claims) out = std::max(out, owner.run);
        return out;
    };
    log_ = newest(logs[1]) > newest(logs[0]) ? 1 : 0;
    if (!logs[1 - log_].empty()) {
        for (const auto& [key, owner] : logs[1 - log_]) remember(key, owner);
        log_ = 1 - log_;
        close_log();
    }
    for (const auto& [key, owner] : logs[log_]) remember(key, owner);
    return {};
}

void Dedupe::remember(const Key& key, const Owner& owner) {
    if (recent_.insert_or_assign(key, owner).second) order_[key[0]].push_back(key);
}

/// Swaps, so that what was grown for one log serves the next but one.
void Dedupe::close_log() {
    std::swap(closed_, recent_);
    std::swap(to_merge_, order_);
    merged_below_ = next_ = 0;
    log_ = 1 - log_;
}

const Dedupe::Owner* Dedupe::find_recent(const Key& key) const {
    for (const Claims* claims : {&recent_, &closed_})
        if (const auto known = claims->find(key); known != claims->end()) return &known->second;
    return nullptr;
}

Result<std::optional<Dedupe::Owner>> Dedupe::find_in_tree(const Key& key) {
    Query query = db_.use("SELECT run, expires FROM dedupe WHERE key = ?");
    query.bind(bytes_of(key));
    if (query.row()) return std::optional(Owner{query.id(0), {query.integer(1)}});
    if (!query.ok()) return query.error();
    return std::optional<Owner>();
}

Result<std::optional<RunId>> Dedupe::owner(const DedupeClaim& claim) {
    if (const Owner* known = find_recent(claim.key)) {
        if (known->expires > claim.now) return std::optional(known->run);
    } else {
        const auto stored = find_in_tree(claim.key);
        if (!stored) return stored.error();
        if (*stored && (*stored)->expires > claim.now) return std::optional((*stored)->run);
    }
    return std::optional<RunId>();
}

Result<std::optional<RunId>> Dedupe::claim(const DedupeClaim& claim, const RunId& run) {
    if (auto known = owner(claim); !known || *known) return known;
    Query insert = db_.use(log_ == 0 ? "INSERT INTO dedupe_log_0 (key, run, expires) VALUES (?, ?, ?)"
                                     : "INSERT INTO dedupe_log_1 (key, run, expires) VALUES (?, ?, ?)");
    insert.bind(bytes_of(claim.key), run, claim.expires);
    if (!insert.run()) return insert.error();
    remember(claim.key, Owner{run, claim.expires});
    return std::optional<RunId>();
}

Result<void> Dedupe::merge(std::size_t keys) {
    if (emptying_) return empty_log(keys);
    if (merged_below_ == to_merge_.size()) {
        if (recent_.size() < merge_at_) return {};
        close_log();
    }
    return merge_claims(keys);
}

Result<void> Dedupe::merge_claims(std::size_t keys) {
    std::string merged;
    TimeMs expires;
    while (keys > 0 && merged_below_ < to_merge_.size()) {
        auto& part = to_merge_[merged_below_];
        if (next_ == 0) std::sort(part.begin(), part.end());
        for (; keys > 0 && next_ < part.size(); --keys, ++next_) {
            const Key& key = part[next_];
            const auto claim = closed_.find(key);
            Query insert = db_.use(
                "INSERT INTO dedupe (key, run, expires) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET "
                "run = excluded.run, expires = excluded.expires WHERE excluded.expires > expires");
            insert.bind(bytes_of(key), claim->second.run, claim->second.expires);
            if (!insert.run()) return insert.error();
            merged.append(bytes_of(key).bytes);
            expires = std::max(expires, claim->second.expires);
            closed_.erase(claim);
        }
        if (next_ < part.size()) break;
        part.clear();
        ++merged_below_;
        next_ = 0;
    }
    emptying_ = merged_below_ == to_merge_.size();
    return note_merged(merged, expires);
}

Result<void> Dedupe::empty_log(std::size_t rows) {
    Query clear =
        db_.use(log_ == 0 ? "DELETE FROM dedupe_log_1 WHERE n IN (SELECT n FROM dedupe_log_1 LIMIT ?)"
                          : "DELETE FROM dedupe_log_0 WHERE n IN (SELECT n FROM dedupe_log_0 LIMIT ?)");
    clear.bind(static_cast<std::int64_t>(rows));
    if (!clear.run()) return clear.error();
    emptying_ = db_.changes() > 0;
    return {};
}

Result<void> Dedupe::note_merged(std::string_view keys, TimeMs expires) {
    if (keys.empty()) return {};
    Query insert = db_.use("INSERT INTO dedupe_merged (expires, keys) VALUES (?, ?)");
    insert.bind(expires, Blob{keys});
    if (!insert.run()) return insert.error();
    return {};
}

Result<Purged> purge_claims(Connection& db, TimeMs now, std::size_t limit) {
    Purged out;
    const std::size_t most = limit * sizeof(Dedupe::Key);
    std::vector<std::int64_t> steps;
    std::string keys;
    std::optional<std::int64_t> begun;  // one that is left, without its first keys
    std::size_t begun_bytes = 0;
    {
        Query over = db.use("SELECT n, keys FROM dedupe_merged WHERE expires <= ?");
        over.bind(now);
        while (!out.more && over.row()) {
            const std::string_view all = over.blob(1), some = all.substr(0, most - keys.size());
            keys += some;
            out.more = keys.size() >= most;
            if (some.size() == all.size()) {
                steps.push_back(over.integer(0));
            } else {
                begun = over.integer(0);
                begun_bytes = some.size();
            }
        }
        if (!over.ok()) return over.error();
    }
    for (std::size_t at = 0; at + sizeof(Dedupe::Key) <= keys.size(); at += sizeof(Dedupe::Key)) {
        // One that was claimed again since is in a later step, too.
        Query gone = db.use("DELETE FROM dedupe WHERE key = ? AND expires <= ?");
        gone.bind(Blob{std::string_view(keys).substr(at, sizeof(Dedupe::Key))}, now);
        if (!gone.run()) return gone.error();
        out.count += static_cast<std::uint64_t>(db.changes());
    }
    for (const std::int64_t n : steps) {
        Query gone = db.use("DELETE FROM dedupe_merged WHERE n = ?");
        gone.bind(n);
        if (!gone.run()) return gone.error();
    }
    if (begun) {
        Query rest = db.use("UPDATE dedupe_merged SET keys = substr(keys, ?) WHERE n = ?");
        rest.bind(static_cast<std::int64_t>(begun_bytes + 1), *begun);
        if (!rest.run()) return rest.error();
    }
    return out;
}

}  // namespace tappet::store::sqlite
