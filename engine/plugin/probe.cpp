#include "plugin/probe.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>

extern char** environ;

namespace tappet::plugin {
namespace {

/// A pipe from the child's two outputs to us.
struct Pipe {
    int read = -1, write = -1;
    Pipe() {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) == 0) read = ends[0], write = ends[1];
    }
    ~Pipe() {
        if (read >= 0) close(read);
        close_write();
    }
    void close_write() {
        if (write >= 0) close(write);
        write = -1;
    }
};

/// Reads until the child closes its end, or time is up. What is beyond the first 4 KiB is dropped.
bool read_until_end(int fd, std::chrono::steady_clock::time_point deadline, std::string& out) {
    while (true) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        pollfd wait{fd, POLLIN, 0};
        const int ready = left.count() > 0 ? poll(&wait, 1, static_cast<int>(left.count())) : 0;
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0) return false;
        char buffer[4096];
        const ssize_t got = read(fd, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return true;
        out.append(buffer, std::min<std::size_t>(static_cast<std::size_t>(got),
                                                 4096 - std::min<std::size_t>(out.size(), 4096)));
    }
}

/// The child's status once it has ended; nothing when it has not at the deadline. What it does with the pipe
/// says nothing: it may close its end and go on.
std::optional<int> wait_until(pid_t child, std::chrono::steady_clock::time_point deadline) {
    constexpr int kTurnMs = 2;
    while (true) {
        int status = 0;
        const pid_t ended = waitpid(child, &status, WNOHANG);
        if (ended == child) return status;
        if (ended < 0 && errno != EINTR) return std::nullopt;
        if (std::chrono::steady_clock::now() >= deadline) return std::nullopt;
        poll(nullptr, 0, kTurnMs);
    }
}

void end(pid_t child) {
    kill(child, SIGKILL);
    while (waitpid(child, nullptr, 0) < 0 && errno == EINTR) continue;
}

}  // namespace

std::string Prober::problem(const std::string& file) {
    if (command_.empty()) return {};
    struct stat info {};
    if (stat(file.c_str(), &info) != 0) return std::string("cannot be read: ") + std::strerror(errno);
    const Identity identity{info.st_dev, info.st_ino, info.st_size, info.st_mtim.tv_sec,
                            info.st_mtim.tv_nsec};
    const auto known = known_.find(identity);
    if (known != known_.end()) return known->second;
    return known_[identity] = run(file);
}

std::string Prober::run(const std::string& file) const {
    Pipe output;
    if (output.read < 0) return std::string("cannot be probed: ") + std::strerror(errno);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output.write, 2);
    std::string command = command_, first = "plugin", second = "probe", third = file;
    char* const arguments[] = {command.data(), first.data(), second.data(), third.data(), nullptr};
    pid_t child = 0;
    const int failed = posix_spawn(&child, command.c_str(), &actions, nullptr, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed) return "cannot be probed: " + command_ + ": " + std::strerror(failed);
    output.close_write();

    std::string said;
    const auto deadline = std::chrono::steady_clock::now() + timeout_;
    const bool silent = read_until_end(output.read, deadline, said);
    const std::optional<int> status = silent ? wait_until(child, deadline) : std::nullopt;
    if (!status) {
        end(child);
        return "hangs while loading: the probe was ended after " + std::to_string(timeout_.count()) + " ms";
    }
    if (WIFSIGNALED(*status)) return std::string("crashes while loading: ") + strsignal(WTERMSIG(*status));
    if (WEXITSTATUS(*status) == 0) return {};
    while (!said.empty() && said.back() == '\n') said.pop_back();
    return said.empty() ? "the probe failed with exit code " + std::to_string(WEXITSTATUS(*status)) : said;
}

}  // namespace tappet::plugin
