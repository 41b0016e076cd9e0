#include "store/sqlite/names.hpp"

namespace tappet::store::sqlite {

Result<std::int64_t> known_tenant(Connection& db, const std::string& name) {
    Query query = db.use("SELECT id FROM tenant WHERE name = ?");
    query.bind(name);
    if (query.row()) return query.integer(0);
    if (!query.ok()) return query.error();
    return std::int64_t{0};
}

Result<std::int64_t> Names::tenant(const std::string& name) {
    if (const auto found = tenants_.find(name); found != tenants_.end()) return found->second;
    auto id = known_tenant(db_, name);
    if (!id) return id;
    if (*id == 0) {
        Query insert = db_.use("INSERT INTO tenant (name) VALUES (?)");
        insert.bind(name);
        if (!insert.run()) return insert.error();
        *id = sqlite3_last_insert_rowid(db_.handle());
    }
    tenants_.emplace(name, *id);
    return id;
}

Result<std::int64_t> Names::flow(std::int64_t tenant, const std::string& name) {
    const std::pair<std::int64_t, std::string> key{tenant, name};
    if (const auto found = flows_.find(key); found != flows_.end()) return found->second;
    std::int64_t id = 0;
    {
        Query query = db_.use("SELECT id FROM flow WHERE tenant = ? AND name = ?");
        query.bind(tenant, name);
        if (query.row())
            id = query.integer(0);
        else if (!query.ok())
            return query.error();
    }
    if (id == 0) {
        Query insert = db_.use("INSERT INTO flow (tenant, name) VALUES (?, ?)");
        insert.bind(tenant, name);
        if (!insert.run()) return insert.error();
        id = sqlite3_last_insert_rowid(db_.handle());
    }
    flows_.emplace(key, id);
    return id;
}

void Names::forget() {
    tenants_.clear();
    flows_.clear();
}

}  // namespace tappet::store::sqlite
