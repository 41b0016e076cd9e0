#include "vault/public_key.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "support/signer.hpp"

namespace tappet::vault {
namespace {

using test::Signer;

TEST(PublicKey, TakesWhatItsOwnerSignedAndNothingElse) {
    const Signer ed(Signer::Kind::ed25519), rsa(Signer::Kind::rsa), ec(Signer::Kind::p256);
    struct Pair {
        const Signer& signer;
        Signing how;
        bool pss;
    };
    for (const Pair& one :
         {Pair{ed, Signing::ed25519, false}, Pair{rsa, Signing::rsa_sha256, false},
          Pair{rsa, Signing::rsa_pss_sha256, true}, Pair{ec, Signing::ecdsa_sha256, false}}) {
        const auto key = PublicKey::read(one.signer.public_pem());
        ASSERT_TRUE(key) << key.error().message;
        const std::string signature = one.signer.sign("message", one.pss);
        EXPECT_TRUE(key->verify(one.how, "message", signature));
        EXPECT_FALSE(key->verify(one.how, "massage", signature));
        EXPECT_FALSE(key->verify(one.how, "message", ""));
        EXPECT_FALSE(key->verify(one.how, "message", signature.substr(1)));
        for (const Signing other :
             {Signing::ed25519, Signing::rsa_sha256, Signing::rsa_pss_sha256, Signing::ecdsa_sha256})
            if (other != one.how) EXPECT_FALSE(key->verify(other, "message", signature));
    }
}

TEST(PublicKey, ReadsPemAndBase64AndRawBytes) {
    const Signer ed(Signer::Kind::ed25519);
    const std::string signature = ed.sign("m");
    for (const auto& key : {PublicKey::read(ed.public_pem()), PublicKey::read(to_base64(ed.public_der())),
                            PublicKey::ed25519(ed.public_der().substr(12))}) {
        ASSERT_TRUE(key);
        EXPECT_TRUE(key->verify(Signing::ed25519, "m", signature));
    }
    const std::string point = Signer(Signer::Kind::p256).public_der().substr(27);
    EXPECT_TRUE(PublicKey::p256(point.substr(0, 32), point.substr(32)));
}

TEST(PublicKey, RefusesWhatSignsNothing) {
    const std::string der = Signer(Signer::Kind::ed25519).public_der();
    for (const std::string& text :
         {std::string(), std::string("secret"), std::string("-----BEGIN PUBLIC KEY-----"),
          to_base64(der + "x"), to_base64(der.substr(1))})
        EXPECT_FALSE(PublicKey::read(text)) << text;
    std::string hybrid = Signer(Signer::Kind::p256).public_der();
    hybrid[26] = static_cast<char>(6 + (hybrid.back() & 1));
    EXPECT_FALSE(PublicKey::read(to_base64(hybrid))) << "another form of the same key";
    std::string loose = Signer(Signer::Kind::rsa).public_der();
    loose[17] = '\x15';  // the tag of the algorithm's NULL
    EXPECT_FALSE(PublicKey::read(to_base64(loose))) << "another way to write the same key";
    EXPECT_FALSE(PublicKey::ed25519("short"));
    EXPECT_FALSE(PublicKey::p256(std::string(32, '\1'), std::string(32, '\2'))) << "not on the curve";
    EXPECT_FALSE(PublicKey::p256("", ""));
    const std::string odd(256, '\xff');
    EXPECT_FALSE(PublicKey::rsa(std::string(128, '\xff'), "\1\0\1")) << "1024 bits";
    EXPECT_FALSE(PublicKey::rsa(odd, "\1"));
    EXPECT_FALSE(PublicKey::rsa(odd, "\2"));
    EXPECT_FALSE(PublicKey::rsa("", ""));
}

}  // namespace
}  // namespace tappet::vault
