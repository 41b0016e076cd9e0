#include <charconv>
#include <cmath>
#include <cstring>
#include <vector>

#include "base/encoding.hpp"
#include "expr/json.hpp"

namespace tappet {
namespace {

constexpr bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

void append_utf8(std::string& out, std::uint32_t code) {
    if (code < 0x80) {
        out.push_back(static_cast<char>(code));
    } else if (code < 0x800) {
        out.push_back(static_cast<char>(0xc0 | (code >> 6)));
        out.push_back(static_cast<char>(0x80 | (code & 0x3f)));
    } else if (code < 0x10000) {
        out.push_back(static_cast<char>(0xe0 | (code >> 12)));
        out.push_back(static_cast<char>(0x80 | ((code >> 6) & 0x3f)));
        out.push_back(static_cast<char>(0x80 | (code & 0x3f)));
    } else {
        out.push_back(static_cast<char>(0xf0 | (code >> 18)));
        out.push_back(static_cast<char>(0x80 | ((code >> 12) & 0x3f)));
        out.push_back(static_cast<char>(0x80 | ((code >> 6) & 0x3f)));
        out.push_back(static_cast<char>(0x80 | (code & 0x3f)));
    }
}

/// One pass over the text with a stack of open containers of its own.
class Parser {
public:
    Parser(std::string_view text, const JsonLimits& limits) : text_(text), limits_(limits) {}

    JsonParsed run() {
        JsonParsed out;
        // Text is checked as a whole: strings can then be taken as they stand.
        const std::size_t bad = find_invalid_utf8(text_);
        if (bad != std::string_view::npos) {
            pos_ = bad;
            fail("not valid UTF-8");
        } else if (document()) {
            out.ok = true;
            out.value = std::move(result_);
            return out;
        }
        out.error.message = message_;
        locate(out.error);
        return out;
    }

private:
    struct Open {
        bool is_map = false;
        std::vector<Value> items;
        std::vector<MapEntry> entries;
        Value key;
    };

    bool fail(const char* message) {
        if (message_.empty()) message_ = message;
        return false;
    }
    bool unexpected() { return fail(pos_ >= text_.size() ? "unexpected end" : "unexpected character"); }
    char peek() const { return pos_ < text_.size() ? text_[pos_] : '\0'; }
    void space() {
        while (pos_ < text_.size() && is_space(text_[pos_])) ++pos_;
    }

    bool document() {
        for (;;) {
            space();
            Value value;
            const char c = peek();
            if (c == '{' || c == '[') {
                if (stack_.size() >= limits_.depth) return fail("nested too deep");
                ++pos_;
                stack_.emplace_back();
                stack_.back().is_map = c == '{';
                space();
                if (peek() == (c == '{' ? '}' : ']') && pos_ < text_.size()) {
                    ++pos_;
                    value = close();
                } else {
                    if (c == '{' && !key()) return false;
                    continue;
                }
            } else if (!scalar(value)) {
                return false;
            }
            bool again = false;
            if (!place(std::move(value), again)) return false;
            if (!again) break;
        }
        space();
        return pos_ == text_.size() || fail("text after the end of the value");
    }

    /// Puts a finished value where it belongs and closes what ends after it. `again`: another value follows.
    bool place(Value value, bool& again) {
        for (;;) {
            if (stack_.empty()) {
                result_ = std::move(value);
                return true;
            }
            Open& open = stack_.back();
            if (open.is_map)
                open.entries.push_back({std::move(open.key), std::move(value)});
            else
                open.items.push_back(std::move(value));
            space();
            const char c = peek();
            if (c == ',' && pos_ < text_.size()) {
                ++pos_;
                if (open.is_map) {
                    space();
                    if (!key()) return false;
                }
                again = true;
                return true;
            }
            if (pos_ >= text_.size() || c != (open.is_map ? '}' : ']')) return unexpected();
            ++pos_;
            value = close();
        }
    }

    Value close() {
        Open open = std::move(stack_.back());
        stack_.pop_back();
        return open.is_map ? Value::map(std::move(open.entries)) : Value::list(std::move(open.items));
    }

    bool key() {
        if (peek() != '"') return unexpected();
        if (!string(stack_.back().key)) return false;
        space();
        if (peek() != ':') return unexpected();
        ++pos_;
        return true;
    }

    bool scalar(Value& out) {
        const char c = peek();
        if (c == '"') return string(out);
        if (c == '-' || is_digit(c)) return number(out);
        if (word("true")) return out = Value::boolean(true), true;
        if (word("false")) return out = Value::boolean(false), true;
        if (word("null")) return out = Value::null(), true;
        return unexpected();
    }

    bool word(std::string_view expected) {
        if (text_.substr(pos_, expected.size()) != expected) return false;
        pos_ += expected.size();
        return true;
    }

