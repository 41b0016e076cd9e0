#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace tappet::expr {

/// Bytes of the code point that begins with this byte (of valid UTF-8).
inline int utf8_length(char lead) {
    const auto c = static_cast<unsigned char>(lead);
    return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

/// The byte offset of the n-th code point, counted from byte `from`; the text's size when it is shorter.
inline std::size_t utf8_offset(std::string_view text, std::size_t n, std::size_t from = 0) {
    while (n > 0 && from < text.size()) {
        from += static_cast<std::size_t>(utf8_length(text[from]));
        --n;
    }
    return from < text.size() ? from : text.size();
}

inline void append_utf8(std::string& out, std::uint32_t code) {
    if (code < 0x80) {
        out.push_back(static_cast<char>(code));
        return;
    }
    const int extra = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static constexpr unsigned kLead[] = {0, 0xc0, 0xe0, 0xf0};
    out.push_back(static_cast<char>(kLead[extra] | (code >> (6 * extra))));
    for (int i = extra - 1; i >= 0; --i) out.push_back(static_cast<char>(0x80 | ((code >> (6 * i)) & 0x3f)));
}

}  // namespace tappet::expr
