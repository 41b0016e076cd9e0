#pragma once
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace tappet::test {

/// The whole of a file; empty when there is none.
inline std::string read_text(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_text(const std::string& file, std::string_view text) {
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << text;
    if (!out.flush()) throw std::runtime_error("cannot write " + file);
}

/// A program as a process of its own, its outputs in files. Killed with the object. Throws
/// std::runtime_error where the system refuses, and when something that must come does not within a minute.
class Process {
public:
    struct Start {
        std::vector<std::string> words;                              ///< the program and its arguments
        std::vector<std::pair<std::string, std::string>> variables;  ///< set, or unset by an empty value
        std::string folder;                                          ///< where it starts; empty: here
        std::string in = "/dev/null", out, err;                      ///< files
        bool append = false;  ///< to out and err, instead of writing them anew
    };

    Process() = default;
    explicit Process(const Start& start) : words_(start.words), out_(start.out), err_(start.err) {
        spawn(start);
        watch_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
        if (watch_ < 0) throw std::runtime_error("cannot watch " + words_.front());
    }
    Process(Process&& other) noexcept { *this = std::move(other); }
    Process& operator=(Process&& other) noexcept {
        std::swap(pid_, other.pid_);
        std::swap(watch_, other.watch_);
        std::swap(status_, other.status_);
        std::swap(words_, other.words_);
        std::swap(out_, other.out_);
        std::swap(err_, other.err_);
        return *this;
    }
    ~Process() {
        kill();
        if (watch_ >= 0) ::close(watch_);
    }

    void signal(int number) const {
        if (running()) ::kill(pid_, number);
    }
    /// SIGKILL; returns once the process is gone.
    void kill() {
        if (!running()) return;
        signal(SIGKILL);
        (void)wait();
    }
    /// Its exit code once it has ended, or minus the signal that ended it.
    int wait() {
        if (!await([] { return false; }) && !status_) throw std::runtime_error(told("does not end"));
        return *status_;
    }
    /// Waits until the condition holds, and says whether it does: false when the process ends before.
    bool await(const std::function<bool()>& holds) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
        while (!holds()) {
            if (!running()) return false;
            if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error(told("hangs"));
            pollfd ends{watch_, POLLIN, 0};
            if (::poll(&ends, 1, kLookMs) > 0) reap();
        }
        return true;
    }
    bool running() const { return pid_ > 0 && !status_; }
    /// How it has ended, as wait() says it, without waiting; nothing while it runs.
    std::optional<int> ended() {
        pollfd ends{watch_, POLLIN, 0};
        if (running() && ::poll(&ends, 1, 0) > 0) reap();
        return status_;
    }
    pid_t id() const { return pid_; }
    std::string output() const { return read_text(out_); }
    std::string errors() const { return read_text(err_); }

private:
    static constexpr int kLookMs = 1;

    void spawn(const Start& start) {
        std::vector<char*> words, variables;
        for (std::string& word : words_) words.push_back(word.data());
        words.push_back(nullptr);
        std::vector<std::string> held = environment(start.variables);
        for (std::string& variable : held) variables.push_back(variable.data());
        variables.push_back(nullptr);
        posix_spawn_file_actions_t files;
        ::posix_spawn_file_actions_init(&files);
        if (!start.folder.empty()) ::posix_spawn_file_actions_addchdir_np(&files, start.folder.c_str());
        ::posix_spawn_file_actions_addopen(&files, STDIN_FILENO, start.in.c_str(), O_RDONLY, 0);
        const int flags = O_WRONLY | O_CREAT | (start.append ? O_APPEND : O_TRUNC);
        ::posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, out_.c_str(), flags, 0644);
        ::posix_spawn_file_actions_addopen(&files, STDERR_FILENO, err_.c_str(), flags, 0644);
        const int failed =
            ::posix_spawn(&pid_, words_.front().c_str(), &files, nullptr, words.data(), variables.data());
        ::posix_spawn_file_actions_destroy(&files);
        if (failed == 0) return;
        pid_ = 0;
        throw std::runtime_error("cannot start " + words_.front() + ": " + std::strerror(failed));
    }

    static std::vector<std::string> environment(
        const std::vector<std::pair<std::string, std::string>>& changes) {
        std::vector<std::string> out;
        for (char** each = environ; *each; ++each) {
            const std::string variable = *each;
            bool changed = variable.starts_with("TAPPET_");
            for (const auto& [name, value] : changes) changed = changed || variable.starts_with(name + "=");
            if (!changed) out.push_back(variable);
        }
        for (const auto& [name, value] : changes)
            if (!value.empty()) out.push_back(name + "=" + value);
        return out;
    }

    void reap() {
        int status = 0;
        if (::waitpid(pid_, &status, 0) != pid_) throw std::runtime_error(told("cannot be waited for"));
        status_ = WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
    }

    std::string told(const std::string& what) const {
        return words_.front() + " " + what + ":\n" + output() + errors();
    }

    pid_t pid_ = 0;
    int watch_ = -1;
    std::optional<int> status_;
    std::vector<std::string> words_;
    std::string out_, err_;
};

}  // namespace tappet::test
