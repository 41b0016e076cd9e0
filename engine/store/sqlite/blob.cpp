#include "store/sqlite/blob.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace tappet::store::sqlite {
namespace {

/// What one row holds: a long one is read whole for a few bytes of it.
constexpr std::size_t kRowBytes = 1u << 20;

/// The bytes of a blob; nothing where there is none. Every blob has a row, an empty one an empty one.
Result<std::optional<std::uint64_t>> size_of(Connection& db, const RunId& run, const std::string& id) {
    Query last =
        db.use("SELECT start + length(bytes) FROM blob WHERE run = ? AND id = ? ORDER BY start DESC LIMIT 1");
    last.bind(run, id);
    if (last.row()) return std::optional(static_cast<std::uint64_t>(last.integer(0)));
    if (!last.ok()) return last.error();
    return std::optional<std::uint64_t>();
}

Result<std::uint64_t> use_of(Connection& db, const RunId& run) {
    Query query = db.use("SELECT bytes FROM blob_use WHERE run = ?");
    query.bind(run);
    if (query.row()) return static_cast<std::uint64_t>(query.integer(0));
    if (!query.ok()) return query.error();
    return std::uint64_t{0};
}

Result<void> insert(Connection& db, const BlobPart& part, std::uint64_t start, std::string_view bytes) {
    Query query = db.use("INSERT OR REPLACE INTO blob (run, id, start, bytes) VALUES (?, ?, ?, ?)");
    query.bind(part.run, part.id, start, Blob{bytes});
    if (!query.run()) return query.error();
    return {};
}

Error over(std::string_view what, std::uint64_t would, std::uint64_t limit, std::string_view setting) {
    return Error::exhausted(
        fmt::format("{} would have {} bytes; the most is {} ({})", what, would, limit, setting));
}

}  // namespace

Result<void> append_blob(Connection& db, const BlobPart& part, const BlobLimits& limits) {
    const auto size = size_of(db, part.run, part.id);
    if (!size) return size.error();
    if (size->has_value() == part.begins)
        return Error::not_found("the run has no blob \"" + part.id + "\" to append to");
    const auto used = use_of(db, part.run);
    if (!used) return used.error();
    const std::uint64_t start = size->value_or(0), end = start + part.bytes.size();
    if (end > limits.blob) return over("the blob", end, limits.blob, "limits.blob");
    const std::uint64_t use = *used + part.bytes.size() + kBlobPartBytes;
    if (use > limits.run) return over("the run's blobs", use, limits.run, "limits.runBlobs");
    if (part.bytes.empty() && part.begins)
        if (auto done = insert(db, part, 0, {}); !done) return done;
    for (std::size_t at = 0; at < part.bytes.size(); at += kRowBytes)
        if (auto done = insert(db, part, start + at, part.bytes.substr(at, kRowBytes)); !done) return done;
    Query query = db.use("INSERT OR REPLACE INTO blob_use (run, bytes) VALUES (?, ?)");
    query.bind(part.run, use);
    if (!query.run()) return query.error();
    return {};
}

Result<std::string> read_blob(Connection& db, const RunId& run, const std::string& id, std::uint64_t offset,
                              std::uint64_t max) {
    const auto size = size_of(db, run, id);
    if (!size) return size.error();
    if (!size->has_value()) return Error::not_found("the run has no blob \"" + id + "\"");
    std::string out;
    if (offset >= **size || max == 0) return out;
    const std::uint64_t end = offset + std::min(max, **size - offset);
    out.reserve(end - offset);
    Query parts = db.use(
        "SELECT start, bytes FROM blob WHERE run = ?1 AND id = ?2 AND start < ?4 AND start >= (SELECT "
        "max(start) FROM blob WHERE run = ?1 AND id = ?2 AND start <= ?3) ORDER BY start");
    parts.bind(run, id, offset, end);
    while (parts.row()) {
        const auto start = static_cast<std::uint64_t>(parts.integer(0));
        const std::string_view bytes = parts.blob(1);
        const std::uint64_t from = std::max(offset, start) - start;
        out.append(bytes.substr(from, end - start - from));
    }
    if (!parts.ok()) return parts.error();
    return out;
}

Result<Purged> purge_blobs(Connection& db, const RunId& run, std::size_t limit) {
    Query parts =
        db.use("DELETE FROM blob WHERE n IN (SELECT n FROM blob WHERE run = ? ORDER BY id, start LIMIT ?)");
    parts.bind(run, static_cast<std::int64_t>(limit));
    if (!parts.run()) return parts.error();
    const auto gone = static_cast<std::size_t>(db.changes());
    if (gone == limit) return Purged{gone, true};
    Query use = db.use("DELETE FROM blob_use WHERE run = ?");
    use.bind(run);
    if (!use.run()) return use.error();
    return Purged{gone, false};
}

Result<Purged> purge_lost_blobs(Connection& db, const RunId& below, std::size_t limit) {
    std::vector<RunId> lost;
    {
        Query runs = db.use(
            "SELECT run FROM blob_use WHERE run < ? AND NOT EXISTS (SELECT 1 FROM journal WHERE journal.run "
            "= blob_use.run) LIMIT ?");
        runs.bind(below, static_cast<std::int64_t>(limit));
        while (runs.row()) lost.push_back(runs.id(0));
        if (!runs.ok()) return runs.error();
    }
    Purged all;
    for (const RunId& run : lost) {
        const auto purged = purge_blobs(db, run, limit - all.count);
        if (!purged) return purged.error();
        all.count += purged->count;
        if (purged->more) return Purged{all.count, true};
    }
    return Purged{all.count, lost.size() == limit};
}

}  // namespace tappet::store::sqlite
