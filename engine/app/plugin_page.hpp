#pragma once
#include <string>

#include "plugin/manifest.hpp"

namespace tappet::app {

/// A page of Markdown about a plugin, from its manifest alone: actions and triggers with inputs, results,
/// errors, scopes and a sample.
std::string plugin_page(const plugin::Manifest& manifest);

}  // namespace tappet::app
