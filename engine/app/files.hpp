#pragma once
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace tappet::app {

/// The whole file, or standard input for "-". not_found when it is not there.
Result<std::string> read_file(const std::string& path, std::size_t max_bytes = 64u << 20);
/// Writes a file so that it is there whole or not at all: beside it, synced, then renamed.
Result<void> write_file(const std::string& path, std::string_view content);

}  // namespace tappet::app
