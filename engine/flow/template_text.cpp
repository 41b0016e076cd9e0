#include "flow/template_text.hpp"

namespace tappet::flow {
namespace {

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// Whether the quote at `at` is that of a raw string: r"…", br'…'.
bool is_raw(std::string_view text, std::size_t at) {
    std::size_t begin = at;
    while (begin > 0 && at - begin < 3 && is_word(text[begin - 1])) --begin;
    const std::string_view prefix = text.substr(begin, at - begin);
    return prefix.size() <= 2 && prefix.find_first_not_of("rRbB") == std::string_view::npos &&
           prefix.find_first_of("rR") != std::string_view::npos;
}

/// One past the }} that ends the expression whose text begins at `at`; npos when there is none.
std::size_t end_of_expression(std::string_view text, std::size_t at) {
    std::size_t depth = 0;
    while (at < text.size()) {
        const std::size_t after = skip_cel_string(text, at);
        if (after != at) {
            at = after;
            continue;
        }
        const char c = text[at];
        if (c == '(' || c == '[' || c == '{') ++depth;
        if (c == '}' && depth == 0 && text.substr(at).starts_with("}}")) return at + 2;
        if ((c == ')' || c == ']' || c == '}') && depth > 0) --depth;
        ++at;
    }
    return std::string_view::npos;
}

}  // namespace

std::size_t skip_cel_string(std::string_view text, std::size_t at) {
    const char quote = text[at];
    if (quote != '"' && quote != '\'') return at;
    const bool raw = is_raw(text, at);
    const std::string_view rest = text.substr(at);
    const bool triple = rest.size() >= 3 && rest[1] == quote && rest[2] == quote;
    const std::string_view closing = rest.substr(0, triple ? 3 : 1);
    for (std::size_t i = at + closing.size(); i < text.size(); ++i) {
        if (!raw && text[i] == '\\') {
            ++i;
            continue;
        }
        if (text.substr(i).starts_with(closing)) return i + closing.size();
    }
    return text.size();
}

std::vector<TextPart> split_text(std::string_view text) {
    std::vector<TextPart> parts;
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t open = text.find("${{", at);
        if (open != at) {
            const std::size_t end = open == std::string_view::npos ? text.size() : open;
            parts.push_back({false, text.substr(at, end - at), at, false});
            at = end;
            continue;
        }
        std::size_t end = end_of_expression(text, open + 3);
        if (end == std::string_view::npos) {
            // Unbalanced brackets or quotes hide the end; the compiler says better what is wrong with them.
            const std::size_t plain = text.find("}}", open + 3);
            if (plain == std::string_view::npos) {
                parts.push_back({true, text.substr(open + 3), open, true});
                return parts;
            }
            end = plain + 2;
        }
        parts.push_back({true, text.substr(open + 3, end - open - 5), open + 3, false});
        at = end;
    }
    return parts;
}

}  // namespace tappet::flow
