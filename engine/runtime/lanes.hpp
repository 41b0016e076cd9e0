#pragma once
#include <cstddef>
#include <cstdint>
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
    /// Of the runs that came no later than `newest`, those that would have to go for no more than `limit` to
    /// be left, in the order they came. Empty where it is not in the lane.
    std::vector<RunId> beyond(const std::string& lane, std::size_t limit, const RunId& newest) const;
    /// The run of the lane that came last.
    std::optional<RunId> last(const std::string& lane) const;
    std::vector<std::string> names() const;
    std::size_t waiting() const { return waiting_; }  ///< of all lanes

private:
    struct Member {
        RunId run;
        std::uint64_t came = 0;  ///< the how many-th of all
    };
    struct Lane {
        std::vector<Member> active;
        std::deque<Member> waiting;
    };
    static std::vector<Member> in_order(const Lane& lane);
    std::unordered_map<std::string, Lane> lanes_;
    std::uint64_t came_ = 0;
    std::size_t waiting_ = 0;
};

}  // namespace tappet::runtime
