#include "flow/names.hpp"

#include <algorithm>
#include <array>

#include "expr/program.hpp"

namespace tappet::flow {
namespace {

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return is_upper(c) || is_lower(c) || is_digit(c); }

constexpr std::array<std::string_view, 9> kOurs{"trigger", "stepResults", "configVars", "run", "flow",
                                                "error",   "secrets",     "connection", "item"};

}  // namespace

std::string camel_case(std::string_view name) {
    std::string out;
    bool begins_word = false;
    for (const char c : name) {
        if (!is_word(c)) {
            begins_word = true;
            continue;
        }
        const bool capital = begins_word && !out.empty();
        begins_word = false;
        if (capital && is_lower(c))
            out += static_cast<char>(c - 32);
        else if (!capital && is_upper(c))
            out += static_cast<char>(c + 32);
        else
            out += c;
    }
    return out;
}

bool is_identifier(std::string_view text) {
    if (text.empty() || is_digit(text.front())) return false;
    return std::all_of(text.begin(), text.end(), [](char c) { return is_word(c) || c == '_'; });
}

std::string unfit_id(std::string_view text) {
    if (!is_identifier(text))
        return "is no identifier: use letters, digits and _, not beginning with a digit";
    if (std::find(kOurs.begin(), kOurs.end(), text) != kOurs.end())
        return "is a name that expressions already have";
    if (expr::is_reserved(text)) return "is reserved by the expression language";
    return {};
}

bool is_flow_name(std::string_view text) {
    if (text.empty() || text.front() == '-' || text.back() == '-') return false;
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return is_lower(c) || is_digit(c) || c == '-'; });
}

}  // namespace tappet::flow
