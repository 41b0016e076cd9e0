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

int wait_for(pid_t child) {
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
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
    const bool ended = read_until_end(output.read, std::chrono::steady_clock::now() + timeout_, said);
    if (!ended) kill(child, SIGKILL);
    const int status = wait_for(child);
    if (!ended)
        return "hangs while loading: the probe was ended after " + std::to_string(timeout_.count()) + " ms";
    if (WIFSIGNALED(status)) return std::string("crashes while loading: ") + strsignal(WTERMSIG(status));
    if (WEXITSTATUS(status) == 0) return {};
    while (!said.empty() && said.back() == '\n') said.pop_back();
    return said.empty() ? "the probe failed with exit code " + std::to_string(WEXITSTATUS(status)) : said;
}

}  // namespace tappet::plugin
