#pragma once
#include <optional>
#include <string>

#include "support/process.hpp"

namespace tappet::crash {

/// Where the engine under test is, and the folder that outlives its deaths: flows, data, its log.
struct EngineFiles {
    std::string tappet, plugins, work;
    std::string flows() const { return work + "/flows"; }
    std::string data() const { return work + "/data"; }
    std::string address() const { return work + "/address"; }
    std::string log() const { return work + "/engine.log"; }
};

/// The engine as a process of its own, started and killed again and again on the same data. Nothing here
/// waits for it, but for its death. Throws std::runtime_error where the system refuses.
class EngineProcess {
public:
    explicit EngineProcess(EngineFiles files) : files_(std::move(files)) {}

    void start();
    void kill() { process_.kill(); }  ///< SIGKILL; returns once the process is gone
    void ask_to_stop() { process_.signal(SIGTERM); }
    /// How it ended, in words, when it did so by itself since start(): "exit 0", "signal 6". Said once.
    std::optional<std::string> ended();
    /// "127.0.0.1:PORT" once it is ready.
    std::optional<std::string> address() const;
    bool running() const { return process_.running(); }
    const EngineFiles& files() const { return files_; }

private:
    EngineFiles files_;
    test::Process process_;
};

}  // namespace tappet::crash
