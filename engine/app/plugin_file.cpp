#include "app/plugin_file.hpp"

#include <algorithm>
#include <filesystem>

#include "app/settings.hpp"
#include "plugin/manifest.hpp"
#include "plugin/manifest_section.hpp"
#include "plugin/probe.hpp"

namespace tappet::app {
namespace {

constexpr std::chrono::seconds kProbe{10};

}  // namespace

std::vector<std::string> plugin_files(const std::string& folder) {
    std::vector<std::string> out;
    std::error_code failed, unknown;
    for (const auto& entry : std::filesystem::directory_iterator(folder, failed))
        if (entry.path().extension() == ".so" && entry.is_regular_file(unknown))
            out.push_back(entry.path().string());
    std::sort(out.begin(), out.end());
    return out;
}

std::vector<std::string> trusted_without_file(const std::string& folder,
                                              const std::vector<std::string>& trusted) {
    std::vector<std::string> out;
    std::error_code failed;
    for (const std::string& name : trusted)
        if (!std::filesystem::exists(std::filesystem::path(folder) / name, failed)) out.push_back(name);
    return out;
}

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

Result<std::string> plugin_file(const std::string& folder, const std::string& name, bool run) {
    std::error_code failed;
    const std::filesystem::path direct = std::filesystem::path(folder) / (name + ".so");
    if (std::filesystem::is_regular_file(direct, failed)) return direct.string();
    if (std::filesystem::is_regular_file(name, failed)) return name;
    std::string silent;
    for (const std::string& file : plugin_files(folder)) {
        const auto stands = plugin::read_manifest_section(file);
        if (!stands) continue;
        if (!*stands) silent += (silent.empty() ? "" : ", ") + file;
        if (!*stands && !run) continue;
        const auto text = plugin_manifest(file, run);
        const auto manifest = text ? plugin::parse_manifest(*text) : text.error();
        if (manifest && manifest->name == name) return file;
    }
    std::string message = "there is no plugin " + name + " in " + folder;
    if (!silent.empty() && !run)
        message += " by what stands in the files; of these only --run can tell: " + silent;
    return Error::not_found(message);
}

}  // namespace tappet::app
