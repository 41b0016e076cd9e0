#include "vault/public_key.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <array>
#include <string>

#include "base/encoding.hpp"
#include "vault/openssl.hpp"

namespace tappet::vault {
namespace {

using Number = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;

constexpr std::size_t kP256 = 32;  ///< bytes of a coordinate, and of r and s

/// Null unless the bytes are the one way to write the key: the library reads others, too.
std::shared_ptr<void> from_der(std::string_view der) {
    const unsigned char* at = raw(der);
    auto key = owned(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())));
    if (!key) return nullptr;
    unsigned char* again = nullptr;
    const int size = i2d_PUBKEY(pkey(key), &again);
    const bool same = size > 0 && std::string_view(reinterpret_cast<const char*>(again),
                                                   static_cast<std::size_t>(size)) == der;
    OPENSSL_free(again);
    return same ? key : nullptr;
}

Number number(std::string_view bytes) {
    return Number(BN_bin2bn(raw(bytes), static_cast<int>(bytes.size()), nullptr));
}

std::shared_ptr<void> from_params(const char* type, OSSL_PARAM_BLD* builder) {
    const Params params(OSSL_PARAM_BLD_to_param(builder));
    const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY* key = nullptr;
    if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1)
        key = nullptr;
    return owned(key);
}

/// Primes of the vulnerable library are 65537^a mod M, so that the modulus is a power of 65537 modulo each of
/// M's small primes; that a sound modulus is one for all of these has a chance below 2^-27.
bool is_roca(const BIGNUM* modulus) {
    constexpr std::array<unsigned, 38> primes{3,   5,   7,   11,  13,  17,  19,  23,  29,  31,  37,  41,  43,
                                              47,  53,  59,  61,  67,  71,  73,  79,  83,  89,  97,  101, 103,
                                              107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167};
    for (const unsigned prime : primes) {
        const auto rest = static_cast<unsigned>(BN_mod_word(modulus, prime));
        unsigned power = 1;
        bool found = false;
        do {
            found = found || power == rest;
            power = power * (65537 % prime) % prime;
        } while (power != 1);
        if (!found) return false;
    }
    return true;
}

std::optional<Error> unfit_rsa(const EVP_PKEY* key) {
    if (EVP_PKEY_get_bits(key) < kLeastRsaBits) return Error::invalid("an RSA key needs at least 2048 bits");
    BIGNUM *n = nullptr, *e = nullptr;
    EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n);
    EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e);
    const Number modulus(n), exponent(e);
    if (!n || !e || BN_is_one(e) || !BN_is_odd(e))
        return Error::invalid("the exponent of an RSA key must be odd and above 1");
    if (is_roca(n)) return Error::invalid("this RSA key is of the kind that ROCA (CVE-2017-15361) breaks");
    return std::nullopt;
}

std::string text_param(const EVP_PKEY* key, const char* name) {
    std::array<char, 32> text{};
    std::size_t size = 0;
    if (EVP_PKEY_get_utf8_string_param(key, name, text.data(), text.size(), &size) != 1) return {};
    return {text.data(), size};
}

/// A point also has a hybrid form, which says the same in other bytes and is taken nowhere else.
bool is_p256(const EVP_PKEY* key) {
    return EVP_PKEY_is_a(key, "EC") == 1 && text_param(key, OSSL_PKEY_PARAM_GROUP_NAME) == "prime256v1" &&
           text_param(key, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT) != "hybrid";
}

/// r and s as OpenSSL wants them, in DER.
std::string to_der(std::string_view pair) {
    const Signature signature(ECDSA_SIG_new());
    Number r = number(pair.substr(0, kP256)), s = number(pair.substr(kP256));
    if (!signature || !r || !s || ECDSA_SIG_set0(signature.get(), r.get(), s.get()) != 1) return {};
    (void)r.release();
    (void)s.release();
    unsigned char* der = nullptr;
    const int size = i2d_ECDSA_SIG(signature.get(), &der);
    if (size <= 0) return {};
    std::string out(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return out;
}

KeyKind needed_by(Signing how) {
    if (how == Signing::ed25519) return KeyKind::ed25519;
    return how == Signing::ecdsa_sha256 ? KeyKind::p256 : KeyKind::rsa;
}

}  // namespace

