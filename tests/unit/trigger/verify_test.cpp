#include "trigger/verify.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "vault/digest.hpp"

namespace tappet::trigger {
namespace {

constexpr TimeMs kNow{1'700'000'000'000};

std::unique_ptr<Verifier> made(flow::VerifyPlan plan, std::vector<std::string> secrets) {
    auto verifier = make_verifier(plan, std::move(secrets));
    EXPECT_TRUE(verifier) << verifier.error().message;
    return verifier ? std::move(*verifier) : make_none();
}
std::unique_ptr<Verifier> preset(const char* name, std::vector<std::string> secrets) {
    flow::VerifyPlan plan;
    plan.preset = name;
    return made(plan, std::move(secrets));
}

http::Request with(std::initializer_list<http::Headers::Item> headers, std::string body = "the body") {
    http::Request request;
    request.method = "POST";
    request.target = "/hooks/default/f/t";
    request.headers = headers;
    request.body = std::move(body);
    return request;
}
http::Request authorized(const std::string& value) { return with({{"authorization", value}}); }

/// What is said when a request is refused; empty when it passes.
std::string said(const Verifier& verifier, const http::Request& request, TimeMs now = kNow) {
    const auto why = verifier.refuse(request, now);
    if (why) {
        for (const char* hidden : {"s3cret", "another-secret", "user:pw"})
            EXPECT_EQ(why->find(hidden), std::string::npos) << "says what was expected: " << *why;
    }
    return why.value_or("");
}

TEST(VerifyNone, TakesEverythingAndKnowsNobody) {
    const auto verifier = preset("none", {});
    EXPECT_EQ(said(*verifier, with({})), "");
    EXPECT_FALSE(verifier->authenticates());
}

TEST(VerifyBasic, TakesUserAndPasswordOfEitherSecret) {
    const auto verifier = preset("basic", {"user:pw", "other:pass:with:colons"});
    EXPECT_EQ(said(*verifier, authorized("Basic " + to_base64("user:pw"))), "");
    EXPECT_EQ(said(*verifier, authorized("bAsIc   " + to_base64("other:pass:with:colons"))), "");
    EXPECT_TRUE(verifier->authenticates());
    EXPECT_EQ(verifier->challenge(), "Basic realm=\"hook\", charset=\"UTF-8\"");
}

TEST(VerifyBasic, SaysWhatIsWrongWithTheHeader) {
    const auto verifier = preset("basic", {"user:pw"});
    EXPECT_NE(said(*verifier, with({})).find("Authorization is missing"), std::string::npos);
    EXPECT_NE(said(*verifier, authorized("Bearer x")).find("scheme Basic"), std::string::npos);
    EXPECT_NE(said(*verifier, authorized("Basic")).find("scheme Basic"), std::string::npos);
    EXPECT_NE(said(*verifier, authorized("Basic !!")).find("base64"), std::string::npos);
    for (const char* other : {"user:PW", "user:pw ", "user", "", "User:pw", "user:pw2"})
        EXPECT_NE(said(*verifier, authorized("Basic " + to_base64(other))), "") << other;
}

TEST(VerifyBasic, NeedsASecretWithAColon) {
    flow::VerifyPlan plan;
    plan.preset = "basic";
    EXPECT_FALSE(make_verifier(plan, {"password"}));
}

TEST(VerifyBearer, TakesTheTokenOfEitherSecret) {
    const auto verifier = preset("bearer", {"s3cret", "another-secret"});
    EXPECT_EQ(said(*verifier, authorized("Bearer s3cret")), "");
    EXPECT_EQ(said(*verifier, authorized("bearer another-secret")), "");
}

TEST(VerifyBearer, SaysWhatIsWrongWithTheHeader) {
    const auto verifier = preset("bearer", {"s3cret"});
    EXPECT_NE(said(*verifier, with({})).find("missing"), std::string::npos);
    EXPECT_NE(said(*verifier, authorized("Basic s3cret")).find("scheme Bearer"), std::string::npos);
    for (const char* other : {"Bearer s3cre", "Bearer s3cret2", "Bearer S3CRET", "Bearer ", "Bearers3cret"})
        EXPECT_NE(said(*verifier, authorized(other)), "") << other;
}

TEST(Verify, NeedsASecretAndNoEmptyOneAndAPresetThatThereIs) {
    for (const char* name : {"basic", "bearer", "hmac"}) {
        flow::VerifyPlan plan;
        plan.preset = name;
        plan.header = "x-signature";
        EXPECT_FALSE(make_verifier(plan, {})) << name;
        EXPECT_FALSE(make_verifier(plan, {"good:one", ""})) << name;
    }
    flow::VerifyPlan plan;
    plan.preset = "unheard-of";
    EXPECT_FALSE(make_verifier(plan, {"x"}));
}

flow::VerifyPlan hmac_plan() {
    flow::VerifyPlan plan;
    plan.preset = "hmac";
    plan.header = "X-Signature";
    return plan;
}
std::string hex_signature(std::string_view secret, std::string_view message) {
    return to_hex(vault::hmac(vault::Hash::sha256, secret, message));
}

TEST(VerifyHmac, TakesASignatureOfTheBodyWithEitherSecret) {
    const auto verifier = made(hmac_plan(), {"s3cret", "another-secret"});
    for (const char* secret : {"s3cret", "another-secret"})
        EXPECT_EQ(said(*verifier, with({{"x-signature", hex_signature(secret, "the body")}})), "");
    EXPECT_NE(said(*verifier, with({{"x-signature", hex_signature("third", "the body")}})), "");
}

TEST(VerifyHmac, ChecksTheBytesOfTheBodyAsTheyAre) {
    const auto verifier = made(hmac_plan(), {"s3cret"});
    const std::string body("{\"a\": 1}\r\n\0\xff", 12);
    EXPECT_EQ(said(*verifier, with({{"x-signature", hex_signature("s3cret", body)}}, body)), "");
    EXPECT_NE(said(*verifier, with({{"x-signature", hex_signature("s3cret", body)}}, body + " ")), "");
    EXPECT_EQ(said(*verifier, with({{"x-signature", hex_signature("s3cret", "")}}, "")), "");
}

TEST(VerifyHmac, SaysWhatIsWrongWithTheHeader) {
    auto plan = hmac_plan();
    plan.prefix = "sha256=";
    const auto verifier = made(plan, {"s3cret"});
    const std::string good = hex_signature("s3cret", "the body");
    EXPECT_EQ(said(*verifier, with({{"x-signature", "sha256=" + good}})), "");
    EXPECT_NE(said(*verifier, with({})).find("x-signature is missing"), std::string::npos);
    EXPECT_NE(said(*verifier, with({{"x-signature", good}})).find("begin"), std::string::npos);
    EXPECT_NE(said(*verifier, with({{"x-signature", "sha256=xyz"}})).find("hexadecimal"), std::string::npos);
    for (const std::string& other : {good.substr(2), good + "00", std::string(64, '0'), std::string()})
        EXPECT_NE(said(*verifier, with({{"x-signature", "sha256=" + other}})), "") << other;
}

TEST(VerifyHmac, RefusesTwoSignaturesInTwoHeaders) {
    const auto verifier = made(hmac_plan(), {"s3cret"});
    const std::string good = hex_signature("s3cret", "the body");
    EXPECT_NE(said(*verifier, with({{"x-signature", good}, {"x-signature", good}})).find("more than once"),
              std::string::npos);
}

TEST(VerifyHmac, KnowsItsAlgorithmsAndEncodings) {
    for (const auto& [name, hash] : {std::pair{"sha1", vault::Hash::sha1},
                                     {"sha256", vault::Hash::sha256},
                                     {"sha512", vault::Hash::sha512}}) {
        auto plan = hmac_plan();
        plan.algorithm = name;
        plan.encoding = "base64";
        const auto verifier = made(plan, {"s3cret"});
        EXPECT_EQ(
            said(*verifier, with({{"x-signature", to_base64(vault::hmac(hash, "s3cret", "the body"))}})), "");
        EXPECT_NE(said(*verifier, with({{"x-signature", "*"}})).find("base64"), std::string::npos);
    }
}

TEST(VerifyHmac, RefusesSettingsThatItCannotUse) {
    const auto refused = [](auto change) {
        auto plan = hmac_plan();
        change(plan);
        return !make_verifier(plan, {"s3cret"});
    };
    EXPECT_TRUE(refused([](auto& p) { p.header.clear(); }));
    EXPECT_TRUE(refused([](auto& p) { p.algorithm = "md5"; }));
    EXPECT_TRUE(refused([](auto& p) { p.encoding = "base32"; }));
    EXPECT_TRUE(refused([](auto& p) { p.body_template = "{body"; }));
    EXPECT_TRUE(refused([](auto& p) { p.body_template = "{query}"; }));
    EXPECT_TRUE(refused([](auto& p) { p.body_template = "{header:}"; }));
}

/// "v0:{timestamp}:{header:X-Id}:{body}"
std::unique_ptr<Verifier> with_template() {
    auto plan = hmac_plan();
    plan.body_template = "v0:{timestamp}:{header:X-Id}:{body}";
    plan.tolerance = std::chrono::minutes(5);
    return made(plan, {"s3cret"});
}
http::Request signed_at(const std::string& time, const std::string& signed_time) {
    return with({{"x-signature", hex_signature("s3cret", "v0:" + signed_time + ":7:the body")},
                 {"x-timestamp", time},
                 {"x-id", "7"}});
}

TEST(VerifyHmac, PutsTogetherWhatWasSignedFromItsTemplate) {
    const auto verifier = with_template();
    EXPECT_EQ(said(*verifier, signed_at("1700000000", "1700000000")), "");
    EXPECT_EQ(said(*verifier, signed_at("1700000000000", "1700000000000")), "") << "milliseconds";
    EXPECT_NE(said(*verifier, signed_at("1700000001", "1700000000")), "");
    auto request = signed_at("1700000000", "1700000000");
    request.headers.set("x-id", "8");
    EXPECT_NE(said(*verifier, request), "");
    request.headers.remove("x-id");
    EXPECT_NE(said(*verifier, request).find("x-id is missing"), std::string::npos);
}

TEST(VerifyHmac, RefusesATimeOfSigningBeyondTheTolerance) {
    const auto verifier = with_template();
    const auto request = signed_at("1700000000", "1700000000");
    const auto minutes = [](int n) { return kNow + std::chrono::minutes(n); };
    EXPECT_EQ(said(*verifier, request, minutes(5)), "");
    EXPECT_EQ(said(*verifier, request, minutes(-5)), "");
    EXPECT_NE(said(*verifier, request, minutes(5) + std::chrono::milliseconds(1)).find("tolerance"),
              std::string::npos);
    EXPECT_NE(said(*verifier, request, minutes(-6)).find("tolerance"), std::string::npos);
}

TEST(VerifyHmac, RefusesATimeOfSigningThatIsNone) {
    const auto verifier = with_template();
    for (const char* time :
         {"", "yesterday", "-1", "1e9", " 1700000000", "9223372036854775808", "9223372036854775807"})
        EXPECT_NE(said(*verifier, signed_at(time, time)), "") << time;
    auto request = signed_at("1700000000", "1700000000");
    request.headers.remove("x-timestamp");
    EXPECT_NE(said(*verifier, request).find("x-timestamp"), std::string::npos);
}

}  // namespace
}  // namespace tappet::trigger
