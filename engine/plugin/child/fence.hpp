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

/// From here on this thread, and those that it starts, make no processes (fork and its like fail with EPERM,
/// clone3 with ENOSYS), signal none but their own, and stay in their process group: the parent ends them by
/// it. Under sanitizers, which make processes themselves, the group alone is kept. False where the kernel has
/// no such filters; then nothing is changed.
bool keep_alone();

}  // namespace tappet::plugin::child
