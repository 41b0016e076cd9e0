#include "store/sqlite/settings.hpp"

namespace tappet::store::sqlite {

Result<void> write_state(Connection& db, Names& names, const std::string& tenant, const std::string& scope,
                         const std::string& key, const std::optional<std::string>& value) {
    auto id = names.tenant(tenant);
    if (!id) return id.error();
    Query query =
        db.use(value ? "INSERT OR REPLACE INTO plugin_state (tenant, scope, key, value) VALUES (?, ?, ?, ?)"
                     : "DELETE FROM plugin_state WHERE tenant = ? AND scope = ? AND key = ?");
    query.bind(*id, scope, key);
    if (value) query.bind(Blob{*value});
    if (!query.run()) return query.error();
    return {};
}

Result<std::optional<std::string>> read_state(Connection& db, const std::string& tenant,
                                              const std::string& scope, const std::string& key) {
    Query query = db.use(
        "SELECT s.value FROM plugin_state s JOIN tenant t ON t.id = s.tenant WHERE t.name = ? AND s.scope = "
        "? AND s.key = ?");
    query.bind(tenant, scope, key);
    if (query.row()) return std::optional<std::string>(std::string(query.blob(0)));
    if (!query.ok()) return query.error();
    return std::optional<std::string>();
}

}  // namespace tappet::store::sqlite
