#include "plugin/crash_book.hpp"

#include <mutex>
#include <set>
#include <utility>

#include "base/time_text.hpp"

namespace tappet::plugin {
namespace {
constexpr std::size_t kShortHash = 12;
}

const PluginIdentity& lasting(PluginIdentity identity) {
    static std::mutex mutex;
    static auto* const all = new std::set<PluginIdentity>;  // left to the end of the process
    const std::lock_guard lock(mutex);
    return *all->insert(std::move(identity)).first;
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
