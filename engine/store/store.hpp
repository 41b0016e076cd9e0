#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "run/status.hpp"
#include "store/outgoing.hpp"

namespace tappet::store {

/// A run as lists and searches see it: one row of the projection, written behind the journal.
struct RunRow {
    RunId id;
    std::string tenant;
    std::string flow;
    std::uint32_t version = 0;
    std::string trigger;
    run::RunStatus status = run::RunStatus::queued;
    TimeMs created, started, finished;                        ///< 0 ms: not yet
    std::vector<std::pair<std::string, std::string>> labels;  ///< searchable
    std::string detail;  ///< the rest of the run (outputs, error), as run/ encodes it; opaque here
};

/// Names an event of a trigger for 'one run per event': a 16-byte hash of tenant, flow, trigger and key.
struct DedupeClaim {
    std::array<std::uint8_t, 16> key{};
    TimeMs now;
    TimeMs expires;
};

/// What became of a commit.
struct Committed {
    /// Set when another run owns the dedupe key: nothing of this commit was written.
    std::optional<RunId> duplicate_of;
};

/// One durable boundary of one run: everything in it is written in one transaction, or nothing.
struct Commit {
    RunId run;
    std::uint64_t seq = 0;             ///< 0 creates the run; then without a gap
    std::string data;                  ///< the journal row, encoded by run/
    std::optional<DedupeClaim> claim;  ///< only with seq 0
    RunRow row;  ///< the run after this boundary; written to the projection later, latest wins
    /// Called once with the outcome, in order of commit, on the thread that Store's `post` leads to. An error
    /// means that nothing of this commit is on disk and that the store refuses further writes (P9).
    std::function<void(Result<Committed>)> done;
    std::vector<OutgoingMessage> outgoing;  ///< what is told of the run with this boundary
    bool asks = false;  ///< asks whose `claim` is, in its turn behind what came before; nothing is written

