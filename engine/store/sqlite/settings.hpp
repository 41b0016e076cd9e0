#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/names.hpp"
#include "store/sqlite/purged.hpp"
#include "store/store.hpp"

namespace tappet::store::sqlite {

// flows.cpp
Result<std::uint32_t> save_flow(Connection& db, Names& names, const FlowVersion& flow);
Result<FlowVersion> read_flow(Connection& db, const std::string& tenant, const std::string& flow,
                              std::uint32_t version);

// vars.cpp
Result<void> write_var(Connection& db, Names& names, const std::string& tenant, const std::string& name,
                       const std::optional<std::string>& json);
Result<std::vector<std::pair<std::string, std::string>>> read_vars(Connection& db, const std::string& tenant);

// cursor.cpp
Result<void> write_cursor(Connection& db, Names& names, const SourceCursor& cursor);
Result<std::optional<SourceCursor>> read_cursor(Connection& db, const std::string& tenant,
                                                const std::string& flow, const std::string& trigger);

// pauses.cpp
Result<void> write_pause(Connection& db, Names& names, const PausedTrigger& pause);
Result<void> delete_pause(Connection& db, Names& names, const std::string& tenant, const std::string& flow,
                          const std::string& trigger);
Result<std::vector<PausedTrigger>> read_pauses(Connection& db);

// state.cpp
Result<void> write_state(Connection& db, Names& names, const std::string& tenant, const std::string& scope,
                         const std::string& key, const std::optional<std::string>& value);
Result<std::optional<std::string>> read_state(Connection& db, const std::string& tenant,
                                              const std::string& scope, const std::string& key);

// plugins.cpp
Result<void> write_plugin(Connection& db, const PluginRecord& record);
Result<void> delete_plugin(Connection& db, const std::string& name, const std::string& hash);
Result<std::vector<PluginRecord>> read_plugins(Connection& db);

// rejected.cpp
Result<void> write_rejected(Connection& db, Names& names, const RejectedBatch& batch);
Result<RejectedPage> list_rejected(Connection& db, const RejectedFilter& filter);
Result<Rejected> read_rejected(Connection& db, const std::string& tenant, const Uuid& id);
Result<void> delete_rejected(Connection& db, const std::string& tenant, const std::string& flow);
/// Deletes some of before; with the last ones the counts, too.
Result<Purged> purge_rejected(Connection& db, TimeMs before, PurgeBudget budget = {});

}  // namespace tappet::store::sqlite
