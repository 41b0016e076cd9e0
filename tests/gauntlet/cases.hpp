#pragma once
#include <string>
#include <vector>

namespace tappet::gauntlet {

/// A bad plugin whose action `do` can be called, and what its step must come to.
struct Case {
    std::string plugin;  ///< plugins/<plugin>.c
    /// What the step may end as: "class" or "class code" of its error, or "ok" and its results as JSON.
    /// Several where the machine decides which.
    std::vector<std::string> ends;
    std::string timeout;  ///< of the step; empty: none
};

const std::vector<Case>& cases();

/// Those that only the engine's own limit of a call ends: the step has none.
const std::vector<Case>& hanging();

/// A bad plugin that must not be loaded, and a part of the reason.
struct Unloadable {
    std::string plugin;
    std::string reason;
};

const std::vector<Unloadable>& unloadables();

}  // namespace tappet::gauntlet
