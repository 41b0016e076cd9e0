#include <algorithm>

#include "store/memory/store.hpp"

namespace tappet::store {

Result<std::vector<OutgoingHead>> MemoryStore::outgoing_pending(const OutgoingAddress& address,
                                                                std::size_t limit) const {
    std::vector<OutgoingHead> out;
    for (const auto& [id, row] : disk_.outgoing)
        if (row.message.to == address && row.state.status == OutgoingStatus::pending)
            out.push_back({id, row.state.due});
    std::ranges::stable_sort(out, {}, &OutgoingHead::due);
    if (out.size() > limit) out.resize(limit);
    return out;
}

Result<OutgoingRow> MemoryStore::outgoing(const std::string& tenant, const Uuid& id) const {
    const auto found = disk_.outgoing.find(id);
    if (found == disk_.outgoing.end() || found->second.message.to.tenant != tenant)
        return Error::not_found("there is no message " + id.text());
    OutgoingRow out = found->second;
    const auto endpoint = disk_.endpoints.find(out.message.to);
    out.held = out.state.status == OutgoingStatus::pending && endpoint != disk_.endpoints.end() &&
               endpoint->second.disabled.ms != 0;
    return out;
}

Result<OutgoingPage> MemoryStore::outgoing_list(const OutgoingFilter& filter) const {
    OutgoingPage out;
    for (auto each = disk_.outgoing.rbegin(); each != disk_.outgoing.rend(); ++each) {
        const OutgoingMessage& message = each->second.message;
        if (message.to.tenant != filter.tenant || (filter.after && !(each->first < *filter.after))) continue;
        if (filter.status && *filter.status != each->second.state.status) continue;
        if (filter.flow && *filter.flow != message.to.flow) continue;
        if (filter.run && *filter.run != message.run) continue;
        OutgoingRow row = *outgoing(filter.tenant, each->first);
        const bool disabled = disk_.endpoints.at(message.to).disabled.ms != 0;
        if (filter.held && *filter.held != disabled) continue;
        if (out.rows.size() == filter.limit) {
            out.more = true;
            break;
        }
        row.message.body.clear();
        out.rows.push_back(std::move(row));
    }
    return out;
}

Result<void> MemoryStore::outgoing_tried(const std::vector<OutgoingTried>& tried) {
    if (failed_) return Error::unavailable(*failed_);
    for (const OutgoingTried& one : tried) {
        const auto found = disk_.outgoing.find(one.id);
        if (found != disk_.outgoing.end() && found->second.message.to.tenant == one.tenant)
            found->second.state = one.state;
        if (one.endpoint)
            if (auto saved = save_outgoing_endpoint(*one.endpoint); !saved) return saved;
    }
    return {};
}

Result<std::vector<OutgoingEndpoint>> MemoryStore::outgoing_endpoints(
    const std::optional<std::string>& tenant) const {
    std::vector<OutgoingEndpoint> out;
    for (const auto& [address, endpoint] : disk_.endpoints)
        if (!tenant || address.tenant == *tenant) out.push_back(endpoint);
    return out;
}

Result<std::uint64_t> MemoryStore::outgoing_waiting(const OutgoingAddress& address) const {
    return static_cast<std::uint64_t>(std::ranges::count_if(disk_.outgoing, [&](const auto& each) {
        return each.second.message.to == address && each.second.state.status == OutgoingStatus::pending;
    }));
}

Result<void> MemoryStore::save_outgoing_endpoint(const OutgoingEndpoint& endpoint) {
    if (failed_) return Error::unavailable(*failed_);
    const auto found = disk_.endpoints.find(endpoint.address);
    if (found != disk_.endpoints.end()) found->second = endpoint;
    return {};
}

Result<std::uint64_t> MemoryStore::purge_outgoing(TimeMs before) {
    return std::erase_if(disk_.outgoing, [&](const auto& each) {
        const OutgoingMessage& message = each.second.message;
        const auto address = disk_.endpoints.find(message.to);
        const bool disabled = address != disk_.endpoints.end() && address->second.disabled.ms != 0;
        const bool open = each.second.state.status == OutgoingStatus::pending && !disabled;
        return each.first.time() < before && !open;
    });
}

}  // namespace tappet::store
