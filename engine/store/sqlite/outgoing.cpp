#include "store/sqlite/outgoing.hpp"

#include "store/sqlite/first_id.hpp"

namespace tappet::store::sqlite {
namespace {

/// The columns of a row, and where they come from; the body is asked for apart.
constexpr std::string_view kColumns =
    "SELECT o.id, e.flow, e.name, o.version, o.run, o.type, o.status, o.attempts, o.due, o.tried, o.answer, "
    "o.error, e.disabled";
constexpr std::string_view kTables = " FROM outgoing o JOIN outgoing_endpoint e ON e.id = o.endpoint ";
constexpr int kBodyColumn = 13;

OutgoingRow row_of(const Query& query, const std::string& tenant) {
    OutgoingRow out;
    out.message.id = query.id(0);
    out.message.to = {tenant, std::string(query.text(1)), std::string(query.text(2))};
    out.message.version = static_cast<std::uint32_t>(query.integer(3));
    out.message.run = query.id(4);
    out.message.type = query.text(5);
    out.state.status = static_cast<OutgoingStatus>(query.integer(6));
    out.state.attempts = static_cast<std::uint32_t>(query.integer(7));
    out.state.due = {query.integer(8)};
    out.state.tried = {query.integer(9)};
    out.state.answer = static_cast<int>(query.integer(10));
    out.state.error = query.text(11);
    out.held = out.state.status == OutgoingStatus::pending && query.integer(12) != 0;
    return out;
}

/// The number of an address, 0 where it has none.
Result<std::int64_t> known_number(Connection& db, std::int64_t tenant, const OutgoingAddress& address) {
    Query query = db.use("SELECT id FROM outgoing_endpoint WHERE tenant = ? AND flow = ? AND name = ?");
    query.bind(tenant, address.flow, address.name);
    if (query.row()) return query.integer(0);
    if (!query.ok()) return query.error();
    return 0;
}

Result<std::int64_t> known_number(Connection& db, const OutgoingAddress& address) {
    const auto tenant = known_tenant(db, address.tenant);
    if (!tenant || *tenant == 0) return tenant;
    return known_number(db, *tenant, address);
}

}  // namespace

Result<std::int64_t> OutgoingWriter::number(std::int64_t tenant, const OutgoingAddress& address) {
    const auto known = numbers_.find(address);
    if (known != numbers_.end()) return known->second;
    auto number = known_number(db_, tenant, address);
    if (!number) return number;
    if (*number == 0) {
        Query add = db_.use(
            "INSERT INTO outgoing_endpoint (tenant, flow, name, failing_since, disabled, reason) "
            "VALUES (?, ?, ?, 0, 0, '')");
        add.bind(tenant, address.flow, address.name);
        if (!add.run()) return add.error();
        number = sqlite3_last_insert_rowid(db_.handle());
    }
    numbers_[address] = *number;
    return number;
}

Result<void> OutgoingWriter::write(const OutgoingMessage& message) {
    const auto tenant = names_.tenant(message.to.tenant);
    if (!tenant) return tenant.error();
    const auto to = number(*tenant, message.to);
    if (!to) return to.error();
    Query add = db_.use(
        "INSERT INTO outgoing (tenant, id, endpoint, version, run, type, status, attempts, due, tried, "
        "answer, error, body) VALUES (?, ?, ?, ?, ?, ?, 0, 0, ?, 0, 0, '', ?)");
    add.bind(*tenant, message.id, *to, message.version, message.run, message.type, message.due,
             Blob{message.body});
    if (!add.run()) return add.error();
    return {};
}

Result<std::vector<OutgoingHead>> read_pending(Connection& db, const OutgoingAddress& address,
                                               std::size_t limit) {
    std::vector<OutgoingHead> out;
    const auto number = known_number(db, address);
    if (!number) return number.error();
    Query query =
        db.use("SELECT id, due FROM outgoing WHERE endpoint = ? AND status = 0 ORDER BY due, id LIMIT ?");
    query.bind(*number, static_cast<std::int64_t>(limit));
    while (query.row()) out.push_back({query.id(0), {query.integer(1)}});
    if (!query.ok()) return query.error();
    return out;
}

Result<OutgoingRow> read_message(Connection& db, const std::string& tenant, const Uuid& id) {
    const auto number = known_tenant(db, tenant);
    if (!number) return number.error();
    static const std::string sql =
        std::string(kColumns) + ", o.body" + std::string(kTables) + "WHERE o.tenant = ? AND o.id = ?";
    Query query = db.use(sql);
    query.bind(*number, id);
    if (query.row()) {
        OutgoingRow out = row_of(query, tenant);
        out.message.body = query.blob(kBodyColumn);
        return out;
    }
    if (!query.ok()) return query.error();
    return Error::not_found("there is no message " + id.text());
}

Result<OutgoingPage> list_messages(Connection& db, const OutgoingFilter& filter) {
    OutgoingPage out;
    const auto tenant = known_tenant(db, filter.tenant);
    if (!tenant) return tenant.error();
    std::string sql = std::string(kColumns) + std::string(kTables) + "WHERE o.tenant = ?";
    if (filter.status)  // written out, so that the indexes of some statuses count
        sql += " AND o.status = " + std::to_string(static_cast<int>(*filter.status));
    if (filter.held) sql += *filter.held ? " AND e.disabled <> 0" : " AND e.disabled = 0";
    if (filter.after) sql += " AND o.id < ?";
    if (filter.flow) sql += " AND e.flow = ?";
    if (filter.run) sql += " AND o.run = ?";
    sql += " ORDER BY o.id DESC LIMIT ?";
    Query query = db.use(sql);
    query.bind(*tenant);
    if (filter.after) query.bind(*filter.after);
    if (filter.flow) query.bind(*filter.flow);
    if (filter.run) query.bind(*filter.run);
    query.bind(static_cast<std::int64_t>(filter.limit + 1));
    while (query.row()) out.rows.push_back(row_of(query, filter.tenant));
    if (!query.ok()) return query.error();
    out.more = out.rows.size() > filter.limit;
    if (out.more) out.rows.pop_back();
    return out;
}

Result<void> write_tried(Connection& db, const OutgoingTried& tried) {
    const auto tenant = known_tenant(db, tried.tenant);
    if (!tenant) return tenant.error();
    const OutgoingState& state = tried.state;
    Query query = db.use(
        "UPDATE outgoing SET status = ?, attempts = ?, due = ?, tried = ?, answer = ?, error = ? "
        "WHERE tenant = ? AND id = ?");
    query.bind(static_cast<int>(state.status), state.attempts, state.due, state.tried, state.answer,
               state.error, *tenant, tried.id);
    if (!query.run()) return query.error();
    return tried.endpoint ? write_endpoint(db, *tried.endpoint) : Result<void>();
}

Result<std::vector<OutgoingEndpoint>> read_endpoints(Connection& db,
                                                     const std::optional<std::string>& tenant) {
    std::vector<OutgoingEndpoint> out;
    const std::string wanted = tenant.value_or("");
    Query query = db.use(
        "SELECT t.name, e.flow, e.name, e.failing_since, e.disabled, e.reason FROM outgoing_endpoint e "
        "JOIN tenant t ON t.id = e.tenant WHERE ? = 0 OR t.name = ? ORDER BY t.name, e.flow, e.name");
    query.bind(tenant ? 1 : 0, wanted);
    while (query.row())
        out.push_back({{std::string(query.text(0)), std::string(query.text(1)), std::string(query.text(2))},
                       {query.integer(3)},
                       {query.integer(4)},
                       std::string(query.text(5))});
    if (!query.ok()) return query.error();
    return out;
}

Result<std::uint64_t> count_pending(Connection& db, const OutgoingAddress& address) {
    const auto number = known_number(db, address);
    if (!number) return number.error();
    Query query = db.use("SELECT count(*) FROM outgoing WHERE endpoint = ? AND status = 0");
    query.bind(*number);
    if (query.row()) return static_cast<std::uint64_t>(query.integer(0));
    return query.error();
}

Result<void> write_endpoint(Connection& db, const OutgoingEndpoint& endpoint) {
    const auto number = known_number(db, endpoint.address);
    if (!number) return number.error();
    Query query =
        db.use("UPDATE outgoing_endpoint SET failing_since = ?, disabled = ?, reason = ? WHERE id = ?");
    query.bind(endpoint.failing_since, endpoint.disabled, endpoint.reason, *number);
    if (!query.run()) return query.error();
    return {};
}

Result<Purged> MessagePurge::step(Connection& db, PurgeBudget budget) {
    // Ids may be ahead of a clock that was set back: then newer rows are behind those that stay.
    const Uuid below = first_id_at(before_);
    std::vector<std::int64_t> numbers;
    bool more = true;
    for (int looked = 0; more && looked < kTenantsOfStep && !budget.spent(); ++looked) {
        std::int64_t tenant = 0;
        {
            Query next = db.use("SELECT id FROM tenant WHERE id > ? ORDER BY id LIMIT 1");
            next.bind(done_);
            more = next.row();
            if (!next.ok()) return next.error();
            if (more) tenant = next.integer(0);
        }
        if (!more) break;
        Query old = db.use(
            "SELECT n, length(body) FROM outgoing WHERE tenant = ? AND id < ? AND (status <> ? OR "
            "(SELECT disabled FROM outgoing_endpoint WHERE outgoing_endpoint.id = endpoint) <> 0) "
            "ORDER BY id LIMIT ?");
        old.bind(tenant, below, static_cast<std::int64_t>(OutgoingStatus::pending),
                 static_cast<std::int64_t>(budget.rows));
        const auto ended = budget.spend(old, numbers);
        if (!ended) return ended.error();
        if (*ended) done_ = tenant;
    }
    for (const std::int64_t n : numbers) {
        Query gone = db.use("DELETE FROM outgoing WHERE n = ?");
        gone.bind(n);
        if (!gone.run()) return gone.error();
    }
    return Purged{numbers.size(), more};
}

}  // namespace tappet::store::sqlite
