#include "store/sqlite/settings.hpp"

namespace tappet::store::sqlite {

Result<void> write_var(Connection& db, Names& names, const std::string& tenant, const std::string& name,
                       const std::optional<std::string>& json) {
    auto id = names.tenant(tenant);
    if (!id) return id.error();
    Query query = db.use(json ? "INSERT OR REPLACE INTO var (tenant, name, json) VALUES (?, ?, ?)"
                              : "DELETE FROM var WHERE tenant = ? AND name = ?");
    query.bind(*id, name);
    if (json) query.bind(*json);
    if (!query.run()) return query.error();
    return {};
}

Result<std::vector<std::pair<std::string, std::string>>> read_vars(Connection& db,
                                                                   const std::string& tenant) {
    std::vector<std::pair<std::string, std::string>> out;
    Query query = db.use(
        "SELECT var.name, var.json FROM var JOIN tenant ON tenant.id = var.tenant WHERE tenant.name = ? "
        "ORDER BY var.name");
    query.bind(tenant);
    while (query.row()) out.emplace_back(query.text(0), query.text(1));
    if (!query.ok()) return query.error();
    return out;
}

}  // namespace tappet::store::sqlite
