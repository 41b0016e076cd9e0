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
    recent_ = std::move(logs[1 - log_]);
    if (!recent_.empty()) {
        log_ = 1 - log_;
        close_log();
    }
    recent_ = std::move(logs[log_]);
    return {};
}

void Dedupe::close_log() {
    closed_ = std::move(recent_);
    recent_.clear();
    closed_order_.clear();
    closed_order_.reserve(closed_.size());
    for (const auto& [key, owner] : closed_) closed_order_.push_back(key);
    std::sort(closed_order_.begin(), closed_order_.end());
    next_ = 0;
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

Result<std::optional<RunId>> Dedupe::claim(const DedupeClaim& claim, const RunId& run) {
    if (const Owner* known = find_recent(claim.key)) {
        if (known->expires > claim.now) return std::optional(known->run);
    } else {
        const auto stored = find_in_tree(claim.key);
        if (!stored) return stored.error();
        if (*stored && (*stored)->expires > claim.now) return std::optional((*stored)->run);
    }
    Query insert = db_.use(log_ == 0 ? "INSERT INTO dedupe_log_0 (key, run, expires) VALUES (?, ?, ?)"
                                     : "INSERT INTO dedupe_log_1 (key, run, expires) VALUES (?, ?, ?)");
    insert.bind(bytes_of(claim.key), run, claim.expires);
    if (!insert.run()) return insert.error();
    recent_.insert_or_assign(claim.key, Owner{run, claim.expires});
    return std::optional<RunId>();
}

Result<void> Dedupe::merge(std::size_t keys) {
    if (!merging()) {
        if (recent_.size() < merge_at_) return {};
        close_log();
    }
    std::string merged;
    TimeMs expires;
    for (; keys > 0 && next_ < closed_order_.size(); --keys, ++next_) {
        const Key& key = closed_order_[next_];
        const Owner& owner = closed_.at(key);
        Query insert = db_.use(
            "INSERT INTO dedupe (key, run, expires) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET "
            "run = excluded.run, expires = excluded.expires WHERE excluded.expires > expires");
        insert.bind(bytes_of(key), owner.run, owner.expires);
        if (!insert.run()) return insert.error();
        merged.append(bytes_of(key).bytes);
        expires = std::max(expires, owner.expires);
    }
    if (auto noted = note_merged(merged, expires); !noted) return noted;
    if (merging()) return {};
    Query clear = db_.use(log_ == 0 ? "DELETE FROM dedupe_log_1" : "DELETE FROM dedupe_log_0");
    if (!clear.run()) return clear.error();
    closed_.clear();
    closed_order_.clear();
    next_ = 0;
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
    std::vector<std::int64_t> steps;
    std::string keys;
    {
        Query over = db.use("SELECT n, keys FROM dedupe_merged WHERE expires <= ?");
        over.bind(now);
        while (over.row()) {
            if (keys.size() >= limit * sizeof(Dedupe::Key)) {
                out.more = true;
                break;
            }
            steps.push_back(over.integer(0));
            keys += over.blob(1);
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
    return out;
}

}  // namespace tappet::store::sqlite
