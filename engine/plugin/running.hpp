#pragma once
#include "base/ids.hpp"

namespace tappet::plugin {

/// The run whose plugin code is on this thread right now; null when none is. Reads one thread-local word and
/// is safe in a signal handler: a fault counts for the run whose call was on the faulting thread.
const RunId* running_here() noexcept;

/// Marks this thread as being inside a plugin for a run, while it lives. Nests.
class Running {
public:
    explicit Running(const RunId& run) noexcept;
    ~Running();
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

private:
    const RunId* outer_;
};

}  // namespace tappet::plugin
