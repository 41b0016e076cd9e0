#pragma once
#include <sys/types.h>

#include <cstddef>
#include <string>
#include <vector>

namespace tappet::gauntlet {

/// What a process holds, as /proc tells it.
struct EngineState {
    std::size_t files = 0, threads = 0;
    std::vector<pid_t> children;  ///< its own
    std::string folder, umask;

    static EngineState of(pid_t process);
};

/// Processes with a text in their command lines: those of the plugins, wherever they went.
std::vector<pid_t> processes_with(const std::string& text);

}  // namespace tappet::gauntlet
