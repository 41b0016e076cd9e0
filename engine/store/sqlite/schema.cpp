#include "store/sqlite/schema.hpp"

#include <fmt/format.h>

namespace tappet::store::sqlite {
namespace {

/// Version 1. docs/JOURNAL.md says what the columns mean. Run ids are UUIDv7: rows of a table that is keyed
/// by them are appended, and creation time is their order. The journal's rows are long, so they are in a
/// table of rowids: keyed by the run, they would stand on the inner pages of the tree, too.
constexpr const char* kVersion1 = R"sql(
CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE tenant (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
INSERT INTO tenant (id, name) VALUES (1, 'default');
CREATE TABLE flow (id INTEGER PRIMARY KEY, tenant INTEGER NOT NULL REFERENCES tenant, name TEXT NOT NULL, UNIQUE (tenant, name));
CREATE TABLE flow_version (flow INTEGER NOT NULL REFERENCES flow, version INTEGER NOT NULL, hash TEXT NOT NULL,
    source TEXT NOT NULL, created INTEGER NOT NULL, PRIMARY KEY (flow, version)) WITHOUT ROWID;
CREATE TABLE journal (n INTEGER PRIMARY KEY, run BLOB NOT NULL, seq INTEGER NOT NULL, data BLOB NOT NULL);
CREATE UNIQUE INDEX journal_of_run ON journal (run, seq);
CREATE TABLE unprojected (batch INTEGER PRIMARY KEY, runs BLOB NOT NULL);
CREATE TABLE run (tenant INTEGER NOT NULL, id BLOB NOT NULL, flow INTEGER NOT NULL, version INTEGER NOT NULL,
    trigger_id TEXT NOT NULL, status INTEGER NOT NULL, created INTEGER NOT NULL, started INTEGER NOT NULL,
    finished INTEGER NOT NULL, labels BLOB, detail BLOB, PRIMARY KEY (tenant, id)) WITHOUT ROWID;
CREATE INDEX run_by_flow ON run (flow, id);
CREATE INDEX run_not_succeeded ON run (status, tenant, id) WHERE status <> 3;
CREATE TABLE label (tenant INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, run BLOB NOT NULL,
    PRIMARY KEY (tenant, name, value, run)) WITHOUT ROWID;
CREATE TABLE dedupe (key BLOB PRIMARY KEY, run BLOB NOT NULL, expires INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE dedupe_merged (n INTEGER PRIMARY KEY, expires INTEGER NOT NULL, keys BLOB NOT NULL);
CREATE INDEX dedupe_merged_by_expiry ON dedupe_merged (expires);
CREATE TABLE dedupe_log_0 (n INTEGER PRIMARY KEY, key BLOB NOT NULL, run BLOB NOT NULL, expires INTEGER NOT NULL);
CREATE TABLE dedupe_log_1 (n INTEGER PRIMARY KEY, key BLOB NOT NULL, run BLOB NOT NULL, expires INTEGER NOT NULL);
CREATE TABLE var (tenant INTEGER NOT NULL REFERENCES tenant, name TEXT NOT NULL, json TEXT NOT NULL, PRIMARY KEY (tenant, name)) WITHOUT ROWID;
CREATE TABLE plugin_state (tenant INTEGER NOT NULL REFERENCES tenant, scope TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL,
    PRIMARY KEY (tenant, scope, key)) WITHOUT ROWID;
)sql";

/// Version 2: blobs. `start` is where in its blob a part begins; `blob_use` is what a run's parts take.
constexpr const char* kVersion2 = R"sql(
CREATE TABLE blob (n INTEGER PRIMARY KEY, run BLOB NOT NULL, id TEXT NOT NULL, start INTEGER NOT NULL, bytes BLOB NOT NULL);
CREATE UNIQUE INDEX blob_part ON blob (run, id, start);
CREATE TABLE blob_use (run BLOB PRIMARY KEY, bytes INTEGER NOT NULL) WITHOUT ROWID;
)sql";

/// Version 3: where sources of events go on.
constexpr const char* kVersion3 = R"sql(
CREATE TABLE poll_cursor (tenant INTEGER NOT NULL REFERENCES tenant, flow TEXT NOT NULL, trigger_id TEXT NOT NULL, source TEXT NOT NULL,
    cursor BLOB NOT NULL, time INTEGER NOT NULL, PRIMARY KEY (tenant, flow, trigger_id));
)sql";

/// Version 4: builds of plugins that crashed. Besides, journals may have RunCrashed.
constexpr const char* kVersion4 = R"sql(
CREATE TABLE plugin (name TEXT NOT NULL, hash TEXT NOT NULL, file TEXT NOT NULL, recent TEXT NOT NULL, crashes INTEGER NOT NULL,
    what TEXT NOT NULL, quarantined INTEGER NOT NULL, PRIMARY KEY (name, hash)) WITHOUT ROWID;
)sql";

