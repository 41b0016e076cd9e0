#include "app/setting_keys.hpp"

#include <algorithm>
#include <array>

#include "app/setting_checks.hpp"

namespace tappet::app {
namespace {

constexpr std::array<std::string_view, 6> kLevels{"trace", "debug", "info", "warn", "error", "off"};
constexpr std::array<std::string_view, 2> kFormats{"text", "json"};

void set_level(Settings& to, std::size_t choice) { to.log_level = static_cast<log::Level>(choice); }
void set_format(Settings& to, std::size_t choice) { to.log_format = static_cast<log::Format>(choice); }

const SettingKey kKeys[] = {
    {"", "listen", "TAPPET_LISTEN", TextSetting{&Settings::listen, listen_problem}},
    {"", "public_url", "TAPPET_PUBLIC_URL", TextSetting{&Settings::public_url, address_problem}},
    {"", "data", "TAPPET_DATA", TextSetting{&Settings::data}},
    {"", "flows", "TAPPET_FLOWS", TextSetting{&Settings::flows}},
    {"", "store", "TAPPET_STORE", LaterSetting{}},
    {"plugins", "path", "TAPPET_PLUGINS", TextSetting{&Settings::plugins, folder_problem}},
    {"plugins", "trusted", "TAPPET_PLUGINS_TRUSTED", TextsSetting{&Settings::trusted}},
    {"plugins", "memory", "TAPPET_PLUGINS_MEMORY",
     CountSetting{&Settings::plugin_memory, 128 << 20, 1LL << 40}},
    {"plugins", "files", "TAPPET_PLUGINS_FILES", CountSetting{&Settings::plugin_files, 32, 1'000'000}},
    {"plugins", "fileSize", "TAPPET_PLUGINS_FILESIZE",
     CountSetting{&Settings::plugin_file_size, 0, 1LL << 40}},
    {"plugins", "frame", "TAPPET_PLUGINS_FRAME", CountSetting{&Settings::plugin_frame, 1 << 20, 1 << 30}},
    {"plugins", "values", "TAPPET_PLUGINS_VALUES",
     CountSetting{&Settings::plugin_values, 1'000, 100'000'000}},
    {"plugins", "lines", "TAPPET_PLUGINS_LINES", CountSetting{&Settings::plugin_lines, 1, 1'000'000}},
    {"plugins", "call", "TAPPET_PLUGINS_CALL", DurationSetting{&Settings::plugin_call}},
    {"plugins", "start", "TAPPET_PLUGINS_START", DurationSetting{&Settings::plugin_start}},
    {"plugins", "series", "TAPPET_PLUGINS_SERIES", CountSetting{&Settings::max_series, 0, 1'000'000}},
    {"plugins", "crashes", "TAPPET_PLUGINS_CRASHES", CountSetting{&Settings::plugin_crashes, 1, 1'000}},
    {"plugins", "crashWindow", "TAPPET_PLUGINS_CRASHWINDOW", DurationSetting{&Settings::plugin_crash_window}},
    {"plugins", "settings", "TAPPET_PLUGINS_SETTINGS", MapsSetting{&Settings::plugin_settings}},
    {"http", "allow", "TAPPET_HTTP_ALLOW", TextsSetting{&Settings::http_allow, network_problem}},
    {"http", "proxy", "TAPPET_HTTP_PROXY", TextSetting{&Settings::http_proxy, proxy_problem}},
    {"http", "ca", "TAPPET_HTTP_CA", TextSetting{&Settings::http_ca, authorities_problem}},
    {"limits", "body", "TAPPET_LIMITS_BODY", CountSetting{&Settings::max_body, 1, 1 << 30}},
    {"limits", "bodies", "TAPPET_LIMITS_BODIES", CountSetting{&Settings::max_bodies, 1, 1LL << 40}},
    {"limits", "headers", "TAPPET_LIMITS_HEADERS", CountSetting{&Settings::max_headers, 1'024, 1 << 20}},
    {"limits", "connections", "TAPPET_LIMITS_CONNECTIONS",
     CountSetting{&Settings::max_connections, 1, 1'000'000}},
    {"limits", "queue", "TAPPET_LIMITS_QUEUE", CountSetting{&Settings::max_queue, 1, 10'000'000}},
    {"limits", "queueBytes", "TAPPET_LIMITS_QUEUEBYTES",
     CountSetting{&Settings::max_queue_bytes, 1 << 20, 1LL << 40}},
    {"limits", "row", "TAPPET_LIMITS_ROW", CountSetting{&Settings::max_row, 1 << 20, 900LL << 20}},
    {"limits", "crashes", "TAPPET_LIMITS_CRASHES", CountSetting{&Settings::max_crashes, 1, 1'000}},
    {"limits", "cautious", "TAPPET_LIMITS_CAUTIOUS", DurationSetting{&Settings::cautious}},
    {"limits", "blob", "TAPPET_LIMITS_BLOB", CountSetting{&Settings::max_blob, 0, 1LL << 30}},
    {"limits", "runBlobs", "TAPPET_LIMITS_RUNBLOBS", CountSetting{&Settings::max_run_blobs, 0, 1LL << 40}},
    {"limits", "events", "TAPPET_LIMITS_EVENTS", CountSetting{&Settings::max_events, 1, 100'000}},
    {"limits", "starts", "TAPPET_LIMITS_STARTS", CountSetting{&Settings::max_starts, 1, 1'000'000}},
    {"limits", "hookCall", "TAPPET_LIMITS_HOOKCALL", DurationSetting{&Settings::hook_call}},
    {"limits", "pollCall", "TAPPET_LIMITS_POLLCALL", DurationSetting{&Settings::poll_call}},
    {"limits", "rate", "TAPPET_LIMITS_RATE", NumberSetting{&Settings::rate, 0, 1'000'000}},
    {"limits", "rejected", "TAPPET_LIMITS_REJECTED", CountSetting{&Settings::max_rejected, 0, 10'000}},
    {"limits", "rejectedBody", "TAPPET_LIMITS_REJECTEDBODY",
     CountSetting{&Settings::max_rejected_body, 0, 64 << 10}},
    {"limits", "runMemory", "TAPPET_LIMITS_RUNMEMORY", LaterSetting{}},
    {"log", "level", "TAPPET_LOG_LEVEL", ChoiceSetting{kLevels, set_level}},
    {"log", "format", "TAPPET_LOG_FORMAT", ChoiceSetting{kFormats, set_format}},
    {"vault", "keyFile", "TAPPET_VAULT_KEYFILE", TextSetting{&Settings::key_file}},
    {"retention", "age", "TAPPET_RETENTION_AGE", DurationSetting{&Settings::keep_runs}},
    {"outgoing", "disableAfter", "TAPPET_OUTGOING_DISABLEAFTER", DurationSetting{&Settings::disable_after}},
    {"outgoing", "keep", "TAPPET_OUTGOING_KEEP", DurationSetting{&Settings::keep_messages}},
    {"outgoing", "maxBody", "TAPPET_OUTGOING_MAXBODY", CountSetting{&Settings::max_message, 1'024, 1 << 20}},
    {"retention", "size", "TAPPET_RETENTION_SIZE", LaterSetting{}},
};

}  // namespace

std::span<const SettingKey> setting_keys() { return kKeys; }

const SettingKey& setting_of(std::string_view variable) {
    return *std::find_if(std::begin(kKeys), std::end(kKeys),
                         [&](const SettingKey& key) { return key.variable == variable; });
}

}  // namespace tappet::app
