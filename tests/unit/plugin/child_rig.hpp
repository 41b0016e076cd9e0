#pragma once
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "support/plugin_rig.hpp"
#include "support/temporary_folder.hpp"

namespace tappet::plugin {

using flow::ErrorClass;
using test::TemporaryFolder;
using testing::json;
using testing::PluginRig;

/// Remembers what it is told.
struct Book final : CrashBook {
    void crashed(const PluginIdentity& plugin, TimeMs, std::string_view what) override {
        told.push_back(plugin.name + " " + std::string(what));
        if (told.size() == aside_after) aside = Quarantine{TimeMs{}, 1, std::string(what)};
    }
    std::optional<Quarantine> quarantined(const PluginIdentity&) const override { return aside; }
    Result<void> release(std::string_view) override { return {}; }
    std::vector<std::string> told;
    std::optional<Quarantine> aside;
    std::size_t aside_after = 0;  ///< so many crashes set it aside; 0: none do
};

inline HostOptions isolated(Book& book) {
    HostOptions options;
    options.child_command = TAPPET_CHILD;
    options.crash_book = &book;
    options.cancel_grace = std::chrono::milliseconds(200);
    return options;
}

/// The plugin crash in a process of its own; it crashes while a file is there.
struct ChildTest : ::testing::Test {
    ChildTest() { std::ofstream(file) << "x"; }
    Value how(const std::string& way) const {
        return Value::object({{"how", Value::string(way)}, {"while", Value::string(file)}});
    }
    CallError crash(const std::string& way) { return rig.error("crash/now", how(way)); }

    TemporaryFolder folder;
    std::string file = folder.path() + "/crash";
    Book book;
    PluginRig rig{TAPPET_CRASH_PLUGINS, isolated(book)};
};

/// Runs the loop until a file has so many bytes.
inline void wait_for_size(PluginRig& rig, const std::string& file, std::uintmax_t size) {
    while (!std::filesystem::exists(file) || std::filesystem::file_size(file) < size)
        rig.loop.run_one_for(std::chrono::milliseconds(1));
}

}  // namespace tappet::plugin