    bool number(Value& out) {
        const std::size_t begin = pos_;
        if (peek() == '-') ++pos_;
        if (!is_digit(peek())) return unexpected();
        if (peek() == '0')
            ++pos_;
        else
            while (is_digit(peek())) ++pos_;
        bool integral = true;
        if (peek() == '.') {
            integral = false;
            ++pos_;
            if (!is_digit(peek())) return unexpected();
            while (is_digit(peek())) ++pos_;
        }
        if (peek() == 'e' || peek() == 'E') {
            integral = false;
            ++pos_;
            if (peek() == '+' || peek() == '-') ++pos_;
            if (!is_digit(peek())) return unexpected();
            while (is_digit(peek())) ++pos_;
        }
        const char* first = text_.data() + begin;
        const char* last = text_.data() + pos_;
        if (integral) {
            std::int64_t v = 0;
            if (std::from_chars(first, last, v).ec == std::errc()) return out = Value::integer(v), true;
        }
        double v = 0;
        const auto read = std::from_chars(first, last, v);
        if (read.ec == std::errc::result_out_of_range) {
            // Too small is zero; too large cannot be kept.
            v = std::strtod(std::string(first, last).c_str(), nullptr);
            if (std::isinf(v)) {
                pos_ = begin;
                return fail("a number beyond the range of a double");
            }
        }
        out = Value::number(v);
        return true;
    }

    bool string(Value& out) {
        const std::size_t begin = ++pos_;
        while (pos_ < text_.size() && text_[pos_] != '"' && text_[pos_] != '\\' &&
               static_cast<unsigned char>(text_[pos_]) >= 0x20)
            ++pos_;
        if (peek() == '"' && pos_ < text_.size()) {
            out = Value::string(text_.substr(begin, pos_ - begin));
            ++pos_;
            return true;
        }
        scratch_.assign(text_.substr(begin, pos_ - begin));
        while (pos_ < text_.size()) {
            const char c = text_[pos_];
            if (c == '"') {
                ++pos_;
                out = Value::string(scratch_);
                return true;
            }
            if (static_cast<unsigned char>(c) < 0x20)
                return fail("a control character in a string; write it as \\u00XX");
            if (c == '\\') {
                if (!escape()) return false;
            } else {
                scratch_.push_back(c);
                ++pos_;
            }
        }
        return fail("a string without an end");
    }

    bool hex4(std::uint32_t& out) {
        if (pos_ + 4 > text_.size()) return fail("unexpected end");
        out = 0;
        for (int i = 0; i < 4; ++i) {
            const int digit = hex_digit(text_[pos_]);
            if (digit < 0) return fail("a \\u escape needs four hexadecimal digits");
            out = out * 16 + static_cast<std::uint32_t>(digit);
            ++pos_;
        }
        return true;
    }

    bool escape() {
        const std::size_t begin = pos_++;
        const char c = peek();
        ++pos_;
        switch (c) {
            case '"':
            case '\\':
            case '/':
                scratch_.push_back(c);
                return true;
            case 'b':
                scratch_.push_back('\b');
                return true;
            case 'f':
                scratch_.push_back('\f');
                return true;
            case 'n':
                scratch_.push_back('\n');
                return true;
            case 'r':
                scratch_.push_back('\r');
                return true;
            case 't':
                scratch_.push_back('\t');
                return true;
            case 'u':
                break;
            default:
                pos_ = begin;
                return fail("an unknown escape in a string");
        }
        std::uint32_t code = 0;
        if (!hex4(code)) return false;
        if (code >= 0xd800 && code < 0xdc00) {
            std::uint32_t low = 0;
            const bool pair = text_.substr(pos_, 2) == "\\u";
            if (pair) pos_ += 2;
            if (!pair || !hex4(low) || low < 0xdc00 || low > 0xdfff) {
                pos_ = begin;
                return fail("an unpaired surrogate");
            }
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        } else if (code >= 0xdc00 && code < 0xe000) {
            pos_ = begin;
            return fail("an unpaired surrogate");
        }
        append_utf8(scratch_, code);
        return true;
    }

    void locate(JsonError& error) const {
        error.offset = std::min(pos_, text_.size());
        for (std::size_t i = 0; i < error.offset; ++i) {
            if (text_[i] == '\n') {
                ++error.line;
                error.column = 1;
            } else if ((static_cast<unsigned char>(text_[i]) & 0xc0) != 0x80) {
                ++error.column;
            }
        }
    }

    std::string_view text_;
    const JsonLimits& limits_;
    std::size_t pos_ = 0;
    std::vector<Open> stack_;
    std::string scratch_;
    std::string message_;
    Value result_;
};

}  // namespace

JsonParsed parse_json(std::string_view text, const JsonLimits& limits) { return Parser(text, limits).run(); }

Result<Value> read_json(std::string_view text, const JsonLimits& limits) {
    JsonParsed parsed = parse_json(text, limits);
    if (parsed.ok) return std::move(parsed.value);
    return Error::invalid("JSON: " + parsed.error.message + " at line " + std::to_string(parsed.error.line) +
                          ", column " + std::to_string(parsed.error.column) + " (byte " +
                          std::to_string(parsed.error.offset) + ")");
}

}  // namespace tappet
