#pragma once
#include <CLI/App.hpp>
#include <string>

namespace tappet::app {

/// What is wrong with a command line, in one sentence, and where to read on.
std::string usage_text(const CLI::App& app, const CLI::ParseError& error);

}  // namespace tappet::app
