#pragma once
#include <CLI/App.hpp>
#include <span>
#include <string>

namespace tappet::app {

/// What is wrong with a command line, in one sentence, and where to read on.
std::string usage_text(const CLI::App& app, const CLI::ParseError& error);

/// Whether the words ask for JSON, also where they are no command line.
bool asks_for_json(std::span<const char* const> words);

}  // namespace tappet::app
