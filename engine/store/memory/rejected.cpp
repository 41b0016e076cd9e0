// Requests that hooks refused.
#include <algorithm>

#include "store/memory/store.hpp"

namespace tappet::store {

Result<void> MemoryStore::add_rejected(const RejectedBatch& batch) {
    if (failed_) return Error::unavailable(*failed_);
    const auto count = [&](const auto& of, std::uint64_t more, TimeMs time) {
        auto& [unkept, last] = disk_.unkept[{of.tenant, of.flow, of.trigger}];
        unkept += more;
        last = std::max(last, time);
    };
    for (const Rejected& one : batch.requests) disk_.rejected[{one.tenant, one.id}] = one;
    for (const auto& unkept : batch.unkept) count(unkept, unkept.count, unkept.time);
    for (const Rejected& one : batch.requests) {
        std::size_t newer = 0;
        for (auto at = disk_.rejected.end(); at != disk_.rejected.begin();) {
            const Rejected& kept = (--at)->second;
            if (kept.tenant != one.tenant || kept.flow != one.flow || kept.trigger != one.trigger) continue;
            if (++newer <= batch.keep) continue;
            count(kept, 1, kept.time);
            at = disk_.rejected.erase(at);
        }
    }
    return {};
}

Result<RejectedPage> MemoryStore::rejected(const RejectedFilter& filter) const {
    RejectedPage page;
    const auto wanted = [&](const std::string& tenant, const std::string& flow, const std::string& trigger) {
        return tenant == filter.tenant && (!filter.flow || flow == *filter.flow) &&
               (!filter.trigger || trigger == *filter.trigger);
    };
    for (const auto& [of, unkept] : disk_.unkept)
        if (wanted(std::get<0>(of), std::get<1>(of), std::get<2>(of))) page.unkept += unkept.first;
    for (auto at = disk_.rejected.rbegin(); at != disk_.rejected.rend(); ++at) {
        const Rejected& one = at->second;
        if (!wanted(one.tenant, one.flow, one.trigger)) continue;
        if (filter.status && one.status != *filter.status) continue;
        if (filter.after && !(one.id < *filter.after)) continue;
        if (page.rows.size() == filter.limit) {
            page.more = true;
            break;
        }
        page.rows.push_back(one);
    }
    return page;
}

Result<Rejected> MemoryStore::rejected_one(const std::string& tenant, const Uuid& id) const {
    const auto found = disk_.rejected.find({tenant, id});
    if (found == disk_.rejected.end()) return Error::not_found("no refused request " + id.text());
    return found->second;
}

Result<void> MemoryStore::remove_rejected(const std::string& tenant, const std::string& flow) {
    if (failed_) return Error::unavailable(*failed_);
    std::erase_if(disk_.rejected,
                  [&](const auto& of) { return of.second.tenant == tenant && of.second.flow == flow; });
    std::erase_if(disk_.unkept, [&](const auto& of) {
        return std::get<0>(of.first) == tenant && std::get<1>(of.first) == flow;
    });
    return {};
}

Result<std::uint64_t> MemoryStore::purge_rejected(TimeMs before) {
    if (failed_) return Error::unavailable(*failed_);
    std::erase_if(disk_.unkept, [&](const auto& of) { return of.second.second < before; });
    return std::erase_if(disk_.rejected, [&](const auto& of) { return of.second.time < before; });
}

}  // namespace tappet::store
