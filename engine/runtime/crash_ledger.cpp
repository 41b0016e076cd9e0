#include "runtime/crash_ledger.hpp"

#include <algorithm>

#include "base/log.hpp"

namespace tappet::runtime {
namespace {

constexpr std::size_t kBuilds = 16;  ///< of one plugin that are remembered

plugin::Quarantine quarantine_of(const store::PluginRecord& record) {
    return {record.quarantined, static_cast<std::uint32_t>(record.recent.size()), record.what};
}

}  // namespace

Result<std::unique_ptr<CrashLedger>> CrashLedger::open(store::Store& store, CrashLimits limits) {
    auto known = store.plugins();
    if (!known) return known.error();
    std::unique_ptr<CrashLedger> ledger(new CrashLedger(store, limits));
    for (store::PluginRecord& record : *known) {
        ledger->aside_ += record.quarantined.ms != 0 ? 1 : 0;
        Build build{record.name, record.hash};
        ledger->records_.emplace(std::move(build), std::move(record));
    }
    return ledger;
}

void CrashLedger::crashed(const plugin::PluginIdentity& plugin, TimeMs when, std::string_view what) {
    auto [found, first] = records_.try_emplace({plugin.name, plugin.hash});
    store::PluginRecord& record = found->second;
    // The same crash is told again when the process ended before its record of it was emptied.
    if (!first && std::ranges::find(record.recent, when) != record.recent.end()) return;
    record.name = plugin.name;
    record.hash = plugin.hash;
    record.file = plugin.file;
    record.what = what;
    ++record.crashes;
    if (record.quarantined.ms == 0) {
        std::erase_if(record.recent, [&](TimeMs crash) { return crash + limits_.window <= when; });
        record.recent.push_back(when);
    }
    if (record.quarantined.ms == 0 && record.recent.size() >= limits_.crashes) {
        record.quarantined = when;
        ++aside_;
        log::error("{}", plugin::quarantine_error(plugin, quarantine_of(record)).message);
    }
    if (auto saved = store_.save_plugin(record); !saved)
        log::error("a crash of plugin {} is not kept: {}", plugin.name, saved.error().message);
    if (first) forget_oldest_of(plugin.name);
}

/// Somebody who builds, tries and crashes leaves a record each time.
void CrashLedger::forget_oldest_of(const std::string& name) {
    std::vector<const store::PluginRecord*> builds;
    for (const auto& [build, record] : records_)
        if (build.first == name) builds.push_back(&record);
    if (builds.size() <= kBuilds) return;
    const auto last = [](const store::PluginRecord* record) { return record->recent.back(); };
    const store::PluginRecord oldest = **std::ranges::min_element(builds, {}, last);
    if (auto removed = store_.remove_plugin(oldest.name, oldest.hash); !removed) return;
    aside_ -= oldest.quarantined.ms != 0 ? 1 : 0;
    records_.erase({oldest.name, oldest.hash});
}

std::optional<plugin::Quarantine> CrashLedger::quarantined(const plugin::PluginIdentity& plugin) const {
    if (aside_ == 0) return std::nullopt;
    const store::PluginRecord* known = record(plugin.name, plugin.hash);
    if (!known || known->quarantined.ms == 0) return std::nullopt;
    return quarantine_of(*known);
}

Result<void> CrashLedger::release(std::string_view name) {
    std::vector<store::PluginRecord> builds;
    bool aside = false;
    for (const auto& [build, record] : records_) {
        if (build.first != name) continue;
        builds.push_back(record);
        aside = aside || record.quarantined.ms != 0;
    }
    if (!aside) return Error::not_found("no build of plugin " + std::string(name) + " is set aside");
    for (const store::PluginRecord& record : builds) {
        if (auto removed = store_.remove_plugin(record.name, record.hash); !removed) return removed.error();
        aside_ -= record.quarantined.ms != 0 ? 1 : 0;
        records_.erase({record.name, record.hash});
    }
    log::info("plugin {} is released", name);
    return {};
}

const store::PluginRecord* CrashLedger::record(std::string_view name, std::string_view hash) const {
    const auto found = records_.find({std::string(name), std::string(hash)});
    return found == records_.end() ? nullptr : &found->second;
}

std::vector<const store::PluginRecord*> CrashLedger::records() const {
    std::vector<const store::PluginRecord*> out;
    for (const auto& [build, record] : records_) out.push_back(&record);
    return out;
}

}  // namespace tappet::runtime
