#include "trigger/sign/standard_webhooks.hpp"

#include "support/signer.hpp"
#include "unit/trigger/verify_rig.hpp"

namespace tappet::trigger {
namespace {

using test::Signer;

constexpr const char* kBody = R"({"test": 2432232314})";

std::string refused(const std::string& secret, std::string_view id = "msg_1") {
    const auto headers = sign_standard_webhooks({&secret, 1}, id, kNow, kBody);
    return headers ? "" : headers.error().message;
}

TEST(SignStandardWebhooks, MakesThePublishedExample) {
    const std::string secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const auto headers = sign_standard_webhooks({&secret, 1}, "msg_p5jXN8AQM9LWM0D4loKWxJek",
                                                TimeMs{1'614'265'330'000}, kBody);
    ASSERT_TRUE(headers) << headers.error().message;
    EXPECT_EQ(headers->get("webhook-id"), "msg_p5jXN8AQM9LWM0D4loKWxJek");
    EXPECT_EQ(headers->get("webhook-timestamp"), "1614265330");
    EXPECT_EQ(headers->get("webhook-signature"), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(SignStandardWebhooks, SignsWithEachSecretSoThatEachReceiverFindsItsOwn) {
    const Signer signer(Signer::Kind::ed25519);
    const std::string public_key = "whpk_" + to_base64(signer.public_der().substr(12));
    const std::vector<std::string> secrets{"whsec_" + to_base64("the old one of them"),
                                           to_base64("the new one of them"), signer.private_pem()};
    const auto headers = sign_standard_webhooks(secrets, "msg_1", kNow, kBody);
    ASSERT_TRUE(headers) << headers.error().message;
    for (const std::string& secret : {secrets[0], secrets[1], public_key})
        EXPECT_EQ(said(*made(plan_of("standard-webhooks"), {secret}), with(*headers, kBody)), "") << secret;
    EXPECT_NE(said(*made(plan_of("standard-webhooks"), {to_base64("another")}), with(*headers, kBody)), "");
}

TEST(SignStandardWebhooks, ReadsPrivateKeysAsTheSpecificationWritesThem) {
    // RFC 8032 section 7.1, test 1.
    const std::string seed = *from_hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    const std::string point = *from_hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    const auto verifier = made(plan_of("standard-webhooks"), {"whpk_" + to_base64(point)});
    for (const std::string& secret : {"whsk_" + to_base64(seed), "whsk_" + to_base64(seed + point)}) {
        const auto headers = sign_standard_webhooks({&secret, 1}, "msg_1", kNow, kBody);
        ASSERT_TRUE(headers) << headers.error().message;
        EXPECT_EQ(said(*verifier, with(*headers, kBody)), "");
    }
}

TEST(SignStandardWebhooks, RefusesSecretsAndIdsThatItCannotUse) {
    EXPECT_NE(refused("whpk_" + to_base64(std::string(32, 'k'))).find("whsk_"), std::string::npos);
    EXPECT_NE(refused("not base64"), "");
    EXPECT_NE(refused("whsec_"), "");
    EXPECT_NE(refused("whsk_c2hvcnQ=").find("32 bytes"), std::string::npos);
    EXPECT_NE(refused(Signer(Signer::Kind::rsa).private_pem()).find("Ed25519"), std::string::npos);
    for (const char* id : {"", "a.b", "a b", "a\r\nx: y"}) EXPECT_NE(refused(to_base64("key"), id), "") << id;
    EXPECT_FALSE(sign_standard_webhooks({}, "msg_1", kNow, kBody));
}

TEST(SignStandardWebhooks, NeverSaysTheSecret) {
    EXPECT_EQ(refused("whsec_s3cr3t!").find("s3cr3t"), std::string::npos);
}

}  // namespace
}  // namespace tappet::trigger
