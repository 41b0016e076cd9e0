#include "unit/trigger/jwt_maker.hpp"
#include "unit/trigger/verify_rig.hpp"

namespace tappet::trigger {
namespace {

using test::Signer;

const std::string kSecret(32, 's');
constexpr const char* kHs = R"({"alg":"HS256","typ":"JWT"})";
constexpr const char* kGood = R"({"exp":1700000100})";

flow::VerifyPlan jwt(std::vector<std::string> algorithms) {
    auto plan = plan_of("jwt");
    plan.algorithms = std::move(algorithms);
    plan.tolerance = std::chrono::minutes(1);
    return plan;
}
http::Request bearing(const std::string& token) { return with({{"authorization", "Bearer " + token}}, "{}"); }

TEST(VerifyJwt, TakesEachAlgorithm) {
    const Signer rsa(Signer::Kind::rsa), ec(Signer::Kind::p256), ed(Signer::Kind::ed25519);
    for (const auto& [name, hash] : {std::pair{"HS256", vault::Hash::sha256},
                                     {"HS384", vault::Hash::sha384},
                                     {"HS512", vault::Hash::sha512}}) {
        const std::string header = std::string("{\"alg\":\"") + name + "\"}";
        EXPECT_EQ(said(*made(jwt({name}), {kSecret}), bearing(signed_token(header, kGood, kSecret, hash))),
                  "");
    }
    const std::vector<std::pair<const char*, const Signer*>> pairs{
        {"RS256", &rsa}, {"PS256", &rsa}, {"ES256", &ec}, {"EdDSA", &ed}};
    for (const auto& [name, signer] : pairs) {
        const std::string header = std::string("{\"alg\":\"") + name + "\"}";
        const std::string token = signed_token(header, kGood, *signer, std::string(name) == "PS256");
        EXPECT_EQ(said(*made(jwt({name}), {signer->public_pem()}), bearing(token)), "") << name;
        EXPECT_EQ(said(*made(jwt({name}), {to_base64(signer->public_der())}), bearing(token)), "") << name;
        EXPECT_NE(said(*made(jwt({name}), {signer->public_pem()}), bearing(token + "A")), "") << name;
    }
}

TEST(VerifyJwt, RefusesNoneAndWhatIsNotAllowed) {
    const auto verifier = made(jwt({"HS256"}), {kSecret});
    for (const char* header : {R"({"alg":"none"})", R"({"alg":"None"})", R"({"alg":"HS512"})",
                               R"({"alg":""})", R"({"alg":null})", R"({})", R"([])", "x"}) {
        EXPECT_NE(said(*verifier, bearing(unsigned_token(header, kGood) + ".")), "") << header;
        EXPECT_NE(said(*verifier, bearing(signed_token(header, kGood, kSecret))), "") << header;
    }
    EXPECT_NE(said(*verifier, bearing(signed_token(R"({"alg":"HS256","crit":["x"]})", kGood, kSecret))), "");
    for (const char* token : {"", ".", "..", "...", "a.b", "a.b.c.d"})
        EXPECT_NE(said(*verifier, bearing(token)), "") << token;
    EXPECT_NE(said(*verifier, with({}, "{}")).find("authorization is missing"), std::string::npos);
    EXPECT_NE(said(*verifier, with({{"authorization", signed_token(kHs, kGood, kSecret)}}, "")), "");
}

TEST(VerifyJwt, APublicKeyIsNeverASecret) {
    const Signer rsa(Signer::Kind::rsa);
    const auto verifier = made(jwt({"RS256"}), {rsa.public_pem()});
    EXPECT_NE(said(*verifier, bearing(signed_token(kHs, kGood, rsa.public_pem()))), "");
    EXPECT_NE(unusable(jwt({"HS256"}), {rsa.public_pem()}).find("public key"), std::string::npos);
    EXPECT_NE(unusable(jwt({"HS256"}), {to_base64(rsa.public_der())}), "");
    EXPECT_NE(unusable(jwt({"HS256", "RS256"}), {rsa.public_pem()}).find("mixes"), std::string::npos);
    EXPECT_NE(unusable(jwt({"EdDSA"}), {rsa.public_pem()}).find("another kind"), std::string::npos);
    EXPECT_NE(unusable(jwt({"none"}), {kSecret}), "");
    EXPECT_NE(unusable(jwt({}), {kSecret}), "");
}

TEST(VerifyJwt, HoldsTheClaimsAgainstClockAudienceAndIssuer) {
    auto plan = jwt({"HS256"});
    plan.audience = "tappet";
    plan.issuer = "shop";
    const auto verifier = made(plan, {kSecret});
    const auto of = [&](const std::string& claims) {
        return said(*verifier, bearing(signed_token(kHs, claims, kSecret)));
    };
    EXPECT_EQ(of(R"({"exp":1700000001,"aud":"tappet","iss":"shop"})"), "");
    EXPECT_EQ(of(R"({"exp":1700000001.5,"aud":["x","tappet"],"iss":"shop","nbf":1699999999})"), "");
    EXPECT_EQ(of(R"({"exp":1699999941,"aud":"tappet","iss":"shop","nbf":1700000060})"), "")
        << "clocks differ";
    EXPECT_NE(of(R"({"exp":1699999940,"aud":"tappet","iss":"shop"})").find("exp"), std::string::npos);
    EXPECT_NE(of(R"({"exp":1700000001,"nbf":1700000061,"aud":"tappet","iss":"shop"})").find("nbf"),
              std::string::npos);
    EXPECT_NE(of(R"({"aud":"tappet","iss":"shop"})").find("exp"), std::string::npos);
    EXPECT_NE(of(R"({"exp":"1700000001","aud":"tappet","iss":"shop"})").find("exp"), std::string::npos);
    EXPECT_NE(of(R"({"exp":1700000001,"iss":"shop"})").find("aud"), std::string::npos);
    EXPECT_NE(of(R"({"exp":1700000001,"aud":["x"],"iss":"shop"})").find("aud"), std::string::npos);
    EXPECT_NE(of(R"({"exp":1700000001,"aud":"tappet","iss":"Shop"})").find("iss"), std::string::npos);
    EXPECT_NE(of(R"({"exp":1700000001,"aud":"tappet"})").find("iss"), std::string::npos);
    EXPECT_NE(of("[]"), "");
    EXPECT_NE(of("exp"), "");
}

TEST(VerifyJwt, ReadsAHeaderOfAnotherName) {
    auto plan = jwt({"HS256"});
    plan.header = "X-Goog-Token";
    const auto verifier = made(plan, {kSecret});
    const std::string token = signed_token(kHs, kGood, kSecret);
    EXPECT_EQ(said(*verifier, with({{"x-goog-token", token}}, "")), "");
    EXPECT_EQ(said(*verifier, with({{"x-goog-token", "Bearer " + token}}, "")), "");
    EXPECT_NE(said(*verifier, bearing(token)), "");
}

TEST(VerifyJwt, ChoosesAmongTheKeysOfASetByKid) {
    const std::string one = to_base64url(std::string(32, '1')), two = to_base64url(std::string(32, '2'));
    const auto key = [](const std::string& k, const std::string& more) {
        return R"({"kty":"oct","k":")" + k + "\"" + more + "}";
    };
    const std::string set =
        R"({"keys":[)" + key(one, R"(,"kid":"a")") + "," + key(two, R"(,"kid":"b")") + "]}";
    const auto verifier = made(jwt({"HS256"}), {set});
    const auto of = [&](const char* header, char secret) {
        return said(*verifier, bearing(signed_token(header, kGood, std::string(32, secret))));
    };
    EXPECT_EQ(of(R"({"alg":"HS256","kid":"a"})", '1'), "");
    EXPECT_EQ(of(R"({"alg":"HS256"})", '2'), "");
    EXPECT_NE(of(R"({"alg":"HS256","kid":"a"})", '2'), "");
    EXPECT_NE(of(R"({"alg":"HS256","kid":"c"})", '1'), "");
    EXPECT_EQ(unusable(jwt({"HS256"}), {key(one, "")}), "") << "one JWK alone";
    for (const std::string& bad :
         {std::string("{"), std::string("{}"), std::string(R"({"keys":1})"), std::string(R"({"keys":[]})"),
          std::string(R"({"keys":[1]})"), key("c2hvcnQ", ""), key("*", ""), key(one, R"(,"use":"enc")"),
          key(one, R"(,"alg":"HS512")"), key(one, R"(,"key_ops":["encrypt"])"),
          R"({"keys":[)" + key(one, R"(,"kid":"a")") + "," + key(two, R"(,"kid":"a")") + "]}"})
        EXPECT_NE(unusable(jwt({"HS256"}), {bad}), "") << bad;
}

}  // namespace
}  // namespace tappet::trigger
