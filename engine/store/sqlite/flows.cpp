#include "store/sqlite/settings.hpp"

namespace tappet::store::sqlite {

Result<std::uint32_t> save_flow(Connection& db, Names& names, const FlowVersion& flow) {
    auto tenant = names.tenant(flow.tenant);
    if (!tenant) return tenant.error();
    auto id = names.flow(*tenant, flow.flow);
    if (!id) return id.error();
    std::uint32_t latest = 0;
    {
        Query query =
            db.use("SELECT version, hash FROM flow_version WHERE flow = ? ORDER BY version DESC LIMIT 1");
        query.bind(*id);
        if (query.row()) {
            latest = static_cast<std::uint32_t>(query.integer(0));
            if (query.text(1) == flow.hash) return latest;
        }
        if (!query.ok()) return query.error();
    }
    Query insert =
        db.use("INSERT INTO flow_version (flow, version, hash, source, created) VALUES (?, ?, ?, ?, ?)");
    insert.bind(*id, latest + 1, flow.hash, flow.source, flow.created);
    if (!insert.run()) return insert.error();
    return latest + 1;
}

Result<FlowVersion> read_flow(Connection& db, const std::string& tenant, const std::string& flow,
                              std::uint32_t version) {
    Query query = db.use(
        "SELECT v.hash, v.source, v.created FROM tenant t JOIN flow f ON f.tenant = t.id JOIN flow_version v "
        "ON v.flow = f.id "
        "WHERE t.name = ? AND f.name = ? AND v.version = ?");
    query.bind(tenant, flow, version);
    if (query.row())
        return FlowVersion{tenant,
                           flow,
                           version,
                           std::string(query.text(0)),
                           std::string(query.text(1)),
                           {query.integer(2)}};
    if (!query.ok()) return query.error();
    return Error::not_found("there is no version " + std::to_string(version) + " of flow " + flow);
}

}  // namespace tappet::store::sqlite
