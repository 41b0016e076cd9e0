#pragma once
#include <cstddef>
#include <map>
#include <set>
#include <string>

#include "base/ids.hpp"

namespace tappet::plugin::child {

/// Which runs have calls under way in one child, and the blobs that these began: a child that writes into its
/// socket reaches no others. Its own service holds each call to its own; here all calls of a run count as
/// one. Loop thread.
class RunBlobs {
public:
    void enter(const RunId& run);  ///< a call is given to the child
    void leave(const RunId& run);  ///< it is completed; with a run's last one its blobs are forgotten
    void clear() { runs_.clear(); }

    /// Why the blob, a new one where `id` is empty, may not be written; empty when it may. What is begun
    /// counts from here on.
    std::string refusal(const RunId& run, const std::string& id);
    /// What came of a blob that was to be begun: its id, empty where it was not.
    void began(const RunId& run, const std::string& id);

private:
    struct Known {
        std::size_t under_way = 0;
        std::size_t given = 0;  ///< calls, those that are over too
        std::size_t beginning = 0;
        std::set<std::string> begun;
    };
    std::map<RunId, Known> runs_;
};

}  // namespace tappet::plugin::child
