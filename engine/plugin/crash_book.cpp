#include "plugin/crash_book.hpp"

#include "base/time_text.hpp"

namespace tappet::plugin {
namespace {
constexpr std::size_t kShortHash = 12;
}

flow::RunError quarantine_error(const PluginIdentity& plugin, const Quarantine& quarantine) {
    flow::RunError error;
    error.error_class = flow::ErrorClass::plugin_crashed;
    error.code = kPluginQuarantined;
    error.message = "the plugin " + plugin.name + " (build " + plugin.hash.substr(0, kShortHash) +
                    ") is set aside since " + to_rfc3339(quarantine.since) + ": it crashed " +
                    std::to_string(quarantine.crashes) + " times, last with " + quarantine.what +
                    "; put a mended build in its place, or run: tappet plugin release " + plugin.name;
    return error;
}

}  // namespace tappet::plugin
