#include "expr/syntax/lexer.hpp"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "base/encoding.hpp"
#include "expr/functions/utf8.hpp"

namespace tappet::expr {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

class Lexer {
public:
    Lexer(std::string_view source, Findings& findings) : source_(source), findings_(findings) {}

    std::vector<Token> run() {
        for (;;) {
            skip_space();
            begin_ = pos_;
            if (pos_ >= source_.size()) break;
            const char c = peek();
            if (is_letter(c))
                word();
            else if (is_digit(c) || (c == '.' && is_digit(peek(1))))
                number();
            else if (c == '"' || c == '\'')
                text("");
            else if (c == '`')
                quoted_name();
            else
                symbol();
        }
        add(TokenKind::end);
        return std::move(tokens_);
    }

private:
    char peek(std::size_t ahead = 0) const {
        return pos_ + ahead < source_.size() ? source_[pos_ + ahead] : '\0';
    }
    Span span() const { return {static_cast<std::uint32_t>(begin_), static_cast<std::uint32_t>(pos_)}; }
    Token& add(TokenKind kind) {
        Token& token = tokens_.emplace_back();
        token.kind = kind;
        token.span = span();
        token.text = source_.substr(begin_, pos_ - begin_);
        return token;
    }
    void error(std::string message) { findings_.error(span(), "syntax", std::move(message)); }

    void skip_space() {
        for (; pos_ < source_.size(); ++pos_) {
            const char c = peek();
            if (c == '/' && peek(1) == '/') {
                while (pos_ < source_.size() && peek() != '\n') ++pos_;
                if (pos_ >= source_.size()) return;
            } else if (c != ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f') {
                return;
            }
        }
    }

    void word() {
        while (is_letter(peek()) || is_digit(peek())) ++pos_;
        const std::string_view name = source_.substr(begin_, pos_ - begin_);
        const bool quote = peek() == '"' || peek() == '\'';
        if (quote && name.size() <= 2) {
            const bool raw = name.find_first_of("rR") != std::string_view::npos;
            const bool bytes = name.find_first_of("bB") != std::string_view::npos;
            if (static_cast<std::size_t>(raw) + static_cast<std::size_t>(bytes) == name.size())
                return text(name);
        }
        add(TokenKind::name);
    }

    void quoted_name() {
        ++pos_;
        const std::size_t from = pos_;
        const auto allowed = [](char c) {
            return is_letter(c) || is_digit(c) || c == '.' || c == '-' || c == '/' || c == ' ';
        };
        while (pos_ < source_.size() && allowed(peek())) ++pos_;
        const std::string_view inside = source_.substr(from, pos_ - from);
        if (peek() != '`' || inside.empty()) {
            if (pos_ < source_.size()) ++pos_;
            return error("a field in backticks may hold letters, digits, spaces and _ . - / only");
        }
        ++pos_;
        add(TokenKind::quoted_name).text = inside;
    }

    void number() {
        if (peek() == '0' && (peek(1) == 'x' || peek(1) == 'X')) {
            pos_ += 2;
            const std::size_t from = pos_;
            while (hex_digit(peek()) >= 0) ++pos_;
            return integer(source_.substr(from, pos_ - from), 16);
        }
        const std::size_t from = pos_;
        while (is_digit(peek())) ++pos_;
        bool real = false;
        if (peek() == '.' && is_digit(peek(1))) {
            real = true;
            ++pos_;
            while (is_digit(peek())) ++pos_;
        }
        const std::size_t sign = peek(1) == '+' || peek(1) == '-' ? 2 : 1;
        if ((peek() == 'e' || peek() == 'E') && is_digit(peek(sign))) {
            real = true;
            pos_ += sign;
            while (is_digit(peek())) ++pos_;
        }
        const std::string_view digits = source_.substr(from, pos_ - from);
        if (!real) return integer(digits, 10);
        if (is_letter(peek())) return trailing();
        const double value = std::strtod(std::string(digits).c_str(), nullptr);
        if (std::isinf(value)) return error("a number beyond the range of a double");
        add(TokenKind::literal).value = Value::number(value);
    }

    void integer(std::string_view digits, int base) {
        const bool is_uint = peek() == 'u' || peek() == 'U';
        if (is_uint) ++pos_;
        if (is_letter(peek()) || is_digit(peek())) return trailing();
        std::uint64_t value = 0;
        const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
        if (digits.empty()) return error("a hexadecimal number needs digits after 0x");
        if (read.ec != std::errc()) return error("a whole number beyond 64 bits");
        add(is_uint ? TokenKind::literal : TokenKind::integer).value = Value::uint(value);
    }

