#pragma once
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "flow/error_class.hpp"

namespace tappet::plugin {

/// A plugin as a file that was built once: another build is another plugin to whoever counts crashes.
struct PluginIdentity {
    std::string name;  ///< as its manifest says
    std::string file;  ///< where it was loaded from
    std::string hash;  ///< SHA-256 of the file, 64 lower-case hexadecimal digits
    friend auto operator<=>(const PluginIdentity&, const PluginIdentity&) = default;
};

/// The same, kept until the process ends: a handler of signals may read it whatever becomes of the plugin.
/// Any thread.
const PluginIdentity& lasting(PluginIdentity identity);

/// Why a plugin is not called any more.
struct Quarantine {
    TimeMs since;
    std::uint32_t crashes = 0;  ///< that it took
    std::string what;           ///< the last one: "SIGSEGV"
};

/// Counts crashes of plugins and says which are set aside. Given by what is above, which keeps it durable.
/// Loop thread.
class CrashBook {
public:
    virtual ~CrashBook() = default;
    /// A call crashed the plugin: its child process, or the engine in an earlier life. `what` is a few words.
    /// Not told of what counts for nobody: SIGKILL, the kernel's memory killer, children that we end.
    virtual void crashed(const PluginIdentity& plugin, TimeMs when, std::string_view what) = 0;
    /// Whether the plugin is set aside: then it is neither started nor called. Cheap enough for every call.
    virtual std::optional<Quarantine> quarantined(const PluginIdentity& plugin) const = 0;
    /// Lets every build of this name be called again, its crashes forgotten; not_found when none is set
    /// aside.
    virtual Result<void> release(std::string_view name) = 0;
};

using flow::kPluginQuarantined;

/// What a call of a plugin that is set aside fails with; names the plugin, its build, and how to release it.
flow::RunError quarantine_error(const PluginIdentity& plugin, const Quarantine& quarantine);

}  // namespace tappet::plugin
