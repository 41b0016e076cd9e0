#include "trigger/rejected_shares.hpp"

#include <algorithm>
#include <utility>

namespace tappet::trigger {

RejectedShares::Tenants::const_iterator RejectedShares::longest() const {
    return std::max_element(tenants_.begin(), tenants_.end(),
                            [](const auto& a, const auto& b) { return a.second.size() < b.second.size(); });
}

bool RejectedShares::has_room(const std::string& tenant) const {
    if (size_ < most_) return true;
    const auto own = tenants_.find(tenant);
    const std::size_t waiting = own == tenants_.end() ? 0 : own->second.size();
    return size_ > 0 && waiting + 1 < longest()->second.size();
}

std::optional<store::Rejected> RejectedShares::add(store::Rejected one) {
    std::optional<store::Rejected> out;
    if (size_ >= most_) {
        const auto from = tenants_.find(longest()->first);
        out = std::move(from->second.back());
        from->second.pop_back();
        --size_;
    }
    ++size_;
    auto& own = tenants_[one.tenant];
    own.push_back(std::move(one));
    return out;
}

RejectedShares::Taken RejectedShares::take(const std::function<bool()>& one_more) {
    Taken out;
    out.requests.reserve(size_);
    auto turn = tenants_.upper_bound(last_);
    while (!tenants_.empty() && one_more()) {
        if (turn == tenants_.end()) turn = tenants_.begin();
        last_ = turn->first;
        out.requests.push_back(std::move(turn->second.front()));
        turn->second.pop_front();
        turn = turn->second.empty() ? tenants_.erase(turn) : std::next(turn);
    }
    for (auto& [tenant, waiting] : tenants_)
        std::move(waiting.begin(), waiting.end(), std::back_inserter(out.left_out));
    tenants_.clear();
    size_ = 0;
    std::ranges::sort(out.requests, {}, &store::Rejected::id);
    return out;
}

}  // namespace tappet::trigger
