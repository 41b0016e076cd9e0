#pragma once
#include <string_view>
#include <vector>

namespace tappet::app {

/// A file of sdk/templates, as the build found it.
struct PluginTemplate {
    std::string_view language;  ///< "both", "cpp", "c"
    std::string_view path;      ///< with @NAME@ and @IDENT@ in it, as the text
    std::string_view text;
};
const std::vector<PluginTemplate>& plugin_templates();

}  // namespace tappet::app
