#include "store/sqlite/dedupe.hpp"

namespace tappet::store::sqlite {
namespace {

Blob bytes_of(const DedupeClaim& claim) {
    return {{reinterpret_cast<const char*>(claim.key.data()), claim.key.size()}};
}

}  // namespace

Result<std::optional<RunId>> claim_event(Connection& db, const DedupeClaim& claim, const RunId& run) {
    {
        // One descent of the tree where the event is new, which is the usual case.
        Query insert = db.use(
            "INSERT INTO dedupe (key, run, expires) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET "
            "run = excluded.run, expires = excluded.expires WHERE expires <= ?");
        insert.bind(bytes_of(claim), run, claim.expires, claim.now);
        if (!insert.run()) return insert.error();
    }
    if (db.changes() > 0) return std::optional<RunId>();
    Query query = db.use("SELECT run FROM dedupe WHERE key = ?");
    query.bind(bytes_of(claim));
    if (query.row()) return std::optional<RunId>(query.id(0));
    if (!query.ok()) return query.error();
    return Error::internal("a claim was refused and is not there");
}

Result<std::uint64_t> purge_claims(Connection& db, TimeMs now, int limit) {
    Query gone =
        db.use("DELETE FROM dedupe WHERE key IN (SELECT key FROM dedupe WHERE expires <= ? LIMIT ?)");
    gone.bind(now, limit);
    if (!gone.run()) return gone.error();
    return static_cast<std::uint64_t>(db.changes());
}

}  // namespace tappet::store::sqlite
