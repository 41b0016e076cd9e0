#pragma once
#include <cstdint>
#include <set>
#include <string>
#include <unordered_map>

#include "base/result.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/names.hpp"
#include "store/sqlite/purged.hpp"
#include "store/store.hpp"

namespace tappet::store::sqlite {

/// Rows of the list of runs that wait to be written; the latest row of a run wins. The writer's.
///
/// Each transaction that commits boundaries without writing their rows records the runs in `unprojected`, one
/// row a transaction; writing the rows deletes those records. So whatever a crash cuts off is found again
/// without a scan.
class Projection {
public:
    Projection(Connection& db, Names& names) : db_(db), names_(names) {}
    /// Remembers what the process before this one left unwritten; once, before anything is written.
    Result<void> load();
    void add(RunRow row);
    std::size_t size() const { return rows_.size(); }
    bool empty() const { return rows_.empty(); }
    /// Writes every row and forgets it; in the transaction that is open.
    Result<void> write();
    /// Records that the runs of this transaction are not written; `runs` is their ids, 16 bytes each.
    Result<void> note_behind(std::string_view runs);

private:
    Result<void> write(const RunRow& row);
    Connection& db_;
    Names& names_;
    std::unordered_map<RunId, RunRow> rows_;
    std::set<RunId> left_;  ///< unwritten by the process before, and not added since: their records stay
    bool behind_ = false;   ///< `unprojected` holds rows
};

Result<RunPage> list_runs(Connection& db, const RunFilter& filter);
/// Deletes at most `limit` runs that ended before, with their journals and labels.
Result<Purged> purge_runs(Connection& db, TimeMs before, std::size_t limit);

}  // namespace tappet::store::sqlite
