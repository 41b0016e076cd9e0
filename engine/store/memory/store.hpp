#pragma once
#include <array>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "store/store.hpp"

namespace tappet::store {

/// What is durable in a MemoryStore: outlives it, so that a crash is a new store over the same disk.
struct MemoryDisk {
    std::map<RunId, std::vector<std::string>> journals;
    std::map<std::array<std::uint8_t, 16>, std::pair<RunId, TimeMs>> claims;
    std::map<RunId, RunRow> rows;
    std::vector<FlowVersion> flows;
    std::map<std::pair<std::string, std::string>, std::string> vars;
    std::map<std::tuple<std::string, std::string, std::string>, std::string> state;
    std::map<std::pair<RunId, std::string>, std::string> blobs;
    std::map<std::tuple<std::string, std::string, std::string>, SourceCursor>
        cursors;  ///< by tenant, flow, trigger
    std::map<std::pair<std::string, std::string>, PluginRecord> plugins;
    std::map<std::pair<std::string, Uuid>, Rejected> rejected;  ///< by tenant and id
    std::map<std::tuple<std::string, std::string, std::string>, std::pair<std::uint64_t, TimeMs>>
        unkept;  ///< how many and when the last, by tenant, flow, trigger
    std::map<Uuid, OutgoingRow> outgoing;
    std::map<OutgoingAddress, OutgoingEndpoint> endpoints;
    std::map<std::tuple<std::string, std::string, std::string>, TimeMs>
        pauses;         ///< since when, by tenant, flow, trigger
    bool open = false;  ///< since an end without close()
};

/// The store's contract in memory, for runs of which nothing is kept: a commit becomes durable when its owner
/// says so, never by itself. One thread, but for journal(), which may be called while nothing is completed.
class MemoryStore : public Store {
public:
    explicit MemoryStore(MemoryDisk& disk);

    /// A commit, or what is committed together; then the rest of it is empty.
    struct Queued : Commit {
        std::shared_ptr<Together> together;
    };
    /// Commits that are neither durable nor failed yet, oldest first.
    const std::deque<Queued>& queued() const { return queue_; }
    /// Makes the oldest one durable and reports it; false when there is none.
    bool complete_one();
    void complete_all();
    /// From now on the disk fails: what is queued and what comes is reported as unavailable.
    void fail(const std::string& why);
    /// What broke the contract (a gap, a second beginning); empty when nothing did.
    const std::string& misuse() const { return misuse_; }

    void commit(Commit commit) override;
    void commit_together(Together together) override;
    Result<std::optional<SourceCursor>> cursor(const std::string& tenant, const std::string& flow,
                                               const std::string& trigger) const override;
    std::optional<std::string> refusing() const override { return failed_; }
    StoreStats stats() const override;
    Result<std::uint32_t> save_flow(const std::string& tenant, const std::string& flow,
                                    const std::string& hash, const std::string& source, TimeMs now) override;
    Result<FlowVersion> flow_version(const std::string& tenant, const std::string& flow,
                                     std::uint32_t version) const override;
    Result<void> open_runs(const std::function<bool(OpenRun)>& each) const override;
    Result<std::vector<std::string>> journal(const RunId& id) const override;
    /// Of the filter, the tenant alone counts.
    Result<RunPage> runs(const RunFilter& filter) override;
    void project(RunRow row) override;
    Result<void> set_var(const std::string& tenant, const std::string& name,
                         const std::optional<std::string>& json) override;
    Result<std::vector<std::pair<std::string, std::string>>> vars(const std::string& tenant) const override;
    Result<std::optional<std::string>> state_get(const std::string& tenant, const std::string& scope,
                                                 const std::string& key) const override;
    Result<void> state_set(const std::string& tenant, const std::string& scope, const std::string& key,
                           const std::optional<std::string>& value) override;
    /// Of the limits, the blob's alone counts.
    Result<void> blob_append(const BlobPart& part, const BlobLimits& limits) override;
    Result<std::string> blob_read(const RunId& run, const std::string& id, std::uint64_t offset,
                                  std::uint64_t max) const override;
    Result<void> save_plugin(const PluginRecord& record) override;
    Result<void> remove_plugin(const std::string& name, const std::string& hash) override;
    Result<std::vector<PluginRecord>> plugins() const override;
    Result<void> begin_pause(const PausedTrigger& pause) override;
    Result<void> end_pause(const std::string& tenant, const std::string& flow, const std::string& trigger,
                           const std::optional<SourceCursor>& cursor) override;
    Result<std::vector<PausedTrigger>> pauses() const override;
    /// Keeps everything: what is in memory is gone with its owner.
    Result<std::pair<std::uint64_t, std::uint64_t>> purge(TimeMs now,
                                                          std::optional<TimeMs> runs_before) override;
    Result<void> add_rejected(const RejectedBatch& batch) override;
    Result<RejectedPage> rejected(const RejectedFilter& filter) const override;
    Result<Rejected> rejected_one(const std::string& tenant, const Uuid& id) const override;
    Result<void> remove_rejected(const std::string& tenant, const std::string& flow) override;
    Result<std::uint64_t> purge_rejected(TimeMs before) override;
    Result<std::vector<OutgoingHead>> outgoing_pending(const OutgoingAddress& address,
                                                       std::size_t limit) const override;
    Result<OutgoingRow> outgoing(const std::string& tenant, const Uuid& id) const override;
    Result<OutgoingPage> outgoing_list(const OutgoingFilter& filter) const override;
    Result<void> outgoing_tried(const std::vector<OutgoingTried>& tried) override;
    Result<std::vector<OutgoingEndpoint>> outgoing_endpoints(
        const std::optional<std::string>& tenant) const override;
    Result<std::uint64_t> outgoing_waiting(const OutgoingAddress& address) const override;
    Result<void> save_outgoing_endpoint(const OutgoingEndpoint& endpoint) override;
    Result<std::uint64_t> purge_outgoing(TimeMs before) override;
    bool unclean_end() const override { return unclean_; }
    void close() override;

private:
    Result<Committed> write(const Commit& commit);
    void write_together(Together& together);

    MemoryDisk& disk_;
    bool unclean_;
    std::deque<Queued> queue_;
    std::optional<std::string> failed_;
    std::string misuse_;
    std::map<RunId, RunId> refused_;  ///< duplicates: what they commit further is not written either
    StoreStats stats_;
};

}  // namespace tappet::store
