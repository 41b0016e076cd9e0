#include "vault/private_key.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "support/signer.hpp"

namespace tappet::vault {
namespace {

using test::Signer;

TEST(PrivateKey, MakesWhatThePublicHalfTakes) {
    const std::pair<Signer::Kind, std::vector<Signing>> kinds[] = {
        {Signer::Kind::ed25519, {Signing::ed25519}},
        {Signer::Kind::rsa, {Signing::rsa_sha256, Signing::rsa_pss_sha256}},
        {Signer::Kind::p256, {Signing::ecdsa_sha256}}};
    for (const auto& [kind, ways] : kinds) {
        const Signer signer(kind);
        const auto key = PrivateKey::read(signer.private_pem());
        ASSERT_TRUE(key) << key.error().message;
        for (const Signing how : ways) {
            const auto signature = key->sign(how, "a message");
            ASSERT_TRUE(signature) << signature.error().message;
            const auto other = PublicKey::read(signer.public_pem());
            EXPECT_TRUE(other->verify(how, "a message", *signature));
            EXPECT_FALSE(other->verify(how, "another", *signature));
        }
    }
}

TEST(PrivateKey, IsOfTheKindThatTheSignatureNeeds) {
    const auto key = PrivateKey::read(Signer(Signer::Kind::p256).private_pem());
    ASSERT_TRUE(key);
    const auto signature = key->sign(Signing::ed25519, "a message");
    ASSERT_FALSE(signature);
    EXPECT_NE(signature.error().message.find("of P-256, and one of Ed25519"), std::string::npos);
}

TEST(PrivateKey, RefusesWhatIsNoneAndAsksNobodyForAPassphrase) {
    EVP_PKEY* pair = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    BIO* bio = BIO_new(BIO_s_mem());
    ASSERT_EQ(PEM_write_bio_PKCS8PrivateKey(bio, pair, EVP_aes_128_cbc(), "open", 4, nullptr, nullptr), 1);
    char* data = nullptr;
    const auto size = static_cast<std::size_t>(BIO_get_mem_data(bio, &data));
    const std::string locked(data, size);
    BIO_free(bio);
    EVP_PKEY_free(pair);
    for (const std::string& text :
         {std::string(), std::string("secret"), Signer(Signer::Kind::ed25519).public_pem(), locked}) {
        const auto key = PrivateKey::read(text);
        ASSERT_FALSE(key);
        EXPECT_NE(key.error().message.find("without a passphrase"), std::string::npos);
    }
    EXPECT_FALSE(PrivateKey::ed25519("short"));
}

}  // namespace
}  // namespace tappet::vault
