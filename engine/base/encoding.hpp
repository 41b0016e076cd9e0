#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace tappet {

/// The value of a hexadecimal digit, -1 for any other character.
constexpr int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::string to_hex(std::string_view bytes);                        ///< lower case
std::optional<std::string> from_hex(std::string_view text);        ///< either case; nothing when malformed
std::string to_base64(std::string_view bytes);                     ///< RFC 4648 section 4, padded
std::optional<std::string> from_base64(std::string_view text);     ///< padded or not; no stray bits
std::string to_base64url(std::string_view bytes);                  ///< RFC 4648 section 5, not padded
std::optional<std::string> from_base64url(std::string_view text);  ///< not padded; no stray bits
/// Decodes %XX (and '+' as a space where plus_is_space); nothing for a malformed escape.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space = false);
std::string percent_encode(std::string_view text);  ///< all but RFC 3986 unreserved

/// The byte offset of the first byte that is not valid UTF-8 (RFC 3629); npos when all is.
std::size_t find_invalid_utf8(std::string_view text);
/// Puts U+FFFD in the place of each byte that is not valid UTF-8.
void make_utf8(std::string& text);
/// How many Unicode code points a valid UTF-8 text holds.
std::size_t count_code_points(std::string_view text);

/// Cuts a text to at most `most` bytes, "…" for what is gone, between two characters of UTF-8.
void shorten(std::string& text, std::size_t most);

/// Compares in time that depends on the lengths alone. For credentials and signatures.
bool equal_constant_time(std::string_view a, std::string_view b);

}  // namespace tappet
