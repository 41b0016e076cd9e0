#include "flow/yaml_scalar.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <string>

namespace tappet::flow {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool all_digits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}
std::string_view unsigned_part(std::string_view text) {
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
    return text;
}

/// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool is_number(std::string_view text) {
    text = unsigned_part(text);
    std::size_t at = 0;
    while (at < text.size() && is_digit(text[at])) ++at;
    bool digits = at > 0;
    if (at < text.size() && text[at] == '.') {
        const std::size_t begin = ++at;
        while (at < text.size() && is_digit(text[at])) ++at;
        digits = digits || at > begin;
    }
    if (!digits) return false;
    if (at == text.size()) return true;
    if (text[at] != 'e' && text[at] != 'E') return false;
    return all_digits(unsigned_part(text.substr(at + 1)));
}

double to_double(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    std::string own(text);
    if (own.starts_with('.')) own.insert(0, "0");
    if (own.starts_with("-.")) own.insert(1, "0");
    double value = 0;
    const auto read = std::from_chars(own.data(), own.data() + own.size(), value);
    if (read.ec == std::errc::result_out_of_range)
        return own.starts_with('-') ? -std::numeric_limits<double>::infinity()
                                    : std::numeric_limits<double>::infinity();
    return value;
}

void set_number(YamlNode& scalar, double value) {
    scalar.kind = YamlKind::number;
    scalar.scalar = Value::number(value);
}

void set_integer(YamlNode& scalar, std::string_view digits, int base) {
    std::int64_t value = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    if (read.ec == std::errc()) {
        scalar.kind = YamlKind::integer;
        scalar.scalar = Value::integer(value);
        return;
    }
    double large = 0;
    for (const char c : digits) {
        if (c == '-') continue;
        const int digit = is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
        large = large * base + digit;
    }
    set_number(scalar, base == 10 ? to_double(digits) : large);
}

template <std::size_t N>
bool is_one_of(std::string_view text, const std::string_view (&words)[N]) {
    return std::find(std::begin(words), std::end(words), text) != std::end(words);
}

}  // namespace

void resolve_plain(YamlNode& scalar) {
    static constexpr std::string_view kNull[] = {"", "~", "null", "Null", "NULL"};
    static constexpr std::string_view kTrue[] = {"true", "True", "TRUE"};
    static constexpr std::string_view kFalse[] = {"false", "False", "FALSE"};
    static constexpr std::string_view kInfinity[] = {".inf", ".Inf", ".INF"};
    static constexpr std::string_view kNan[] = {".nan", ".NaN", ".NAN"};
    const std::string_view text = scalar.text;
    if (is_one_of(text, kNull)) {
        scalar.kind = YamlKind::null;
        scalar.scalar = Value::null();
        return;
    }
    if (is_one_of(text, kTrue) || is_one_of(text, kFalse)) {
        scalar.kind = YamlKind::boolean;
        scalar.scalar = Value::boolean(is_one_of(text, kTrue));
        return;
    }
    if (all_digits(unsigned_part(text)))
        return set_integer(scalar, text.starts_with('+') ? text.substr(1) : text, 10);
    const auto is_octal = [](char c) { return c >= '0' && c <= '7'; };
    const auto is_hex = [](char c) { return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'); };
    const std::string_view rest = text.size() > 2 ? text.substr(2) : std::string_view();
    if (text.starts_with("0o") && !rest.empty() && std::all_of(rest.begin(), rest.end(), is_octal))
        return set_integer(scalar, rest, 8);
    if (text.starts_with("0x") && !rest.empty() && std::all_of(rest.begin(), rest.end(), is_hex))
        return set_integer(scalar, rest, 16);
    if (is_number(text)) return set_number(scalar, to_double(text));
    if (is_one_of(unsigned_part(text), kInfinity))
        return set_number(scalar, text.front() == '-' ? -std::numeric_limits<double>::infinity()
                                                      : std::numeric_limits<double>::infinity());
    if (is_one_of(text, kNan)) return set_number(scalar, std::numeric_limits<double>::quiet_NaN());
    scalar.kind = YamlKind::string;
    scalar.scalar = Value::string(text);
}

}  // namespace tappet::flow
