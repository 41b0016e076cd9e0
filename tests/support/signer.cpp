#include "support/signer.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <stdexcept>

#include "vault/private_key.hpp"

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

template <class Write>
std::string pem_of(Write write) {
    BIO* bio = BIO_new(BIO_s_mem());
    must(write(bio) == 1);
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    std::string out(data, static_cast<std::size_t>(size));
    BIO_free(bio);
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
    return pem_of([&](BIO* bio) { return PEM_write_bio_PUBKEY(bio, pkey(key_)); });
}

std::string Signer::private_pem() const {
    return pem_of([&](BIO* bio) {
        return PEM_write_bio_PrivateKey(bio, pkey(key_), nullptr, nullptr, 0, nullptr, nullptr);
    });
}

std::string Signer::sign(std::string_view message, bool pss) const {
    auto how = pss ? vault::Signing::rsa_pss_sha256 : vault::Signing::rsa_sha256;
    if (kind_ == Kind::ed25519) how = vault::Signing::ed25519;
    if (kind_ == Kind::p256) how = vault::Signing::ecdsa_sha256;
    const auto key = vault::PrivateKey::read(private_pem());
    must(key.has_value());
    const auto signature = key->sign(how, message);
    must(signature.has_value());
    return *signature;
}

}  // namespace tappet::test
