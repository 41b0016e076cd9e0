#include <cctype>

#include "rules.hpp"

namespace tidy {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

/// The last character before `at` that is no white space; npos when there is none.
std::size_t before(const std::string& code, std::size_t at) {
    while (at > 0) {
        --at;
        if (!std::isspace(static_cast<unsigned char>(code[at]))) return at;
    }
    return std::string::npos;
}

std::string word_ending(const std::string& code, std::size_t last) {
    std::size_t first = last + 1;
    while (first > 0 && is_word(code[first - 1])) --first;
    return code.substr(first, last + 1 - first);
}

/// Whether the brace at `brace` opens a block of statements, as opposed to an initializer.
bool opens_block(const std::string& code, std::size_t brace) {
    const std::size_t last = before(code, brace);
    if (last == std::string::npos) return true;
    const char c = code[last];
    if (c == ';' || c == '{' || c == '}' || c == ')' || c == ':') return true;
    if (is_word(c)) {
        const std::string word = word_ending(code, last);
        for (const char* opener : {"else", "do", "try", "const", "noexcept", "mutable", "override", "final"})
            if (word == opener) return true;
    }
    // A return type after an arrow: "-> asio::awaitable<void> {".
    for (std::size_t i = last; i != std::string::npos && i > 0; --i) {
        if (code[i] == '>' && code[i - 1] == '-') return true;
        if (!is_word(code[i]) && std::string_view(" :<>*&,\n").find(code[i]) == std::string_view::npos) break;
    }
    return false;
}

/// The brace that the one at `close` closes.
std::size_t matching_open(const std::string& code, std::size_t close) {
    int depth = 0;
    for (std::size_t i = close + 1; i-- > 0;) {
        if (code[i] == '}') ++depth;
        if (code[i] == '{' && --depth == 0) return i;
    }
    return std::string::npos;
}

/// Whether an initializer's brace stands between the start of the statement and `at`.
bool brace_before(const std::string& code, std::size_t at) {
    for (std::size_t i = at; i-- > 0;) {
        if (code[i] == ';') return false;
        if (code[i] == '{') return !opens_block(code, i);
        if (code[i] == '}') {
            const std::size_t open = matching_open(code, i);
            return open != std::string::npos && !opens_block(code, open);
        }
    }
    return false;
}

/// Whether any brace stands between `at` and the end of the statement (or of the condition that holds it).
bool brace_behind(const std::string& code, std::size_t at) {
    int depth = 0;
    for (std::size_t i = at; i < code.size(); ++i) {
        if (code[i] == '(' || code[i] == '[') ++depth;
        if ((code[i] == ')' || code[i] == ']') && --depth < 0) {
            // The end of an argument list or of a condition; only after a condition does a block follow.
            const std::size_t next = code.find_first_not_of(" \n\t", i + 1);
            if (next == std::string::npos || code[next] == '{' || is_word(code[next])) return false;
            depth = 0;
        }
        if (code[i] == ';') return false;
        if (code[i] == '{') return true;
        if (code[i] == '}') return false;
    }
    return false;
}

}  // namespace

void check_co_await(const Source& source, Findings& out) {
    const std::string& code = source.code;
    for (std::size_t at_word = code.find("co_await"); at_word != std::string::npos;
         at_word = code.find("co_await", at_word + 8)) {
        if ((at_word > 0 && is_word(code[at_word - 1])) || is_word(code[at_word + 8])) continue;
        if (brace_before(code, at_word) || brace_behind(code, at_word + 8))
            out.push_back(at(source, source.line_at(at_word),
                             "a statement with co_await holds a brace: name the aggregate or lambda first"));
    }
}

}  // namespace tidy
