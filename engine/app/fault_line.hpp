#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tappet::app {

/// Builds a line where nothing may be allocated: in a handler of signals. What does not fit is cut.
class FaultLine {
public:
    void add(std::string_view text) {
        for (const char c : text) add_char(c);
    }
    /// A word: printable, without blanks; an empty one is "-".
    void add_word(std::string_view text) {
        if (text.empty()) add_char('-');
        for (const char c : text.substr(0, kMostWord)) add_char(c > ' ' && c < '\x7f' ? c : '?');
    }
    void add_hex(const std::uint8_t* bytes, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            add_char("0123456789abcdef"[bytes[i] >> 4]);
            add_char("0123456789abcdef"[bytes[i] & 15]);
            if (i == 3 || i == 5 || i == 7 || i == 9) add_char('-');  // as a UUID is written
        }
    }
    void add_number(std::uint64_t number) {
        std::array<char, 20> digits{};
        std::size_t count = 0;
        do digits[count++] = static_cast<char>('0' + number % 10);
        while ((number /= 10) > 0);
        while (count > 0) add_char(digits[--count]);
    }
    const char* data() const { return text_.data(); }
    std::size_t size() const { return size_; }

private:
    static constexpr std::size_t kMostWord = 256;

    void add_char(char c) {
        if (size_ + 1 < text_.size() || (c == '\n' && size_ < text_.size())) text_[size_++] = c;
    }

    std::array<char, 1024> text_{};
    std::size_t size_ = 0;
};

}  // namespace tappet::app
