#pragma once
#include <memory>
#include <string>

#include "base/result.hpp"
#include "plugin/image.hpp"
#include "plugin/probe.hpp"

namespace tappet::plugin {

/// A file that may be loaded, or loaded anew.
struct Wanted {
    std::string file;
    bool isolated = false;  ///< would run in a process of its own
    std::string hash;       ///< of the build that serves; a file that has it still is asked nothing
};

/// What was found in a file before anything of it is in this process.
struct Candidate {
    Wanted wanted;
    bool unchanged = false;  ///< is the build that serves; the rest is empty then
    Result<std::shared_ptr<const Image>> image;
    Result<std::string> manifest;  ///< of one that is isolated; one that is not tells it once it is loaded
};

/// Reads a file, and asks it for its manifest in a process of its own where it does not stand in the file.
/// Blocks, as long as the prober waits. Any thread, one at a time for a prober.
Candidate look(const Wanted& wanted, Prober& prober);

}  // namespace tappet::plugin
