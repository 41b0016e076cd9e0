#include "trigger/unescaped.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/encoding.hpp"

namespace tappet::trigger {
namespace {

constexpr std::size_t kUnit = 6;     ///< bytes of "\u002f"
constexpr std::size_t kPercent = 3;  ///< bytes of "%2f"

/// The unit of UTF-16 that `\uXXXX` at a place stands for.
std::optional<char32_t> unit_at(std::string_view text, std::size_t at) {
    if (text.substr(at, 2) != "\\u" || text.size() - at < kUnit) return std::nullopt;
    const char* const first = text.data() + at + 2;
    std::uint32_t out = 0;
    const auto [end, failed] = std::from_chars(first, first + 4, out, 16);
    if (failed != std::errc() || end != first + 4) return std::nullopt;
    return out;
}

void append_utf8(std::string& out, char32_t c) {
    const auto byte = [&](char32_t value) { out += static_cast<char>(static_cast<unsigned char>(value)); };
    if (c < 0x80) return byte(c);
    if (c < 0x800) {
        byte(0xc0 | c >> 6);
    } else {
        if (c < 0x10000) {
            byte(0xe0 | c >> 12);
        } else {
            byte(0xf0 | c >> 18);
            byte(0x80 | (c >> 12 & 0x3f));
        }
        byte(0x80 | (c >> 6 & 0x3f));
    }
    byte(0x80 | (c & 0x3f));
}

/// What a backslash and one character stand for; '\0': nothing.
char short_escape(char c) {
    switch (c) {
        case '"':
        case '\\':
        case '/':
            return c;
        case 'b':
            return '\b';
        case 'f':
            return '\f';
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 't':
            return '\t';
        default:
            return '\0';
    }
}

}  // namespace

Unescaped::Unescaped(std::string_view text) {
    text_.reserve(text.size());
    from_.reserve(text.size() + 1);
    for (std::size_t at = 0; at < text.size();) at += take(text, at);
    from_.push_back(static_cast<std::uint32_t>(text.size()));
}

Unescaped Unescaped::percent(std::string_view text, bool plus) {
    Unescaped out;
    out.text_.reserve(text.size());
    out.from_.reserve(text.size() + 1);
    for (std::size_t at = 0; at < text.size();) {
        const auto byte = percent_decode(text.substr(at, text[at] == '%' ? kPercent : 1), plus);
        out.add(byte ? std::string_view(*byte) : text.substr(at, 1), at);
        at += byte && text[at] == '%' ? kPercent : 1;
    }
    out.from_.push_back(static_cast<std::uint32_t>(text.size()));
    return out;
}

void Unescaped::add(std::string_view bytes, std::size_t from) {
    text_ += bytes;
    from_.insert(from_.end(), bytes.size(), static_cast<std::uint32_t>(from));
}

/// Takes what begins at a place; how many bytes that is.
std::size_t Unescaped::take(std::string_view text, std::size_t at) {
    if (text[at] != '\\') {
        add(text.substr(at, 1), at);
        return 1;
    }
    if (auto c = unit_at(text, at)) {
        std::size_t size = kUnit;
        const auto low = *c >= 0xd800 && *c < 0xdc00 ? unit_at(text, at + kUnit) : std::nullopt;
        if (low && *low >= 0xdc00 && *low < 0xe000) {
            *c = 0x10000 + ((*c - 0xd800) << 10) + (*low - 0xdc00);
            size = 2 * kUnit;
        }
        std::string bytes;
        append_utf8(bytes, *c);
        add(bytes, at);
        return size;
    }
    const char plain = at + 1 < text.size() ? short_escape(text[at + 1]) : '\0';
    add(plain == '\0' ? std::string_view("\\") : std::string_view(&plain, 1), at);
    return plain == '\0' ? 1 : 2;
}

Unescaped Unescaped::again() const {
    Unescaped out{std::string_view(text_)};
    for (std::uint32_t& from : out.from_) from = from_[from];
    return out;
}

std::size_t Unescaped::end(std::size_t at) const {
    return *std::upper_bound(from_.begin() + static_cast<std::ptrdiff_t>(at), from_.end(), from_[at]);
}

std::size_t Unescaped::before(std::size_t place) const {
    return static_cast<std::size_t>(
        std::lower_bound(from_.begin(), std::prev(from_.end()), static_cast<std::uint32_t>(place)) -
        from_.begin());
}

}  // namespace tappet::trigger
