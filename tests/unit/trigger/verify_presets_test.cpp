#include "support/signer.hpp"
#include "unit/trigger/verify_rig.hpp"
#include "vault/digest.hpp"

namespace tappet::trigger {
namespace {

using std::chrono::minutes;
using test::Signer;

constexpr const char* kBody = "{\"a\": 1}";
constexpr const char* kTime = "1700000000";

std::string mac(std::string_view key, std::string_view message) {
    return vault::hmac(vault::Hash::sha256, key, message);
}

TEST(VerifyGithub, TakesSha256AndNeverSha1) {
    const auto verifier = made(plan_of("github"), {"s3cret", "new"});
    for (const char* secret : {"s3cret", "new"})
        EXPECT_EQ(
            said(*verifier, with({{"x-hub-signature-256", "sha256=" + to_hex(mac(secret, kBody))}}, kBody)),
            "");
    const std::string sha1 = "sha1=" + to_hex(vault::hmac(vault::Hash::sha1, "s3cret", kBody));
    EXPECT_NE(
        said(*verifier, with({{"x-hub-signature", sha1}}, kBody)).find("x-hub-signature-256 is missing"),
        std::string::npos);
    EXPECT_NE(said(*verifier, with({{"x-hub-signature-256", sha1}}, kBody)), "");
}

TEST(VerifyShopify, TakesBase64OfTheBody) {
    const auto verifier = made(plan_of("shopify"), {"s3cret"});
    EXPECT_EQ(said(*verifier, with({{"x-shopify-hmac-sha256", to_base64(mac("s3cret", kBody))}}, kBody)), "");
    EXPECT_NE(said(*verifier, with({{"x-shopify-hmac-sha256", to_base64(mac("s3cret", "{}"))}}, kBody)), "");
}

http::Request slack(const std::string& body) {
    return with(
        {{"x-slack-request-timestamp", kTime},
         {"x-slack-signature", "v0=" + to_hex(mac("s3cret", std::string("v0:") + kTime + ":" + body))}},
        body);
}

TEST(VerifySlack, SignsTheTimeOfItsOwnHeaderAlone) {
    const auto verifier = made(plan_of("slack"), {"s3cret"});
    http::Request request = slack(kBody);
    EXPECT_EQ(said(*verifier, request), "");
    EXPECT_NE(said(*verifier, request, kNow + minutes(6)).find("tolerance"), std::string::npos);
    EXPECT_NE(said(*verifier, request, kNow + minutes(-6)).find("tolerance"), std::string::npos);
    request.headers.remove("x-slack-request-timestamp");
    request.headers.add("x-timestamp", kTime);
    EXPECT_NE(said(*verifier, request).find("x-slack-request-timestamp is missing"), std::string::npos);
}

TEST(VerifySlack, GreetsWhatAsksForTheAddressAndNothingElse) {
    const auto verifier = made(plan_of("slack"), {"s3cret"});
    const auto greeting = verifier->greet(slack(R"({"type":"url_verification","challenge":"3eZb"})"));
    ASSERT_TRUE(greeting);
    EXPECT_EQ(greeting->body, "3eZb");
    for (const char* body : {R"({"type":"event_callback","challenge":"x","text":"url_verification"})",
                             R"({"type":"url_verification"})", R"({"type":"url_verification","challenge":1})",
                             R"(["url_verification"])", "url_verification", "{}"})
        EXPECT_FALSE(verifier->greet(slack(body))) << body;
}

http::Request stripe(const std::string& header) { return with({{"stripe-signature", header}}, kBody); }

TEST(VerifyStripe, TakesAnyOfSeveralSignaturesOfVersion1) {
    const auto verifier = made(plan_of("stripe"), {"whsec_a", "whsec_b"});
    const std::string signed_text = std::string(kTime) + "." + kBody;
    const std::string good = to_hex(mac("whsec_b", signed_text)), other = to_hex(mac("x", signed_text));
    const std::string t = std::string("t=") + kTime;
    EXPECT_EQ(said(*verifier, stripe(t + ",v1=" + good)), "");
    EXPECT_EQ(said(*verifier, stripe(t + ",v1=" + other + ",v1=" + good + ",v0=" + other)), "");
    EXPECT_NE(said(*verifier, stripe(t + ",v0=" + good)).find("no signature v1"), std::string::npos);
    EXPECT_NE(said(*verifier, stripe("v1=" + good)).find("no time"), std::string::npos);
    EXPECT_NE(said(*verifier, stripe("t=1," + t + ",v1=" + good)).find("two times"), std::string::npos);
    EXPECT_NE(said(*verifier, stripe(t + ",v1=" + good), kNow + minutes(6)).find("tolerance"),
              std::string::npos);
    std::string many = t;
    for (int i = 0; i < 16; ++i) many += ",v1=" + other;
    EXPECT_NE(said(*verifier, stripe(many + ",v1=" + good)), "") << "the 17th is not looked at";
}

http::Request standard(const std::string& signature, const std::string& names = "webhook-") {
    return with({{names + "id", "msg_1"}, {names + "timestamp", kTime}, {names + "signature", signature}},
                kBody);
}
const std::string kSigned = std::string("msg_1.") + kTime + "." + kBody;

TEST(VerifyStandardWebhooks, TakesBothVersionsAndBothNames) {
    const Signer signer(Signer::Kind::ed25519);
    const std::string raw = signer.public_der().substr(12), key(24, 'k');
    const auto verifier =
        made(plan_of("standard-webhooks"), {"whsec_" + to_base64(key), "whpk_" + to_base64(raw)});
    const std::string v1 = "v1," + to_base64(mac(key, kSigned));
    const std::string v1a = "v1a," + to_base64(signer.sign(kSigned));
    const std::string bad = "v1," + to_base64(std::string(32, 'x'));
    for (const std::string& header : {v1, v1a, bad + " " + v1, v1a + " " + bad, "v9,abc " + v1})
        for (const char* names : {"webhook-", "svix-"})
            EXPECT_EQ(said(*verifier, standard(header, names)), "") << header;
    EXPECT_NE(said(*verifier, standard("v1a," + v1.substr(3))), "");
    EXPECT_NE(said(*verifier, standard("v1," + v1a.substr(4))), "");
    EXPECT_NE(said(*verifier, standard("")), "");
    EXPECT_NE(said(*verifier, standard(v1), kNow + minutes(6)).find("tolerance"), std::string::npos);
}

TEST(VerifyStandardWebhooks, NeverMixesTheTwoSetsOfNames) {
    const auto verifier = made(plan_of("standard-webhooks"), {to_base64("0123456789abcdef")});
    http::Request request = standard("v1," + to_base64(mac("0123456789abcdef", kSigned)));
    EXPECT_EQ(said(*verifier, request), "");
    request.headers.remove("webhook-id");
    request.headers.add("svix-id", "msg_1");
    EXPECT_NE(said(*verifier, request).find("webhook-id is missing"), std::string::npos);
}

TEST(VerifyStandardWebhooks, RefusesSecretsThatItCannotUse) {
    for (const char* secret : {"whsec_", "whsec_***", "whpk_c2hvcnQ=", "whsk_c2hvcnQ=", "not base64"})
        EXPECT_NE(unusable(plan_of("standard-webhooks"), {secret}), "") << secret;
    EXPECT_NE(unusable(plan_of("standard-webhooks"), {"whsk_c2hvcnQ="}).find("whpk_"), std::string::npos);
}

TEST(VerifySaas, TakesTheHeaderOfEd25519AndNeverFallsBack) {
    const Signer signer(Signer::Kind::ed25519), rsa(Signer::Kind::rsa);
    auto plan = plan_of("saas");
    const std::string good = to_base64(signer.sign(kBody)), old = to_base64(rsa.sign(kBody));
    const Texts keys{to_base64(signer.public_der()), rsa.public_pem()};
    const auto strict = made(plan, {keys[0]});
    EXPECT_EQ(said(*strict, with({{"x-ghl-signature", good}}, kBody)), "");
    EXPECT_NE(said(*strict, with({{"x-wh-signature", old}}, kBody)).find("x-ghl-signature is missing"),
              std::string::npos);
    plan.legacy = true;
    const auto legacy = made(plan, keys);
    EXPECT_EQ(said(*legacy, with({{"x-ghl-signature", good}}, kBody)), "");
    EXPECT_EQ(said(*legacy, with({{"x-wh-signature", old}}, kBody)), "");
    for (const char* other : {"N/A", "", "AAAA"})
        EXPECT_NE(said(*legacy, with({{"x-ghl-signature", other}, {"x-wh-signature", old}}, kBody)), "")
            << other;
    EXPECT_NE(said(*legacy, with({{"x-wh-signature", "N/A"}}, kBody)).find("not signed"), std::string::npos);
    EXPECT_NE(said(*legacy, with({{"x-wh-signature", good}}, kBody)), "") << "Ed25519 in the other header";
}

TEST(VerifySaas, HasThePublishedKeys) {
    auto plan = plan_of("saas");
    EXPECT_NE(said(*made(plan, {}), with({{"x-ghl-signature", to_base64(std::string(64, 'x'))}}, kBody)), "");
    plan.legacy = true;
    EXPECT_NE(said(*made(plan, {}), with({{"x-wh-signature", to_base64(std::string(512, 'x'))}}, kBody)), "");
}

TEST(VerifySaas, RefusesKeysThatItCannotUse) {
    const Signer rsa(Signer::Kind::rsa), ec(Signer::Kind::p256);
    EXPECT_NE(unusable(plan_of("saas"), {"shared-secret"}), "");
    EXPECT_NE(unusable(plan_of("saas"), {""}), "");
    EXPECT_NE(unusable(plan_of("saas"), {rsa.public_pem()}).find("legacy"), std::string::npos);
    EXPECT_NE(unusable(plan_of("saas"), {ec.public_pem()}), "");
}

TEST(VerifySaas, HoldsTheSignedTimeAgainstTheTolerance) {
    const Signer signer(Signer::Kind::ed25519);
    auto plan = plan_of("saas");
    plan.tolerance = minutes(60);
    const auto verifier = made(plan, {to_base64(signer.public_der())});
    const auto at = [&](const std::string& body, TimeMs now = kNow) {
        return said(*verifier, with({{"x-ghl-signature", to_base64(signer.sign(body))}}, body), now);
    };
    const std::string body = R"({"timestamp":"2023-11-14T22:13:20.000Z"})";
    EXPECT_EQ(at(body, kNow + minutes(60)), "");
    EXPECT_NE(at(body, kNow + minutes(61)).find("tolerance"), std::string::npos);
    EXPECT_NE(at(body, kNow + minutes(-61)).find("tolerance"), std::string::npos);
    EXPECT_EQ(at(R"({"timestamp":1700000000000})"), "");
    EXPECT_NE(at(R"({"timestamp":1600000000000})"), "");
    EXPECT_NE(at("\xef\xbb\xbf"
                 R"({"timestamp":1600000000000})"),
              "")
        << "behind a byte order mark";
    for (const char* none : {"{}", R"({"timestamp":null})", R"({"timestamp":"once"})", "\"timestamp\"", "{"})
        EXPECT_EQ(at(none), "") << none;
}

http::Request from(const std::string& remote, http::Headers headers = {}) {
    http::Request request = with(std::move(headers), kBody);
    request.remote = remote;
    return request;
}

TEST(VerifyIp, TakesTheConnectionsAddressAndNoHeader) {
    auto plan = plan_of("ip");
    plan.addresses = {"192.0.2.0/25", "2001:db8::/32", "203.0.113.9"};
    const auto verifier = made(plan, {});
    for (const char* good : {"192.0.2.0", "192.0.2.127", "::ffff:192.0.2.5", "2001:db8::1", "203.0.113.9"})
        EXPECT_EQ(said(*verifier, from(good)), "") << good;
    for (const char* bad : {"192.0.2.128", "192.0.3.1", "2001:db9::1", "203.0.113.8", "", "somewhere"})
        EXPECT_NE(said(*verifier, from(bad, {{"x-forwarded-for", "192.0.2.1"}})), "") << bad;
    EXPECT_FALSE(verifier->authenticates());
}

TEST(VerifyIp, BelievesTheProxiesThatAreNamedAndReadsFromTheEnd) {
    auto plan = plan_of("ip");
    plan.addresses = {"192.0.2.1"};
    plan.proxies = {"10.0.0.0/8"};
    const auto verifier = made(plan, {});
    const auto behind = [&](const char* list) {
        return said(*verifier, from("10.0.0.1", {{"x-forwarded-for", list}}));
    };
    EXPECT_EQ(behind("192.0.2.1"), "");
    EXPECT_EQ(behind("198.51.100.1, 192.0.2.1, 10.9.9.9"), "");
    EXPECT_NE(behind("192.0.2.1, 198.51.100.1"), "") << "what the sender wrote itself";
    EXPECT_NE(behind("192.0.2.1,"), "");
    EXPECT_NE(behind("192.0.2.1, nonsense"), "");
    EXPECT_NE(said(*verifier, from("10.0.0.1")), "");
    EXPECT_NE(said(*verifier,
                   from("10.0.0.1", {{"x-forwarded-for", "192.0.2.1"}, {"x-forwarded-for", "198.51.100.1"}})),
              "");
    EXPECT_EQ(said(*verifier, from("192.0.2.1", {{"x-forwarded-for", "198.51.100.1"}})), "");
}

TEST(VerifyIp, RefusesWhatIsNoNetwork) {
    for (const char* text : {"", "192.0.2.0/33", "192.0.2.0/", "192.0.2.0/x", "192.0.2", "2001:db8::/129"}) {
        auto plan = plan_of("ip");
        EXPECT_NE(unusable(plan, {}), "");
        plan.addresses = {text};
        EXPECT_NE(unusable(plan, {}), "") << text;
    }
}

TEST(Verify, NoPresetTakesAnEmptySecret) {
    for (const char* preset : {"standard-webhooks", "github", "stripe", "slack", "shopify", "jwt"}) {
        auto plan = plan_of(preset);
        plan.algorithms = {"HS256"};
        EXPECT_NE(unusable(plan, {}).find("needs a secret"), std::string::npos) << preset;
        EXPECT_NE(unusable(plan, {""}).find("empty"), std::string::npos) << preset;
        EXPECT_NE(unusable(plan, {"c2VjcmV0", ""}).find("empty"), std::string::npos) << preset;
    }
}

}  // namespace
}  // namespace tappet::trigger
