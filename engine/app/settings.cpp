#include "app/settings.hpp"

#include <unistd.h>

#include <array>
#include <charconv>
#include <climits>
#include <cstdlib>
#include <filesystem>
#include <functional>

#include "app/files.hpp"
#include "base/time_text.hpp"
#include "flow/fields.hpp"

namespace tappet::app {
namespace {

constexpr std::array<std::string_view, 10> kKeys{"listen", "public_url", "data", "flows", "plugins",
                                                 "http",   "limits",     "log",  "vault", "retention"};
constexpr std::array<std::string_view, 1> kLater{"store"};
constexpr std::array<std::string_view, 2> kPluginKeys{"path", "trusted"};
constexpr std::array<std::string_view, 3> kHttpKeys{"allow", "proxy", "ca"};
constexpr std::array<std::string_view, 5> kLimitKeys{"body", "headers", "connections", "queue", "rate"};
constexpr std::array<std::string_view, 1> kLaterLimits{"runMemory"};
constexpr std::array<std::string_view, 2> kLogKeys{"level", "format"};
constexpr std::array<std::string_view, 1> kVaultKeys{"keyFile"};
constexpr std::array<std::string_view, 1> kRetentionKeys{"age"};
constexpr std::array<std::string_view, 1> kLaterRetention{"size"};
constexpr std::array<std::string_view, 6> kLevels{"trace", "debug", "info", "warn", "error", "off"};
constexpr std::array<std::string_view, 2> kFormats{"text", "json"};

using flow::Fields;
using flow::Findings;
using flow::YamlKind;
using flow::YamlPair;

std::vector<std::string> read_texts(Findings& findings, const YamlPair* pair) {
    std::vector<std::string> out;
    if (!pair) return out;
    if (!pair->value.is(YamlKind::sequence)) {
        findings.error(pair->value.range, "wrong-type", "`" + pair->key + "` must be a list of strings");
        return out;
    }
    for (const auto& item : pair->value.items) {
        if (item.is(YamlKind::string))
            out.push_back(item.text);
        else
            findings.error(item.range, "wrong-type", "`" + pair->key + "` must be a list of strings");
    }
    return out;
}

void set(std::string& to, std::optional<std::string> text) {
    if (text) to = std::move(*text);
}

void read_file_settings(Findings& findings, const flow::YamlNode& root, Settings& out) {
    const Fields fields(findings, root, "the configuration", kKeys, kLater);
    set(out.listen, fields.text("listen"));
    set(out.public_url, fields.text("public_url"));
    set(out.data, fields.text("data"));
    set(out.flows, fields.text("flows"));
    if (const YamlPair* part = fields.get("plugins")) {
        const Fields plugins(findings, part->value, "`plugins`", kPluginKeys);
        set(out.plugins, plugins.text("path"));
        out.trusted = read_texts(findings, plugins.get("trusted"));
    }
    if (const YamlPair* part = fields.get("http")) {
        const Fields http(findings, part->value, "`http`", kHttpKeys);
        out.http_allow = read_texts(findings, http.get("allow"));
        set(out.http_proxy, http.text("proxy"));
        set(out.http_ca, http.text("ca"));
    }
    if (const YamlPair* part = fields.get("limits")) {
        const Fields limits(findings, part->value, "`limits`", kLimitKeys, kLaterLimits);
        const auto number = [&](std::string_view key, std::uint64_t& to, std::int64_t least,
                                std::int64_t most) {
            if (const auto n = limits.integer(key, least, most)) to = static_cast<std::uint64_t>(*n);
        };
        number("body", out.max_body, 1, 1LL << 30);
        number("headers", out.max_headers, 1'024, 1 << 20);
        number("connections", out.max_connections, 1, 1'000'000);
        number("queue", out.max_queue, 1, 10'000'000);
        if (const auto n = limits.number("rate", 0, 1'000'000)) out.rate = *n;
    }
    if (const YamlPair* part = fields.get("log")) {
        const Fields logging(findings, part->value, "`log`", kLogKeys);
        if (const auto i = logging.choice("level", kLevels)) out.log_level = static_cast<log::Level>(*i);
        if (const auto i = logging.choice("format", kFormats)) out.log_format = static_cast<log::Format>(*i);
    }
    if (const YamlPair* part = fields.get("vault"))
        set(out.key_file, Fields(findings, part->value, "`vault`", kVaultKeys).text("keyFile"));
    if (const YamlPair* part = fields.get("retention")) {
        const Fields retention(findings, part->value, "`retention`", kRetentionKeys, kLaterRetention);
        if (const auto age = retention.duration("age")) out.keep_runs = *age;
    }
}

std::optional<std::string> environment(const char* name) {
    const char* value = std::getenv(name);
    if (!value || !*value) return std::nullopt;
    return std::string(value);
}

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> out;
    while (!text.empty()) {
        const std::size_t end = text.find_first_of(", ");
        if (end != 0) out.emplace_back(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    }
    return out;
}

Result<void> set_level(Settings& out, const std::optional<std::string>& name, const std::string& where) {
    if (!name) return {};
    for (std::size_t i = 0; i < kLevels.size(); ++i) {
        if (kLevels[i] != *name) continue;
        out.log_level = static_cast<log::Level>(i);
        return {};
    }
    return Error::invalid(where + ": a log level is trace, debug, info, warn, error or off, not " + *name);
}

Result<void> read_number(const char* name, std::uint64_t& to) {
    const auto text = environment(name);
    if (!text) return {};
    std::uint64_t value = 0;
    const auto read = std::from_chars(text->data(), text->data() + text->size(), value);
    if (read.ec != std::errc() || read.ptr != text->data() + text->size() || value == 0)
        return Error::invalid(std::string(name) + " must be a positive integer, not " + *text);
    to = value;
    return {};
}

Result<void> read_environment(Settings& out) {
    set(out.listen, environment("TAPPET_LISTEN"));
    set(out.public_url, environment("TAPPET_PUBLIC_URL"));
    set(out.data, environment("TAPPET_DATA"));
    set(out.flows, environment("TAPPET_FLOWS"));
    set(out.plugins, environment("TAPPET_PLUGINS"));
    set(out.http_proxy, environment("TAPPET_HTTP_PROXY"));
    set(out.http_ca, environment("TAPPET_HTTP_CA"));
    set(out.key_file, environment("TAPPET_VAULT_KEYFILE"));
    if (const auto allow = environment("TAPPET_HTTP_ALLOW")) out.http_allow = split(*allow);
    const std::pair<const char*, std::uint64_t*> numbers[] = {
        {"TAPPET_LIMITS_BODY", &out.max_body},
        {"TAPPET_LIMITS_HEADERS", &out.max_headers},
        {"TAPPET_LIMITS_CONNECTIONS", &out.max_connections},
        {"TAPPET_LIMITS_QUEUE", &out.max_queue}};
    for (const auto& [name, to] : numbers)
        if (auto read = read_number(name, *to); !read) return read;
    std::uint64_t rate = 0;
    if (auto read = read_number("TAPPET_LIMITS_RATE", rate); !read) return read;
    if (rate > 0) out.rate = static_cast<double>(rate);
    if (const auto format = environment("TAPPET_LOG_FORMAT")) {
        if (*format != "text" && *format != "json")
            return Error::invalid("TAPPET_LOG_FORMAT must be text or json, not " + *format);
        out.log_format = *format == "json" ? log::Format::json : log::Format::text;
    }
    return set_level(out, environment("TAPPET_LOG_LEVEL"), "TAPPET_LOG_LEVEL");
}

}  // namespace

Result<LoadedSettings> load_settings(const Flags& flags) {
    LoadedSettings out;
    std::string file = flags.config;
    if (file.empty()) file = environment("TAPPET_CONFIG").value_or("");
    const bool named = !file.empty();
    if (!named) file = "tappet.yaml";
    auto source = read_file(file);
    if (!source && (named || source.error().code != ErrorCode::not_found)) return source.error();
    if (source) {
        out.source = *source;
        auto document = flow::read_yaml(file, out.source);
        Findings findings(file);
        findings.add(std::move(document.findings));
        if (document.root) read_file_settings(findings, *document.root, out.settings);
        out.findings = findings.take();
    }
    Settings& settings = out.settings;
    if (auto read = read_environment(settings); !read) return read.error();
    set(settings.listen, flags.listen);
    set(settings.data, flags.data);
    set(settings.flows, flags.flows);
    set(settings.plugins, flags.plugins);
    if (!flags.allow_http.empty()) settings.http_allow = flags.allow_http;
    if (auto level = set_level(settings, flags.log_level, "--log-level"); !level) return level.error();
    if (settings.plugins.empty()) settings.plugins = default_plugins();
    if (settings.key_file.empty()) settings.key_file = settings.data + "/vault.key";
    return out;
}

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
