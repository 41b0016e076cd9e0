#include "store/store.hpp"

#include <limits>

#include "store/sqlite/blob.hpp"
#include "store/sqlite/dedupe.hpp"
#include "store/sqlite/journal.hpp"
#include "store/sqlite/open.hpp"
#include "store/sqlite/outgoing.hpp"
#include "store/sqlite/readers.hpp"
#include "store/sqlite/schema.hpp"
#include "store/sqlite/settings.hpp"
#include "store/sqlite/writer.hpp"

namespace tappet::store {
namespace {

using namespace sqlite;

constexpr std::size_t kReaders = 3;
constexpr std::size_t kPurgeStep = 500;      ///< runs in one transaction of retention
constexpr std::size_t kClaimsOfStep = 100;   ///< dedupe keys, each of which may be on a page of its own
constexpr int kVacuumPages = 500;            ///< given back in one transaction
constexpr std::int64_t kFreePages = 10'000;  ///< kept for what comes next (40 MiB)

class SqliteStore final : public Store {
public:
    SqliteStore(std::unique_ptr<Connection> db, bool unclean, SqliteOptions options, Writer::Post post)
        : readers_(options.path, kReaders, options.busy_timeout),
          unclean_(unclean),
          writer_(std::move(db), options, std::move(post)) {}

    Result<void> start() { return writer_.start(); }
    void commit(Commit commit) override { writer_.commit(std::move(commit)); }
    void commit_together(Together together) override { writer_.commit_together(std::move(together)); }
    Result<std::optional<SourceCursor>> cursor(const std::string& tenant, const std::string& flow,
                                               const std::string& trigger) const override {
        return readers_.read([&](Connection& db) { return read_cursor(db, tenant, flow, trigger); });
    }
    std::optional<std::string> refusing() const override { return writer_.refusing(); }
    StoreStats stats() const override { return writer_.stats(); }
    bool unclean_end() const override { return unclean_; }
    void close() override { writer_.close(); }
    void project(RunRow row) override { writer_.project(std::move(row)); }

    Result<std::uint32_t> save_flow(const std::string& tenant, const std::string& flow,
                                    const std::string& hash, const std::string& source, TimeMs now) override {
        std::uint32_t version = 0;
        const FlowVersion given{tenant, flow, 0, hash, source, now};
        auto saved = writer_.run([&](Connection& db, Names& names) -> Result<void> {
            auto number = sqlite::save_flow(db, names, given);
            if (!number) return number.error();
            version = *number;
            return {};
        });
        if (!saved) return saved.error();
        return version;
    }
    Result<FlowVersion> flow_version(const std::string& tenant, const std::string& flow,
                                     std::uint32_t version) const override {
        return readers_.read([&](Connection& db) { return read_flow(db, tenant, flow, version); });
    }

    Result<void> open_runs(const std::function<bool(OpenRun)>& each) const override {
        return readers_.read([&](Connection& db) -> Result<void> {
            auto ids = find_open_runs(db);
            if (!ids) return ids.error();
            for (const RunId& id : *ids) {
                auto rows = read_journal(db, id);
                if (!rows) return rows.error();
                if (!each(OpenRun{id, std::move(*rows)})) break;
            }
            return {};
        });
    }
    Result<std::vector<std::string>> journal(const RunId& id) const override {
        return readers_.read([&](Connection& db) { return read_journal(db, id); });
    }
    Result<RunPage> runs(const RunFilter& filter) override {
        if (!writer_.refusing() && writer_.stats().projection_backlog > 0) {
            auto flushed = writer_.run([](Connection&, Names&) { return Result<void>(); }, true);
            if (!flushed && flushed.error().code != ErrorCode::cancelled) return flushed.error();
        }
        return readers_.read([&](Connection& db) { return list_runs(db, filter); });
    }

