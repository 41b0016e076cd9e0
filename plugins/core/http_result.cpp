#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>

#include "http_parts.hpp"
#include "retry_after.hpp"

namespace core {
namespace {

using tappet::sdk::Error;
using tappet::sdk::ErrorClass;
using tappet::sdk::HttpResponse;

constexpr std::size_t kBodyShown = 300;  ///< bytes of a failed answer's body in the message

/// "application/json" of "Application/JSON; charset=utf-8".
std::string media_type(const HttpResponse& response) {
    std::string type(response.header("content-type").value_or(""));
    type = type.substr(0, type.find(';'));
    while (!type.empty() && type.back() == ' ') type.pop_back();
    std::transform(type.begin(), type.end(), type.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return type;
}

bool is_json(std::string_view type) {
    return type == "application/json" || type == "text/json" || type.ends_with("+json");
}
bool is_text(std::string_view type) {
    return type.empty() || type.starts_with("text/") || type.ends_with("+xml") || type == "application/xml" ||
           type == "application/javascript" || type == "application/x-www-form-urlencoded" ||
           type == "application/x-ndjson" || type == "application/yaml" || type == "application/graphql" ||
           is_json(type);
}

/// How many bytes the character that begins here has, 0 when it is not UTF-8.
std::size_t utf8_length(std::string_view text) {
    const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
    const auto tail = [&](std::size_t i) { return (at(i) & 0xc0) == 0x80; };
    const unsigned first = at(0);
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first < 0xe0) return tail(1) ? 2 : 0;
    if (first >= 0xe0 && first < 0xf0) {
        const unsigned low = first == 0xe0 ? 0xa0 : 0x80, high = first == 0xed ? 0x9f : 0xbf;
        return at(1) >= low && at(1) <= high && tail(2) ? 3 : 0;
    }
    if (first >= 0xf0 && first < 0xf5) {
        const unsigned low = first == 0xf0 ? 0x90 : 0x80, high = first == 0xf4 ? 0x8f : 0xbf;
        return at(1) >= low && at(1) <= high && tail(2) && tail(3) ? 4 : 0;
    }
    return 0;
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

Json body_of(const Context& context, const HttpResponse& response) {
    const std::string type = media_type(response);
    if (is_json(type)) {
        if (response.body.empty()) return Json();
        if (auto document = context.parse(response.body)) return Json(std::move(*document));
    }
    if (response.body.empty() && type.empty()) return Json();
    if (is_text(type) && is_utf8(response.body)) return Json(response.body);
    return Json::bytes(response.body);
}

/// Fields of one name in one string, as RFC 9110 joins them; set-cookie, which must not be joined, is a list.
Json headers_of(const HttpResponse& response) {
    const auto json_of = [](const std::string& text) {
        return is_utf8(text) ? Json(text) : Json::bytes(text);
    };
    Json out = Json::object();
    std::vector<std::pair<std::string, std::string>> joined;
    Json cookies = Json::list();
    bool has_cookies = false;
    for (const auto& [name, value] : response.headers) {
        if (name == "set-cookie") {
            cookies.push(json_of(value));
            has_cookies = true;
            continue;
        }
        const auto same = std::find_if(joined.begin(), joined.end(),
                                       [&, &wanted = name](const auto& h) { return h.first == wanted; });
        if (same == joined.end()) {
            joined.emplace_back(name, value);
        } else {
            same->second += ", " + value;
        }
    }
    for (auto& [name, value] : joined) out.set(name, json_of(value));
    if (has_cookies) out.set("set-cookie", std::move(cookies));
    return out;
}

ErrorClass class_of(int status) {
    switch (status) {
        case 401:
            return ErrorClass::auth;
        case 403:
            return ErrorClass::forbidden;
        case 404:
        case 410:
            return ErrorClass::not_found;
        case 409:
        case 412:
            return ErrorClass::conflict;
        case 408:
        case 504:
            return ErrorClass::timeout;
        case 429:
            return ErrorClass::rate_limited;
        case 502:
        case 503:
            return ErrorClass::unavailable;
        default:
            return status >= 500 ? ErrorClass::upstream : ErrorClass::validation;
    }
}

/// The beginning of a text body in one line, for a message.
std::string excerpt(const HttpResponse& response) {
    if (!is_text(media_type(response))) return {};
    std::string out;
    std::string_view rest = response.body;
    while (!rest.empty() && out.size() < kBodyShown) {
        const std::size_t length = utf8_length(rest);
        if (length == 0) return {};
        const bool control = length == 1 && (static_cast<unsigned char>(rest[0]) < 0x20 || rest[0] == 0x7f);
        out += control ? std::string_view(" ") : rest.substr(0, length);
        rest.remove_prefix(length);
    }
    if (!rest.empty()) out += "…";
    return out;
}

}  // namespace

Json make_result(const Context& context, const HttpResponse& response) {
    return Json::object({{"status", response.status},
                         {"headers", headers_of(response)},
                         {"body", body_of(context, response)}});
}

Error status_error(const Context& context, const HttpResponse& response, const std::string& target,
                   bool show_body) {
    std::string message = target + " answered " + std::to_string(response.status);
    const std::string body = show_body ? excerpt(response) : std::string();
    if (!body.empty()) message += ": " + body;
    Error error(class_of(response.status), std::move(message));
    error.status(response.status).code("http." + std::to_string(response.status));
    if (response.status == 429 || response.status == 503) {
        const auto header = response.header("retry-after");
        if (const auto wait = header ? parse_retry_after(*header, context.now_ms()) : std::nullopt)
            error.retry_after_ms(*wait);
    }
    return error;
}

}  // namespace core
