#pragma once
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "store/store.hpp"

namespace tappet::trigger {

/// Refused requests that wait to be written, at most `most` of them, shared among tenants: whoever has fewer
/// waiting pushes out one of him who has most, and what is taken is taken in turns. One thread.
class RejectedShares {
public:
    explicit RejectedShares(std::size_t most) : most_(most) {}

    /// Whether one more of a tenant would wait.
    bool has_room(const std::string& tenant) const;
    /// Adds one, for which there is room; gives the one that it pushed out.
    std::optional<store::Rejected> add(store::Rejected one);

    struct Taken {
        std::vector<store::Rejected> requests, left_out;  ///< the former in order of id
    };
    /// Takes out all: `requests` as long as `one_more` says so, one of each tenant after the other.
    Taken take(const std::function<bool()>& one_more);

    std::size_t size() const { return size_; }

private:
    using Tenants = std::map<std::string, std::deque<store::Rejected>>;
    Tenants::const_iterator longest() const;

    std::size_t most_;
    std::size_t size_ = 0;
    Tenants tenants_;   ///< none of them empty
    std::string last_;  ///< whose turn was the last one
};

}  // namespace tappet::trigger
