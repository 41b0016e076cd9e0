#pragma once
#include "scene.hpp"

namespace tappet::crash {

/// Kills the engine while `count` runs are open: most wait for their retry, a few are in the middle of a
/// call. It must be ready again within `ready_limit_ms`, know all of them, and bring each to its end: some go
/// on, some are cancelled.
Task<> play_open_runs(Scene& scene, std::size_t count, double ready_limit_ms);

}  // namespace tappet::crash
