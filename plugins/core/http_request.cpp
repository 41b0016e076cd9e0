#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>

#include "duration.hpp"
#include "http_parts.hpp"

namespace core {
namespace {

using tappet::sdk::Error;
using tappet::sdk::HttpRequest;
using tappet::sdk::Kind;

Error wrong(std::string what) { return Error::validation(std::move(what)).code("http.input"); }

bool same_name(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
        return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
    });
}

bool has_header(const HttpRequest& request, std::string_view name) {
    return std::any_of(request.headers.begin(), request.headers.end(),
                       [&](const auto& h) { return same_name(h.first, name); });
}

void add_unless_set(HttpRequest& request, std::string_view name, std::string_view value) {
    if (!has_header(request, name)) request.headers.emplace_back(name, value);
}

/// RFC 9110's token: what methods and header names consist of.
bool is_token(std::string_view text) {
    static constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) || kMarks.find(c) != std::string_view::npos;
    });
}

std::string scalar_text(View value, const std::string& place) {
    switch (value.kind()) {
        case Kind::string:
            return std::string(value.string());
        case Kind::boolean:
            return value.boolean() ? "true" : "false";
        case Kind::integer:
        case Kind::uint:
        case Kind::number:
            return value.json();
        case Kind::timestamp:
        case Kind::duration: {
            const std::string quoted = value.json();
            return quoted.substr(1, quoted.size() - 2);
        }
        default:
            throw wrong(place + " must be a string, number or boolean");
    }
}

/// Calls f(key, text) for every member of a map; a list is its items one by one, a null is left out.
template <class F>
void each_pair(View map, const std::string& place, const F& f) {
    for (std::size_t i = 0; i < map.size(); ++i) {
        const std::string key = scalar_text(map.key_at(i), place);
        const View value = map.at(i);
        if (value.is_null()) continue;
        if (!value.is_list()) {
            f(key, scalar_text(value, place + "." + key));
            continue;
        }
        for (std::size_t k = 0; k < value.size(); ++k) f(key, scalar_text(value.at(k), place + "." + key));
    }
}

std::string encode(std::string_view text, bool form) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto u = static_cast<unsigned char>(c);
        const bool plain =
            std::isalnum(u) || c == '-' || c == '_' || c == '.' || (form ? c == '*' : c == '~');
        if (plain) {
            out += c;
        } else if (form && c == ' ') {
            out += '+';
        } else {
            out += '%';
            out += digits[u >> 4];
            out += digits[u & 15];
        }
    }
    return out;
}

std::string pairs(View map, const std::string& place, bool form) {
    std::string out;
    each_pair(map, place, [&](const std::string& key, const std::string& value) {
        if (!out.empty()) out += '&';
        out += encode(key, form) + "=" + encode(value, form);
    });
    return out;
}

/// The URL with more query parameters, before any fragment, which is dropped: it is not sent.
std::string with_query(std::string url, View query) {
    url = url.substr(0, url.find('#'));
    const std::string more = pairs(query, "query", false);
    if (more.empty()) return url;
    const std::size_t mark = url.find('?');
    if (mark == std::string::npos) return url + "?" + more;
    const bool open = url.back() == '?' || url.back() == '&';
    return url + (open ? "" : "&") + more;
}

int base64_digit(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '+' || c == '-') return 62;
    if (c == '/' || c == '_') return 63;
    return -1;
}

std::string from_base64(std::string_view text) {
    while (!text.empty() && text.back() == '=') text.remove_suffix(1);
    std::string out;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : text) {
        const int digit = base64_digit(c);
        if (digit < 0) throw wrong("bytes must be bytes, or a string in base64");
        bits = (bits << 6 | static_cast<std::uint32_t>(digit)) & 0xffffff;
        count += 6;
        if (count >= 8) {
            count -= 8;
            out += static_cast<char>(bits >> count & 0xff);
        }
    }
    if (text.size() % 4 == 1) throw wrong("bytes must be bytes, or a string in base64");
    return out;
}

void set_body(HttpRequest& request, View input) {
    static constexpr std::array<std::string_view, 4> kBodies{"body", "form", "text", "bytes"};
    std::string_view given;
    for (const std::string_view name : kBodies) {
        if (!input[name]) continue;
        if (!given.empty())
            throw wrong("give one of body, form, text and bytes, not " + std::string(given) + " and " +
                        std::string(name));
        given = name;
    }
    if (given.empty()) return;
    const View value = input[given];
    if (given == "body") {
        request.body = value.json();
        add_unless_set(request, "Content-Type", "application/json");
    } else if (given == "form") {
        request.body = pairs(value, "form", true);
        add_unless_set(request, "Content-Type", "application/x-www-form-urlencoded");
    } else if (given == "text") {
        request.body = value.string();
        add_unless_set(request, "Content-Type", "text/plain; charset=utf-8");
    } else {
        request.body = value.is(Kind::bytes) ? std::string(value.bytes()) : from_base64(value.string_or("?"));
        add_unless_set(request, "Content-Type", "application/octet-stream");
    }
}

void set_headers(HttpRequest& request, View headers) {
    each_pair(headers, "headers", [&](const std::string& name, const std::string& value) {
        if (!is_token(name)) throw wrong("headers: \"" + name + "\" is no header name");
        if (std::any_of(value.begin(), value.end(),
                        [](char c) { return c == '\r' || c == '\n' || c == '\0'; }))
            throw wrong("headers." + name + " must not hold line breaks");
        request.headers.emplace_back(name, value);
    });
}

std::int64_t timeout_of(View timeout) {
    if (!timeout) return 30'000;
    const std::int64_t ms = timeout.is_integer()  ? timeout.integer()
                            : timeout.is_string() ? parse_duration_ms(timeout.string())
                                                  : -1;
    if (ms <= 0 || ms > kLongestDurationMs) throw wrong("timeout must be a duration such as 5s");
    return ms;
}

/// Methods that change nothing (RFC 9110) need no key.
bool is_safe(std::string_view method) {
    return method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "TRACE";
}

}  // namespace

HttpRequest make_request(const Context& context, View input) {
    std::string method(input["method"].string_or("GET"));
    std::transform(method.begin(), method.end(), method.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    if (!is_token(method)) throw wrong("method must be a word such as GET or POST");
    HttpRequest request(std::move(method), with_query(std::string(input["url"].string()), input["query"]));
    set_headers(request, input["headers"]);
    set_body(request, input);
    if (!is_safe(request.method) && !context.idempotency_key().empty())
        add_unless_set(request, "Idempotency-Key", context.idempotency_key());
    request.timeout_ms = timeout_of(input["timeout"]);
    request.redirects = static_cast<int>(std::clamp<std::int64_t>(input["redirects"].integer_or(5), 0, 50));
    request.max_body =
        static_cast<std::uint64_t>(std::max<std::int64_t>(input["maxBody"].integer_or(10 << 20), 0));
    return request;
}

}  // namespace core
