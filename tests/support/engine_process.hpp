#pragma once
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

extern char** environ;

namespace tappet::test {

/// The engine as a process of its own: started, killed, started again on the same data. Its output goes to a
/// file. One thread; the process is killed with the object.
class EngineProcess {
public:
    struct Options {
        std::string tappet, plugins;  ///< the executable, and its folder of plugins
        std::string folder;           ///< for the data, the log and the address file
        std::string flows;
        std::vector<std::string> arguments;  ///< further ones of `serve`
    };

    explicit EngineProcess(Options options) : options_(std::move(options)) {}
    ~EngineProcess() { kill(); }
    EngineProcess(const EngineProcess&) = delete;
    EngineProcess& operator=(const EngineProcess&) = delete;

    /// Starts it and waits until it is ready. Throws with its log when it does not become so.
    void start(std::chrono::seconds patience = std::chrono::seconds(60)) {
        std::filesystem::remove(address_file());
        spawn();
        const auto deadline = std::chrono::steady_clock::now() + patience;
        while (address_from_file().empty()) {
            if (has_ended())
                throw std::runtime_error("the engine ended with " + std::to_string(status_) + ":\n" + log());
            if (std::chrono::steady_clock::now() > deadline)
                throw std::runtime_error("the engine does not become ready:\n" + log());
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        address_ = address_from_file().substr(7);
    }
    /// As kill -9; waits until it is gone.
    void kill() {
        if (child_ <= 0) return;
        ::kill(child_, SIGKILL);
        wait();
    }
    void send_signal(int number) const { ::kill(child_, number); }
    /// Waits until it ends by itself; its exit code, or -1 when a signal ended it.
    int wait() {
        int status = 0;
        while (child_ > 0 && ::waitpid(child_, &status, 0) < 0 && errno == EINTR) {
        }
        child_ = 0;
        status_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        return status_;
    }
    bool has_ended() {
        int status = 0;
        if (child_ <= 0) return true;
        if (::waitpid(child_, &status, WNOHANG) != child_) return false;
        child_ = 0;
        status_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        return true;
    }

    const std::string& address() const { return address_; }  ///< host:port
    pid_t pid() const { return child_; }
    std::string data() const { return options_.folder + "/data"; }
    std::string log() const {
        std::ifstream in(options_.folder + "/engine.log");
        return {std::istreambuf_iterator<char>(in), {}};
    }

private:
    std::string address_file() const { return options_.folder + "/address"; }
    std::string address_from_file() const {
        std::ifstream in(address_file());
        std::string line;
        std::getline(in, line);
        return line;
    }

    void spawn() {
        std::vector<std::string> words{
            options_.tappet,  "serve",        "--flows",     options_.flows, "--plugins",
            options_.plugins, "--data",       data(),        "--listen",     "127.0.0.1:0",
            "--address-file", address_file(), "--log-level", "warn"};
        words.insert(words.end(), options_.arguments.begin(), options_.arguments.end());
        std::vector<char*> argv;
        for (std::string& word : words) argv.push_back(word.data());
        argv.push_back(nullptr);
        const std::string log_file = options_.folder + "/engine.log";
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_addopen(&actions, 1, log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
        posix_spawn_file_actions_adddup2(&actions, 1, 2);
        const int failed =
            posix_spawn(&child_, options_.tappet.c_str(), &actions, nullptr, argv.data(), environ);
        posix_spawn_file_actions_destroy(&actions);
        if (failed) throw std::runtime_error("cannot start " + options_.tappet);
    }

    Options options_;
    std::string address_;
    pid_t child_ = 0;
    int status_ = 0;
};

}  // namespace tappet::test