Result<PublicKey> PublicKey::checked(Handle key) {
    if (!key) return Error::invalid("this is no public key");
    if (EVP_PKEY_is_a(pkey(key), "ED25519") == 1) return PublicKey(KeyKind::ed25519, std::move(key));
    if (EVP_PKEY_is_a(pkey(key), "RSA") == 1) {
        if (auto why = unfit_rsa(pkey(key))) return *why;
        return PublicKey(KeyKind::rsa, std::move(key));
    }
    if (is_p256(pkey(key))) return PublicKey(KeyKind::p256, std::move(key));
    return Error::invalid("a public key must be of Ed25519, RSA or P-256");
}

Result<PublicKey> PublicKey::read(std::string_view text) {
    if (!text.starts_with("-----BEGIN")) {
        const auto der = from_base64(text);
        if (!der || der->empty()) return Error::invalid("a public key is PEM, or base64 of its DER");
        return checked(from_der(*der));
    }
    const Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    char *name = nullptr, *header = nullptr;
    unsigned char* data = nullptr;
    long size = 0;
    Handle key;
    if (bio && PEM_read_bio(bio.get(), &name, &header, &data, &size) == 1) {
        if (std::string_view(name) == "PUBLIC KEY")
            key = from_der({reinterpret_cast<const char*>(data), static_cast<std::size_t>(size)});
        OPENSSL_free(name);
        OPENSSL_free(header);
        OPENSSL_free(data);
    }
    ERR_clear_error();
    return checked(std::move(key));
}

Result<PublicKey> PublicKey::ed25519(std::string_view bytes) {
    if (bytes.size() != 32) return Error::invalid("a public key of Ed25519 has 32 bytes");
    return checked(owned(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, raw(bytes), bytes.size())));
}

Result<PublicKey> PublicKey::rsa(std::string_view n, std::string_view e) {
    const Number modulus = number(n), exponent = number(e);
    const Builder builder(OSSL_PARAM_BLD_new());
    if (!builder || !modulus || !exponent ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) != 1)
        return checked(nullptr);
    return checked(from_params("RSA", builder.get()));
}

Result<PublicKey> PublicKey::p256(std::string_view x, std::string_view y) {
    if (x.size() != kP256 || y.size() != kP256)
        return Error::invalid("the coordinates of a key of P-256 have 32 bytes");
    const std::string point = "\x04" + std::string(x) + std::string(y);  // not compressed
    const Builder builder(OSSL_PARAM_BLD_new());
    if (!builder ||
        OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                         point.size()) != 1)
        return checked(nullptr);
    return checked(from_params("EC", builder.get()));
}

bool PublicKey::verify(Signing how, std::string_view message, std::string_view signature) const {
    if (needed_by(how) != kind_) return false;
    std::string der;
    if (how == Signing::ecdsa_sha256) {
        if (signature.size() != 2 * kP256) return false;
        der = to_der(signature);
        signature = der;
    }
    // RFC 8017, 8.1.2 and 8.2.2: as long as the modulus. The library takes one without its leading zeros,
    // too.
    if (kind_ == KeyKind::rsa && signature.size() != static_cast<std::size_t>(EVP_PKEY_get_size(pkey(key_))))
        return false;
    const DigestContext context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* settings = nullptr;
    const EVP_MD* hash = how == Signing::ed25519 ? nullptr : EVP_sha256();
    bool holds = context && EVP_DigestVerifyInit(context.get(), &settings, hash, nullptr, pkey(key_)) == 1;
    if (holds && how == Signing::rsa_pss_sha256)
        holds = EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) == 1 &&
                EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, RSA_PSS_SALTLEN_DIGEST) == 1;
    holds = holds && EVP_DigestVerify(context.get(), raw(signature), signature.size(), raw(message),
                                      message.size()) == 1;
    if (!holds) ERR_clear_error();
    return holds;
}

}  // namespace tappet::vault
