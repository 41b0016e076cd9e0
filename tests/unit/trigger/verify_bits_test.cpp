// Every change of one bit of what was signed, of the header that shows it, or of the secret, is refused: at
// least a thousand for each preset, chosen by a fixed seed.
#include <random>

#include "support/signer.hpp"
#include "unit/trigger/jwt_maker.hpp"
#include "unit/trigger/verify_rig.hpp"

namespace tappet::trigger {
namespace {

using test::Signer;
constexpr int kEach = 1'000;  ///< changes of a preset

struct Case {
    std::string name;
    flow::VerifyPlan plan;
    std::string secret;
    http::Request request;
    std::vector<std::string> headers;  ///< whose values are changed
    bool body = true;                  ///< it is signed
    std::size_t keep = 0;  ///< first characters of the first header that stay: a scheme's name has no case
};

std::string mac(std::string_view key, std::string_view message) {
    return vault::hmac(vault::Hash::sha256, key, message);
}

const std::string kBody = R"({"type":"INSTALL","companyId":"c1","timestamp":"2023-11-14T22:13:20.000Z"})";
const std::string kSecret = "0123456789abcdefghijklmnopqrstuv";

std::vector<Case> cases() {
    static const Signer ed(Signer::Kind::ed25519), rsa(Signer::Kind::rsa), ec(Signer::Kind::p256);
    const std::string time = "1700000000", signed_text = "msg_1." + time + "." + kBody;
    std::vector<Case> out;
    const auto add = [&](const char* name, const char* preset, std::string secret, http::Headers headers) {
        Case& one = out.emplace_back();
        one.name = name;
        one.plan = plan_of(preset);
        one.secret = std::move(secret);
        for (const auto& [header, value] : headers.items()) one.headers.push_back(header);
        one.request = with(std::move(headers), kBody);
        return &one;
    };
    add("github", "github", kSecret, {{"x-hub-signature-256", "sha256=" + to_hex(mac(kSecret, kBody))}});
    add("shopify", "shopify", kSecret, {{"x-shopify-hmac-sha256", to_base64(mac(kSecret, kBody))}});
    add("slack", "slack", kSecret,
        {{"x-slack-signature", "v0=" + to_hex(mac(kSecret, "v0:" + time + ":" + kBody))},
         {"x-slack-request-timestamp", time}});
    add("stripe", "stripe", kSecret,
        {{"stripe-signature", "t=" + time + ",v1=" + to_hex(mac(kSecret, time + "." + kBody))}});
    add("standard-webhooks v1", "standard-webhooks", "whsec_" + to_base64(kSecret),
        {{"webhook-signature", "v1," + to_base64(mac(kSecret, signed_text))},
         {"webhook-id", "msg_1"},
         {"webhook-timestamp", time}});
    add("standard-webhooks v1a", "standard-webhooks", "whpk_" + to_base64(ed.public_der().substr(12)),
        {{"webhook-signature", "v1a," + to_base64(ed.sign(signed_text))},
         {"webhook-id", "msg_1"},
         {"webhook-timestamp", time}});
    add("saas", "saas", to_base64(ed.public_der()), {{"x-ghl-signature", to_base64(ed.sign(kBody))}});
    Case* legacy = add("saas legacy", "saas", to_base64(rsa.public_der()),
                       {{"x-wh-signature", to_base64(rsa.sign(kBody))}});
    legacy->plan.legacy = true;
    Case* hmac = add("hmac", "hmac", kSecret, {{"x-signature", to_hex(mac(kSecret, kBody))}});
    hmac->plan.header = "x-signature";
    const std::string claims = R"({"exp":1700000100,"sub":"someone"})";
    const auto jwt = [&](const char* algorithm, std::string secret, const std::string& token) {
        Case* one = add(algorithm, "jwt", std::move(secret), {{"authorization", "Bearer " + token}});
        one->plan.algorithms = {algorithm};
        one->body = false;
        one->keep = 7;
    };
    jwt("HS256", kSecret, signed_token(R"({"alg":"HS256"})", claims, kSecret));
    jwt("RS256", to_base64(rsa.public_der()), signed_token(R"({"alg":"RS256"})", claims, rsa));
    jwt("PS256", to_base64(rsa.public_der()), signed_token(R"({"alg":"PS256"})", claims, rsa, true));
    jwt("ES256", to_base64(ec.public_der()), signed_token(R"({"alg":"ES256"})", claims, ec));
    jwt("EdDSA", to_base64(ed.public_der()), signed_token(R"({"alg":"EdDSA"})", claims, ed));
    Case* basic = add("basic", "basic", "user:" + kSecret,
                      {{"authorization", "Basic " + to_base64("user:" + kSecret)}});
    basic->body = false;
    basic->keep = 6;
    Case* bearer = add("bearer", "bearer", kSecret, {{"authorization", "Bearer " + kSecret}});
    bearer->body = false;
    bearer->keep = 7;
    return out;
}

void flip(std::string& text, std::size_t first, std::mt19937& random) {
    const std::size_t bit = random() % ((text.size() - first) * 8);
    text[first + bit / 8] =
        static_cast<char>(static_cast<unsigned char>(text[first + bit / 8]) ^ (1u << bit % 8));
}

TEST(VerifyBits, EveryChangeOfOneBitIsRefused) {
    std::mt19937 random(20231114);  // NOLINT: the same changes in every run
    for (const Case& one : cases()) {
        SCOPED_TRACE(one.name);
        const auto verifier = made(one.plan, {one.secret});
        ASSERT_EQ(said(*verifier, one.request), "");
        int refused = 0;
        for (int i = 0; i < kEach; ++i) {
            const unsigned which = random() % 3;
            if (which == 0) {
                std::string secret = one.secret;
                flip(secret, 0, random);
                const auto other = make_verifier(one.plan, {secret});
                ASSERT_TRUE(!other || said(**other, one.request) != "") << "secret " << secret;
            } else {
                http::Request request = one.request;
                if (which == 1 && one.body) {
                    flip(request.body, 0, random);
                } else {
                    const std::size_t n = random() % one.headers.size();
                    std::string value(*request.headers.get(one.headers[n]));
                    flip(value, n == 0 ? one.keep : 0, random);
                    request.headers.set(one.headers[n], value);
                }
                ASSERT_NE(said(*verifier, request), "") << request.body;
            }
            ++refused;
        }
        EXPECT_EQ(refused, kEach);
    }
}

TEST(VerifyBits, EveryChangeOfOneBitOfAnAddressIsRefused) {
    auto plan = plan_of("ip");
    plan.addresses = {"192.0.2.7/32"};
    const auto verifier = made(plan, {});
    http::Request request = with({}, kBody);
    ASSERT_EQ(said(*verifier, request), "");
    std::mt19937 random(20231114);  // NOLINT: the same changes in every run
    for (int i = 0; i < kEach; ++i) {
        request.remote = "192.0.2.7";
        flip(request.remote, 0, random);
        ASSERT_NE(said(*verifier, request), "") << request.remote;
        flow::VerifyPlan other = plan;
        flip(other.addresses[0], 0, random);
        request.remote = "192.0.2.7";
        const auto changed = make_verifier(other, {});
        const bool wider = other.addresses[0].starts_with("192.0.2.7/");  // a shorter prefix holds more
        ASSERT_TRUE(!changed || wider || said(**changed, request) != "") << other.addresses[0];
    }
}

}  // namespace
}  // namespace tappet::trigger
