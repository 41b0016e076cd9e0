#include "app/setting_checks.hpp"

#include <filesystem>

#include "http/client.hpp"
#include "http/server.hpp"
#include "http/url.hpp"

namespace tappet::app {

std::optional<std::string> listen_problem(const std::string& text) {
    if (http::is_listen_address(text)) return std::nullopt;
    return "must be host:port or [v6]:port, an IP address or localhost and a port from 0 to 65535";
}

std::optional<std::string> address_problem(const std::string& text) {
    if (text.empty()) return std::nullopt;
    if (http::parse_url(text) && text.find_first_of("?#") == std::string::npos) return std::nullopt;
    return "must be an address such as https://hooks.example: scheme, host, port and path only";
}

std::optional<std::string> network_problem(const std::string& text) {
    if (http::Guard::create({text})) return std::nullopt;
    return "must be an address, a network such as 10.0.0.0/8, or a host name such as *.internal, without a "
           "port";
}

std::optional<std::string> proxy_problem(const std::string& text) {
    if (text.empty()) return std::nullopt;
    if (const auto url = http::parse_url(text); url && !url->tls) return std::nullopt;
    return "must be http://host:port";
}

std::optional<std::string> authorities_problem(const std::string& file) {
    if (file.empty()) return std::nullopt;
    if (const auto read = http::check_authorities(file); !read)
        return "must be a PEM file of certificates: " + read.error().message;
    return std::nullopt;
}

std::optional<std::string> folder_problem(const std::string& path) {
    std::error_code error;
    if (path.empty() || std::filesystem::is_directory(path, error)) return std::nullopt;
    return "must be a folder that is there";
}

}  // namespace tappet::app
