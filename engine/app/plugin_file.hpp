#pragma once
#include <string>

#include "base/result.hpp"

namespace tappet::app {

/// A plugin's file by what people call it: NAME.so of the folder, else a path, else the file of the folder
/// whose manifest has that name.
Result<std::string> plugin_file(const std::string& folder, const std::string& name);
/// The manifest that stands in a file. Where none does: asked of the plugin in a process of its own if `run`,
/// else an error that says so.
Result<std::string> plugin_manifest(const std::string& file, bool run);

}  // namespace tappet::app