    /// What it takes while it waits.
    std::uint64_t bytes() const {
        std::uint64_t sum = data.size();
        for (const OutgoingMessage& message : outgoing) sum += message.body.size();
        return sum;
    }
};

/// Where a source of events goes on, for the trigger that asks it.
struct SourceCursor {
    std::string tenant, flow, trigger;
    std::string source;  ///< what is asked: "crm/new-contacts"
    std::string data;    ///< as trigger/ encodes it; opaque here
    TimeMs time;
};

/// A trigger that starts nothing until somebody ends its pause.
struct PausedTrigger {
    std::string tenant, flow, trigger;
    TimeMs since;
    friend bool operator==(const PausedTrigger&, const PausedTrigger&) = default;
};

/// The beginnings of several runs, and the cursor of the source that told of them: written in one
/// transaction, or nothing. A commit whose claim another run owns leaves nothing of itself and keeps nothing
/// from the others.
struct Together {
    std::vector<Commit> commits;  ///< rows from seq 0 on, those of one run in order; each is told as usual
    std::optional<SourceCursor> cursor;
    std::function<void(Result<void>)> done;  ///< called once, after those of the commits, on the same thread
};

struct FlowVersion {
    std::string tenant;
    std::string flow;
    std::uint32_t version = 0;  ///< from 1
    std::string hash;           ///< of the source
    std::string source;         ///< the YAML
    TimeMs created;
};

struct RunFilter {
    std::string tenant;
    std::optional<std::string> flow;
    std::vector<run::RunStatus> status;  ///< any of; empty: all
    std::optional<std::pair<std::string, std::string>> label;
    std::optional<TimeMs> created_from, created_before;
    std::optional<RunId> after;  ///< cursor: runs older than this one
    std::size_t limit = 50;
};

struct RunPage {
    std::vector<RunRow> rows;  ///< newest first
    bool more = false;
};

/// An open run as recovery finds it: its journal in order of seq.
struct OpenRun {
    RunId id;
    std::vector<std::string> journal;
};

/// What is appended to a blob.
struct BlobPart {
    RunId run;
    std::string id;
    bool begins = false;  ///< the blob is new
    std::string_view bytes;
};

struct BlobLimits {
    std::uint64_t blob = 64u << 20;  ///< bytes of one blob
    std::uint64_t run = 256u << 20;  ///< bytes of all blobs of one run, kBlobPartBytes more for each write
};
inline constexpr std::uint64_t kBlobPartBytes = 256;

/// What is known of the crashes of one build of a plugin.
struct PluginRecord {
    std::string name, hash;      ///< together they name the build
    std::string file;            ///< where it was loaded from last
    std::vector<TimeMs> recent;  ///< the latest crashes, oldest first
    std::uint64_t crashes = 0;   ///< all that were counted
    std::string what;            ///< the last one
    TimeMs quarantined;          ///< since when it is set aside; 0 ms: it is not
    friend bool operator==(const PluginRecord&, const PluginRecord&) = default;
};

/// A request that a hook refused, or an event that a source told and its trigger refused: kept for people.
struct Rejected {
    Uuid id;  ///< UUIDv7: newest is largest
    std::string tenant, flow, trigger;
    TimeMs time;
    int status = 0;
    std::string code;  ///< of the problem: "verification"
    std::string data;  ///< the rest, as trigger/ encodes it; opaque here
    friend bool operator==(const Rejected&, const Rejected&) = default;
};

/// What is written of refused requests at once.
struct RejectedBatch {
    /// Requests of one trigger that were refused and of which nothing is kept.
    struct Unkept {
        std::string tenant, flow, trigger;
        std::uint64_t count = 0;
        TimeMs time;  ///< of the last one
    };
    std::vector<Rejected> requests;
    std::vector<Unkept> unkept;
    std::size_t keep = 0;  ///< requests of each trigger of the batch, the newest; older ones are deleted
};

struct RejectedFilter {
    std::string tenant;
    std::optional<std::string> flow, trigger;
    std::optional<int> status;
    std::optional<Uuid> after;  ///< cursor: requests older than this one
    std::size_t limit = 50;
};

struct RejectedPage {
    std::vector<Rejected> rows;  ///< newest first
    bool more = false;
    /// Requests of the filter's tenant, flow and trigger, of any status, that were only counted, or deleted
    /// since newer ones came.
    std::uint64_t unkept = 0;
};

struct StoreStats {
    std::uint64_t commits = 0, batches = 0, failed = 0;
    std::size_t queued = 0;  ///< commits waiting for the writer
    std::uint64_t bytes_queued = 0;
    std::size_t projection_backlog = 0;  ///< rows of the projection not yet written
};

/// Where runs are kept. commit() may be called on any thread and never blocks; the reads and the rest block
/// for a disk access and may be called on any thread but the writer's.
class Store : public OutgoingStore {
public:
    /// Queues a boundary. Commits of one run become durable in order of call.
    virtual void commit(Commit commit) = 0;
    /// Queues what is durable together. On any thread, never blocks.
    virtual void commit_together(Together together) = 0;
    /// The cursor of a trigger's source; nothing where there is none.
    virtual Result<std::optional<SourceCursor>> cursor(const std::string& tenant, const std::string& flow,
                                                       const std::string& trigger) const = 0;
    /// Whether writes are accepted; the reason when they are not (a failed write or sync; a full disk).
    virtual std::optional<std::string> refusing() const = 0;
    virtual StoreStats stats() const = 0;

    /// The version number of a flow's source: that of the latest version when the hash is the same, else a
    /// new one.
    virtual Result<std::uint32_t> save_flow(const std::string& tenant, const std::string& flow,
                                            const std::string& hash, const std::string& source,
                                            TimeMs now) = 0;
    virtual Result<FlowVersion> flow_version(const std::string& tenant, const std::string& flow,
                                             std::uint32_t version) const = 0;

