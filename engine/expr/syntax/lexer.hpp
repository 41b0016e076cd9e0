#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "expr/syntax/ast.hpp"
#include "expr/syntax/findings.hpp"

namespace tappet::expr {

enum class TokenKind : std::uint8_t { end, name, quoted_name, integer, literal, symbol };

struct Token {
    TokenKind kind = TokenKind::end;
    Span span;
    std::string_view text;  ///< as it stands in the source; of a quoted name what is between the backticks
    Value value;            ///< of a literal; of an integer its magnitude, as uint
    bool is(std::string_view symbol) const { return kind == TokenKind::symbol && text == symbol; }
    bool is_word(std::string_view word) const { return kind == TokenKind::name && text == word; }
};

/// Splits a source into tokens, the last of kind `end`. Errors become findings; the offending text is
/// skipped.
std::vector<Token> lex(std::string_view source, Findings& findings);

}  // namespace tappet::expr