/// Version 5: requests that hooks refused, and how many there were of which nothing is kept. Rows are long,
/// so they are in a table of rowids.
constexpr const char* kVersion5 = R"sql(
CREATE TABLE rejected (n INTEGER PRIMARY KEY, tenant INTEGER NOT NULL REFERENCES tenant, id BLOB NOT NULL, flow TEXT NOT NULL,
    trigger_id TEXT NOT NULL, time INTEGER NOT NULL, status INTEGER NOT NULL, code TEXT NOT NULL, data BLOB NOT NULL);
CREATE UNIQUE INDEX rejected_by_id ON rejected (tenant, id);
CREATE INDEX rejected_of_trigger ON rejected (tenant, flow, trigger_id, id);
CREATE INDEX rejected_by_time ON rejected (time);
CREATE TABLE rejected_unkept (tenant INTEGER NOT NULL REFERENCES tenant, flow TEXT NOT NULL, trigger_id TEXT NOT NULL, count INTEGER NOT NULL,
    time INTEGER NOT NULL, PRIMARY KEY (tenant, flow, trigger_id)) WITHOUT ROWID;
)sql";

/// Version 6: messages about runs. Their rows are long, so they are in a table of rowids.
constexpr const char* kVersion6 = R"sql(
CREATE TABLE outgoing_endpoint (id INTEGER PRIMARY KEY, tenant INTEGER NOT NULL REFERENCES tenant, flow TEXT NOT NULL, name TEXT NOT NULL,
    failing_since INTEGER NOT NULL, disabled INTEGER NOT NULL, reason TEXT NOT NULL, UNIQUE (tenant, flow, name));
CREATE TABLE outgoing (n INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, id BLOB NOT NULL, endpoint INTEGER NOT NULL REFERENCES outgoing_endpoint,
    version INTEGER NOT NULL, run BLOB NOT NULL, type TEXT NOT NULL, status INTEGER NOT NULL, attempts INTEGER NOT NULL, due INTEGER NOT NULL,
    tried INTEGER NOT NULL, answer INTEGER NOT NULL, error TEXT NOT NULL, body BLOB NOT NULL);
CREATE UNIQUE INDEX outgoing_by_id ON outgoing (tenant, id);
CREATE INDEX outgoing_of_run ON outgoing (run);
CREATE INDEX outgoing_pending ON outgoing (endpoint, due, id) WHERE status = 0;
CREATE INDEX outgoing_failed ON outgoing (tenant, id) WHERE status = 2;
)sql";

/// Version 7: triggers that are paused.
constexpr const char* kVersion7 = R"sql(
CREATE TABLE paused_trigger (tenant INTEGER NOT NULL REFERENCES tenant, flow TEXT NOT NULL, trigger_id TEXT NOT NULL,
    since INTEGER NOT NULL, PRIMARY KEY (tenant, flow, trigger_id)) WITHOUT ROWID;
)sql";

