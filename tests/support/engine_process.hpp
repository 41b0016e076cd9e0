#pragma once
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/process.hpp"

namespace tappet::test {

/// The engine as a process of its own: started, killed, started again on the same data. One thread; the
/// process is killed with the object.
class EngineProcess {
public:
    struct Options {
        std::string tappet, plugins;  ///< the executable, and its folder of plugins
        std::string folder;           ///< for the data, the log and the address file
        std::string flows;
        std::vector<std::string> arguments;  ///< further ones of `serve`
        std::vector<std::pair<std::string, std::string>> variables = {};
    };

    explicit EngineProcess(Options options) : options_(std::move(options)) {}

    /// Starts it and waits until it is ready. Throws with its log when it does not become so.
    void start() {
        const std::string file = options_.folder + "/address";
        std::filesystem::remove(file);
        process_ = Process(command());
        if (!process_.await([&] { return read_text(file).ends_with('\n'); }))
            throw std::runtime_error("the engine does not become ready:\n" + log());
        const std::string line = read_text(file);
        address_ = line.substr(7, line.size() - 8);
    }
    void kill() { process_.kill(); }  ///< as kill -9; returns once it is gone

    const std::string& address() const { return address_; }  ///< host:port
    pid_t pid() const { return process_.id(); }
    std::string log() const { return process_.errors(); }

private:
    Process::Start command() const {
        Process::Start start;
        start.words = {options_.tappet,  "serve",
                       "--flows",        options_.flows,
                       "--plugins",      options_.plugins,
                       "--data",         options_.folder + "/data",
                       "--listen",       "127.0.0.1:0",
                       "--address-file", options_.folder + "/address",
                       "--log-level",    "warn"};
        start.words.insert(start.words.end(), options_.arguments.begin(), options_.arguments.end());
        start.variables = options_.variables;
        start.out = options_.folder + "/engine.out";
        start.err = options_.folder + "/engine.log";
        return start;
    }

    Options options_;
    Process process_;
    std::string address_;
};

}  // namespace tappet::test
