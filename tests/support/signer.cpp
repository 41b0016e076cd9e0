#include "support/signer.hpp"

#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <stdexcept>

namespace tappet::test {
namespace {

EVP_PKEY* pkey(const std::shared_ptr<void>& key) { return static_cast<EVP_PKEY*>(key.get()); }

EVP_PKEY* made(Signer::Kind kind) {
    if (kind == Signer::Kind::rsa) return EVP_RSA_gen(2048);
    if (kind == Signer::Kind::p256) return EVP_EC_gen("P-256");
    return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
}

void must(bool done) {
    if (!done) throw std::runtime_error("OpenSSL refused");
}

/// r and s of 32 bytes each, of a signature in DER.
std::string to_pair(const std::string& der) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    ECDSA_SIG* signature = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()));
    must(signature != nullptr);
    std::string out(64, '\0');
    auto* bytes = reinterpret_cast<unsigned char*>(out.data());
    BN_bn2binpad(ECDSA_SIG_get0_r(signature), bytes, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(signature), bytes + 32, 32);
    ECDSA_SIG_free(signature);
    return out;
}

}  // namespace

Signer::Signer(Kind kind)
    : kind_(kind), key_(made(kind), [](void* key) { EVP_PKEY_free(static_cast<EVP_PKEY*>(key)); }) {
    must(key_ != nullptr);
}

std::string Signer::public_der() const {
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(pkey(key_), &der);
    must(size > 0);
    std::string out(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return out;
}

std::string Signer::public_pem() const {
    BIO* bio = BIO_new(BIO_s_mem());
    must(PEM_write_bio_PUBKEY(bio, pkey(key_)) == 1);
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    std::string out(data, static_cast<std::size_t>(size));
    BIO_free(bio);
    return out;
}

std::string Signer::sign(std::string_view message, bool pss) const {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_PKEY_CTX* settings = nullptr;
    const EVP_MD* hash = kind_ == Kind::ed25519 ? nullptr : EVP_sha256();
    must(EVP_DigestSignInit(context, &settings, hash, nullptr, pkey(key_)) == 1);
    if (pss)
        must(EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) == 1 &&
             EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, RSA_PSS_SALTLEN_DIGEST) == 1);
    const auto* bytes = reinterpret_cast<const unsigned char*>(message.data());
    std::size_t size = 0;
    must(EVP_DigestSign(context, nullptr, &size, bytes, message.size()) == 1);
    std::string out(size, '\0');
    must(EVP_DigestSign(context, reinterpret_cast<unsigned char*>(out.data()), &size, bytes,
                        message.size()) == 1);
    out.resize(size);
    EVP_MD_CTX_free(context);
    return kind_ == Kind::p256 ? to_pair(out) : out;
}

}  // namespace tappet::test
