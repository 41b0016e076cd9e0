#pragma once
#include <chrono>
#include <map>
#include <string>

#include "base/result.hpp"
#include "plugin/child/limits.hpp"
#include "plugin/image.hpp"

namespace tappet::plugin {

/// Asks plugins for their manifest in a child process, so that one that crashes or hangs while it loads takes
/// the child down and not the engine. Remembers what a build tells; that it could not be asked, or not in
/// time, says nothing of the next time. One thread at a time.
class Prober {
public:
    /// `command` answers `command plugin probe FILE` with exit code 0 and the manifest for a plugin that
    /// loads, else with a message on its error output.
    /// What it may use is bounded, and of the environment it gets what plugins get (child/fence.hpp).
    Prober(std::string command, std::chrono::milliseconds timeout, const child::Limits& limits = {})
        : command_(std::move(command)), timeout_(timeout), limits_(limits) {}
    /// The manifest; or why the file must not be loaded. What is asked is what was read.
    Result<std::string> ask(const std::string& file);
    /// The same of what was read before; `file` is its name in messages.
    Result<std::string> ask(const Image& image, const std::string& file);

private:
    std::string command_;
    std::chrono::milliseconds timeout_;
    child::Limits limits_;
    std::map<std::string, Result<std::string>> known_;  ///< by hash
};

}  // namespace tappet::plugin
