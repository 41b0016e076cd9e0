#pragma once
#include <string>

#include "plugin/child/limits.hpp"

namespace tappet::plugin::child {

/// What a child is started with.
struct ServeOptions {
    std::string file;  ///< of the plugin; for people
    int image = 5;     ///< what is loaded
    int socket = 3;    ///< to the parent
    int page = 4;      ///< for faults
    Limits limits;
};

/// The child's main: lives by its parent, runs one plugin. Returns the exit code, or never.
int serve(const ServeOptions& options);

}  // namespace tappet::plugin::child
