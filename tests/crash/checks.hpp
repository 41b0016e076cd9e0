#pragma once
#include "witness.hpp"

namespace tappet::crash {

/// Once every run has ended: each event has exactly one, that of its answer; each has succeeded with all of
/// its effects; no effect belongs to anything else; what the witness saw still holds. Faults go to the
/// ledger.
Task<> check_all(Scene& scene, Witness& witness);
/// That every listed run is one of our events', and each event's the only one.
void check_listed(Ledger& ledger, const std::vector<ListedRun>& runs);
/// Errors in the engine's log, and reports of sanitizers.
void check_log(Ledger& ledger, const EngineFiles& files);

}  // namespace tappet::crash
