#include "plugin/child/process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "plugin/child/fence.hpp"

namespace tappet::plugin::child {
namespace {

constexpr std::size_t kLine = 4096;      ///< bytes of a printed line; longer ones come in pieces
constexpr std::size_t kPipe = 1u << 20;  ///< bytes that a pipe holds at most

Ending ending_of(const siginfo_t& info) {
    Ending out;
    out.signalled = info.si_code != CLD_EXITED;
    out.number = info.si_status;
    const char* name = out.signalled ? sigabbrev_np(info.si_status) : nullptr;
    out.text = !out.signalled ? "exit code " + std::to_string(info.si_status)
               : name         ? "SIG" + std::string(name)
                              : "signal " + std::to_string(info.si_status);
    return out;
}

/// A descriptor again, beyond those that a child begins with: putting one of these in its place overwrites
/// none that is still to be read.
struct High {
    explicit High(int of) : fd(fcntl(of, F_DUPFD_CLOEXEC, 6)) {}
    ~High() {
        if (fd >= 0) ::close(fd);
    }
    High(const High&) = delete;
    High& operator=(const High&) = delete;
    const int fd;
};

class Actions {
public:
    Actions() { posix_spawn_file_actions_init(&actions); }
    ~Actions() { posix_spawn_file_actions_destroy(&actions); }
    posix_spawn_file_actions_t actions;
};

}  // namespace

Result<std::unique_ptr<Process>> Process::start(boost::asio::io_context& loop, const Start& what,
                                                const Limits& limits) {
    const auto& [command, file, image, socket] = what;
    auto page = FaultPage::create();
    std::array<int, 2> output{-1, -1};
    if (!page || pipe2(output.data(), O_CLOEXEC) != 0) {
        close(socket);
        return Error::unavailable(std::string("no process for the plugin: ") + std::strerror(errno));
    }
    const High to_socket(socket), to_page(page->fd()), to_image(image), to_output(output[1]);
    if (to_socket.fd < 0 || to_page.fd < 0 || to_image.fd < 0 || to_output.fd < 0) {
        const std::string why = std::strerror(errno);
        for (const int fd : {socket, output[0], output[1]}) close(fd);
        return Error::unavailable("no process for the plugin: " + why);
    }
    Actions files;
    posix_spawn_file_actions_addopen(&files.actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files.actions, to_output.fd, 1);
    posix_spawn_file_actions_adddup2(&files.actions, to_output.fd, 2);
    posix_spawn_file_actions_adddup2(&files.actions, to_socket.fd, 3);
    posix_spawn_file_actions_adddup2(&files.actions, to_page.fd, 4);
    posix_spawn_file_actions_adddup2(&files.actions, to_image.fd, 5);
    posix_spawn_file_actions_addclosefrom_np(&files.actions, 6);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

    std::vector<std::string> words{command,       "plugin",
                                   "host",        file,
                                   "--memory",    std::to_string(limits.memory),
                                   "--files",     std::to_string(limits.files),
                                   "--file-size", std::to_string(limits.file_size),
                                   "--frame",     std::to_string(limits.link.frame),
                                   "--values",    std::to_string(limits.link.values),
                                   "--series",    std::to_string(limits.series)};
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    std::vector<char*> variables = plain_environment();
    pid_t pid = 0;
    const int failed =
        posix_spawn(&pid, command.c_str(), &files.actions, &attributes, arguments.data(), variables.data());
    posix_spawnattr_destroy(&attributes);
    close(socket);
    close(output[1]);
    if (failed) {
        close(output[0]);
        return Error::unavailable("no process for the plugin: " + command + ": " + std::strerror(failed));
    }
    const int pidfd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
    if (pidfd < 0) {
        const std::string why = std::strerror(errno);
        ::kill(pid, SIGKILL);
        waitpid(pid, nullptr, 0);
        close(output[0]);
        return Error::unavailable("no process for the plugin: pidfd: " + why);
    }
    fcntl(pidfd, F_SETFD, FD_CLOEXEC);
    return std::unique_ptr<Process>(new Process(loop, pid, pidfd, output[0], std::move(page)));
}

Process::Process(boost::asio::io_context& loop, pid_t pid, int pidfd, int output,
                 std::unique_ptr<FaultPage> page)
    : pid_(pid), pidfd_(loop, pidfd), output_(loop, output), page_(std::move(page)), buffer_(kLine, '\0') {
    output_.non_blocking(true);
}

Process::~Process() {
    *alive_ = false;
    if (ended_) return;
    kill();
    while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
}

void Process::kill() {
    if (ended_) return;
    ::kill(-pid_, SIGKILL);
    ::kill(pid_, SIGKILL);  // where it has left its group
}

void Process::watch(OnEnd end, OnLine line) {
    line_ = std::move(line);
    read_output();
    pidfd_.async_wait(pidfd_.wait_read,
                      [this, alive = alive_, end = std::move(end)](const boost::system::error_code& failed) {
                          if (!*alive || failed) return;
                          siginfo_t info{};
                          if (waitid(static_cast<idtype_t>(P_PIDFD),
                                     static_cast<id_t>(pidfd_.native_handle()), &info, WEXITED) != 0)
                              return;
                          ended_ = true;
                          ::kill(-pid_, SIGKILL);  // what it left behind
                          take_rest();
                          if (*alive) end(ending_of(info));
                      });
}

void Process::read_output() {
    output_.async_wait(output_.wait_read, [this, alive = alive_](const boost::system::error_code& failed) {
        if (!*alive || failed) return;
        const boost::system::error_code why = take_output();
        if (!*alive) return;
        if (!why || why == boost::asio::error::would_block) return read_output();
        take_rest();
    });
}

/// Takes a buffer of what is there, or says why there is nothing. This may be gone afterwards.
boost::system::error_code Process::take_output() {
    boost::system::error_code failed;
    const std::size_t got = output_.read_some(boost::asio::buffer(buffer_), failed);
    if (failed) return failed;
    partial_.append(buffer_, 0, got);
    take_lines();
    return {};
}

void Process::take_lines() {
    const std::shared_ptr<bool> alive = alive_;
    while (*alive) {
        const std::size_t end = partial_.find('\n');
        if (end == std::string::npos && partial_.size() < kLine) return;
        const std::size_t length = std::min(end, kLine);
        std::string line = partial_.substr(0, length);
        partial_.erase(0, end == length ? length + 1 : length);
        if (!line.empty()) line_(std::move(line));
    }
}

/// What stands in the pipe of a process that has ended, and a line that it did not end.
void Process::take_rest() {
    const std::shared_ptr<bool> alive = alive_;
    for (std::size_t most = kPipe / kLine; most > 0 && *alive; --most)
        if (take_output()) break;
    if (*alive && !partial_.empty()) line_(std::exchange(partial_, {}));
}

}  // namespace tappet::plugin::child
