// Requests that hooks refused: the newest of each trigger, and how many there were besides.
#include <set>
#include <tuple>

#include "store/sqlite/settings.hpp"

namespace tappet::store::sqlite {
namespace {

Result<void> count_unkept(Connection& db, std::int64_t tenant, const std::string& flow,
                          const std::string& trigger, std::uint64_t count, TimeMs time) {
    Query query = db.use(
        "INSERT INTO rejected_unkept (tenant, flow, trigger_id, count, time) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (tenant, flow, trigger_id) DO UPDATE SET count = count + excluded.count, "
        "time = max(time, excluded.time)");
    query.bind(tenant, flow, trigger, count, time);
    if (!query.run()) return query.error();
    return {};
}

/// Deletes all but the newest `keep` of a trigger, and counts those that go.
Result<void> trim(Connection& db, std::int64_t tenant, const std::string& flow, const std::string& trigger,
                  std::size_t keep) {
    std::int64_t last = 0;
    {
        Query newest = db.use(
            "SELECT time FROM rejected WHERE tenant = ? AND flow = ? AND trigger_id = ? "
            "ORDER BY id DESC LIMIT 1 OFFSET ?");
        newest.bind(tenant, flow, trigger, static_cast<std::uint64_t>(keep));
        if (!newest.row()) return newest.ok() ? Result<void>() : newest.error();
        last = newest.integer(0);
    }
    {
        Query gone = db.use(
            "DELETE FROM rejected WHERE n IN (SELECT n FROM rejected WHERE tenant = ? AND flow = ? AND "
            "trigger_id = ? ORDER BY id DESC LIMIT -1 OFFSET ?)");
        gone.bind(tenant, flow, trigger, static_cast<std::uint64_t>(keep));
        if (!gone.run()) return gone.error();
    }
    return count_unkept(db, tenant, flow, trigger, static_cast<std::uint64_t>(db.changes()), TimeMs{last});
}

/// A row of `SELECT id, flow, trigger_id, time, status, code, data`.
Rejected row_of(const Query& query, const std::string& tenant) {
    Rejected out;
    out.id = query.id(0);
    out.tenant = tenant;
    out.flow = query.text(1);
    out.trigger = query.text(2);
    out.time = {query.integer(3)};
    out.status = static_cast<int>(query.integer(4));
    out.code = query.text(5);
    out.data = query.blob(6);
    return out;
}

}  // namespace

Result<void> write_rejected(Connection& db, Names& names, const RejectedBatch& batch) {
    std::set<std::tuple<std::int64_t, std::string, std::string>> triggers;
    for (const Rejected& one : batch.requests) {
        const auto tenant = names.tenant(one.tenant);
        if (!tenant) return tenant.error();
        Query query = db.use(
            "INSERT INTO rejected (tenant, id, flow, trigger_id, time, status, code, data) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
        query.bind(*tenant, one.id, one.flow, one.trigger, one.time, one.status, one.code, Blob{one.data});
        if (!query.run()) return query.error();
        triggers.emplace(*tenant, one.flow, one.trigger);
    }
    for (const auto& unkept : batch.unkept) {
        const auto tenant = names.tenant(unkept.tenant);
        if (!tenant) return tenant.error();
        if (auto counted = count_unkept(db, *tenant, unkept.flow, unkept.trigger, unkept.count, unkept.time);
            !counted)
            return counted;
    }
    for (const auto& [tenant, flow, trigger] : triggers)
        if (auto trimmed = trim(db, tenant, flow, trigger, batch.keep); !trimmed) return trimmed;
    return {};
}

Result<RejectedPage> list_rejected(Connection& db, const RejectedFilter& filter) {
    RejectedPage page;
    const auto tenant = known_tenant(db, filter.tenant);
    if (!tenant) return tenant.error();
    if (*tenant == 0) return page;
    std::string where = " WHERE tenant = ?1";
    if (filter.flow) where += " AND flow = ?2";
    if (filter.trigger) where += " AND trigger_id = ?3";
    const std::string none;
    const std::string& flow = filter.flow ? *filter.flow : none;
    const std::string& trigger = filter.trigger ? *filter.trigger : none;
    {
        Query sum = db.use("SELECT coalesce(sum(count), 0) FROM rejected_unkept" + where);
        sum.bind(*tenant);
        if (filter.flow || filter.trigger) sum.bind(flow);
        if (filter.trigger) sum.bind(trigger);
        if (!sum.row()) return sum.error();
        page.unkept = static_cast<std::uint64_t>(sum.integer(0));
    }
    Uuid below;
    below.bytes.fill(0xff);
    if (filter.after) below = *filter.after;
    Query query =
        db.use("SELECT id, flow, trigger_id, time, status, code, data FROM rejected" + where +
               " AND id < ?4" + (filter.status ? " AND status = ?6" : "") + " ORDER BY id DESC LIMIT ?5");
    query.bind(*tenant, flow, trigger, below, static_cast<std::int64_t>(filter.limit + 1));
    if (filter.status) query.bind(*filter.status);
    while (query.row()) {
        if (page.rows.size() == filter.limit) {
            page.more = true;
            break;
        }
        page.rows.push_back(row_of(query, filter.tenant));
    }
    if (!query.ok()) return query.error();
    return page;
}

Result<Rejected> read_rejected(Connection& db, const std::string& tenant, const Uuid& id) {
    const auto number = known_tenant(db, tenant);
    if (!number) return number.error();
    Query query = db.use(
        "SELECT id, flow, trigger_id, time, status, code, data FROM rejected WHERE tenant = ? AND id = ?");
    query.bind(*number, id);
    if (query.row()) return row_of(query, tenant);
    if (!query.ok()) return query.error();
    return Error::not_found("no refused request " + id.text());
}

Result<void> delete_rejected(Connection& db, const std::string& tenant, const std::string& flow) {
    const auto number = known_tenant(db, tenant);
    if (!number) return number.error();
    for (const char* table : {"rejected", "rejected_unkept"}) {
        Query query = db.use(std::string("DELETE FROM ") + table + " WHERE tenant = ? AND flow = ?");
        query.bind(*number, flow);
        if (!query.run()) return query.error();
    }
    return {};
}

Result<Purged> purge_rejected(Connection& db, TimeMs before, PurgeBudget budget) {
    std::vector<std::int64_t> numbers;
    Result<bool> ended = false;
    {
        Query old = db.use("SELECT n, length(data) FROM rejected WHERE time < ? ORDER BY time LIMIT ?");
        old.bind(before, static_cast<std::int64_t>(budget.rows));
        ended = budget.spend(old, numbers);
        if (!ended) return ended.error();
    }
    for (const std::int64_t n : numbers) {
        Query gone = db.use("DELETE FROM rejected WHERE n = ?");
        gone.bind(n);
        if (!gone.run()) return gone.error();
    }
    if (*ended) {
        Query counts = db.use("DELETE FROM rejected_unkept WHERE time < ?");
        counts.bind(before);
        if (!counts.run()) return counts.error();
    }
    return Purged{numbers.size(), !*ended};
}

}  // namespace tappet::store::sqlite
