#pragma once
#include <string>
#include <vector>

namespace tappet::crash {

// The flows under test.
/// A mapping, an effect, a loop with an effect for each of two items, an effect that is refused once.
inline constexpr const char* kBusy = "busy";
/// An effect that is refused twice and has to wait each time.
inline constexpr const char* kPatient = "patient";
/// Two mappings whose outcome answers the sender: nothing in between would have to be committed.
inline constexpr const char* kAsking = "asking";
/// An effect whose answer the trial decides.
inline constexpr const char* kOpen = "open";

/// Two mappings, answered with the run's address before they are done.
inline constexpr const char* kRepeated = "repeated";

/// Writes them into the engine's folder of flows.
void write_flows(const std::string& folder);
/// The places of a flow's effects, as the service sees them.
std::vector<std::string> places_of(const std::string& flow);
/// The place of a step's effect by its path, "each[0].one"; empty for steps without one.
std::string place_of_step(const std::string& path);

}  // namespace tappet::crash