    Result<void> set_var(const std::string& tenant, const std::string& name,
                         const std::optional<std::string>& json) override {
        return writer_.run(
            [&](Connection& db, Names& names) { return write_var(db, names, tenant, name, json); });
    }
    Result<std::vector<std::pair<std::string, std::string>>> vars(const std::string& tenant) const override {
        return readers_.read([&](Connection& db) { return read_vars(db, tenant); });
    }
    Result<std::optional<std::string>> state_get(const std::string& tenant, const std::string& scope,
                                                 const std::string& key) const override {
        return readers_.read([&](Connection& db) { return read_state(db, tenant, scope, key); });
    }
    Result<void> state_set(const std::string& tenant, const std::string& scope, const std::string& key,
                           const std::optional<std::string>& value) override {
        return writer_.run(
            [&](Connection& db, Names& names) { return write_state(db, names, tenant, scope, key, value); });
    }

    Result<void> blob_append(const BlobPart& part, const BlobLimits& limits) override {
        return writer_.run([&](Connection& db, Names&) { return append_blob(db, part, limits); });
    }
    Result<std::string> blob_read(const RunId& run, const std::string& id, std::uint64_t offset,
                                  std::uint64_t max) const override {
        return readers_.read([&](Connection& db) { return read_blob(db, run, id, offset, max); });
    }

    Result<void> save_plugin(const PluginRecord& record) override {
        return writer_.run([&](Connection& db, Names&) { return write_plugin(db, record); });
    }
    Result<void> remove_plugin(const std::string& name, const std::string& hash) override {
        return writer_.run([&](Connection& db, Names&) { return delete_plugin(db, name, hash); });
    }
    Result<std::vector<PluginRecord>> plugins() const override {
        return readers_.read([&](Connection& db) { return read_plugins(db); });
    }

    Result<void> add_rejected(const RejectedBatch& batch) override {
        return writer_.run([&](Connection& db, Names& names) { return write_rejected(db, names, batch); });
    }
    Result<RejectedPage> rejected(const RejectedFilter& filter) const override {
        return readers_.read([&](Connection& db) { return list_rejected(db, filter); });
    }
    Result<Rejected> rejected_one(const std::string& tenant, const Uuid& id) const override {
        return readers_.read([&](Connection& db) { return read_rejected(db, tenant, id); });
    }
    Result<void> remove_rejected(const std::string& tenant, const std::string& flow) override {
        return writer_.run([&](Connection& db, Names&) { return delete_rejected(db, tenant, flow); });
    }
    Result<std::uint64_t> purge_rejected(TimeMs before) override {
        return in_steps([&](Connection& db) { return sqlite::purge_rejected(db, before); });
    }
    Result<void> begin_pause(const PausedTrigger& pause) override {
        return writer_.run([&](Connection& db, Names& names) { return write_pause(db, names, pause); });
    }
    Result<void> end_pause(const std::string& tenant, const std::string& flow, const std::string& trigger,
                           const std::optional<SourceCursor>& cursor) override {
        return writer_.run([&](Connection& db, Names& names) {
            auto ended = delete_pause(db, names, tenant, flow, trigger);
            if (ended && cursor) ended = write_cursor(db, names, *cursor);
            return ended;
        });
    }
    Result<std::vector<PausedTrigger>> pauses() const override {
        return readers_.read([&](Connection& db) { return read_pauses(db); });
    }

