#pragma once
#include <cstdio>
#include <stdexcept>
#include <string>

namespace tappet::test {

/// What a command prints; throws when it fails.
inline std::string output_of(const std::string& command) {
    std::FILE* pipe = ::popen(command.c_str(), "r");
    if (!pipe) throw std::runtime_error("cannot start: " + command);
    std::string out;
    char buffer[4096];
    for (std::size_t got; (got = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) out.append(buffer, got);
    if (::pclose(pipe) != 0) throw std::runtime_error("failed: " + command);
    return out;
}

}  // namespace tappet::test
