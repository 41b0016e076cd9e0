#include "vault/digest.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <stdexcept>

#include "base/encoding.hpp"

namespace tappet::vault {
namespace {

const EVP_MD* digest_of(Hash hash) {
    switch (hash) {
        case Hash::sha1:
            return EVP_sha1();
        case Hash::sha256:
            return EVP_sha256();
        case Hash::sha384:
            return EVP_sha384();
        case Hash::sha512:
            return EVP_sha512();
    }
    return nullptr;
}

}  // namespace

std::array<std::uint8_t, 32> sha256(std::string_view bytes) {
    std::array<std::uint8_t, 32> out{};
    unsigned int size = 0;
    if (EVP_Digest(bytes.data(), bytes.size(), out.data(), &size, EVP_sha256(), nullptr) != 1)
        throw std::runtime_error("SHA-256 failed: out of memory?");
    return out;
}

std::string sha256_hex(std::string_view bytes) {
    const auto raw = sha256(bytes);
    return to_hex({reinterpret_cast<const char*>(raw.data()), raw.size()});
}

std::optional<Hash> parse_hash(std::string_view name) {
    if (name == "sha1") return Hash::sha1;
    if (name == "sha256") return Hash::sha256;
    if (name == "sha384") return Hash::sha384;
    if (name == "sha512") return Hash::sha512;
    return std::nullopt;
}

std::string hmac(Hash hash, std::string_view key, std::string_view message) {
    std::string out(EVP_MAX_MD_SIZE, '\0');
    unsigned int size = 0;
    const void* done = HMAC(digest_of(hash), key.data(), static_cast<int>(key.size()),
                            reinterpret_cast<const unsigned char*>(message.data()), message.size(),
                            reinterpret_cast<unsigned char*>(out.data()), &size);
    if (!done) throw std::runtime_error("HMAC failed: out of memory?");
    out.resize(size);
    return out;
}

}  // namespace tappet::vault
