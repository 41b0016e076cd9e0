#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "base/result.hpp"
#include "expr/value.hpp"
#include "flow/diagnostic.hpp"

namespace tappet::app {

/// What the engine is told: a flag wins over the environment, the environment over the file, the file over
/// these defaults (docs/OPERATIONS.md). setting_keys.hpp says how each is named and what it takes.
struct Settings {
    std::string listen = "127.0.0.1:8420";
    std::string public_url;  ///< what addresses begin with; empty: http:// and the bound address
    std::string data = "tappet-data";
    std::string flows = "flows";
    std::string plugins;                          ///< empty: `plugins` beside the folder of the executable
    std::vector<std::string> trusted;             ///< plugin files that run in the engine's own process
    std::uint64_t plugin_memory = 1u << 30;       ///< bytes of address space of each other plugin's process
    std::uint64_t plugin_files = 256;             ///< that it has open
    std::uint64_t plugin_file_size = 256u << 20;  ///< bytes of a file that it writes
    std::uint64_t plugin_frame = 64u << 20;       ///< bytes of one input, result or answer that crosses to it
    std::uint64_t plugin_values = 1'000'000;      ///< in one of them, items and keys included
    std::uint64_t plugin_lines = 2'000;           ///< lines a second that it logs or prints
    std::chrono::milliseconds plugin_call{300'000};  ///< one call of it
    std::chrono::milliseconds plugin_start{10'000};  ///< until it has loaded
    std::uint64_t plugin_crashes = 5;                ///< of one build of a plugin, until it is set aside …
    std::chrono::milliseconds plugin_crash_window{600'000};  ///< … when they come within this time
    std::uint64_t max_series = 200;                          ///< of the figures of one plugin
    std::map<std::string, Value> plugin_settings;  ///< by plugin: a map; { secret: NAME } stands for a secret
    std::vector<std::string> http_allow;           ///< private addresses that core/http may reach
    std::string http_proxy, http_ca;
    std::string key_file;  ///< empty: vault.key in the data folder
    std::uint64_t max_body = 10u << 20;
    std::uint64_t max_headers = 16u << 10;
    std::uint64_t max_bodies = 256u << 20;  ///< bytes of bodies in memory, all requests together
    std::uint64_t max_connections = 4'096;
    std::uint64_t max_queue = 100'000;             ///< open runs
    std::uint64_t max_queue_bytes = 512u << 20;    ///< that their journals take, and writes under way
    std::uint64_t max_row = 64u << 20;             ///< bytes written at once for a run
    std::uint64_t max_crashes = 3;                 ///< of a run, until it is set aside
    std::chrono::milliseconds cautious{600'000};   ///< after an unclean end: each call is on disk before
    std::uint64_t max_events = 1'000;              ///< of one request
    std::uint64_t max_starts = 10'000;             ///< runs that one request starts
    std::chrono::milliseconds hook_call{10'000};   ///< that a plugin may take to read a request
    std::chrono::milliseconds poll_call{300'000};  ///< that a plugin may take for a poll
    double rate = 0;                               ///< events a second of each hook; 0: no limit
    std::chrono::milliseconds keep_runs{0};        ///< ended runs older than this are deleted; 0: kept
    std::uint64_t max_blob = 64u << 20;            ///< bytes of one blob
    std::uint64_t max_run_blobs = 256u << 20;      ///< bytes of all blobs of one run
    std::uint64_t max_rejected = 100;              ///< refused requests that are kept of each hook; 0: none
    std::uint64_t max_rejected_body = 4'096;       ///< bytes that are kept of the body of each
    std::uint64_t max_message = 256u << 10;        ///< bytes of what an address is told about a run
    std::chrono::milliseconds disable_after{std::chrono::days(5)};  ///< of failures alone, nothing is sent
    std::chrono::milliseconds keep_messages{std::chrono::days(7)};  ///< messages older than this are deleted
    log::Level log_level = log::Level::info;
    log::Format log_format = log::Format::text;

    bool operator==(const Settings&) const = default;
};

/// What flags said; absent ones leave the rest alone.
struct Flags {
    std::string config;
    std::optional<std::string> listen, data, flows, plugins, log_level;
    std::vector<std::string> allow_http;
};

struct LoadedSettings {
    Settings settings;
    std::vector<flow::Diagnostic> findings;  ///< of the file
    std::string source;                      ///< of the file, for showing them
};
/// A variable's value; nothing where it is not set or empty.
using Environment = std::function<std::optional<std::string>(const char* name)>;
std::optional<std::string> process_environment(const char* name);
/// Reads the file (--config, TAPPET_CONFIG, else ./tappet.yaml where it is), the environment and the flags,
/// in this order over the defaults. Fails for a file that was named and cannot be read, and for a wrong value
/// of the environment or of a flag.
Result<LoadedSettings> load_settings(const Flags& flags, const Settings& defaults = {},
                                     const Environment& environment = process_environment);

/// Where the key is when settings name no file.
std::string default_key_file(const Settings& settings);
/// Whether "host:port" is an address of this machine's own loopback.
bool is_loopback(const std::string& listen);
/// The folder of plugins that belongs to this executable.
std::string default_plugins();
/// The executable's own path.
std::string own_path();

}  // namespace tappet::app
