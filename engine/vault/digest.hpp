#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tappet::vault {

/// SHA-256 (FIPS 180-4) of the bytes.
std::array<std::uint8_t, 32> sha256(std::string_view bytes);
/// SHA-256 as 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view bytes);

enum class Hash { sha1, sha256, sha384, sha512 };
/// The hash named "sha1", "sha256", "sha384" or "sha512"; nothing for other names.
std::optional<Hash> parse_hash(std::string_view name);
/// HMAC (RFC 2104): the raw bytes, 20, 32, 48 or 64 of them. Any thread.
std::string hmac(Hash hash, std::string_view key, std::string_view message);

}  // namespace tappet::vault
