#include "engine_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <stdexcept>
#include <vector>

namespace tappet::crash {
namespace {

constexpr std::string_view kScheme = "http://";

std::vector<std::string> command_line(const EngineFiles& files) {
    return {files.tappet,     "serve",         "--flows",     files.flows(), "--plugins",    files.plugins,
            "--data",         files.data(),    "--listen",    "127.0.0.1:0", "--allow-http", "127.0.0.0/8",
            "--address-file", files.address(), "--log-level", "warn"};
}

}  // namespace

EngineProcess::~EngineProcess() { kill(); }

void EngineProcess::start() {
    ::unlink(files_.address().c_str());
    std::vector<std::string> words = command_line(files_);
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, files_.log().c_str(),
                                       O_WRONLY | O_CREAT | O_APPEND, 0644);
    ::posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
    const int failed =
        ::posix_spawn(&pid_, files_.tappet.c_str(), &actions, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (failed == 0) return;
    pid_ = 0;
    throw std::runtime_error("cannot start " + files_.tappet + ": " + std::strerror(failed));
}

void EngineProcess::kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
}

void EngineProcess::ask_to_stop() {
    if (pid_ > 0) ::kill(pid_, SIGTERM);
}

std::optional<std::string> EngineProcess::ended() {
    int status = 0;
    if (pid_ <= 0 || ::waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
    pid_ = 0;
    if (WIFSIGNALED(status)) return "signal " + std::to_string(WTERMSIG(status));
    return "exit " + std::to_string(WEXITSTATUS(status));
}

std::optional<std::string> EngineProcess::address() const {
    std::ifstream file(files_.address());
    std::string line;
    if (!std::getline(file, line) || file.eof() || !line.starts_with(kScheme)) return std::nullopt;
    return line.substr(kScheme.size());
}

}  // namespace tappet::crash
