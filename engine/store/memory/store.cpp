#include "store/memory/store.hpp"

namespace tappet::store {
namespace {

void refuse(MemoryStore::Queued& next, const std::string& why) {
    if (!next.together) return next.done(Error::unavailable(why));
    for (Commit& commit : next.together->commits) commit.done(Error::unavailable(why));
    next.together->done(Error::unavailable(why));
}

}  // namespace

MemoryStore::MemoryStore(MemoryDisk& disk) : disk_(disk), unclean_(disk.open) { disk_.open = true; }

bool MemoryStore::complete_one() {
    if (queue_.empty()) return false;
    Queued next = std::move(queue_.front());
    queue_.pop_front();
    ++stats_.commits;
    if (next.together) {
        write_together(*next.together);
        return true;
    }
    const auto outcome = write(next);
    next.done(outcome);
    return true;
}

void MemoryStore::write_together(Together& together) {
    std::vector<Result<Committed>> outcomes;
    for (const Commit& commit : together.commits) outcomes.push_back(write(commit));
    if (const auto& c = together.cursor) disk_.cursors[{c->tenant, c->flow, c->trigger}] = *c;
    for (std::size_t i = 0; i < outcomes.size(); ++i) together.commits[i].done(outcomes[i]);
    together.done({});
}

void MemoryStore::complete_all() {
    while (complete_one()) continue;
}

void MemoryStore::fail(const std::string& why) {
    failed_ = why;
    for (auto queue = std::exchange(queue_, {}); auto& next : queue) refuse(next, why);
}

void MemoryStore::commit(Commit commit) {
    if (failed_) return commit.done(Error::unavailable(*failed_));
    queue_.push_back({std::move(commit), nullptr});
}

void MemoryStore::commit_together(Together together) {
    Queued next;
    next.together = std::make_shared<Together>(std::move(together));
    if (failed_) return refuse(next, *failed_);
    queue_.push_back(std::move(next));
}

Result<std::optional<SourceCursor>> MemoryStore::cursor(const std::string& tenant, const std::string& flow,
                                                        const std::string& trigger) const {
    const auto found = disk_.cursors.find({tenant, flow, trigger});
    return found == disk_.cursors.end() ? std::nullopt : std::optional(found->second);
}

StoreStats MemoryStore::stats() const {
    StoreStats out = stats_;
    out.queued = queue_.size();
    return out;
}

Result<std::uint32_t> MemoryStore::save_flow(const std::string& tenant, const std::string& flow,
                                             const std::string& hash, const std::string& source, TimeMs now) {
    std::uint32_t latest = 0;
    for (const auto& version : disk_.flows) {
        if (version.tenant != tenant || version.flow != flow) continue;
        latest = version.version;
        if (version.hash == hash) return latest;
    }
    disk_.flows.push_back({tenant, flow, latest + 1, hash, source, now});
    return latest + 1;
}

Result<FlowVersion> MemoryStore::flow_version(const std::string& tenant, const std::string& flow,
                                              std::uint32_t version) const {
    for (const auto& known : disk_.flows)
        if (known.tenant == tenant && known.flow == flow && known.version == version) return known;
    return Error::not_found("no such version");
}

Result<void> MemoryStore::open_runs(const std::function<bool(OpenRun)>& each) const {
    for (const auto& [id, rows] : disk_.journals) {
        const auto row = disk_.rows.find(id);
        if (row != disk_.rows.end() && run::is_final(row->second.status)) continue;
        if (!each({id, rows})) break;
    }
    return {};
}

Result<std::vector<std::string>> MemoryStore::journal(const RunId& id) const {
    const auto found = disk_.journals.find(id);
    if (found == disk_.journals.end()) return Error::not_found("no run " + id.text());
    return found->second;
}

Result<RunPage> MemoryStore::runs(const RunFilter& filter) {
    RunPage page;
    for (auto row = disk_.rows.rbegin(); row != disk_.rows.rend(); ++row)
        if (row->second.tenant == filter.tenant) page.rows.push_back(row->second);
    return page;
}

void MemoryStore::project(RunRow row) { disk_.rows[row.id] = std::move(row); }

Result<void> MemoryStore::set_var(const std::string& tenant, const std::string& name,
                                  const std::optional<std::string>& json) {
    if (json)
        disk_.vars[{tenant, name}] = *json;
    else
        disk_.vars.erase({tenant, name});
    return {};
}

Result<std::vector<std::pair<std::string, std::string>>> MemoryStore::vars(const std::string& tenant) const {
    std::vector<std::pair<std::string, std::string>> out;
    for (const auto& [key, json] : disk_.vars)
        if (key.first == tenant) out.emplace_back(key.second, json);
    return out;
}

Result<std::optional<std::string>> MemoryStore::state_get(const std::string& tenant, const std::string& scope,
                                                          const std::string& key) const {
    const auto found = disk_.state.find({tenant, scope, key});
    return found == disk_.state.end() ? std::nullopt : std::optional(found->second);
}

Result<void> MemoryStore::state_set(const std::string& tenant, const std::string& scope,
                                    const std::string& key, const std::optional<std::string>& value) {
    if (value)
        disk_.state[{tenant, scope, key}] = *value;
    else
        disk_.state.erase({tenant, scope, key});
    return {};
}

Result<void> MemoryStore::blob_append(const BlobPart& part, const BlobLimits& limits) {
    const auto found = disk_.blobs.find({part.run, part.id});
    if ((found == disk_.blobs.end()) != part.begins) return Error::not_found("no blob " + part.id);
    std::string& bytes = disk_.blobs[{part.run, part.id}];
    if (bytes.size() + part.bytes.size() > limits.blob) return Error::exhausted("the blob would be too long");
    bytes += part.bytes;
    return {};
}

Result<std::string> MemoryStore::blob_read(const RunId& run, const std::string& id, std::uint64_t offset,
                                           std::uint64_t max) const {
    const auto found = disk_.blobs.find({run, id});
    if (found == disk_.blobs.end()) return Error::not_found("no blob " + id);
    if (offset >= found->second.size()) return std::string();
    return found->second.substr(offset, max);
}

Result<void> MemoryStore::save_plugin(const PluginRecord& record) {
    if (failed_) return Error::unavailable(*failed_);
    disk_.plugins[{record.name, record.hash}] = record;
    return {};
}

Result<void> MemoryStore::remove_plugin(const std::string& name, const std::string& hash) {
    if (failed_) return Error::unavailable(*failed_);
    disk_.plugins.erase({name, hash});
    return {};
}

Result<std::vector<PluginRecord>> MemoryStore::plugins() const {
    std::vector<PluginRecord> out;
    for (const auto& [build, record] : disk_.plugins) out.push_back(record);
    return out;
}

Result<void> MemoryStore::begin_pause(const PausedTrigger& pause) {
    if (failed_) return Error::unavailable(*failed_);
    disk_.pauses.try_emplace({pause.tenant, pause.flow, pause.trigger}, pause.since);
    return {};
}

Result<void> MemoryStore::end_pause(const std::string& tenant, const std::string& flow,
                                    const std::string& trigger, const std::optional<SourceCursor>& cursor) {
    if (failed_) return Error::unavailable(*failed_);
    disk_.pauses.erase({tenant, flow, trigger});
    if (cursor) disk_.cursors[{cursor->tenant, cursor->flow, cursor->trigger}] = *cursor;
    return {};
}

Result<std::vector<PausedTrigger>> MemoryStore::pauses() const {
    std::vector<PausedTrigger> out;
    for (const auto& [key, since] : disk_.pauses)
        out.push_back({std::get<0>(key), std::get<1>(key), std::get<2>(key), since});
    return out;
}

Result<std::pair<std::uint64_t, std::uint64_t>> MemoryStore::purge(TimeMs, std::optional<TimeMs>) {
    return std::pair<std::uint64_t, std::uint64_t>{};
}

void MemoryStore::close() {
    complete_all();
    disk_.open = false;
}

Result<Committed> MemoryStore::write(const Commit& commit) {
    if (commit.asks) {
        const auto known = disk_.claims.find(commit.claim->key);
        if (known == disk_.claims.end() || known->second.second <= commit.claim->now) return Committed{};
        return Committed{known->second.first};
    }
    if (const auto owner = refused_.find(commit.run); owner != refused_.end())
        return Committed{owner->second};
    if (commit.claim) {
        const auto known = disk_.claims.find(commit.claim->key);
        if (known != disk_.claims.end() && known->second.second > commit.claim->now) {
            refused_[commit.run] = known->second.first;
            return Committed{known->second.first};
        }
        disk_.claims[commit.claim->key] = {commit.run, commit.claim->expires};
    }
    auto& rows = disk_.journals[commit.run];
    if (rows.size() != commit.seq)
        misuse_ = "row " + std::to_string(commit.seq) + " after " + std::to_string(rows.size()) + " rows";
    if (commit.claim && commit.seq != 0) misuse_ = "a claim with a later row";
    rows.push_back(commit.data);
    disk_.rows[commit.run] = commit.row;
    for (const OutgoingMessage& message : commit.outgoing) {
        disk_.endpoints.try_emplace(message.to, OutgoingEndpoint{message.to, {}, {}, {}});
        OutgoingRow& row = disk_.outgoing[message.id];
        row.message = message;
        row.state.due = message.due;
    }
    return Committed{};
}

}  // namespace tappet::store
