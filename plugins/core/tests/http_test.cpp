// core/http over a scripted way out: what it sends, and what it makes of the answer.
#include <gtest/gtest.h>

#include "support/plugin_rig.hpp"

namespace {

using std::chrono::milliseconds;
using tappet::Value;
using tappet::flow::ErrorClass;
using tappet::http::Failure;
using tappet::testing::json;
using tappet::testing::PluginRig;
using tappet::testing::text;

struct CoreHttp : ::testing::Test {
    PluginRig rig{TAPPET_CORE_FOLDER};

    /// The request that an input makes.
    tappet::http::ClientRequest sent(const char* input) {
        rig.door.answer(204);
        rig.result("core/http", json(input));
        return rig.door.requests.back();
    }
    Value answered(int status, tappet::http::Headers headers, std::string body) {
        rig.door.answer(status, std::move(headers), std::move(body));
        return rig.result("core/http", json(R"({"url":"http://app.test/"})"));
    }
    tappet::plugin::CallError failed(const char* input = R"({"url":"http://app.test/a?key=1"})") {
        return rig.error("core/http", json(input));
    }
    std::string refusal(const char* input) {
        const auto error = failed(input).error;
        EXPECT_EQ(error.error_class, ErrorClass::validation);
        EXPECT_TRUE(rig.door.requests.empty());
        return error.message;
    }
};

std::string header(const tappet::http::ClientRequest& request, std::string_view name) {
    return std::string(request.headers.get(name).value_or("-"));
}

TEST_F(CoreHttp, IsAGetWithTheDefaultsOfTheProduct) {
    const auto request = sent(R"({"url":"http://app.test/"})");
    EXPECT_EQ(request.method, "GET");
    EXPECT_EQ(request.body, "");
    EXPECT_EQ(request.redirects, 5);
    EXPECT_EQ(request.max_body, 10u << 20);
    EXPECT_EQ(request.timeout, milliseconds(30'000));
    EXPECT_EQ(header(request, "idempotency-key"), "-") << "it changes nothing";
}

TEST_F(CoreHttp, AMethodThatChangesSomethingCarriesTheStepsKeyUnlessTheFlowSetsOne) {
    EXPECT_EQ(header(sent(R"({"url":"http://app.test/","method":"post"})"), "idempotency-key"), "key-1");
    EXPECT_EQ(header(sent(R"({"url":"http://app.test/","method":"DELETE"})"), "idempotency-key"), "key-1");
    const auto own =
        sent(R"({"url":"http://app.test/","method":"PUT","headers":{"Idempotency-Key":"mine"}})");
    EXPECT_EQ(header(own, "idempotency-key"), "mine");
    EXPECT_EQ(own.headers.count("idempotency-key"), 1u);
}

TEST_F(CoreHttp, AQueryIsAppendedEncodedBeforeAnyFragment) {
    EXPECT_EQ(sent(R"({"url":"http://app.test/?a=1#f","query":{"b":[1,"x y"],"c":null,"d&":true}})").url,
              "http://app.test/?a=1&b=1&b=x%20y&d%26=true");
    EXPECT_EQ(sent(R"({"url":"http://app.test/","query":{}})").url, "http://app.test/");
}

TEST_F(CoreHttp, EachKindOfBodyGoesWithItsContentType) {
    const auto with = [&](const char* body) {
        return sent((std::string(R"({"url":"http://app.test/","method":"POST",)") + body + "}").c_str());
    };
    EXPECT_EQ(with(R"("body":{"a":[1,1.0]})").body, R"({"a":[1,1.0]})");
    EXPECT_EQ(header(rig.door.requests.back(), "content-type"), "application/json");
    EXPECT_EQ(with(R"("form":{"a":"x y*~","b":[1,2]})").body, "a=x+y*%7E&b=1&b=2");
    EXPECT_EQ(header(rig.door.requests.back(), "content-type"), "application/x-www-form-urlencoded");
    EXPECT_EQ(with(R"("text":"hello")").body, "hello");
    EXPECT_EQ(header(rig.door.requests.back(), "content-type"), "text/plain; charset=utf-8");
    EXPECT_EQ(with(R"("bytes":"AAEC/w==")").body, std::string("\x00\x01\x02\xff", 4));
    EXPECT_EQ(header(rig.door.requests.back(), "content-type"), "application/octet-stream");
    EXPECT_EQ(header(with(R"("body":1,"headers":{"content-type":"application/x"})"), "content-type"),
              "application/x");
}

TEST_F(CoreHttp, ATimeoutIsADurationOrMilliseconds) {
    EXPECT_EQ(sent(R"({"url":"http://app.test/","timeout":250})").timeout, milliseconds(250));
    EXPECT_EQ(sent(R"({"url":"http://app.test/","timeout":"1.5s"})").timeout, milliseconds(1'500));
    EXPECT_EQ(sent(R"({"url":"http://app.test/","timeout":"PT1M"})").timeout, milliseconds(60'000));
}

TEST_F(CoreHttp, AnInputThatMakesNoRequestIsRefusedBeforeItIsSent) {
    EXPECT_EQ(refusal(R"({"url":"http://app.test/","timeout":"30m1h"})"),
              "timeout must be a duration such as 5s");
    refusal(R"({"url":"http://app.test/","timeout":0})");
    refusal(R"({"url":"http://app.test/","timeout":9223372036854775807})");
    refusal(R"({"url":"http://app.test/","method":"GET /"})");
    refusal(R"({"url":"http://app.test/","headers":{"a b":"c"}})");
    refusal(R"({"url":"http://app.test/","headers":{"a":"c\r\nX: y"}})");
    refusal(R"({"url":"http://app.test/","method":"POST","bytes":"a"})");
    refusal(R"({"url":"http://app.test/","redirects":51})");
    refusal(R"({"url":"http://app.test/","maxBody":-1})");
    refusal(R"({"url":"http://app.test/","maxBody":33554433})");
    refusal(R"({"url":"http://app.test/","follow":true})");
    EXPECT_EQ(refusal(R"({"url":"http://app.test/","method":"POST","text":"a","body":1})"),
              "give one of body, form, text and bytes, not body and text");
}

TEST_F(CoreHttp, AnAnswerIsJsonTextOrBytes) {
    EXPECT_EQ(
        text(answered(200, {{"content-type", "Application/JSON; charset=utf-8"}}, R"({"a":1})")),
        R"({"status":200,"headers":{"content-type":"Application/JSON; charset=utf-8"},"body":{"a":1}})");
    EXPECT_EQ(text(*answered(200, {{"content-type", "application/problem+json"}}, "[1.0]").find("body")),
              "[1.0]");
    EXPECT_EQ(text(*answered(200, {{"content-type", "application/json"}}, "").find("body")), "null");
    EXPECT_EQ(text(*answered(200, {{"content-type", "application/json"}}, "{oops").find("body")),
              "\"{oops\"");
    EXPECT_EQ(text(*answered(200, {{"content-type", "text/html"}}, "<p>").find("body")), "\"<p>\"");
    EXPECT_EQ(text(*answered(200, {}, "plain").find("body")), "\"plain\"");
    EXPECT_EQ(text(*answered(204, {}, "").find("body")), "null");
    EXPECT_TRUE(
        answered(200, {{"content-type", "image/png"}}, "\x89PNG").find("body")->is(tappet::Kind::bytes));
    EXPECT_TRUE(
        answered(200, {{"content-type", "text/plain"}}, "\xff").find("body")->is(tappet::Kind::bytes));
}

TEST_F(CoreHttp, HeadersOfOneNameAreJoinedButCookiesAreAList) {
    const Value result =
        answered(200, {{"vary", "a"}, {"set-cookie", "x=1"}, {"vary", "b"}, {"set-cookie", "y=2"}}, "");
    EXPECT_EQ(text(*result.find("headers")), R"({"vary":"a, b","set-cookie":["x=1","y=2"]})");
}

TEST_F(CoreHttp, AHeaderThatIsNotUtf8IsBytes) {
    const Value headers = *answered(200, {{"x-name", "\xfc"}, {"set-cookie", "\xfc"}}, "").find("headers");
    EXPECT_TRUE(headers.find("x-name")->is(tappet::Kind::bytes));
    EXPECT_TRUE(headers.find("set-cookie")->items()[0].is(tappet::Kind::bytes));
}

TEST_F(CoreHttp, AStatusFailsWithTheClassOfTheProduct) {
    const std::vector<std::pair<int, ErrorClass>> classes{
        {400, ErrorClass::validation},  {401, ErrorClass::auth},        {402, ErrorClass::validation},
        {403, ErrorClass::forbidden},   {404, ErrorClass::not_found},   {408, ErrorClass::timeout},
        {409, ErrorClass::conflict},    {410, ErrorClass::not_found},   {412, ErrorClass::conflict},
        {418, ErrorClass::validation},  {422, ErrorClass::validation},  {429, ErrorClass::rate_limited},
        {499, ErrorClass::validation},  {500, ErrorClass::upstream},    {501, ErrorClass::upstream},
        {502, ErrorClass::unavailable}, {503, ErrorClass::unavailable}, {504, ErrorClass::timeout},
        {505, ErrorClass::upstream},    {599, ErrorClass::upstream}};
    for (const auto& [status, error_class] : classes) {
        rig.door.answer(status);
        const auto error = failed().error;
        EXPECT_EQ(error.error_class, error_class) << status;
        EXPECT_EQ(error.status, status);
        EXPECT_EQ(error.code, "http." + std::to_string(status));
    }
}

TEST_F(CoreHttp, AStatusFailsOnlyFromFourHundredOnAndWhereTheFlowLetsIt) {
    EXPECT_EQ(text(*answered(304, {}, "").find("status")), "304");
    rig.door.answer(404, {}, "gone");
    EXPECT_EQ(text(rig.result("core/http", json(R"({"url":"http://app.test/","failOnStatus":false})"))),
              R"({"status":404,"headers":{},"body":"gone"})");
}

TEST_F(CoreHttp, AFailureShowsTheBeginningOfTheAnswerInOneLine) {
    rig.door.answer(422, {{"content-type", "text/plain"}}, "no\nsuch " + std::string(400, 'x'));
    const std::string message = failed().error.message;
    EXPECT_EQ(message, "GET http://app.test/a answered 422: no such " + std::string(292, 'x') + "…");
}

TEST_F(CoreHttp, AFailureToldToWaitSaysHowLong) {
    rig.door.answer(429, {{"retry-after", "20"}});
    EXPECT_EQ(failed().retry_after, milliseconds(20'000));
    rig.door.answer(503, {{"retry-after", "Thu, 01 Jan 1970 00:00:00 GMT"}});
    rig.clock.advance(milliseconds(1'000));
    EXPECT_EQ(failed().retry_after, milliseconds(0));
    rig.door.answer(500, {{"retry-after", "20"}});
    EXPECT_FALSE(failed().retry_after);
    rig.door.answer(429, {{"retry-after", "soon"}});
    EXPECT_FALSE(failed().retry_after);
}

TEST_F(CoreHttp, ARequestThatGetsNoAnswerFailsByWhatStoodInItsWay) {
    const std::vector<std::pair<Failure::Kind, ErrorClass>> classes{
        {Failure::Kind::refused_address, ErrorClass::forbidden},
        {Failure::Kind::resolve, ErrorClass::unavailable},
        {Failure::Kind::connect, ErrorClass::unavailable},
        {Failure::Kind::tls, ErrorClass::unavailable},
        {Failure::Kind::too_large, ErrorClass::upstream},
        {Failure::Kind::timeout, ErrorClass::timeout}};
    for (const auto& [kind, error_class] : classes) {
        rig.door.fail(kind, "why");
        const auto error = failed().error;
        EXPECT_EQ(error.error_class, error_class) << static_cast<int>(kind);
        EXPECT_EQ(error.message, "GET http://app.test/a: why") << "without its query";
    }
}

TEST_F(CoreHttp, AFailureNamesTheAddressOnce) {
    const auto message = [&](const std::string& url, const std::string& why) {
        rig.door.fail(Failure::Kind::connect, why);
        return rig.error("core/http", Value::object({{"url", Value::string(url)}})).error.message;
    };
    EXPECT_EQ(message("http://app.test/a", "http://app.test:80: no"), "GET http://app.test/a: no");
    EXPECT_EQ(message("https://app.test", "https://app.test:443: no"), "GET https://app.test: no");
    EXPECT_EQ(message("http://app.test:9/a", "http://app.test:9: no"), "GET http://app.test:9/a: no");
    EXPECT_EQ(message("http://[::1]:9/a", "http://[::1]:9: no"), "GET http://[::1]:9/a: no");
    for (const char* other : {"http://app.test:8: no", "http://app.tes:80: no", "https://app.test:443: no"})
        EXPECT_EQ(message("http://app.test/a", other), "GET http://app.test/a: " + std::string(other));
}

TEST_F(CoreHttp, AMessageNeverHoldsTheUserOfAnAddress) {
    for (const char* url :
         {"http://ann:pa55@app.test/a", "http://ann:pa55/@app.test/a", "http:ann:pa55@app.test",
          "ann:pa55@app.test", "http://ann:pa55#@app.test", "//ann:pa55@app.test"}) {
        rig.door.fail(Failure::Kind::bad_request, "is not accepted");
        const auto error = rig.error("core/http", Value::object({{"url", Value::string(url)}})).error;
        EXPECT_EQ(error.message.find("pa55"), std::string::npos) << error.message;
        EXPECT_NE(error.message.find("is not accepted"), std::string::npos);
    }
}

TEST_F(CoreHttp, AMessageHoldsNothingOfAnAddressWithASecret) {
    rig.door.answer(400, {{"content-type", "text/plain"}}, "bad s3cret-path");
    const auto error =
        rig.error("core/http",
                  Value::object({{"url", Value::string("http://app.test/s3cret-path").as_secret()}}))
            .error;
    EXPECT_EQ(error.message, "GET (an address with a secret) answered 400");
}

}  // namespace
