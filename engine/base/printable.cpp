#include "base/printable.hpp"

#include "base/encoding.hpp"

namespace tappet {
namespace {

bool begins_code_point(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

/// U+0080 to U+009F, as UTF-8: some terminals take U+009B for ESC [.
bool is_c1(std::string_view text) {
    if (text.size() < 2 || text[0] != '\xC2') return false;
    const auto second = static_cast<unsigned char>(text[1]);
    return second >= 0x80 && second < 0xA0;
}

std::string shown(std::string_view text, bool lines) {
    std::string out;
    out.reserve(text.size());
    std::size_t bad = find_invalid_utf8(text);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (i == bad) {
            if (begins_code_point(text[i])) out += "\uFFFD";
            const std::size_t next = find_invalid_utf8(text.substr(i + 1));
            bad = next == std::string_view::npos ? next : i + 1 + next;
        } else if (text[i] == '\t') {
            out += ' ';
        } else if (lines && text[i] == '\n') {
            out += '\n';
        } else if (byte < 0x20 || byte == 0x7F) {
            out += '?';
        } else if (is_c1(text.substr(i))) {
            out += '?';
            ++i;
        } else {
            out += text[i];
        }
    }
    return out;
}

}  // namespace

std::string printable(std::string_view text) { return shown(text, false); }

std::string printable_lines(std::string_view text) { return shown(text, true); }

}  // namespace tappet
