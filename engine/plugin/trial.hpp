#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "plugin/child/limits.hpp"

namespace tappet::plugin {

/// How a child process that was tried ended, and what it said.
struct Trial {
    std::string not_started;  ///< why there was none; empty: there was
    bool hung = false;        ///< it was ended when its time was over
    int status = 0;           ///< as waitpid gives it
    std::string out, err;
};

/// Runs a command to its end, at most for a while, and takes what it says on its outputs, of the first at
/// most so many bytes. It and what it forks are bounded and get the environment of plugins (child/fence.hpp).
/// Of this process's descriptors it gets the one that is handed on, as kInherited. Blocks.
Trial try_in_child(const std::vector<std::string>& words, std::chrono::milliseconds timeout, std::size_t most,
                   const child::Limits& limits = {}, int handed_on = -1);
inline constexpr int kInherited = 3;

}  // namespace tappet::plugin
