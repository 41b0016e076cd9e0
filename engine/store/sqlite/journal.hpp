#pragma once
#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "store/sqlite/connection.hpp"
#include "store/store.hpp"

namespace tappet::store::sqlite {

Result<void> append_journal(Connection& db, const RunId& run, std::uint64_t seq, std::string_view data);
Result<std::vector<std::string>> read_journal(Connection& db, const RunId& run);

/// Runs that have not ended as far as the projection knows, and those that the projection does not know yet.
Result<std::vector<RunId>> find_open_runs(Connection& db);

}  // namespace tappet::store::sqlite
