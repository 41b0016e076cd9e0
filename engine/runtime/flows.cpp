#include "runtime/flows.hpp"

#include "vault/digest.hpp"

namespace tappet::runtime {

Flows::Flows(store::Store& store, const flow::Catalog& catalog, flow::CompileOptions options)
    : store_(store), catalog_(catalog), options_(std::move(options)) {}

Result<FlowHandle> Flows::publish(const std::string& tenant, std::shared_ptr<const flow::Plan> plan,
                                  std::string file, TimeMs now) {
    const Key key{tenant, plan->flow};
    const FlowHandle before = current(tenant, plan->flow);
    auto number = store_.save_flow(tenant, plan->flow, vault::sha256_hex(plan->source), plan->source, now);
    if (!number) return number.error();
    auto handle = std::make_shared<Flow>();
    handle->tenant = tenant;
    handle->version = *number;
    handle->plan = std::move(plan);
    handle->file = std::move(file);
    if (before) in_use_[{key, before->version}] = before;
    current_[key] = handle;
    std::erase_if(in_use_, [](const auto& entry) { return entry.second.expired(); });
    return FlowHandle(handle);
}

void Flows::withdraw(const std::string& tenant, const std::string& name) {
    const auto found = current_.find({tenant, name});
    if (found == current_.end()) return;
    in_use_[{found->first, found->second->version}] = found->second;
    current_.erase(found);
}

FlowHandle Flows::current(const std::string& tenant, const std::string& name) const {
    const auto found = current_.find({tenant, name});
    return found == current_.end() ? nullptr : found->second;
}

std::vector<FlowHandle> Flows::all() const {
    std::vector<FlowHandle> out;
    for (const auto& [key, handle] : current_) out.push_back(handle);
    return out;
}

Result<FlowHandle> Flows::version(const std::string& tenant, const std::string& name, std::uint32_t number) {
    const VersionKey key{{tenant, name}, number};
    if (FlowHandle now = current(tenant, name); now && now->version == number) return now;
    if (const auto known = unfit_.find(key); known != unfit_.end()) return known->second;
    FlowHandle handle;
    if (const auto found = in_use_.find(key); found != in_use_.end()) handle = found->second.lock();
    if (!handle) {
        auto compiled = compile(key);
        if (!compiled) return compiled;
        handle = std::move(*compiled);
        in_use_[key] = handle;
    }
    std::erase(recent_, handle);
    recent_.push_front(handle);
    if (recent_.size() > kRecent) recent_.pop_back();
    return handle;
}

Result<FlowHandle> Flows::compile(const VersionKey& key) {
    const auto& [tenant, name] = key.first;
    auto stored = store_.flow_version(tenant, name, key.second);
    if (!stored) return stored.error();
    auto handle = std::make_shared<Flow>();
    handle->tenant = tenant;
    handle->version = key.second;
    handle->file = name + "@" + std::to_string(key.second);
    flow::CompileOptions options = options_;
    options.stored = true;
    flow::CompiledFlow compiled = flow::compile(handle->file, stored->source, catalog_, options);
    handle->plan = std::move(compiled.plan);
    if (handle->plan) return FlowHandle(handle);
    std::string why = "flow " + name + " version " + std::to_string(key.second) + " no longer compiles";
    for (const auto& finding : compiled.findings)
        if (finding.severity == flow::Severity::error) {
            why += ": " + finding.message;
            break;
        }
    const Error error = Error::invalid(why + "; put back the plugin that it was made for");
    if (unfit_.size() >= kUnfit) unfit_.clear();
    unfit_.emplace(key, error);
    return error;
}

}  // namespace tappet::runtime