    /// Every run that has not ended, oldest first, handed over one at a time; stops early when `each` returns
    /// false.
    virtual Result<void> open_runs(const std::function<bool(OpenRun)>& each) const = 0;
    /// The journal of a run, in order; not_found when there is none. Other tenants' runs are the caller's to
    /// hide.
    virtual Result<std::vector<std::string>> journal(const RunId& id) const = 0;
    /// Runs by filter, as of every commit that was reported done before the call.
    virtual Result<RunPage> runs(const RunFilter& filter) = 0;

    /// Writes a run's row of the projection (again), behind everything queued; for runs that recovery finds
    /// ended.
    virtual void project(RunRow row) = 0;

    /// Small settings by tenant: configVars and the like. A null value removes.
    virtual Result<void> set_var(const std::string& tenant, const std::string& name,
                                 const std::optional<std::string>& json) = 0;
    virtual Result<std::vector<std::pair<std::string, std::string>>> vars(
        const std::string& tenant) const = 0;

    /// A plugin's durable keys.
    virtual Result<std::optional<std::string>> state_get(const std::string& tenant, const std::string& scope,
                                                         const std::string& key) const = 0;
    virtual Result<void> state_set(const std::string& tenant, const std::string& scope,
                                   const std::string& key, const std::optional<std::string>& value) = 0;

    /// Appends bytes to a blob of a run, or begins it; durable when it returns. not_found: the run has no
    /// such blob, or has one already where it is begun; exhausted: the blob or the run would be over its
    /// limit.
    virtual Result<void> blob_append(const BlobPart& part, const BlobLimits& limits) = 0;
    /// At most `max` bytes of a run's blob from `offset` on; fewer only at its end. not_found: no such blob.
    virtual Result<std::string> blob_read(const RunId& run, const std::string& id, std::uint64_t offset,
                                          std::uint64_t max) const = 0;

    /// Crashes of plugins: keeps a build's record in place of the one there was.
    virtual Result<void> save_plugin(const PluginRecord& record) = 0;
    virtual Result<void> remove_plugin(const std::string& name, const std::string& hash) = 0;
    virtual Result<std::vector<PluginRecord>> plugins() const = 0;  ///< by name and hash

    /// Pauses a trigger; one that is paused keeps its `since`.
    virtual Result<void> begin_pause(const PausedTrigger& pause) = 0;
    /// Ends a pause, of which there may be none, and writes where its source goes on, in one transaction.
    virtual Result<void> end_pause(const std::string& tenant, const std::string& flow,
                                   const std::string& trigger, const std::optional<SourceCursor>& cursor) = 0;
    virtual Result<std::vector<PausedTrigger>> pauses() const = 0;  ///< by tenant, flow and trigger

    /// Deletes dedupe keys that expired before `now`, and runs that ended before `runs_before` with their
    /// journals and blobs; in small batches between commits. Returns how many of both.
    virtual Result<std::pair<std::uint64_t, std::uint64_t>> purge(TimeMs now,
                                                                  std::optional<TimeMs> runs_before) = 0;

    /// Refused requests: adds some in one transaction and deletes what is over the batch's `keep`.
    virtual Result<void> add_rejected(const RejectedBatch& batch) = 0;
    virtual Result<RejectedPage> rejected(const RejectedFilter& filter) const = 0;
    virtual Result<Rejected> rejected_one(const std::string& tenant,
                                          const Uuid& id) const = 0;  ///< not_found
    /// Deletes those of one flow and forgets how many there were besides.
    virtual Result<void> remove_rejected(const std::string& tenant, const std::string& flow) = 0;
    /// Deletes those before a time, in small batches between commits; and the counts of triggers whose last
    /// one was before. Returns how many.
    virtual Result<std::uint64_t> purge_rejected(TimeMs before) = 0;

    /// Whether the engine that had this store open before ended without close(): then riding is off for a
    /// while.
    virtual bool unclean_end() const = 0;
    /// Writes everything queued, the projection too, checkpoints and closes; commits after it fail as
    /// cancelled.
    virtual void close() = 0;
};

}  // namespace tappet::store
