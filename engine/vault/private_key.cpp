#include "vault/private_key.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <array>

#include "vault/openssl.hpp"

namespace tappet::vault {
namespace {

using Signature = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;

constexpr int kP256 = 32;             ///< bytes of r and of s
constexpr std::size_t kEd25519 = 32;  ///< bytes of a seed, and of a public key

/// In place of the library's own question at the terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

bool is_p256(const EVP_PKEY* key) {
    std::array<char, 32> name{};
    std::size_t size = 0;
    return EVP_PKEY_is_a(key, "EC") == 1 &&
           EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, name.data(), name.size(), &size) ==
               1 &&
           std::string_view(name.data(), size) == "prime256v1";
}

/// r and s of 32 bytes each, of a signature in DER.
std::string to_pair(std::string_view der) {
    const unsigned char* at = raw(der);
    const Signature signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
    std::string out(std::size_t{2} * kP256, '\0');
    auto* bytes = reinterpret_cast<unsigned char*>(out.data());
    if (!signature || BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), bytes, kP256) != kP256 ||
        BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), bytes + kP256, kP256) != kP256)
        return {};
    return out;
}

KeyKind needed_by(Signing how) {
    if (how == Signing::ed25519) return KeyKind::ed25519;
    return how == Signing::ecdsa_sha256 ? KeyKind::p256 : KeyKind::rsa;
}

const char* name_of(KeyKind kind) {
    if (kind == KeyKind::ed25519) return "Ed25519";
    return kind == KeyKind::rsa ? "RSA" : "P-256";
}

}  // namespace

Result<PrivateKey> PrivateKey::checked(Handle key) {
    if (!key)
        return Error::invalid(
            "this is no private key in PEM without a passphrase (-----BEGIN PRIVATE KEY-----)");
    if (EVP_PKEY_is_a(pkey(key), "ED25519") == 1) return PrivateKey(KeyKind::ed25519, std::move(key));
    if (EVP_PKEY_is_a(pkey(key), "RSA") == 1) {
        if (EVP_PKEY_get_bits(pkey(key)) < kLeastRsaBits)
            return Error::invalid("an RSA key needs at least 2048 bits");
        return PrivateKey(KeyKind::rsa, std::move(key));
    }
    if (is_p256(pkey(key))) return PrivateKey(KeyKind::p256, std::move(key));
    return Error::invalid("a private key must be of Ed25519, RSA or P-256");
}

Result<PrivateKey> PrivateKey::read(std::string_view pem) {
    const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    return checked(
        owned(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr) : nullptr));
}

Result<PrivateKey> PrivateKey::ed25519(std::string_view bytes) {
    if (bytes.size() != kEd25519 && bytes.size() != 2 * kEd25519)
        return Error::invalid("a private key of Ed25519 has 32 bytes, or 64 with its public key");
    return checked(owned(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, raw(bytes), kEd25519)));
}

Result<std::string> PrivateKey::sign(Signing how, std::string_view message) const {
    if (needed_by(how) != kind_)
        return Error::invalid(std::string("the private key is of ") + name_of(kind_) + ", and one of " +
                              name_of(needed_by(how)) + " is needed");
    const DigestContext context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* settings = nullptr;
    const EVP_MD* hash = how == Signing::ed25519 ? nullptr : EVP_sha256();
    bool done = context && EVP_DigestSignInit(context.get(), &settings, hash, nullptr, pkey(key_)) == 1;
    if (done && how == Signing::rsa_pss_sha256)
        done = EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) == 1 &&
               EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, RSA_PSS_SALTLEN_DIGEST) == 1;
    std::size_t size = 0;
    std::string out;
    done = done && EVP_DigestSign(context.get(), nullptr, &size, raw(message), message.size()) == 1;
    if (done) {
        out.resize(size);
        done = EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size,
                              raw(message), message.size()) == 1;
        out.resize(size);
    }
    if (done && how == Signing::ecdsa_sha256) out = to_pair(out);
    if (done && !out.empty()) return out;
    ERR_clear_error();
    return Error::invalid("the private key does not sign: is it whole?");
}

}  // namespace tappet::vault
