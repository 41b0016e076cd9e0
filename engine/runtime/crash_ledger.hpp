#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugin/crash_book.hpp"
#include "store/store.hpp"

namespace tappet::runtime {

/// When a plugin is set aside.
struct CrashLimits {
    std::uint32_t crashes = 5;                  ///< of one build …
    std::chrono::milliseconds window{600'000};  ///< … within this time
};

/// Counts crashes of plugins, by build, in the store. A build that crashes too often within a window is set
/// aside until it is released; another build of the same plugin is free. Loop thread; crashed() and release()
/// wait for the disk, which is as rare as they are.
class CrashLedger final : public plugin::CrashBook {
public:
    /// Reads what is known. Fails when the store cannot be read.
    static Result<std::unique_ptr<CrashLedger>> open(store::Store& store, CrashLimits limits);

    /// One that cannot be written counts all the same until the process ends.
    void crashed(const plugin::PluginIdentity& plugin, TimeMs when, std::string_view what) override;
    std::optional<plugin::Quarantine> quarantined(const plugin::PluginIdentity& plugin) const override;
    Result<void> release(std::string_view name) override;

    /// What is known of a build; null when it has not crashed, or not since it was released.
    const store::PluginRecord* record(std::string_view name, std::string_view hash) const;
    /// Every build that crashed, by name.
    std::vector<const store::PluginRecord*> records() const;

private:
    using Build = std::pair<std::string, std::string>;  ///< name, hash
    CrashLedger(store::Store& store, CrashLimits limits) : store_(store), limits_(limits) {}
    void forget_oldest_of(const std::string& name);

    store::Store& store_;
    CrashLimits limits_;
    std::map<Build, store::PluginRecord> records_;
    std::size_t aside_ = 0;  ///< builds that are set aside: mostly none, and then nobody has to look
};

}  // namespace tappet::runtime
