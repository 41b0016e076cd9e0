#pragma once
#include <chrono>
#include <map>
#include <string>
#include <tuple>

namespace tappet::plugin {

/// Loads plugins in a child process first, so that one that crashes or hangs while loading takes the child
/// down and not the engine. Remembers the outcome for a file as long as it is the same file.
class Prober {
public:
    /// `command` answers `command plugin probe FILE` with exit code 0 for a plugin that loads.
    Prober(std::string command, std::chrono::milliseconds timeout)
        : command_(std::move(command)), timeout_(timeout) {}
    /// Why the file must not be loaded; empty when it may.
    std::string problem(const std::string& file);

private:
    using Identity = std::tuple<std::uint64_t, std::uint64_t, std::int64_t, std::int64_t,
                                std::int64_t>;  // dev, inode, size, mtime
    std::string run(const std::string& file) const;

    std::string command_;
    std::chrono::milliseconds timeout_;
    std::map<Identity, std::string> known_;
};

}  // namespace tappet::plugin
