#include "store/sqlite/settings.hpp"

namespace tappet::store::sqlite {

Result<void> write_pause(Connection& db, Names& names, const PausedTrigger& pause) {
    const auto tenant = names.tenant(pause.tenant);
    if (!tenant) return tenant.error();
    Query query =
        db.use("INSERT OR IGNORE INTO paused_trigger (tenant, flow, trigger_id, since) VALUES (?, ?, ?, ?)");
    query.bind(*tenant, pause.flow, pause.trigger, pause.since);
    if (!query.run()) return query.error();
    return {};
}

Result<void> delete_pause(Connection& db, Names& names, const std::string& tenant, const std::string& flow,
                          const std::string& trigger) {
    const auto id = names.tenant(tenant);
    if (!id) return id.error();
    Query query = db.use("DELETE FROM paused_trigger WHERE tenant = ? AND flow = ? AND trigger_id = ?");
    query.bind(*id, flow, trigger);
    if (!query.run()) return query.error();
    return {};
}

Result<std::vector<PausedTrigger>> read_pauses(Connection& db) {
    std::vector<PausedTrigger> out;
    Query query = db.use(
        "SELECT t.name, p.flow, p.trigger_id, p.since FROM paused_trigger p JOIN tenant t ON t.id = p.tenant "
        "ORDER BY t.name, p.flow, p.trigger_id");
    while (query.row())
        out.push_back({std::string(query.text(0)),
                       std::string(query.text(1)),
                       std::string(query.text(2)),
                       {query.integer(3)}});
    if (!query.ok()) return query.error();
    return out;
}

}  // namespace tappet::store::sqlite
