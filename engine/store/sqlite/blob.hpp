#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/purged.hpp"
#include "store/store.hpp"

namespace tappet::store::sqlite {

/// Store::blob_append, in the writer's transaction.
Result<void> append_blob(Connection& db, const BlobPart& part, const BlobLimits& limits);
/// Store::blob_read.
Result<std::string> read_blob(Connection& db, const RunId& run, const std::string& id, std::uint64_t offset,
                              std::uint64_t max);
/// Deletes at most `limit` parts of a run's blobs.
Result<Purged> purge_blobs(Connection& db, const RunId& run, std::size_t limit);
/// Deletes at most `limit` parts of blobs of runs below an id that have no journal: what a call wrote while
/// its run was deleted.
Result<Purged> purge_lost_blobs(Connection& db, const RunId& below, std::size_t limit);

}  // namespace tappet::store::sqlite
