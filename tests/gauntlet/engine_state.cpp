#include "engine_state.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

namespace tappet::gauntlet {
namespace {

std::string text_of(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::size_t entries_of(const std::string& folder) {
    std::error_code failed;
    std::filesystem::directory_iterator each(folder, failed);
    return failed ? 0 : static_cast<std::size_t>(std::distance(each, {}));
}

}  // namespace

EngineState EngineState::of(pid_t process) {
    const std::string proc = "/proc/" + std::to_string(process);
    EngineState out;
    out.files = entries_of(proc + "/fd");
    out.threads = entries_of(proc + "/task");
    std::error_code failed;
    out.folder = std::filesystem::read_symlink(proc + "/cwd", failed).string();
    std::istringstream status(text_of(proc + "/status"));
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("Umask:")) out.umask = line.substr(line.find_last_of(" \t") + 1);
    for (const auto& task : std::filesystem::directory_iterator(proc + "/task", failed)) {
        std::istringstream children(text_of(task.path().string() + "/children"));
        for (pid_t child; children >> child;) out.children.push_back(child);
    }
    return out;
}

std::vector<pid_t> processes_with(const std::string& text) {
    std::vector<pid_t> out;
    std::error_code failed;
    for (const auto& each : std::filesystem::directory_iterator("/proc", failed)) {
        const std::string name = each.path().filename().string();
        if (!std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isdigit(c); })) continue;
        if (text_of(each.path().string() + "/cmdline").find(text) != std::string::npos)
            out.push_back(static_cast<pid_t>(std::stol(name)));
    }
    return out;
}

}  // namespace tappet::gauntlet
