#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"

namespace tappet::app {

/// The files of a folder that may be plugins, *.so, by path.
std::vector<std::string> plugin_files(const std::string& folder);
/// Names among the trusted ones that no file of the folder has: misspelt, or not there yet.
std::vector<std::string> trusted_without_file(const std::string& folder,
                                              const std::vector<std::string>& trusted);
/// A plugin's file by what people call it: NAME.so of the folder, else a path, else the file of the folder
/// whose manifest has that name. Files that hold no manifest are asked, each in a process of its own, if
/// `run`; else the error names them.
Result<std::string> plugin_file(const std::string& folder, const std::string& name, bool run);
/// The manifest that stands in a file. Where none does: asked of the plugin in a process of its own if `run`,
/// else an error that says so.
Result<std::string> plugin_manifest(const std::string& file, bool run);

}  // namespace tappet::app
