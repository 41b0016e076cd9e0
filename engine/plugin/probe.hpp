#pragma once
#include <chrono>
#include <map>
#include <string>
#include <tuple>

#include "base/result.hpp"
#include "plugin/child/limits.hpp"

namespace tappet::plugin {

/// Asks plugins for their manifest in a child process, so that one that crashes or hangs while it loads takes
/// the child down and not the engine. Remembers the outcome for a file as long as it is the same file.
class Prober {
public:
    /// `command` answers `command plugin probe FILE` with exit code 0 and the manifest for a plugin that
    /// loads, else with a message on its error output.
    /// What it may use is bounded, and of the environment it gets what plugins get (child/fence.hpp).
    Prober(std::string command, std::chrono::milliseconds timeout, const child::Limits& limits = {})
        : command_(std::move(command)), timeout_(timeout), limits_(limits) {}
    /// The manifest; or why the file must not be loaded.
    Result<std::string> ask(const std::string& file);

private:
    using Identity = std::tuple<std::uint64_t, std::uint64_t, std::int64_t, std::int64_t,
                                std::int64_t>;  // dev, inode, size, mtime
    Result<std::string> run(const std::string& file) const;

    std::string command_;
    std::chrono::milliseconds timeout_;
    child::Limits limits_;
    std::map<Identity, Result<std::string>> known_;
};

}  // namespace tappet::plugin
