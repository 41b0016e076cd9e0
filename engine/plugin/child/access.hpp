#pragma once
#include <functional>
#include <optional>
#include <string>

#include "base/ids.hpp"
#include "plugin/call.hpp"
#include "plugin/child/messages.hpp"

namespace tappet::plugin {
class Core;
}

namespace tappet::plugin::child {

/// A child's question to a door that may block.
struct Access {
    std::string tenant;                  ///< for whom; to be checked
    std::optional<RunId> run;            ///< whose blobs; to be checked
    std::optional<std::string> writes;   ///< which blob of it, empty for a new one; to be checked
    std::string account;                 ///< which connection is given; empty for others
    std::function<CallOutcome()> reach;  ///< on a worker
};

/// Reads a question; nothing when it is none that RemoteDoors asks. The plugin's name is ours, never the
/// child's word.
std::optional<Access> access_of(Core& core, const std::string& plugin, const Ask& ask);

}  // namespace tappet::plugin::child
