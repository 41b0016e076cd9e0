#include "outgoing/places.hpp"

#include <utility>

namespace tappet::outgoing {

void Places::wait(const store::OutgoingAddress& address) {
    Tenant& tenant = tenants_[address.tenant];
    if (!tenant.waiting.insert(address).second) return;
    tenant.line.push_back(address);
    waiting_.insert(address.tenant);
}

bool Places::may_take(const Tenant& tenant) const {
    if (taken_ >= most_) return false;
    return tenant.taken == 0 || tenant.taken + taken_ < most_ / 2;
}

std::optional<store::OutgoingAddress> Places::next() {
    auto turn = waiting_.upper_bound(last_);
    for (std::size_t tried = 0; taken_ < most_ && tried < waiting_.size(); ++tried, ++turn) {
        if (turn == waiting_.end()) turn = waiting_.begin();
        Tenant& tenant = tenants_.at(*turn);
        if (!may_take(tenant)) continue;
        last_ = *turn;
        store::OutgoingAddress out = std::move(tenant.line.front());
        tenant.line.pop_front();
        tenant.waiting.erase(out);
        if (tenant.line.empty()) waiting_.erase(turn);
        forget_idle(out.tenant);
        return out;
    }
    return std::nullopt;
}

void Places::take(const std::string& tenant) {
    ++taken_;
    ++tenants_[tenant].taken;
}

void Places::leave(const std::string& tenant) {
    --taken_;
    --tenants_.at(tenant).taken;
    forget_idle(tenant);
}

void Places::forget_idle(const std::string& tenant) {
    const auto known = tenants_.find(tenant);
    if (known->second.taken == 0 && known->second.line.empty()) tenants_.erase(known);
}

}  // namespace tappet::outgoing
