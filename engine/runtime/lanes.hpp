#pragma once
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/ids.hpp"

namespace tappet::runtime {

/// Which runs of a `concurrency` are under way, and which wait for their turn, by lane: the runs that share
/// their flow and key. Knows no run but by its id.
class Lanes {
public:
    /// Whether a further run of the lane would have to wait.
    bool full(const std::string& lane, std::size_t limit) const;
    /// How many runs of the lane are under way.
    std::size_t active(const std::string& lane) const;
    /// The run is under way, whatever the limit.
    void enter(const std::string& lane, const RunId& run);
    /// The run waits behind those that wait.
    void queue(const std::string& lane, const RunId& run);
    /// The run is gone, whether it was under way or waited.
    void leave(const std::string& lane, const RunId& run);
    /// The run whose turn would come next.
    std::optional<RunId> next(const std::string& lane) const;
    /// The runs of the lane that would have to go for no more than `limit` to be left, oldest first.
    std::vector<RunId> beyond(const std::string& lane, std::size_t limit) const;
    std::vector<std::string> names() const;
    std::size_t waiting() const { return waiting_; }  ///< of all lanes

private:
    struct Lane {
        std::vector<RunId> active;
        std::deque<RunId> waiting;
    };
    std::unordered_map<std::string, Lane> lanes_;
    std::size_t waiting_ = 0;
};

}  // namespace tappet::runtime
