#include "base/encoding.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace tappet {
namespace {

constexpr std::string_view kStandard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrl = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string encode64(std::string_view in, std::string_view alphabet, bool pad) {
    std::string out;
    out.reserve((in.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < in.size(); i += 3) {
        const std::size_t n = std::min<std::size_t>(3, in.size() - i);
        unsigned bits = 0;
        for (std::size_t k = 0; k < 3; ++k)
            bits = bits << 8 | (k < n ? static_cast<unsigned char>(in[i + k]) : 0u);
        for (std::size_t k = 0; k <= n; ++k) out.push_back(alphabet[bits >> (18 - 6 * k) & 63]);
        if (pad) out.append(3 - n, '=');
    }
    return out;
}

/// The value of each character in an alphabet, -1 for others.
constexpr std::array<signed char, 256> values_of(std::string_view alphabet) {
    std::array<signed char, 256> t{};
    t.fill(-1);
    for (std::size_t i = 0; i < 64; ++i)
        t[static_cast<unsigned char>(alphabet[i])] = static_cast<signed char>(i);
    return t;
}

std::optional<std::string> decode64(std::string_view text, const std::array<signed char, 256>& table) {
    if (text.size() % 4 == 1) return std::nullopt;
    std::string out;
    out.reserve(text.size() * 3 / 4);
    unsigned bits = 0;
    int have = 0;
    for (const char c : text) {
        const int v = table[static_cast<unsigned char>(c)];
        if (v < 0) return std::nullopt;
        bits = bits << 6 | static_cast<unsigned>(v);
        have += 6;
        if (have >= 8) {
            have -= 8;
            out.push_back(static_cast<char>(bits >> have & 0xff));
        }
    }
    if ((bits & ((1u << have) - 1)) != 0) return std::nullopt;  // one text for the same bytes, not several
    return out;
}

bool unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

}  // namespace

std::string to_hex(std::string_view bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const char c : bytes) {
        out.push_back(digits[static_cast<unsigned char>(c) >> 4]);
        out.push_back(digits[static_cast<unsigned char>(c) & 15]);
    }
    return out;
}

std::optional<std::string> from_hex(std::string_view text) {
    if (text.size() % 2 != 0) return std::nullopt;
    std::string out;
    out.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = hex_digit(text[i]), low = hex_digit(text[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        out.push_back(static_cast<char>(high << 4 | low));
    }
    return out;
}

std::string to_base64(std::string_view bytes) { return encode64(bytes, kStandard, true); }
std::string to_base64url(std::string_view bytes) { return encode64(bytes, kUrl, false); }

std::optional<std::string> from_base64(std::string_view text) {
    static constexpr auto table = values_of(kStandard);
    const std::size_t padded = text.size();
    while (!text.empty() && text.back() == '=') text.remove_suffix(1);
    const std::size_t pads = padded - text.size();
    if (pads > 2 || (pads != 0 && padded % 4 != 0)) return std::nullopt;
    return decode64(text, table);
}

std::optional<std::string> from_base64url(std::string_view text) {
    static constexpr auto table = values_of(kUrl);
    return decode64(text, table);
}

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%') {
            if (i + 2 >= text.size()) return std::nullopt;
            const int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            out.push_back(static_cast<char>(high << 4 | low));
            i += 2;
        } else {
            out.push_back(plus_is_space && text[i] == '+' ? ' ' : text[i]);
        }
    }
    return out;
}

std::string percent_encode(std::string_view text) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (unreserved(c)) {
            out.push_back(c);
        } else {
            out.push_back('%');
            out.push_back(digits[static_cast<unsigned char>(c) >> 4]);
            out.push_back(digits[static_cast<unsigned char>(c) & 15]);
        }
    }
    return out;
}

std::size_t find_invalid_utf8(std::string_view text) {
    const auto* p = reinterpret_cast<const unsigned char*>(text.data());
    const std::size_t n = text.size();
    std::size_t i = 0;
    while (i < n) {
        if (p[i] < 0x80) {
            ++i;
            continue;
        }
        std::size_t more = 0;
        unsigned code = 0;
        if (p[i] >= 0xc2 && p[i] <= 0xdf) {
            more = 1;
            code = p[i] & 0x1fu;
        } else if ((p[i] & 0xf0) == 0xe0) {
            more = 2;
            code = p[i] & 0x0fu;
        } else if (p[i] >= 0xf0 && p[i] <= 0xf4) {
            more = 3;
            code = p[i] & 0x07u;
        } else {
            return i;
        }
        if (i + more >= n) return i;
        for (std::size_t k = 1; k <= more; ++k) {
            if ((p[i + k] & 0xc0) != 0x80) return i;
            code = code << 6 | (p[i + k] & 0x3fu);
        }
        if ((more == 2 && code < 0x800) || (more == 3 && code < 0x10000) || code > 0x10ffff ||
            (code >= 0xd800 && code <= 0xdfff))
            return i;
        i += more + 1;
    }
    return std::string_view::npos;
}

void make_utf8(std::string& text) {
    std::string_view rest = text;
    std::size_t bad = find_invalid_utf8(rest);
    if (bad == std::string_view::npos) return;
    std::string out;
    for (; bad != std::string_view::npos; bad = find_invalid_utf8(rest)) {
        out += rest.substr(0, bad);
        out += "\uFFFD";
        rest.remove_prefix(bad + 1);
    }
    out += rest;
    text = std::move(out);
}

std::size_t count_code_points(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

void shorten(std::string& text, std::size_t most) {
    constexpr const char* kMore = "…";
    constexpr std::size_t kMoreBytes = 3;
    if (text.size() <= most) return;
    std::size_t end = most - kMoreBytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    text.resize(end);
    text += kMore;
}

bool equal_constant_time(std::string_view a, std::string_view b) {
    unsigned char difference = a.size() == b.size() ? 0 : 1;
    for (std::size_t i = 0; i < a.size(); ++i)
        difference |= static_cast<unsigned char>(a[i] ^ (b.empty() ? '\0' : b[i % b.size()]));
    return difference == 0;
}

}  // namespace tappet
