#include "app/settings.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <climits>
#include <cstdlib>
#include <filesystem>
#include <tuple>

#include "app/files.hpp"
#include "app/setting_keys.hpp"
#include "vault/sealer.hpp"

namespace tappet::app {
namespace {

Result<void> read_environment(const Environment& environment, Settings& out) {
    for (const SettingKey& key : setting_keys())
        if (const auto text = environment(key.variable))
            if (auto set = set_setting(key, key.variable, *text, out); !set) return set;
    return {};
}

Result<void> read_flags(const Flags& flags, Settings& out) {
    const std::tuple<const char*, const char*, const std::optional<std::string>&> given[] = {
        {"--listen", "TAPPET_LISTEN", flags.listen},
        {"--data", "TAPPET_DATA", flags.data},
        {"--flows", "TAPPET_FLOWS", flags.flows},
        {"--plugins", "TAPPET_PLUGINS", flags.plugins},
        {"--log-level", "TAPPET_LOG_LEVEL", flags.log_level}};
    for (const auto& [flag, variable, text] : given)
        if (text)
            if (auto set = set_setting(setting_of(variable), flag, *text, out); !set) return set;
    if (flags.allow_http.empty()) return {};
    const SettingKey& allow = setting_of("TAPPET_HTTP_ALLOW");
    return set_texts(std::get<TextsSetting>(allow.kind), "--allow-http", flags.allow_http, out);
}

}  // namespace

std::optional<std::string> process_environment(const char* name) {
    const char* value = std::getenv(name);
    if (!value || !*value) return std::nullopt;
    return std::string(value);
}

Result<LoadedSettings> load_settings(const Flags& flags, const Settings& defaults,
                                     const Environment& environment) {
    LoadedSettings out;
    out.settings = defaults;
    std::string file = flags.config;
    if (file.empty()) file = environment("TAPPET_CONFIG").value_or("");
    const bool named = !file.empty();
    if (!named) file = "tappet.yaml";
    auto source = read_file(file);
    if (!source && (named || source.error().code != ErrorCode::not_found)) return source.error();
    if (source) {
        out.source = *source;
        auto document = flow::read_yaml(file, out.source);
        flow::Findings findings(file);
        findings.add(std::move(document.findings));
        if (document.root) read_settings(findings, *document.root, out.settings);
        out.findings = findings.take();
    }
    Settings& settings = out.settings;
    if (const auto key = environment("TAPPET_VAULT_KEY"); key && !vault::is_key_text(*key))
        return Error::invalid("TAPPET_VAULT_KEY must be 32 bytes, as 64 hexadecimal digits or base64");
    if (auto read = read_environment(environment, settings); !read) return read.error();
    if (auto read = read_flags(flags, settings); !read) return read.error();
    if (settings.max_bodies < settings.max_body)
        return Error::invalid(fmt::format(
            "limits.bodies ({}) must not be less than limits.body ({}): no body of that length could come in",
            settings.max_bodies, settings.max_body));
    if (settings.plugins.empty()) settings.plugins = default_plugins();
    if (settings.key_file.empty()) settings.key_file = default_key_file(settings);
    return out;
}

std::string default_key_file(const Settings& settings) { return settings.data + "/vault.key"; }

bool is_loopback(const std::string& listen) {
    const std::size_t colon = listen.rfind(':');
    const std::string_view host = std::string_view(listen).substr(0, colon);
    if (host == "localhost" || host == "[::1]") return true;
    return host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string_view::npos;
}

std::string own_path() {
    char path[PATH_MAX];
    const ssize_t size = ::readlink("/proc/self/exe", path, sizeof path);
    return size > 0 ? std::string(path, static_cast<std::size_t>(size)) : std::string();
}

std::string default_plugins() {
    return (std::filesystem::path(own_path()).parent_path().parent_path() / "plugins").string();
}

}  // namespace tappet::app
