#include "store/sqlite/journal.hpp"

#include <set>

namespace tappet::store::sqlite {

Result<void> append_journal(Connection& db, const RunId& run, std::uint64_t seq, std::string_view data) {
    Query insert = db.use("INSERT INTO journal (run, seq, data) VALUES (?, ?, ?)");
    insert.bind(run, seq, Blob{data});
    if (!insert.run()) return insert.error();
    return {};
}

Result<std::vector<std::string>> read_journal(Connection& db, const RunId& run) {
    std::vector<std::string> rows;
    Query query = db.use("SELECT data FROM journal WHERE run = ? ORDER BY seq");
    query.bind(run);
    while (query.row()) rows.emplace_back(query.blob(0));
    if (!query.ok()) return query.error();
    if (rows.empty()) return Error::not_found("there is no run " + run.text());
    return rows;
}

Result<std::vector<RunId>> find_open_runs(Connection& db) {
    std::set<RunId> found;
    {
        // The first condition is that of the index.
        Query open = db.use("SELECT id FROM run WHERE status <> 3 AND status IN (0, 1, 2)");
        while (open.row()) found.insert(open.id(0));
        if (!open.ok()) return open.error();
    }
    {
        Query behind = db.use("SELECT runs FROM unprojected");
        while (behind.row()) {
            const std::string_view ids = behind.blob(0);
            for (std::size_t at = 0; at + 16 <= ids.size(); at += 16)
                if (const auto id = Uuid::from_bytes(ids.substr(at, 16))) found.insert(*id);
        }
        if (!behind.ok()) return behind.error();
    }
    return std::vector<RunId>(found.begin(), found.end());
}

}  // namespace tappet::store::sqlite
