#include "http/url.hpp"

#include <fmt/format.h>

#include <boost/asio/ip/address_v6.hpp>
#include <charconv>

#include "base/encoding.hpp"

namespace tappet::http {
namespace {

bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = lower(c);
    return out;
}

bool is_target_char(char c) {
    return is_alpha(c) || is_digit(c) ||
           std::string_view("-._~:/?@!$&'()*+,;=%[]|").find(c) != std::string_view::npos;
}

Error wrong(std::string_view what) { return Error::invalid(fmt::format("not a usable URL: {}", what)); }

/// Reads "[v6]", "[v6]:port", "host", "host:port" into the URL.
Result<void> read_authority(std::string_view text, Url& url) {
    if (text.find('@') != std::string_view::npos)
        return wrong("it holds user info; send credentials as a header");
    std::string_view port;
    bool has_port = false;
    if (!text.empty() && text.front() == '[') {
        const auto close = text.find(']');
        if (close == std::string_view::npos) return wrong("the IPv6 address has no closing bracket");
        const std::string literal(text.substr(1, close - 1));
        boost::system::error_code bad;
        const auto address = boost::asio::ip::make_address_v6(literal, bad);
        if (bad || literal.find('%') != std::string::npos) return wrong("the brackets hold no IPv6 address");
        url.host = address.to_string();
        const auto rest = text.substr(close + 1);
        if (!rest.empty() && rest.front() != ':')
            return wrong("something stands between the address and its port");
        has_port = rest.size() > 1;
        if (has_port) port = rest.substr(1);
    } else {
        const auto colon = text.find(':');
        const auto host = text.substr(0, colon);
        if (colon != std::string_view::npos) port = text.substr(colon + 1);
        has_port = !port.empty();
        if (host.empty() || host.size() > 253) return wrong("the host is missing or too long");
        char before = '.';
        for (const char c : host) {
            if (!is_alpha(c) && !is_digit(c) && c != '-' && c != '.' && c != '_')
                return wrong("the host holds a character that host names do not have");
            if (c == '.' && before == '.') return wrong("the host has an empty label");
            before = c;
        }
        url.host = lower(host);
    }
    url.port = url.tls ? 443 : 80;
    if (has_port) {
        unsigned value = 0;
        const auto [end, bad] = std::from_chars(port.data(), port.data() + port.size(), value);
        if (bad != std::errc() || end != port.data() + port.size() || value == 0 || value > 65535)
            return wrong("the port is not a number from 1 to 65535");
        url.port = static_cast<std::uint16_t>(value);
    }
    return {};
}

Result<void> check_target(std::string_view target) {
    for (std::size_t i = 0; i < target.size(); ++i) {
        const char c = target[i];
        if (!is_target_char(c))
            return wrong(
                "path or query hold a character that must be percent-encoded (a space, a quote, non-ASCII)");
        if (c == '%' &&
            (i + 2 >= target.size() || hex_digit(target[i + 1]) < 0 || hex_digit(target[i + 2]) < 0))
            return wrong("a percent sign is not followed by two hexadecimal digits");
    }
    return {};
}

/// Percent-encodes what may not stand in a URL; a stray '%' too.
std::string tidy(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool stray =
            c == '%' && (i + 2 >= text.size() || hex_digit(text[i + 1]) < 0 || hex_digit(text[i + 2]) < 0);
        if (is_target_char(c) && !stray)
            out += c;
        else
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

/// Removes "." and ".." segments from a path that begins with '/' (RFC 3986, 5.2.4).
std::string without_dots(std::string_view path) {
    std::string out;
    while (!path.empty()) {
        const auto end = path.find('/', 1);
        const auto segment = path.substr(0, end);
        const bool last = end == std::string_view::npos;
        path = last ? std::string_view() : path.substr(end);
        if (segment == "/." || segment == "/..") {
            if (segment == "/..") out.erase(out.rfind('/') == std::string::npos ? 0 : out.rfind('/'));
            if (last) out += '/';
        } else {
            out += segment;
        }
    }
    return out.empty() ? "/" : out;
}

std::string_view before(std::string_view text, char mark) { return text.substr(0, text.find(mark)); }

/// Whether the text begins with a scheme: letters, digits, "+-." up to a colon that precedes any '/', '?',
/// '#'.
bool has_scheme(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos || colon == 0 || !is_alpha(text[0])) return false;
    for (const char c : text.substr(0, colon))
        if (!is_alpha(c) && !is_digit(c) && c != '+' && c != '-' && c != '.') return false;
    return true;
}

}  // namespace

std::string Url::authority() const {
    return is_ipv6() ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

std::string Url::host_field() const {
    if (port != (tls ? 443 : 80)) return authority();
    return is_ipv6() ? "[" + host + "]" : host;
}

std::string Url::origin() const { return (tls ? "https://" : "http://") + authority(); }

std::string Url::text() const { return (tls ? "https://" : "http://") + host_field() + target; }

Result<Url> parse_url(std::string_view text) {
    Url url;
    const auto scheme_end = text.find("://");
    if (scheme_end == std::string_view::npos) return wrong("it must begin with http:// or https://");
    const auto scheme = lower(text.substr(0, scheme_end));
    if (scheme != "http" && scheme != "https") return wrong("the scheme must be http or https");
    url.tls = scheme == "https";
    auto rest = before(text.substr(scheme_end + 3), '#');
    const auto authority = rest.substr(0, rest.find_first_of("/?"));
    if (auto read = read_authority(authority, url); !read) return read.error();
    rest.remove_prefix(authority.size());
    if (auto good = check_target(rest); !good) return good.error();
    url.target = rest;
    if (url.target.empty() || url.target[0] == '?') url.target.insert(0, 1, '/');
    return url;
}

Result<Url> resolve_location(const Url& base, std::string_view location) {
    for (const char c : location)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return wrong("it holds a control character");
    location = before(location, '#');
    const std::string_view scheme = base.tls ? "https:" : "http:";
    if (has_scheme(location) || location.substr(0, 2) == "//") {
        const std::string full =
            has_scheme(location) ? std::string(location) : fmt::format("{}{}", scheme, location);
        const auto slashes = full.find("://");
        if (slashes == std::string::npos) return parse_url(full);
        const auto target = full.find_first_of("/?", slashes + 3);
        if (target == std::string::npos) return parse_url(full);
        return parse_url(full.substr(0, target) + tidy(std::string_view(full).substr(target)));
    }
    Url url = base;
    const auto base_path = before(base.target, '?');
    if (location.empty()) return url;
    if (location.front() == '?') {
        url.target = std::string(base_path) + tidy(location);
        return url;
    }
    const auto path = before(location, '?');
    const auto query = location.substr(path.size());
    const std::string joined =
        path.front() == '/' ? std::string(path)
                            : std::string(base_path.substr(0, base_path.rfind('/') + 1)) + std::string(path);
    url.target = without_dots(tidy(joined)) + tidy(query);
    return url;
}

}  // namespace tappet::http
