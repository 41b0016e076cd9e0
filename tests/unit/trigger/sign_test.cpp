// What is signed as a sender of each preset, that preset's verifier takes; with another secret it does not.
#include "trigger/sign.hpp"

#include "support/signer.hpp"
#include "unit/trigger/verify_rig.hpp"

namespace tappet::trigger {
namespace {

using test::Signer;

const std::string kBody = R"({"type":"INSTALL","companyId":"c1"})";
const std::string kSecret = "0123456789abcdefghijklmnopqrstuv";

struct Case {
    std::string name;
    flow::VerifyPlan plan;
    std::string secret, other;  ///< of the sender; and of somebody else
    std::string held;           ///< by the receiver
};

flow::VerifyPlan hmac_plan(const char* header, const char* algorithm, const char* encoding,
                           const char* prefix, const char* text) {
    auto plan = plan_of("hmac");
    plan.header = header;
    plan.algorithm = algorithm;
    plan.encoding = encoding;
    plan.prefix = prefix;
    plan.body_template = text;
    return plan;
}

flow::VerifyPlan jwt_plan(std::vector<std::string> algorithms) {
    auto plan = plan_of("jwt");
    plan.algorithms = std::move(algorithms);
    plan.audience = "tappet";
    plan.issuer = "someone";
    return plan;
}

std::vector<Case> shared_cases() {
    std::vector<Case> out;
    const std::string whsec = "whsec_" + to_base64(kSecret), other = "whsec_" + to_base64("another");
    for (const char* preset : {"github", "stripe", "slack", "shopify", "bearer"})
        out.push_back({preset, plan_of(preset), kSecret, "another", kSecret});
    out.push_back({"basic", plan_of("basic"), "user:" + kSecret, "user:another", "user:" + kSecret});
    out.push_back({"standard-webhooks", plan_of("standard-webhooks"), whsec, other, whsec});
    for (const auto& plan :
         {hmac_plan("X-Signature", "", "", "", ""), hmac_plan("X-S", "sha1", "hex", "sha1=", "{body}"),
          hmac_plan("x-s", "sha512", "base64", "", "v1:{timestamp}:{body}"),
          hmac_plan("x-s", "sha256", "base64", "a=", "{header:X-Topic}.{timestamp}.{body}.{header:x-topic}")})
        out.push_back({"hmac " + plan.body_template, plan, kSecret, "another", kSecret});
    for (const char* algorithm : {"HS256", "HS384", "HS512"})
        out.push_back({algorithm, jwt_plan({algorithm}), kSecret, "another", kSecret});
    const std::string jwk = R"({"kty":"oct","kid":"k1","k":")" + to_base64url(kSecret) + "\"}";
    out.push_back({"HS256 by JWK", jwt_plan({"HS256"}), jwk, "another", jwk});
    out.push_back({"HS256 by JWK set", jwt_plan({"HS256"}), "{\"keys\":[" + jwk + "]}", "another", jwk});
    return out;
}

std::vector<Case> key_cases() {
    static const Signer ed(Signer::Kind::ed25519), rsa(Signer::Kind::rsa), ec(Signer::Kind::p256),
        ed2(Signer::Kind::ed25519), rsa2(Signer::Kind::rsa), ec2(Signer::Kind::p256);
    std::vector<Case> out;
    const auto add = [&](const char* name, flow::VerifyPlan plan, const Signer& one, const Signer& other) {
        out.push_back({name, std::move(plan), one.private_pem(), other.private_pem(), one.public_pem()});
    };
    auto legacy = plan_of("saas");
    legacy.legacy = true;
    add("saas", plan_of("saas"), ed, ed2);
    add("saas legacy", legacy, rsa, rsa2);
    add("RS256", jwt_plan({"RS256"}), rsa, rsa2);
    add("PS256", jwt_plan({"PS256", "RS256"}), rsa, rsa2);
    add("ES256", jwt_plan({"RS256", "ES256"}), ec, ec2);
    add("EdDSA", jwt_plan({"EdDSA"}), ed, ed2);
    add("standard-webhooks v1a", plan_of("standard-webhooks"), ed, ed2);
    out.back().held = "whpk_" + to_base64(ed.public_der().substr(12));
    return out;
}

http::Request signed_by(const Case& one, const std::string& secret) {
    http::Request request = with({{"x-topic", "orders"}}, kBody);
    const auto headers = sign({one.plan, secret, request, "msg_1", kNow});
    EXPECT_TRUE(headers) << headers.error().message;
    if (headers)
        for (const auto& [name, value] : headers->items()) request.headers.set(name, value);
    return request;
}

void expect_round_trip(const Case& one) {
    SCOPED_TRACE(one.name);
    const auto verifier = made(one.plan, {one.held});
    EXPECT_EQ(said(*verifier, signed_by(one, one.secret)), "");
    EXPECT_NE(said(*verifier, signed_by(one, one.other)), "");
}

TEST(Sign, WithTheSecretThatBothHoldEachPresetTakesIt) {
    for (const Case& one : shared_cases()) {
        expect_round_trip(one);
        EXPECT_TRUE(shares_secret(one.plan)) << one.name;
    }
}

TEST(Sign, WithThePrivateKeyEachPresetOfPublicKeysTakesIt) {
    for (const Case& one : key_cases()) expect_round_trip(one);
}

TEST(Sign, KeepsTheTimeThatTheRequestHas) {
    const auto plan = hmac_plan("x-s", "", "", "", "{timestamp}.{body}");
    http::Request request = with({{"webhook-timestamp", "1699999999"}}, kBody);
    const auto headers = sign({plan, kSecret, request, "", kNow});
    ASSERT_TRUE(headers);
    EXPECT_EQ(headers->items().size(), 1u);
    request.headers.add("x-s", std::string(*headers->get("x-s")));
    EXPECT_EQ(said(*made(plan, {kSecret}), request), "");
}

TEST(Sign, AddsNothingWhereNothingIsVerified) {
    const std::string none;
    for (const char* preset : {"none", "ip"}) {
        const auto headers = sign({plan_of(preset), none, with({}, kBody), "", kNow});
        ASSERT_TRUE(headers);
        EXPECT_TRUE(headers->empty());
        EXPECT_FALSE(shares_secret(plan_of(preset)));
    }
}

std::string refused(const flow::VerifyPlan& plan, const std::string& secret) {
    const auto headers = sign({plan, secret, with({}, kBody), "msg_1", kNow});
    return headers ? "" : headers.error().message;
}

TEST(Sign, SaysWhatASecretShouldBe) {
    const Signer ed(Signer::Kind::ed25519), rsa(Signer::Kind::rsa);
    EXPECT_NE(refused(plan_of("github"), "").find("needs a secret"), std::string::npos);
    EXPECT_NE(refused(plan_of("basic"), "s3cr3t").find("user:password"), std::string::npos);
    EXPECT_NE(refused(plan_of("bearer"), "s3cr3t\r\nx: y").find("line ends"), std::string::npos);
    EXPECT_NE(refused(plan_of("saas"), "s3cr3t").find("Ed25519 in PEM"), std::string::npos);
    EXPECT_NE(refused(plan_of("saas"), rsa.private_pem()).find("Ed25519"), std::string::npos);
    EXPECT_NE(refused(jwt_plan({"RS256"}), "s3cr3t").find("private key as PEM"), std::string::npos);
    EXPECT_NE(refused(jwt_plan({"RS256"}), ed.private_pem()).find("none of the trigger's"),
              std::string::npos);
    EXPECT_NE(refused(jwt_plan({"HS256"}), R"({"kty":"RSA"})").find("no JWK"), std::string::npos);
    EXPECT_NE(refused(hmac_plan("", "", "", "", ""), "s3cr3t").find("needs the header"), std::string::npos);
    EXPECT_NE(refused(hmac_plan("x-s", "", "", "", "{header:x-topic}"), "s3cr3t").find("x-topic"),
              std::string::npos);
    for (const char* preset : {"basic", "bearer", "saas", "standard-webhooks"})
        EXPECT_EQ(refused(plan_of(preset), "s3cr3t\n").find("s3cr3t"), std::string::npos) << preset;
}

TEST(Sign, KnowsWhichHeadersHoldTheSecretItself) {
    EXPECT_TRUE(shows_secret("basic"));
    EXPECT_TRUE(shows_secret("bearer"));
    EXPECT_FALSE(shows_secret("github"));
    EXPECT_FALSE(shares_secret(jwt_plan({"RS256"})));
}

}  // namespace
}  // namespace tappet::trigger
