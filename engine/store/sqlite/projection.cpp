#include "store/sqlite/projection.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "store/sqlite/blob.hpp"
#include "store/sqlite/first_id.hpp"

namespace tappet::store::sqlite {
namespace {

/// Labels as one column: lengths and texts. The table `label` is for searching.
std::string pack(const std::vector<std::pair<std::string, std::string>>& labels) {
    std::string out;
    const auto put = [&](const std::string& text) {
        const auto size = static_cast<std::uint32_t>(text.size());
        for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<char>(size >> shift));
        out += text;
    };
    for (const auto& [name, value] : labels) {
        put(name);
        put(value);
    }
    return out;
}

std::vector<std::pair<std::string, std::string>> unpack(std::string_view packed) {
    std::vector<std::string> texts;
    while (packed.size() >= 4) {
        std::uint32_t size = 0;
        for (int i = 0; i < 4; ++i)
            size |=
                static_cast<std::uint32_t>(static_cast<unsigned char>(packed[static_cast<std::size_t>(i)]))
                << (8 * i);
        packed.remove_prefix(4);
        if (size > packed.size()) break;
        texts.emplace_back(packed.substr(0, size));
        packed.remove_prefix(size);
    }
    std::vector<std::pair<std::string, std::string>> out;
    for (std::size_t i = 0; i + 1 < texts.size(); i += 2)
        out.emplace_back(std::move(texts[i]), std::move(texts[i + 1]));
    return out;
}

}  // namespace

Result<void> Projection::load() {
    Query query = db_.use("SELECT runs FROM unprojected");
    while (query.row()) {
        behind_ = true;
        const std::string_view ids = query.blob(0);
        for (std::size_t at = 0; at + 16 <= ids.size(); at += 16)
            if (const auto id = Uuid::from_bytes(ids.substr(at, 16))) left_.insert(*id);
    }
    if (!query.ok()) return query.error();
    return {};
}

void Projection::add(RunRow row) {
    const RunId id = row.id;
    if (!left_.empty()) left_.erase(id);
    rows_.insert_or_assign(id, std::move(row));
}

Result<void> Projection::note_behind(std::string_view runs) {
    if (runs.empty()) return {};
    behind_ = true;
    Query insert = db_.use("INSERT INTO unprojected (runs) VALUES (?)");
    insert.bind(Blob{runs});
    if (!insert.run()) return insert.error();
    return {};
}

Result<void> Projection::write() {
    std::vector<const RunRow*> rows;
    rows.reserve(rows_.size());
    for (const auto& [id, row] : rows_) rows.push_back(&row);
    // In the order of the tree, so that neighbours share pages.
    std::sort(rows.begin(), rows.end(), [](const RunRow* a, const RunRow* b) { return a->id < b->id; });
    for (const RunRow* row : rows)
        if (auto written = write(*row); !written) return written;
    rows_.clear();
    if (behind_) {
        if (auto gone = db_.use("DELETE FROM unprojected"); !gone.run()) return gone.error();
        behind_ = false;
        std::string still;
        for (const RunId& id : left_) still += id.view();
        return note_behind(still);
    }
    return {};
}

Result<void> Projection::write(const RunRow& row) {
    auto tenant = names_.tenant(row.tenant);
    if (!tenant) return tenant.error();
    auto flow = names_.flow(*tenant, row.flow);
    if (!flow) return flow.error();
    const std::string labels = pack(row.labels);
    {
        Query insert = db_.use(
            "INSERT INTO run (tenant, id, flow, version, trigger_id, status, created, started, finished, "
            "labels, detail) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (tenant, id) DO UPDATE SET status = "
            "excluded.status, "
            "started = excluded.started, finished = excluded.finished, detail = excluded.detail");
        insert.bind(*tenant, row.id, *flow, row.version, row.trigger, static_cast<int>(row.status),
                    row.created, row.started, row.finished, Blob{labels}, Blob{row.detail});
        if (!insert.run()) return insert.error();
    }
    for (const auto& [name, value] : row.labels) {
        Query insert = db_.use("INSERT OR IGNORE INTO label (tenant, name, value, run) VALUES (?, ?, ?, ?)");
        insert.bind(*tenant, name, value, row.id);
        if (!insert.run()) return insert.error();
    }
    return {};
}