Error named(const std::string& path, Error error) {
    if (error.message.find(path) == std::string::npos) error.message = path + ": " + error.message;
    return error;
}

Result<void> migrate(Connection& db, int from) {
    if (auto begun = db.execute("BEGIN IMMEDIATE"); !begun) return begun;
    Result<void> done;
    if (from < 1) done = db.execute(kVersion1);
    if (done && from < 2) done = db.execute(kVersion2);
    if (done && from < 3) done = db.execute(kVersion3);
    if (done && from < 4) done = db.execute(kVersion4);
    if (done && from < 5) done = db.execute(kVersion5);
    if (done && from < 6) done = db.execute(kVersion6);
    if (done && from < 7) done = db.execute(kVersion7);
    if (done)
        done = db.execute(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", kApplicationId,
                                      kSchemaVersion));
    if (done) done = db.execute("COMMIT");
    if (!done) (void)db.execute("ROLLBACK");
    return done;
}

}  // namespace

Result<void> prepare(Connection& db, const std::string& path, int autocheckpoint_pages) {
    auto application = db.number("PRAGMA application_id");
    if (!application) {
        if (sqlite3_errcode(db.handle()) == SQLITE_NOTADB)
            return Error::invalid(path + " is no database; name another file");
        return named(path, application.error());
    }
    auto version = db.number("PRAGMA user_version");
    if (!version) return named(path, version.error());
    auto tables = db.number("SELECT count(*) FROM sqlite_schema");
    if (!tables) return named(path, tables.error());
    const bool fresh = *tables == 0 && *application == 0 && *version == 0;
    if (!fresh && *application != kApplicationId)
        return Error::invalid(path + " is a database of another program; name another file");
    if (*version > kSchemaVersion)
        return Error::conflict(fmt::format(
            "{} was written by a newer tappet (schema {}, this binary knows {}); use that one, or a "
            "backup from before",
            path, *version, kSchemaVersion));
    if (fresh) {
        if (auto set = db.execute("PRAGMA page_size = 4096; PRAGMA auto_vacuum = INCREMENTAL"); !set)
            return named(path, set.error());
    }
    {
        Query mode = db.use("PRAGMA journal_mode = WAL");
        if (!mode.row()) return named(path, mode.error());
        if (mode.text(0) != "wal")
            return Error::unavailable(path +
                                      ": its file system cannot share memory between connections, so the "
                                      "database cannot be in WAL mode; put the data folder on a local disk");
    }
    if (auto set = db.execute(
            fmt::format("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = {}; "
                        "PRAGMA foreign_keys = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8192",
                        autocheckpoint_pages));
        !set)
        return named(path, set.error());
    if (*version < kSchemaVersion)
        if (auto migrated = migrate(db, static_cast<int>(*version)); !migrated)
            return named(path, migrated.error());
    return {};
}

Result<std::optional<std::uint32_t>> key_of(Connection& db) {
    auto id = db.number("SELECT coalesce((SELECT value FROM meta WHERE name = 'vault_key'), -1)");
    if (!id) return id.error();
    return *id < 0 ? std::nullopt : std::optional(static_cast<std::uint32_t>(*id));
}

Result<void> remember_key(Connection& db, std::uint32_t id) {
    return db.execute(fmt::format("INSERT OR REPLACE INTO meta (name, value) VALUES ('vault_key', {})", id));
}

Result<bool> mark_open(Connection& db) {
    auto before = db.number("SELECT value FROM meta WHERE name = 'open'");
    if (!before) return before.error();
    if (auto marked = db.execute("INSERT OR REPLACE INTO meta (name, value) VALUES ('open', 1)"); !marked)
        return marked.error();
    return *before != 0;
}

Result<void> mark_closed(Connection& db) {
    return db.execute("INSERT OR REPLACE INTO meta (name, value) VALUES ('open', 0)");
}

}  // namespace tappet::store::sqlite
