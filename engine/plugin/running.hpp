#pragma once
#include <cstdint>
#include <string>

#include "base/ids.hpp"
#include "plugin/crash_book.hpp"

namespace tappet::plugin {

/// Whose plugin code a thread runs.
struct Whose {
    RunId run;  ///< nil: no run's, such as that of a hook
    const PluginIdentity* plugin = nullptr;
    std::uint64_t call = 0;  ///< CallContext::parents_number
};

/// Marks this thread as being inside a plugin for a run, while it lives. Nests.
class Running {
public:
    /// `step` is the path of the step that is called, where that is known; it outlives this.
    explicit Running(const Whose& whose, const std::string* step = nullptr) noexcept;
    ~Running();
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

    const RunId& run() const { return whose_.run; }
    std::uint64_t call() const { return whose_.call; }
    const PluginIdentity* plugin() const { return whose_.plugin; }
    const std::string* step() const { return step_; }

private:
    Whose whose_;
    const std::string* step_;
    const Running* outer_;
};

/// Whose plugin code is on this thread right now; null when none is. Reads one thread-local word and is safe
/// in a signal handler: a fault counts for the run whose call was on the faulting thread.
const Running* running_here() noexcept;

}  // namespace tappet::plugin
