#pragma once
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "store/outgoing.hpp"

namespace tappet::outgoing {

/// The places of messages under way, and which address has the next one. Half of them are for tenants
/// that have none; of the other half a tenant takes one as long as it has fewer than are free there. So there
/// is one for whoever comes next, though nobody answers the others. Where places are short, tenants take
/// turns, and addresses of one tenant among themselves. One thread; pure.
class Places {
public:
    explicit Places(std::size_t most) : most_(most) {}

    /// An address has something to send: it waits for its turn, once.
    void wait(const store::OutgoingAddress& address);
    /// Whose turn it is, who waits no more then; nothing where nobody waits, or nobody may take a place.
    std::optional<store::OutgoingAddress> next();
    void take(const std::string& tenant);
    void leave(const std::string& tenant);
    std::size_t taken() const { return taken_; }

private:
    struct Tenant {
        std::size_t taken = 0;
        std::deque<store::OutgoingAddress> line;
        std::set<store::OutgoingAddress> waiting;  ///< the same
    };
    bool may_take(const Tenant& tenant) const;
    void forget_idle(const std::string& tenant);

    std::size_t most_;
    std::size_t taken_ = 0;
    std::map<std::string, Tenant> tenants_;  ///< that have a place or wait for one
    std::set<std::string> waiting_;          ///< tenants that wait
    std::string last_;                       ///< whose turn was the last one
};

}  // namespace tappet::outgoing
