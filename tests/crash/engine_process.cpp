#include "engine_process.hpp"

#include <filesystem>

namespace tappet::crash {
namespace {

constexpr std::string_view kScheme = "http://";
/// Addresses in answers are the same in each life, whatever its port.
constexpr const char* kPublicUrl = "http://tappet.test";

test::Process::Start command(const EngineFiles& files) {
    test::Process::Start start;
    start.words = {files.tappet,     "serve",         "--flows",      files.flows(),
                   "--plugins",      files.plugins,   "--data",       files.data(),
                   "--listen",       "127.0.0.1:0",   "--allow-http", "127.0.0.0/8",
                   "--address-file", files.address(), "--log-level",  "warn"};
    start.out = start.err = files.log();
    start.append = true;
    start.variables = {{"TAPPET_PUBLIC_URL", kPublicUrl}};
    return start;
}

}  // namespace

void EngineProcess::start() {
    std::filesystem::remove(files_.address());
    process_ = test::Process(command(files_));
}

std::optional<std::string> EngineProcess::ended() {
    if (!process_.running()) return std::nullopt;
    const auto code = process_.ended();
    if (!code) return std::nullopt;
    return *code < 0 ? "signal " + std::to_string(-*code) : "exit " + std::to_string(*code);
}

std::optional<std::string> EngineProcess::address() const {
    const std::string line = test::read_text(files_.address());
    if (!line.starts_with(kScheme) || !line.ends_with('\n')) return std::nullopt;
    return line.substr(kScheme.size(), line.size() - kScheme.size() - 1);
}

}  // namespace tappet::crash