    void trailing() {
        while (is_letter(peek()) || is_digit(peek())) ++pos_;
        error("a name cannot begin with a digit");
    }

    void text(std::string_view prefix) {
        const bool raw = prefix.find_first_of("rR") != std::string_view::npos;
        const bool bytes = prefix.find_first_of("bB") != std::string_view::npos;
        const char quote = peek();
        const bool triple = peek(1) == quote && peek(2) == quote;
        pos_ += triple ? 3 : 1;
        std::string out;
        for (;;) {
            if (pos_ >= source_.size() || (!triple && (peek() == '\n' || peek() == '\r')))
                return error(std::string("a string without its closing ") + (triple ? "quotes" : "quote"));
            const char c = peek();
            if (c == quote && (!triple || (peek(1) == quote && peek(2) == quote))) {
                pos_ += triple ? 3 : 1;
                break;
            }
            ++pos_;
            if (c != '\\' || raw)
                out.push_back(c);
            else
                escape(out, bytes);
        }
        add(TokenKind::literal).value = bytes ? Value::bytes(out) : Value::string(out);
    }

    /// Reads what follows a backslash; a wrong escape is a finding on its own characters.
    void escape(std::string& out, bool bytes) {
        const std::size_t from = pos_ - 1;
        const char c = peek();
        if (pos_ < source_.size()) ++pos_;
        static constexpr std::string_view kNames = "abfnrtv\\?\"'`";
        static constexpr std::string_view kMeans = "\a\b\f\n\r\t\v\\?\"'`";
        const std::size_t simple = c == '\0' ? std::string_view::npos : kNames.find(c);
        if (simple != std::string_view::npos) {
            out.push_back(kMeans[simple]);
            return;
        }
        std::optional<std::uint32_t> code;
        if (c == 'x' || c == 'X')
            code = digits(2, 16);
        else if (c == 'u' && !bytes)
            code = digits(4, 16);
        else if (c == 'U' && !bytes)
            code = digits(8, 16);
        else if (c >= '0' && c <= '3')
            --pos_, code = digits(3, 8);
        const bool byte = bytes && code && *code < 256;
        const bool letter = !bytes && code && *code < 0x110000 && (*code < 0xd800 || *code > 0xdfff);
        if (byte)
            out.push_back(static_cast<char>(*code));
        else if (letter)
            append_utf8(out, *code);
        else
            findings_.error({static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(pos_)}, "syntax",
                            "an unknown escape in a string; a backslash itself is written \\\\");
    }

    std::optional<std::uint32_t> digits(int count, int base) {
        std::uint32_t value = 0;
        for (int i = 0; i < count; ++i) {
            const int digit = hex_digit(peek());
            if (digit < 0 || digit >= base) return std::nullopt;
            value = value * static_cast<std::uint32_t>(base) + static_cast<std::uint32_t>(digit);
            ++pos_;
        }
        return value;
    }

    void symbol() {
        static constexpr std::string_view kTwo[] = {"==", "!=", "<=", ">=", "&&", "||"};
        for (const std::string_view two : kTwo) {
            if (source_.substr(pos_, 2) != two) continue;
            pos_ += 2;
            add(TokenKind::symbol);
            return;
        }
        const char c = peek();
        static constexpr std::string_view kOne = "()[]{}.,:?+-*/%!<>";
        pos_ += static_cast<std::size_t>(utf8_length(c));
        if (pos_ > source_.size()) pos_ = source_.size();
        if (kOne.find(c) != std::string_view::npos) {
            add(TokenKind::symbol);
        } else if (c == '=') {
            findings_.error(span(), "syntax", "\"=\" is no operator; equality is \"==\"", "==");
            add(TokenKind::symbol).text = "==";
        } else if (c == '&' || c == '|') {
            findings_.error(span(), "syntax",
                            std::string("\"") + c + "\" is no operator; logic is \"" + c + c + "\"",
                            std::string(2, c));
            add(TokenKind::symbol).text = c == '&' ? "&&" : "||";
        } else {
            error("unexpected character \"" + std::string(source_.substr(begin_, pos_ - begin_)) + "\"");
        }
    }

    std::string_view source_;
    Findings& findings_;
    std::size_t pos_ = 0;
    std::size_t begin_ = 0;
    std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> lex(std::string_view source, Findings& findings) { return Lexer(source, findings).run(); }

}  // namespace tappet::expr
