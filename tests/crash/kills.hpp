#pragma once
#include "scene.hpp"

namespace tappet::crash {

/// Kills the engine this many times while events are delivered and effects are made, then lets everything
/// come to its end and checks every promise.
Task<> play_kills(Scene& scene, int kills);

}  // namespace tappet::crash
