#pragma once
#include <string>
#include <vector>

namespace tappet::crash {

/// The flows under test, and what is known of them.
///   busy     a mapping, an effect, a loop with an effect for each of two items, an effect that is refused
///   once patient  an effect that is refused twice and has to wait each time open     an effect whose answer
///   the trial decides
inline constexpr const char* kBusy = "busy";
inline constexpr const char* kPatient = "patient";
inline constexpr const char* kOpen = "open";

/// Writes them into the engine's folder of flows.
void write_flows(const std::string& folder);
/// The places of a flow's effects, as the service sees them.
std::vector<std::string> places_of(const std::string& flow);
/// The place of a step's effect by its path, "each[0].one"; empty for steps without one.
std::string place_of_step(const std::string& path);

}  // namespace tappet::crash
