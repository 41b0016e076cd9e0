#pragma once
#include <tappet/testing/value.hpp>

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

namespace tappet::sdk::mock {

inline bool is_utf8(std::string_view text) {
    std::size_t i = 0;
    while (i < text.size()) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t more = lead < 0x80           ? 0
                                 : (lead >> 5) == 0x06 ? 1
                                 : (lead >> 4) == 0x0E ? 2
                                 : (lead >> 3) == 0x1E ? 3
                                                       : 4;
        if (more == 4 || i + more >= text.size()) return false;
        std::uint32_t code = more == 0 ? lead : lead & (0x3Fu >> more);
        for (std::size_t k = 1; k <= more; ++k) {
            const auto next = static_cast<unsigned char>(text[i + k]);
            if ((next & 0xC0) != 0x80) return false;
            code = code << 6 | (next & 0x3Fu);
        }
        static constexpr std::uint32_t least[] = {0, 0x80, 0x800, 0x10000};
        if (code < least[more] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return false;
        i += more + 1;
    }
    return true;
}

/// Reads JSON (RFC 8259) strictly: UTF-8, whole surrogate pairs, at most 128 levels; of equal keys the last
/// counts. Whole numbers that fit are integers, all others doubles.
class JsonReader {
public:
    static std::optional<Value> read(std::string_view text) {
        JsonReader reader(text);
        Value out;
        if (!is_utf8(text) || !reader.value(out, 0)) return std::nullopt;
        reader.space();
        if (!reader.text_.empty()) return std::nullopt;
        return out;
    }

private:
    static constexpr int kDeepest = 128;
    explicit JsonReader(std::string_view text) : text_(text) {}

    void space() {
        const std::size_t begin = text_.find_first_not_of(" \t\r\n");
        text_.remove_prefix(begin == std::string_view::npos ? text_.size() : begin);
    }
    bool take(std::string_view token) {
        if (!text_.starts_with(token)) return false;
        text_.remove_prefix(token.size());
        return true;
    }
    bool value(Value& out, int depth) {
        space();
        if (text_.empty()) return false;
        switch (text_.front()) {
            case '{':
                return depth < kDeepest && map(out, depth + 1);
            case '[':
                return depth < kDeepest && list(out, depth + 1);
            case '"': {
                std::string text;
                if (!string(text)) return false;
                out = Value(std::move(text));
                return true;
            }
            case 't':
                return out = true, take("true");
            case 'f':
                return out = false, take("false");
            case 'n':
                return out = nullptr, take("null");
            default:
                return number(out);
        }
    }
    bool list(Value& out, int depth) {
        out = Value::list();
        take("[");
        space();
        if (take("]")) return true;
        do {
            Value item;
            if (!value(item, depth)) return false;
            out.push(std::move(item));
            space();
        } while (take(","));
        return take("]");
    }
    bool map(Value& out, int depth) {
        out = Value::object();
        take("{");
        space();
        if (take("}")) return true;
        do {
            space();
            std::string key;
            Value item;
            if (!string(key)) return false;
            space();
            if (!take(":") || !value(item, depth)) return false;
            out.set(key, std::move(item));
            space();
        } while (take(","));
        return take("}");
    }
    bool number(Value& out) {
        std::size_t end = text_.starts_with('-') ? 1 : 0;
        const auto digits = [&] {
            const std::size_t begin = end;
            while (end < text_.size() && text_[end] >= '0' && text_[end] <= '9') ++end;
            return end - begin;
        };
        const bool zero = end < text_.size() && text_[end] == '0';
        const std::size_t whole = digits();
        if (whole == 0 || (zero && whole > 1)) return false;
        bool integral = true;
        if (end < text_.size() && text_[end] == '.') {
            integral = false;
            if (++end, digits() == 0) return false;
        }
        if (end < text_.size() && (text_[end] == 'e' || text_[end] == 'E')) {
            integral = false;
            if (++end; end < text_.size() && (text_[end] == '+' || text_[end] == '-')) ++end;
            if (digits() == 0) return false;
        }
        const char* const begin = text_.data();
        std::int64_t i = 0;
        std::uint64_t u = 0;
        if (integral && std::from_chars(begin, begin + end, i).ec == std::errc()) {
            out = i;
        } else if (integral && *begin != '-' && std::from_chars(begin, begin + end, u).ec == std::errc()) {
            out = u;
        } else {
            out = std::strtod(std::string(begin, end).c_str(), nullptr);
        }
        text_.remove_prefix(end);
        return true;
    }
    bool string(std::string& out) {
        if (!take("\"")) return false;
        while (!text_.empty()) {
            const char c = text_.front();
            text_.remove_prefix(1);
            if (c == '"') return true;
            if (static_cast<unsigned char>(c) < 0x20) return false;
            if (c != '\\') {
                out += c;
            } else if (!escape(out)) {
                return false;
            }
        }
        return false;
    }
    bool escape(std::string& out) {
        if (text_.empty()) return false;
        const char c = text_.front();
        text_.remove_prefix(1);
        static constexpr std::string_view from = "\"\\/bfnrt", to = "\"\\/\b\f\n\r\t";
        if (const std::size_t found = from.find(c); found != std::string_view::npos)
            return out += to[found], true;
        std::uint32_t code = 0;
        if (c != 'u' || !hex(code)) return false;
        if (code >= 0xDC00 && code <= 0xDFFF) return false;
        if (code >= 0xD800 && code <= 0xDBFF) {
            std::uint32_t low = 0;
            if (!take("\\u") || !hex(low) || low < 0xDC00 || low > 0xDFFF) return false;
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        }
        append(out, code);
        return true;
    }
    bool hex(std::uint32_t& out) {
        if (text_.size() < 4) return false;
        const char* const end = text_.data() + 4;
        if (std::from_chars(text_.data(), end, out, 16).ptr != end) return false;
        text_.remove_prefix(4);
        return true;
    }
    static void append(std::string& out, std::uint32_t code) {
        const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
        if (code < 0x80) return put(code);
        if (code < 0x800) {
            put(0xC0 | code >> 6);
        } else if (code < 0x10000) {
            put(0xE0 | code >> 12);
            put(0x80 | (code >> 6 & 0x3F));
        } else {
            put(0xF0 | code >> 18);
            put(0x80 | (code >> 12 & 0x3F));
            put(0x80 | (code >> 6 & 0x3F));
        }
        put(0x80 | (code & 0x3F));
    }

    std::string_view text_;
};

}  // namespace tappet::sdk::mock