    Result<std::vector<OutgoingHead>> outgoing_pending(const OutgoingAddress& address,
                                                       std::size_t limit) const override {
        return readers_.read([&](Connection& db) { return read_pending(db, address, limit); });
    }
    Result<OutgoingRow> outgoing(const std::string& tenant, const Uuid& id) const override {
        return readers_.read([&](Connection& db) { return read_message(db, tenant, id); });
    }
    Result<OutgoingPage> outgoing_list(const OutgoingFilter& filter) const override {
        return readers_.read([&](Connection& db) { return list_messages(db, filter); });
    }
    Result<void> outgoing_tried(const std::vector<OutgoingTried>& tried) override {
        return writer_.run([&](Connection& db, Names&) -> Result<void> {
            for (const OutgoingTried& one : tried)
                if (auto written = write_tried(db, one); !written) return written;
            return {};
        });
    }
    Result<std::vector<OutgoingEndpoint>> outgoing_endpoints(
        const std::optional<std::string>& tenant) const override {
        return readers_.read([&](Connection& db) { return read_endpoints(db, tenant); });
    }
    Result<std::uint64_t> outgoing_waiting(const OutgoingAddress& address) const override {
        return readers_.read([&](Connection& db) { return count_pending(db, address); });
    }
    Result<void> save_outgoing_endpoint(const OutgoingEndpoint& endpoint) override {
        return writer_.run([&](Connection& db, Names&) { return write_endpoint(db, endpoint); });
    }
    Result<std::uint64_t> purge_outgoing(TimeMs before) override {
        MessagePurge purge(before);
        return in_steps([&](Connection& db) { return purge.step(db); });
    }

    Result<std::pair<std::uint64_t, std::uint64_t>> purge(TimeMs now,
                                                          std::optional<TimeMs> runs_before) override {
        std::pair<std::uint64_t, std::uint64_t> gone;
        auto claims = in_steps([&](Connection& db) { return purge_claims(db, now, kClaimsOfStep); });
        if (!claims) return claims.error();
        gone.first = *claims;
        if (runs_before) {
            auto runs = in_steps([&](Connection& db) { return purge_runs(db, *runs_before, kPurgeStep); });
            if (!runs) return runs.error();
            gone.second = *runs;
        }
        if (auto shrunk = shrink(); !shrunk) return shrunk.error();
        return gone;
    }

private:
    /// Deletes step by step, other commits in between, until a step finds no more.
    template <class Step>
    Result<std::uint64_t> in_steps(const Step& step) {
        std::uint64_t total = 0;
        while (true) {
            Purged purged;
            auto done = writer_.run([&](Connection& db, Names&) -> Result<void> {
                auto stepped = step(db);
                if (!stepped) return stepped.error();
                purged = *stepped;
                return {};
            });
            if (!done) return done.error();
            total += purged.count;
            if (!purged.more) return total;
        }
    }

    /// Gives free pages back to the file system, step by step, but for some that the next runs take.
    Result<void> shrink() {
        std::int64_t before = std::numeric_limits<std::int64_t>::max();
        while (true) {
            std::int64_t free = 0;
            auto done = writer_.run([&](Connection& db, Names&) -> Result<void> {
                auto pages = db.number("PRAGMA freelist_count");
                if (!pages) return pages.error();
                free = *pages;
                if (free <= kFreePages || free >= before) return {};
                return db.execute("PRAGMA incremental_vacuum(" + std::to_string(kVacuumPages) + ")");
            });
            if (!done) return done;
            if (free <= kFreePages || free >= before) return {};
            before = free;
        }
    }

    mutable Readers readers_;
    bool unclean_;
    Writer writer_;
};

Result<void> settle_key(Connection& db, const SqliteOptions& options) {
    if (!options.key) return {};
    const auto remembered = key_of(db);
    if (!remembered) return remembered.error();
    const auto given = options.key(*remembered);
    if (!given) return given.error();
    return *remembered == *given ? Result<void>() : remember_key(db, *given);
}

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite(SqliteOptions options,
                                           std::function<void(std::function<void()>)> post) {
    auto db = Connection::open(options.path, Connection::Mode::write, options.busy_timeout);
    if (!db) return db.error();
    if (auto ready = prepare(**db, options.path, options.autocheckpoint_pages); !ready) return ready.error();
    if (auto settled = settle_key(**db, options); !settled) return settled.error();
    options.key = nullptr;
    auto unclean = mark_open(**db);
    if (!unclean) return unclean.error();
    auto store = std::make_unique<SqliteStore>(std::move(*db), *unclean, std::move(options), std::move(post));
    if (auto started = store->start(); !started) return started.error();
    return std::unique_ptr<Store>(std::move(store));
}

}  // namespace tappet::store
