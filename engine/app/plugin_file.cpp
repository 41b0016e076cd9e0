#include "app/plugin_file.hpp"

#include <filesystem>

#include "app/settings.hpp"
#include "plugin/manifest.hpp"
#include "plugin/manifest_section.hpp"
#include "plugin/probe.hpp"

namespace tappet::app {
namespace {

constexpr std::chrono::seconds kProbe{10};

}  // namespace

Result<std::string> plugin_manifest(const std::string& file, bool run) {
    auto stands = plugin::read_manifest_section(file);
    if (!stands) return Error(stands.error().code, file + ": " + stands.error().message);
    if (*stands) return std::move(**stands);
    if (!run)
        return Error::invalid(file +
                              ": holds no manifest that can be read without running it; --run asks it in a "
                              "process of its own");
    auto told = plugin::Prober(own_path(), kProbe).ask(file);
    if (!told) return Error(told.error().code, file + ": " + told.error().message);
    return told;
}

Result<std::string> plugin_file(const std::string& folder, const std::string& name) {
    std::error_code failed;
    const std::filesystem::path direct = std::filesystem::path(folder) / (name + ".so");
    if (std::filesystem::is_regular_file(direct, failed)) return direct.string();
    if (std::filesystem::is_regular_file(name, failed)) return name;
    for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
        if (entry.path().extension() != ".so") continue;
        const auto stands = plugin::read_manifest_section(entry.path().string());
        if (!stands || !*stands) continue;
        const auto manifest = plugin::parse_manifest(**stands);
        if (manifest && manifest->name == name) return entry.path().string();
    }
    return Error::not_found("there is no plugin " + name + " in " + folder);
}

}  // namespace tappet::app
