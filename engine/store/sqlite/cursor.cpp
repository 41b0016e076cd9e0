#include "store/sqlite/settings.hpp"

namespace tappet::store::sqlite {

Result<void> write_cursor(Connection& db, Names& names, const SourceCursor& cursor) {
    const auto tenant = names.tenant(cursor.tenant);
    if (!tenant) return tenant.error();
    Query query = db.use(
        "INSERT OR REPLACE INTO poll_cursor (tenant, flow, trigger_id, source, cursor, time) VALUES (?, ?, "
        "?, ?, ?, ?)");
    query.bind(*tenant, cursor.flow, cursor.trigger, cursor.source, Blob{cursor.data}, cursor.time);
    if (!query.run()) return query.error();
    return {};
}

Result<std::optional<SourceCursor>> read_cursor(Connection& db, const std::string& tenant,
                                                const std::string& flow, const std::string& trigger) {
    Query query = db.use(
        "SELECT c.source, c.cursor, c.time FROM poll_cursor c JOIN tenant t ON t.id = c.tenant "
        "WHERE t.name = ? AND c.flow = ? AND c.trigger_id = ?");
    query.bind(tenant, flow, trigger);
    if (query.row())
        return std::optional(SourceCursor{tenant,
                                          flow,
                                          trigger,
                                          std::string(query.text(0)),
                                          std::string(query.blob(1)),
                                          {query.integer(2)}});
    if (!query.ok()) return query.error();
    return std::optional<SourceCursor>();
}

}  // namespace tappet::store::sqlite