namespace {

/// The query for a filter, newest first. A label, a flow and a single status that is not `succeeded` have an
/// index each; several at once walk the one of the first of these, any other the tenant's runs.
/// `wanted` is the filter's statuses, each once: the text is kept with its statement.
std::string sql_for(const RunFilter& filter, const std::set<run::RunStatus>& wanted) {
    std::string where = " WHERE run.tenant = ?1 AND run.id < ?2 AND run.id >= ?3";
    std::string from = " FROM run JOIN flow ON flow.id = run.flow";
    if (filter.label) {
        from =
            " FROM label JOIN run ON run.tenant = label.tenant AND run.id = label.run JOIN flow ON flow.id = "
            "run.flow";
        where =
            " WHERE label.tenant = ?1 AND label.name = ?7 AND label.value = ?8 AND label.run < ?2 AND "
            "label.run >= ?3";
    }
    if (filter.flow)
        where += filter.label ? " AND +run.flow = ?9" : " AND run.flow = ?9 AND +run.tenant = ?1";
    where += " AND run.created >= ?5 AND run.created < ?6";
    if (!wanted.empty()) {
        std::string list;
        for (const auto status : wanted)
            list += (list.empty() ? "" : ",") + std::to_string(static_cast<int>(status));
        // The partial index serves all but succeeded, which most runs are.
        const bool by_status = wanted.size() == 1 && !wanted.contains(run::RunStatus::succeeded) &&
                               !filter.label && !filter.flow;
        where +=
            (by_status ? " AND run.status <> 3 AND run.status IN (" : " AND +run.status IN (") + list + ")";
    }
    return "SELECT run.id, flow.name, run.version, run.trigger_id, run.status, run.created, run.started, "
           "run.finished, run.labels, "
           "run.detail" +
           from + where + (filter.label ? " ORDER BY label.run DESC" : " ORDER BY run.id DESC") + " LIMIT ?4";
}

/// How far apart the time in a run's id and that of its creation may be: ids are made first, and never go
/// back.
constexpr std::chrono::milliseconds kIdSlack{60'000};

}  // namespace

Result<RunPage> list_runs(Connection& db, const RunFilter& filter) {
    RunPage page;
    auto tenant = known_tenant(db, filter.tenant);
    if (!tenant) return tenant.error();
    if (*tenant == 0) return page;
    std::int64_t flow = 0;
    if (filter.flow) {
        Query named = db.use("SELECT id FROM flow WHERE tenant = ? AND name = ?");
        named.bind(*tenant, *filter.flow);
        if (!named.row()) {
            if (!named.ok()) return named.error();
            return page;
        }
        flow = named.integer(0);
    }
    Uuid below;
    below.bytes.fill(0xff);
    if (filter.created_before) below = std::min(below, first_id_at(*filter.created_before + kIdSlack));
    if (filter.after) below = std::min(below, *filter.after);
    const Uuid from = filter.created_from ? first_id_at(*filter.created_from + -kIdSlack) : Uuid{};
    const std::string none;
    Query query = db.use(sql_for(filter, {filter.status.begin(), filter.status.end()}));
    query.bind(*tenant, below, from, static_cast<std::int64_t>(filter.limit + 1),
               filter.created_from.value_or(TimeMs{}),
               filter.created_before.value_or(TimeMs{std::numeric_limits<std::int64_t>::max()}));
    if (filter.label)
        query.bind(filter.label->first, filter.label->second);
    else if (filter.flow)
        query.bind(none, none);
    if (filter.flow) query.bind(flow);
    while (query.row()) {
        if (page.rows.size() == filter.limit) {
            page.more = true;
            break;
        }
        RunRow row;
        row.id = query.id(0);
        row.tenant = filter.tenant;
        row.flow = query.text(1);
        row.version = static_cast<std::uint32_t>(query.integer(2));
        row.trigger = query.text(3);
        row.status = static_cast<run::RunStatus>(query.integer(4));
        row.created = {query.integer(5)};
        row.started = {query.integer(6)};
        row.finished = {query.integer(7)};
        row.labels = unpack(query.blob(8));
        row.detail = query.blob(9);
        page.rows.push_back(std::move(row));
    }
    if (!query.ok()) return query.error();
    return page;
}

/// Parts of blobs, up to 1 MiB each, that one step of a purge deletes besides.
constexpr std::size_t kBlobPartsOfStep = 64;

Result<Purged> purge_runs(Connection& db, TimeMs before, std::size_t limit) {
    std::vector<std::pair<std::int64_t, std::pair<RunId, std::string>>> gone;
    const Uuid below = first_id_at(before);
    std::vector<std::int64_t> tenants;
    {
        Query all = db.use("SELECT id FROM tenant");
        while (all.row()) tenants.push_back(all.integer(0));
        if (!all.ok()) return all.error();
    }
    for (const std::int64_t tenant : tenants) {
        Query old = db.use(
            "SELECT id, labels FROM run WHERE tenant = ? AND id < ? AND status >= 3 AND finished < ? LIMIT "
            "?");
        old.bind(tenant, below, before, static_cast<std::int64_t>(limit - gone.size()));
        while (old.row()) gone.push_back({tenant, {old.id(0), std::string(old.blob(1))}});
        if (!old.ok()) return old.error();
    }
    std::size_t blobs = kBlobPartsOfStep;
    std::uint64_t count = 0;
    for (const auto& [tenant, run] : gone) {
        const auto parts = purge_blobs(db, run.first, blobs);
        if (!parts) return parts.error();
        if (parts->more) return Purged{count, true};
        blobs -= parts->count;
        for (const auto& [name, value] : unpack(run.second)) {
            Query label = db.use("DELETE FROM label WHERE tenant = ? AND name = ? AND value = ? AND run = ?");
            label.bind(tenant, name, value, run.first);
            if (!label.run()) return label.error();
        }
        Query journal = db.use("DELETE FROM journal WHERE run = ?");
        journal.bind(run.first);
        if (!journal.run()) return journal.error();
        Query row = db.use("DELETE FROM run WHERE tenant = ? AND id = ?");
        row.bind(tenant, run.first);
        if (!row.run()) return row.error();
        ++count;
    }
    const auto lost = purge_lost_blobs(db, below, blobs);
    if (!lost) return lost.error();
    return Purged{count, count == limit || lost->more};
}

}  // namespace tappet::store::sqlite
