#pragma once
#include <sys/types.h>

#include <vector>

#include "plugin/child/limits.hpp"

namespace tappet::plugin::child {

/// What a process that runs plugins is told of our environment: all but what is the engine's own, its
/// settings and secrets (TAPPET_…). Ends with null; valid while the environment stays as it is.
std::vector<char*> plain_environment();

/// Bounds what a process may use: memory, files, no core dump. 0: this one. Under sanitizers memory is left
/// unbounded, since they reserve all of it.
void bound(pid_t process, const Limits& limits);

/// From here on this process, and what it forks, cannot leave its process group, by which its parent ends it:
/// setsid and setpgid fail with EPERM. False where the kernel has no such filters; then nothing is changed.
bool stay_in_group();

}  // namespace tappet::plugin::child
