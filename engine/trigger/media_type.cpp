#include "trigger/media_type.hpp"

#include <algorithm>

#include "http/message.hpp"

namespace tappet::trigger {
namespace {

/// Takes a parameter's value off the front of `rest`, up to its semicolon.
std::string take_value(std::string_view& rest) {
    std::string out;
    if (!rest.starts_with('"')) {
        const std::size_t end = std::min(rest.find(';'), rest.size());
        out = trimmed(rest.substr(0, end));
        rest.remove_prefix(end);
        return out;
    }
    std::size_t i = 1;
    for (; i < rest.size() && rest[i] != '"'; ++i) {
        // Browsers escape a quote as %22 and leave a backslash as it is; RFC 9110 escapes by backslash.
        if (rest[i] == '\\' && i + 1 < rest.size() && (rest[i + 1] == '"' || rest[i + 1] == '\\')) ++i;
        out += rest[i];
    }
    rest.remove_prefix(std::min(rest.find(';', std::min(i, rest.size())), rest.size()));
    return out;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

std::string media_type(std::string_view header) {
    std::string out(trimmed(header.substr(0, header.find(';'))));
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

std::optional<std::string> parameter(std::string_view header, std::string_view name) {
    std::string_view rest = header.substr(std::min(header.find(';'), header.size()));
    while (rest.starts_with(';')) {
        rest.remove_prefix(1);
        const std::size_t equals = rest.find_first_of("=;");
        if (equals == std::string_view::npos) return std::nullopt;
        const std::string_view given = trimmed(rest.substr(0, equals));
        const bool valued = rest[equals] == '=';
        rest.remove_prefix(equals);
        if (!valued) continue;
        rest = trimmed(rest.substr(1));
        std::string value = take_value(rest);
        if (http::same_name(given, name)) return value;
    }
    return std::nullopt;
}

bool is_json(std::string_view media_type) {
    return media_type == "application/json" || media_type == "text/json" || media_type.ends_with("+json");
}

}  // namespace tappet::trigger
