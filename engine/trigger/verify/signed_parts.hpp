#pragma once
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "http/message.hpp"
#include "vault/digest.hpp"

namespace tappet::trigger {

// What presets share. Each sentence says what is wrong with a request, for its 401; nothing: all is well.

/// The header is missing, or there more than once, so that nobody knows which one counts.
std::optional<std::string> not_once(const http::Request& request, std::string_view header);

/// Unix time in seconds, or in milliseconds where it is that large: digits alone.
std::optional<TimeMs> read_unix_time(std::string_view text);

/// The Unix time that stands in the header is none, or further from now than the tolerance, either way.
std::optional<std::string> out_of_time(std::string_view header, std::string_view value, TimeMs now,
                                       std::chrono::milliseconds tolerance);

/// Whether the bytes are the HMAC of the message with one of the keys. All are tried, so that time does not
/// tell which one fits.
bool is_hmac_of_any(vault::Hash hash, std::span<const std::string> keys, std::string_view message,
                    std::string_view signature);

/// What stands before the separator; the rest of the text is what remains. All of it when there is none.
std::string_view take_until(std::string_view& rest, char separator);

/// Of all that a header lists, the signatures that are looked at.
constexpr std::size_t kMaxSignatures = 16;

}  // namespace tappet::trigger
