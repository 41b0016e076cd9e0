// What of a refused request is kept, and what never is.
#include "trigger/rejected.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cctype>

#include "base/encoding.hpp"
#include "base/random.hpp"
#include "expr/json.hpp"
#include "vault/digest.hpp"

namespace tappet::trigger {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string kSecret = "s3cr\"et/value";
const RejectedAt kAt{Uuid{}, "default", "orders", "received", TimeMs{1'700'000'000'000}};
const Problem kProblem{422, "schema", "the body breaks the schema", {{"/n", "is no integer"}}, 0, ""};

http::Request request(std::string body, http::Headers headers = {}, const std::string& target = "/hooks/a") {
    http::Request out;
    out.method = "POST";
    out.target = target;
    out.headers = std::move(headers);
    out.body = std::move(body);
    out.remote = "192.0.2.7";
    return out;
}

struct Kept {
    store::Rejected row;
    Value data;
    std::string text(std::string_view name) const { return std::string(data.find(name)->as_string()); }
    const Value& body(std::string_view name) const { return *data.find("body")->find(name); }
    std::string body_text() const { return std::string(body("text").as_string()); }
    std::string header(std::string_view name) const {
        const Value* found = data.find("headers")->find(name);
        return found ? std::string(found->as_string()) : "";
    }
};
Kept keep(const http::Request& request, std::size_t body = 4096,
          const Redactor& redactor = Redactor({kSecret}, Value(), "X-Check")) {
    Kept out{rejected_request(kAt, request, kProblem, redactor, body), {}};
    out.data = parse_json(out.row.data).value;
    return out;
}

TEST(Rejected, SaysWhatCameAndWhyItWasRefused) {
    const Kept kept =
        keep(request("{\"n\":\"one\"}", {{"content-type", "application/json"}}, "/hooks/a?page=2"));
    EXPECT_EQ(kept.row.flow, "orders");
    EXPECT_EQ(kept.row.trigger, "received");
    EXPECT_EQ(kept.row.status, 422);
    EXPECT_EQ(kept.row.code, "schema");
    EXPECT_EQ(kept.text("detail"), "the body breaks the schema");
    EXPECT_EQ(kept.text("method"), "POST");
    EXPECT_EQ(kept.text("path"), "/hooks/a");
    EXPECT_EQ(kept.text("query"), "page=2");
    EXPECT_EQ(kept.text("remote"), "192.0.2.7");
    EXPECT_EQ(kept.header("content-type"), "application/json");
    EXPECT_EQ(kept.data.find("errors")->items()[0].find("pointer")->as_string(), "/n");
    EXPECT_EQ(kept.body("size").as_integer(), 11);
    EXPECT_EQ(kept.body("sha256").as_string(), vault::sha256_hex("{\"n\":\"one\"}"));
    EXPECT_EQ(kept.body_text(), "{\"n\":\"one\"}");
    EXPECT_TRUE(kept.body("base64").is_null());
    EXPECT_TRUE(kept.body("complete").as_boolean());
}

TEST(Rejected, HidesTheValuesOfHeadersThatCarryCredentials) {
    const Kept kept = keep(request("", {{"authorization", "Bearer abcdefgh"},
                                        {"cookie", "a=b"},
                                        {"x-hub-signature-256", "sha256=00ff"},
                                        {"x-shopify-hmac-sha256", "AAAA"},
                                        {"x-check", "mine"},
                                        {"x-auth-token", "t"},
                                        {"x-api-key", "k"},
                                        {"webhook-id", "msg_1"},
                                        {"idempotency-key", "7"}}));
    for (const char* name : {"authorization", "cookie", "x-hub-signature-256", "x-shopify-hmac-sha256",
                             "x-check", "x-auth-token", "x-api-key"})
        EXPECT_EQ(kept.header(name), "••••") << name;
    EXPECT_EQ(kept.header("webhook-id"), "msg_1");
    EXPECT_EQ(kept.header("idempotency-key"), "7");
}

TEST(Rejected, HidesASecretOfTheTriggerWhereverItStands) {
    const std::string in_json = "{\"a\":\"s3cr\\\"et/value\"}";
    for (const std::string& form :
         {kSecret, percent_encode(kSecret), to_base64(kSecret), std::string(in_json)}) {
        const Kept kept = keep(request("before " + form + " after", {{"x-note", "see " + kSecret}},
                                       "/hooks/a?note=" + percent_encode(kSecret)));
        EXPECT_THAT(kept.row.data, Not(HasSubstr("s3cr"))) << form;
        EXPECT_THAT(kept.row.data, Not(HasSubstr(to_base64(kSecret)))) << form;
        EXPECT_THAT(kept.body_text(), HasSubstr("before "));
        EXPECT_THAT(kept.body_text(), HasSubstr("••••"));
        EXPECT_THAT(kept.body_text(), HasSubstr(" after"));
        EXPECT_EQ(kept.header("x-note"), "see ••••");
        EXPECT_EQ(kept.text("query"), "note=••••");
        EXPECT_TRUE(kept.body("sha256").is_null()) << "the digest of a short secret is the secret";
    }
}

TEST(Rejected, HidesASecretAsSendersOfOtherLanguagesWriteIt) {
    const std::string secret = "Qw7/zz+Kp9 LmN3=";
    const Redactor redactor({secret}, Value(), "");
    for (const char* form : {"Qw7\\/zz+Kp9 LmN3=", "Qw7%2fzz%2bKp9%20LmN3%3d", "Qw7%2fzz%2bKp9+LmN3%3d",
                             "Qw7%2Fzz%2BKp9+LmN3%3D"}) {
        const Kept kept = keep(request("before " + std::string(form) + " after"), 4096, redactor);
        EXPECT_EQ(kept.body_text(), "before •••• after") << form;
        EXPECT_TRUE(kept.body("sha256").is_null()) << form;
    }
}

/// A character as escapes of JSON that stand for it, `level` texts of JSON deep.
std::string escaped(char32_t c, SeededRandom& random, int level) {
    std::string out;
    const auto unit = [&](unsigned value) {
        std::string digits = fmt::format("{:04x}", value);
        for (char& digit : digits)
            if (random.unit() < 0.5) digit = static_cast<char>(std::toupper(digit));
        out += "\\u" + digits;
    };
    if (c == '/' && random.unit() < 0.5)
        out = "\\/";
    else if (c >= 0x10000) {
        unit(0xd800 + (static_cast<unsigned>(c - 0x10000) >> 10));
        unit(0xdc00 + (static_cast<unsigned>(c - 0x10000) & 0x3ff));
    } else {
        unit(static_cast<unsigned>(c));
    }
    if (level == 1) return out;
    std::string deeper;
    for (const char byte : out)
        deeper += byte == '\\' ? (random.unit() < 0.5 ? "\\\\" : "\\u005c") : std::string(1, byte);
    return deeper;
}

TEST(Rejected, HidesASecretWhateverOfItIsEscaped) {
    const std::vector<std::pair<char32_t, std::string>> characters{
        {U'Q', "Q"}, {U'7', "7"},   {U'/', "/"}, {U'+', "+"}, {U'"', "\""}, {U'\\', "\\"}, {U'ß', "ß"},
        {U'€', "€"}, {U'😀', "😀"}, {U'u', "u"}, {U'0', "0"}, {U'2', "2"},  {U'f', "f"}};
    SeededRandom random{17};
    const auto below = [&](std::size_t most) {
        return static_cast<std::size_t>(random.unit() * static_cast<double>(most));
    };
    for (int round = 0; round < 3'000; ++round) {
        const int level = round % 3 == 0 ? 2 : 1;
        std::string secret, written;
        for (std::size_t i = 0; i < 4 + below(12); ++i) {
            const auto& [code, bytes] = characters[below(characters.size())];
            const bool must = code == U'"' || code == U'\\';
            secret += bytes;
            written += must || random.unit() < 0.5 ? escaped(code, random, level) : bytes;
        }
        if (secret.size() < 4) continue;
        const Kept kept =
            keep(request("{\"a\":\"x-" + written + "-y\"}"), 4096, Redactor({secret}, Value(), ""));
        ASSERT_EQ(kept.body_text(), "{\"a\":\"x-••••-y\"}") << secret << " as " << written;
        ASSERT_TRUE(kept.body("sha256").is_null()) << written;
    }
}

TEST(Rejected, HidesASecretWhateverOfItIsPercentEncoded) {
    constexpr std::string_view kCharacters = "Q7/+=!'()*~ -%\\";
    SeededRandom random{18};
    for (int round = 0; round < 3'000; ++round) {
        const bool form = round % 2 == 0;
        std::string secret = "s3", written = secret;
        for (int i = 0; i < 2 + round % 12; ++i) {
            const char c = kCharacters[static_cast<std::size_t>(random.unit() *
                                                                static_cast<double>(kCharacters.size()))];
            secret += c;
            const bool must = c == '%' || c == ' ' || (form && c == '+');
            const auto byte = static_cast<unsigned>(static_cast<unsigned char>(c));
            if (c == ' ' && form && random.unit() < 0.5)
                written += '+';
            else if (must || random.unit() < 0.5)
                written += random.unit() < 0.5 ? fmt::format("%{:02x}", byte) : fmt::format("%{:02X}", byte);
            else
                written += c;
        }
        const Kept kept = keep(request("a=" + written + "&b=2"), 4096, Redactor({secret}, Value(), ""));
        ASSERT_EQ(kept.body_text(), "a=••••&b=2") << secret << " as " << written;
    }
}

TEST(Rejected, HidesAnEscapedSecretInAFormThatHoldsJson) {
    const Redactor redactor({"Qw7/zz+Kp9"}, Value(), "");
    const Kept kept = keep(request("payload=%7B%22a%22%3A%22Qw7%5C%2Fzz%5Cu002BKp9%22%7D"), 4096, redactor);
    EXPECT_EQ(kept.body_text(), "payload=%7B%22a%22%3A%22••••%22%7D");
}

TEST(Rejected, HidesAnEscapedSecretThatStandsAcrossTheCut) {
    std::string written, in_form;
    for (const char c : kSecret) {
        written += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        in_form += fmt::format("%{:02x}", static_cast<unsigned>(c));
    }
    for (const std::string& text : {written, in_form}) {
        for (std::size_t cut = 1; cut <= text.size(); ++cut)
            EXPECT_EQ(keep(request("ab" + text + "cd"), 2 + cut).body_text(), "ab••••") << cut;
        EXPECT_EQ(keep(request("ab" + text + "cd"), 2).body_text(), "ab");
    }
}

TEST(Rejected, LeavesOtherEscapesAsTheyAre) {
    for (const char* body :
         {R"({"a":"\u002f\/\n\ud83d\ude00\ud83d\u12"})", R"(\)", R"(\u)", R"(a\\u00)", R"(\u005cu002f)"})
        EXPECT_EQ(keep(request(body)).body_text(), body);
}

TEST(Rejected, HidesASecretInAParameterHoweverItIsEncoded) {
    const Redactor redactor({"Qw7/zz+Kp9 LmN3="}, Value(), "");
    EXPECT_EQ(redactor.query("a=Qw7/zz%2BKp9+LmN3=&b=2"), "a=••••&b=2");
    EXPECT_EQ(redactor.query("a=%51w7%2fzz%2bKp9%20LmN3%3d&b=2"), "a=••••&b=2");
}

TEST(Rejected, HidesASecretThatStandsAcrossTheCut) {
    const Kept kept = keep(request("0123456789" + kSecret + " after"), 14);
    EXPECT_EQ(kept.body_text(), "0123456789••••");
    EXPECT_FALSE(kept.body("complete").as_boolean());
}

TEST(Rejected, HidesSecretsThatOverlap) {
    const Redactor redactor({"aaaabbbb", "bbbbcccc"}, Value(), "");
    EXPECT_EQ(redactor.text("x aaaabbbbcccc y"), "x •••• y");
}

TEST(Rejected, HidesThePartsOfASecretThatSendersSendAlone) {
    const Redactor redactor({"ada:lovelace", "whsec_TWljaGFlbA=="}, Value(), "");
    EXPECT_EQ(redactor.text("password lovelace"), "password ••••");
    EXPECT_EQ(redactor.text("key TWljaGFlbA=="), "key ••••");
    EXPECT_EQ(redactor.text("Basic " + to_base64("ada:lovelace")), "Basic ••••");
}

TEST(Rejected, HidesMarkedSettings) {
    const Value settings = Value::object({{"token", Value::string("of the plugin").as_secret()}});
    EXPECT_EQ(Redactor({}, settings, "").text("it is of the plugin!"), "it is ••••!");
}

TEST(Rejected, HidesWhatTheSenderShowedAsACredential) {
    const Kept kept = keep(request("t0ken-of-another and 0123456789abcdef",
                                   {{"authorization", "Bearer t0ken-of-another"},
                                    {"stripe-signature", "t=1700000000,v1=0123456789abcdef"}},
                                   "/hooks/a?again=t0ken-of-another"));
    EXPECT_EQ(kept.body_text(), "•••• and ••••");
    EXPECT_EQ(kept.text("query"), "again=••••");
}

TEST(Rejected, HidesParametersWhoseNameSaysSo) {
    const Kept kept =
        keep(request("", {}, "/hooks/a?hub.verify_token=x&page=2&api%5Fkey=y&sig=z&flag&%zz=q"));
    EXPECT_EQ(kept.text("query"), "hub.verify_token=••••&page=2&api%5Fkey=••••&sig=••••&flag&%zz=••••");
}

TEST(Rejected, CutsTextBetweenCharacters) {
    EXPECT_EQ(keep(request("aé€"), 2).body_text(), "a");
    EXPECT_EQ(keep(request("aé€"), 3).body_text(), "aé");
    EXPECT_EQ(keep(request("aé€"), 5).body_text(), "aé");
    EXPECT_EQ(keep(request("aé€"), 6).body_text(), "aé€");
}

TEST(Rejected, KeepsBytesAsBase64) {
    const std::string bytes("\x00\xff\x01", 3);
    const Kept kept = keep(request(bytes));
    EXPECT_TRUE(kept.body("text").is_null());
    EXPECT_EQ(kept.body("base64").as_string(), to_base64(bytes));
}

TEST(Rejected, KeepsNoCompressedBody) {
    const std::string packed("\x1f\x8b\x08\x00", 4);
    const Kept kept = keep(request(packed, {{"content-encoding", "gzip"}}));
    EXPECT_TRUE(kept.body("text").is_null());
    EXPECT_TRUE(kept.body("base64").is_null());
    EXPECT_TRUE(kept.body("sha256").is_null());
    EXPECT_EQ(kept.body("size").as_integer(), 4);
    EXPECT_EQ(keep(request("plain once unpacked", {{"content-encoding", "gzip"}})).body_text(),
              "plain once unpacked");
}

TEST(Rejected, TakesNoDigestOfALongBody) {
    static_assert(kMaxRejectedHashed == 64u * 1024, "docs/OPERATIONS.md says so");
    EXPECT_FALSE(keep(request(std::string(kMaxRejectedHashed, 'x'))).body("sha256").is_null());
    EXPECT_TRUE(keep(request(std::string(kMaxRejectedHashed + 1, 'x'))).body("sha256").is_null());
}

TEST(Rejected, IsBoundedWhateverCame) {
    http::Request hostile = request(std::string(1u << 20, 'x'), {}, "/hooks/a?" + std::string(20'000, 'q'));
    for (int i = 0; i < 2'000; ++i)
        hostile.headers.add("h" + std::to_string(i), std::string(2'000, i % 2 == 0 ? 'v' : '\xff'));
    hostile.headers.add("authorization", std::string(100'000, 'a'));
    Problem problem = kProblem;
    problem.detail.assign(1u << 20, 'd');
    problem.errors.assign(5'000, {std::string(5'000, '/'), std::string(5'000, 'e')});
    const auto row = rejected_request(kAt, hostile, problem, Redactor({kSecret}, Value(), ""), 4'096);
    EXPECT_LT(row.data.size(), 150'000u);
    const Value data = parse_json(row.data).value;
    EXPECT_TRUE(data.find("body")->find("sha256")->is_null()) << "too long to take its digest";
    EXPECT_EQ(data.find("body")->find("text")->as_string().size(), 4'096u);
}

TEST(Rejected, AnEventOfASourceHasNoRequest) {
    const Value event =
        Value::object({{"id", Value::string("7")}, {"key", Value::string("k3y").as_secret()}});
    const auto row = rejected_event(kAt, "crm/new-contacts", event, kProblem, Redactor(), 4'096);
    const Value data = parse_json(row.data).value;
    EXPECT_EQ(data.find("source")->as_string(), "crm/new-contacts");
    EXPECT_TRUE(data.find("method")->is_null());
    EXPECT_EQ(data.find("body")->find("text")->as_string(), "{\"id\":\"7\",\"key\":\"••••\"}");
}

TEST(Rejected, WhatPassesByItselfIsNotKept) {
    const auto kept = [](int status, const char* code) { return is_kept({status, code, "", {}, 0, ""}); };
    for (const int status : {400, 401, 403, 405, 413, 415, 422}) EXPECT_TRUE(kept(status, "any")) << status;
    EXPECT_TRUE(kept(429, "rate-limit"));
    EXPECT_FALSE(kept(429, "starting"));
    EXPECT_FALSE(kept(429, "queue-full"));
    EXPECT_FALSE(kept(404, "no-such-hook"));
    EXPECT_FALSE(kept(500, "any"));
}

}  // namespace
}  // namespace tappet::trigger
