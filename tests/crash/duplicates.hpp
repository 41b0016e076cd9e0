#pragma once
#include "scene.hpp"

namespace tappet::crash {

inline constexpr std::size_t kDeliveries = 50;  ///< of each event

/// Delivers each of `count` events kDeliveries times, those of one event mostly at the same time, some much
/// later, and kills the engine in between. Half of the events are answered by their runs. Each event must
/// have one run, and all deliveries of it the same answer.
Task<> play_duplicates(Scene& scene, std::size_t count);

}  // namespace tappet::crash
