#pragma once
#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "store/store.hpp"

namespace tappet::test {

/// What is durable in a MemoryStore: outlives it, so that a crash is a new store over the same disk.
struct MemoryDisk {
    std::map<RunId, std::vector<std::string>> journals;
    std::map<std::array<std::uint8_t, 16>, std::pair<RunId, TimeMs>> claims;
    std::map<RunId, store::RunRow> rows;
    std::vector<store::FlowVersion> flows;
    std::map<std::pair<std::string, std::string>, std::string> vars;
    std::map<std::tuple<std::string, std::string, std::string>, std::string> state;
    bool open = false;       ///< since an end without close()
    std::string unreadable;  ///< why variables cannot be read; empty: they can
};

/// The store's contract in memory, where a commit becomes durable when the test says so. One thread, but for
/// journal(), which may be called while nothing is committed.
class MemoryStore final : public store::Store {
public:
    explicit MemoryStore(MemoryDisk& disk) : disk_(disk), unclean_(disk.open) { disk_.open = true; }

    /// Commits that are neither durable nor failed yet, oldest first.
    const std::deque<store::Commit>& queued() const { return queue_; }
    /// Makes the oldest one durable and reports it; false when there is none.
    bool complete_one() {
        if (queue_.empty()) return false;
        store::Commit commit = std::move(queue_.front());
        queue_.pop_front();
        ++stats_.commits;
        const auto outcome = write(commit);
        commit.done(outcome);
        return true;
    }
    void complete_all() {
        while (complete_one()) continue;
    }
    /// From now on the disk fails: what is queued and what comes is reported as unavailable.
    void fail(const std::string& why) {
        failed_ = why;
        for (auto queue = std::exchange(queue_, {}); auto& commit : queue)
            commit.done(Error::unavailable(why));
    }
    mutable std::size_t flow_reads = 0,
                        var_reads = 0;  ///< how often a version, a tenant's variables were read
    /// What broke the contract (a gap, a second beginning); empty when nothing did.
    const std::string& misuse() const { return misuse_; }

    void commit(store::Commit commit) override {
        if (failed_) return commit.done(Error::unavailable(*failed_));
        queue_.push_back(std::move(commit));
    }
    std::optional<std::string> refusing() const override { return failed_; }
    store::StoreStats stats() const override {
        store::StoreStats out = stats_;
        out.queued = queue_.size();
        return out;
    }
    Result<std::uint32_t> save_flow(const std::string& tenant, const std::string& flow,
                                    const std::string& hash, const std::string& source, TimeMs now) override {
        std::uint32_t latest = 0;
        for (const auto& version : disk_.flows) {
            if (version.tenant != tenant || version.flow != flow) continue;
            latest = version.version;
            if (version.hash == hash) return latest;
        }
        disk_.flows.push_back({tenant, flow, latest + 1, hash, source, now});
        return latest + 1;
    }
    Result<store::FlowVersion> flow_version(const std::string& tenant, const std::string& flow,
                                            std::uint32_t version) const override {
        ++flow_reads;
        for (const auto& known : disk_.flows)
            if (known.tenant == tenant && known.flow == flow && known.version == version) return known;
        return Error::not_found("no such version");
    }
    Result<void> open_runs(const std::function<bool(store::OpenRun)>& each) const override {
        for (const auto& [id, rows] : disk_.journals) {
            const auto row = disk_.rows.find(id);
            if (row != disk_.rows.end() && run::is_final(row->second.status)) continue;
            if (!each({id, rows})) break;
        }
        return {};
    }
    Result<std::vector<std::string>> journal(const RunId& id) const override {
        const auto found = disk_.journals.find(id);
        if (found == disk_.journals.end()) return Error::not_found("no run " + id.text());
        return found->second;
    }
    Result<store::RunPage> runs(const store::RunFilter& filter) override {
        store::RunPage page;
        for (auto row = disk_.rows.rbegin(); row != disk_.rows.rend(); ++row)
            if (row->second.tenant == filter.tenant) page.rows.push_back(row->second);
        return page;
    }
    void project(store::RunRow row) override { disk_.rows[row.id] = std::move(row); }
    Result<void> set_var(const std::string& tenant, const std::string& name,
                         const std::optional<std::string>& json) override {
        if (json)
            disk_.vars[{tenant, name}] = *json;
        else
            disk_.vars.erase({tenant, name});
        return {};
    }
    Result<std::vector<std::pair<std::string, std::string>>> vars(const std::string& tenant) const override {
        ++var_reads;
        if (!disk_.unreadable.empty()) return Error::unavailable(disk_.unreadable);
        std::vector<std::pair<std::string, std::string>> out;
        for (const auto& [key, json] : disk_.vars)
            if (key.first == tenant) out.emplace_back(key.second, json);
        return out;
    }
    Result<std::optional<std::string>> state_get(const std::string& tenant, const std::string& scope,
                                                 const std::string& key) const override {
        const auto found = disk_.state.find({tenant, scope, key});
        return found == disk_.state.end() ? std::nullopt : std::optional(found->second);
    }
    Result<void> state_set(const std::string& tenant, const std::string& scope, const std::string& key,
                           const std::optional<std::string>& value) override {
        if (value)
            disk_.state[{tenant, scope, key}] = *value;
        else
            disk_.state.erase({tenant, scope, key});
        return {};
    }
    Result<std::pair<std::uint64_t, std::uint64_t>> purge(TimeMs, std::optional<TimeMs>) override {
        return std::pair<std::uint64_t, std::uint64_t>{};
    }
    bool unclean_end() const override { return unclean_; }
    void close() override {
        complete_all();
        disk_.open = false;
    }

private:
    Result<store::Committed> write(const store::Commit& commit) {
        if (const auto owner = refused_.find(commit.run); owner != refused_.end())
            return store::Committed{owner->second};
        if (commit.claim) {
            const auto known = disk_.claims.find(commit.claim->key);
            if (known != disk_.claims.end() && known->second.second > commit.claim->now) {
                refused_[commit.run] = known->second.first;
                return store::Committed{known->second.first};
            }
            disk_.claims[commit.claim->key] = {commit.run, commit.claim->expires};
        }
        auto& rows = disk_.journals[commit.run];
        if (rows.size() != commit.seq)
            misuse_ = "row " + std::to_string(commit.seq) + " after " + std::to_string(rows.size()) + " rows";
        if (commit.claim && commit.seq != 0) misuse_ = "a claim with a later row";
        rows.push_back(commit.data);
        disk_.rows[commit.run] = commit.row;
        return store::Committed{};
    }

    MemoryDisk& disk_;
    bool unclean_;
    std::deque<store::Commit> queue_;
    std::optional<std::string> failed_;
    std::string misuse_;
    std::map<RunId, RunId> refused_;  ///< duplicates: what they commit further is not written either
    store::StoreStats stats_;
};

}  // namespace tappet::test
