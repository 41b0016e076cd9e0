#include "app/arguments.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/printable.hpp"

namespace tappet::app {
namespace {

constexpr std::string_view kBlanks = " \t";

bool is_token(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

}  // namespace

std::string text_problem(const std::string& text) {
    const std::size_t bad = find_invalid_utf8(text);
    if (bad == std::string::npos) return {};
    return "is not UTF-8 at byte " + std::to_string(bad) + ": " + printable(text);
}

std::optional<Pair> parse_assignment(std::string_view text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) return std::nullopt;
    return Pair{text.substr(0, equals), text.substr(equals + 1)};
}

std::optional<Pair> parse_header(std::string_view text) {
    const std::size_t end = text.find_first_of(":=");
    if (end == std::string_view::npos || end == 0) return std::nullopt;
    const std::string_view name = text.substr(0, end), value = trimmed(text.substr(end + 1));
    if (!std::all_of(name.begin(), name.end(), is_token)) return std::nullopt;
    if (std::any_of(value.begin(), value.end(), [](char c) { return is_control(c) && c != '\t'; }))
        return std::nullopt;
    return Pair{name, value};
}

std::string shell_quoted(std::string_view text) {
    const bool plain = printable_lines(text) == text;
    std::string out = plain ? "'" : "$'";
    for (const char c : text) {
        if (plain)
            out += c == '\'' ? std::string("'\\''") : std::string(1, c);
        else if (c == '\'' || c == '\\')
            out += std::string("\\") + c;
        else if (is_control(c) || static_cast<unsigned char>(c) >= 0x80)
            out += "\\x" + to_hex({&c, 1});
        else
            out += c;
    }
    return out + "'";
}

}  // namespace tappet::app
