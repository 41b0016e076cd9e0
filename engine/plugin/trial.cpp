#include "plugin/trial.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>

#include "plugin/child/fence.hpp"

namespace tappet::plugin {
namespace {

constexpr std::size_t kMaxMessage = 4096;  ///< bytes of what a child says on its error output

/// A pipe from one of the child's outputs to us.
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

/// What the child has said on one of its outputs; what is beyond `most` is dropped.
struct Said {
    int fd;
    std::size_t most;
    std::string text;
    bool ended = false;
};

/// Reads both until the child closes them, or time is up.
bool read_until_end(Said& a, Said& b, std::chrono::steady_clock::time_point deadline) {
    while (!a.ended || !b.ended) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        pollfd wait[2] = {{a.ended ? -1 : a.fd, POLLIN, 0}, {b.ended ? -1 : b.fd, POLLIN, 0}};
        const int ready = left.count() > 0 ? poll(wait, 2, static_cast<int>(left.count())) : 0;
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0) return false;
        for (Said* said : {&a, &b}) {
            if (said->ended || wait[said == &b].revents == 0) continue;
            char buffer[16384];
            const ssize_t got = read(said->fd, buffer, sizeof buffer);
            if (got < 0 && errno == EINTR) continue;
            if (got <= 0) said->ended = true;
            if (got > 0)
                said->text.append(buffer, std::min(static_cast<std::size_t>(got),
                                                   said->most - std::min(said->text.size(), said->most)));
        }
    }
    return true;
}

/// The child's status once it has ended; nothing when it has not at the deadline. What it does with the pipe
/// says nothing: it may close its end and go on.
std::optional<int> wait_until(pid_t child, std::chrono::steady_clock::time_point deadline) {
    constexpr int kTurnMs = 2;
    while (true) {
        int status = 0;
        const pid_t ended = waitpid(child, &status, WNOHANG);
        if (ended == child) {
            kill(-child, SIGKILL);  // what it left behind
            return status;
        }
        if (ended < 0 && errno != EINTR) return std::nullopt;
        if (std::chrono::steady_clock::now() >= deadline) return std::nullopt;
        poll(nullptr, 0, kTurnMs);
    }
}

void end(pid_t child) {
    kill(-child, SIGKILL);
    kill(child, SIGKILL);  // where it has left its group
    while (waitpid(child, nullptr, 0) < 0 && errno == EINTR) continue;
}

}  // namespace

Trial try_in_child(const std::vector<std::string>& words, std::chrono::milliseconds timeout, std::size_t most,
                   const child::Limits& limits, int handed_on) {
    Trial trial;
    Pipe output, errors;
    if (output.read < 0 || errors.read < 0) {
        trial.not_started = std::strerror(errno);
        return trial;
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output.write, 1);
    posix_spawn_file_actions_adddup2(&actions, errors.write, 2);
    if (handed_on >= 0) posix_spawn_file_actions_adddup2(&actions, handed_on, kInherited);
    posix_spawn_file_actions_addclosefrom_np(&actions, handed_on >= 0 ? kInherited + 1 : kInherited);
    std::vector<std::string> copies = words;
    std::vector<char*> arguments;
    for (std::string& word : copies) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    pid_t child = 0;
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setpgroup(&attributes, 0);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    std::vector<char*> variables = child::plain_environment();
    const int failed =
        posix_spawn(&child, arguments[0], &actions, &attributes, arguments.data(), variables.data());
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (failed) {
        trial.not_started = words[0] + ": " + std::strerror(failed);
        return trial;
    }
    child::bound(child, limits);  // long before it gets to the plugin
    output.close_write();
    errors.close_write();
    Said out{output.read, most, {}}, err{errors.read, kMaxMessage, {}};
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    const bool silent = read_until_end(out, err, deadline);
    const std::optional<int> status = silent ? wait_until(child, deadline) : std::nullopt;
    if (!status) {
        end(child);
        trial.hung = true;
    }
    trial.status = status.value_or(0);
    trial.out = std::move(out.text);
    trial.err = std::move(err.text);
    while (!trial.err.empty() && trial.err.back() == '\n') trial.err.pop_back();
    return trial;
}

}  // namespace tappet::plugin
