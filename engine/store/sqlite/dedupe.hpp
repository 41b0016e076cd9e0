#pragma once
#include <optional>

#include "base/result.hpp"
#include "store/sqlite/connection.hpp"
#include "store/store.hpp"

namespace tappet::store::sqlite {

/// Claims an event for a run, in the transaction that is open: nothing when it is this run's now, else the
/// run that has it. A claim that has expired counts for nothing.
Result<std::optional<RunId>> claim_event(Connection& db, const DedupeClaim& claim, const RunId& run);
/// Deletes at most `limit` claims that have expired; how many.
Result<std::uint64_t> purge_claims(Connection& db, TimeMs now, int limit);

}  // namespace tappet::store::sqlite
