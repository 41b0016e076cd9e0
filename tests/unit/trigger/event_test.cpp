#include "trigger/event.hpp"

#include <gtest/gtest.h>

#include "expr/json.hpp"
#include "trigger/answer.hpp"
#include "trigger/problem.hpp"
#include "trigger/rate.hpp"

namespace tappet::trigger {
namespace {

constexpr TimeMs kNow{1'700'000'000'123};
const RunId kRun = *Uuid::parse("018bcfe5-6800-7000-8000-0000000000aa");

std::string json_of(const Value& value, Secrets secrets = Secrets::reveal) {
    std::string text;
    append_json(text, value, {.secrets = secrets});
    return text;
}

TEST(Event, OfARequestHasItsPartsInOrder) {
    http::Request request;
    request.method = "POST";
    request.target = "/hooks/default/f/t?x=1";
    request.headers = {{"content-type", "application/json"}, {"x-a", "1"}, {"x-a", "2"}};
    const Value event =
        make_event("e-1", Value::integer(7), request, Value::object({{"x", Value::string("1")}}), kNow);
    EXPECT_EQ(
        json_of(event),
        R"({"id":"e-1","body":7,"headers":{"content-type":"application/json","x-a":"1, 2"},"query":{"x":"1"},)"
        R"("method":"POST","path":"/hooks/default/f/t","receivedAt":"2023-11-14T22:13:20.123Z"})");
}

TEST(Event, MarksSignaturesAsSecretAndTheHeaderThatTheTriggerNames) {
    http::Request request;
    request.headers = {{"x-hub-signature-256", "sha256=1"},
                       {"webhook-signature", "v1,1"},
                       {"x-acme-sig", "1"},
                       {"webhook-id", "m"}};
    const Value event = make_event("e", {}, request, Value::object({}), kNow, Value::null(), "X-Acme-Sig");
    const Value& headers = *event.find("headers");
    for (const char* name : {"x-hub-signature-256", "webhook-signature", "x-acme-sig"})
        EXPECT_TRUE(headers.find(name)->secret()) << name;
    EXPECT_FALSE(headers.find("webhook-id")->secret());
}

TEST(Event, MarksCredentialsAsSecret) {
    http::Request request;
    request.headers = {
        {"authorization", "Bearer s3cret"}, {"cookie", "a=1"},  {"cookie", "b=2"}, {"x-api-key", "k"},
        {"proxy-authorization", "x"},       {"x-other", "open"}};
    const Value event = make_event("e", {}, request, Value::object({}), kNow);
    const Value& headers = *event.find("headers");
    for (const char* name : {"authorization", "cookie", "x-api-key", "proxy-authorization"})
        EXPECT_TRUE(headers.find(name)->secret()) << name;
    EXPECT_FALSE(headers.find("x-other")->secret());
    EXPECT_EQ(headers.find("cookie")->as_string(), "a=1, b=2");
    EXPECT_EQ(json_of(event, Secrets::redact).find("s3cret"), std::string::npos);
}

TEST(Event, ThatDidNotComeByHttpHasTheSameParts) {
    EXPECT_EQ(
        json_of(make_event("e", Value::null(), kNow)),
        R"({"id":"e","body":null,"headers":{},"query":{},"method":null,"path":null,"receivedAt":"2023-11-14T22:13:20.123Z"})");
}

TEST(Problem, IsAnAnswerWithAllItsMembers) {
    Problem problem{422, "schema", "it breaks", {{"/a/0", "must be a number"}}, 0, ""};
    const auto response = to_response(problem, "r-1");
    EXPECT_EQ(response.status, 422);
    EXPECT_EQ(response.headers.get("content-type"), "application/problem+json");
    EXPECT_EQ(
        response.body,
        R"({"type":"about:blank","title":"Unprocessable Content","status":422,"detail":"it breaks","code":"schema",)"
        R"("requestId":"r-1","errors":[{"pointer":"/a/0","detail":"must be a number"}]})");
}

TEST(Problem, SaysWhenToComeBackAndWhatIsAllowed) {
    EXPECT_EQ(to_response({429, "full", "", {}, 5, ""}, "r").headers.get("retry-after"), "5");
    EXPECT_EQ(to_response({405, "m", "", {}, 0, "POST, PUT"}, "r").headers.get("allow"), "POST, PUT");
    EXPECT_FALSE(to_response({400, "m", "", {}, 0, ""}, "r").headers.get("retry-after"));
}

TEST(HookAnswer, OfAnAcceptedEventNamesTheRunAndWhereItIs) {
    const auto response = accepted_answer(200, kRun, "http://x/\"run\"");
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.headers.get("location"), "http://x/\"run\"");
    EXPECT_EQ(response.body,
              "{\"runId\":\"" + kRun.text() + R"(","status":"queued","url":"http://x/\"run\""})");
}

http::Response answered(run::Answer answer) {
    runtime::Outcome outcome;
    outcome.answer = std::move(answer);
    return synchronous_answer(outcome, kRun, "/there");
}

TEST(HookAnswer, OfASynchronousFlowIsWhatTheFlowSays) {
    const auto response =
        answered({201, Value::object({{"X-A", Value::string("b")}, {"x-n", Value::integer(4)}}),
                  Value::object({{"n", Value::integer(1)}}), ""});
    EXPECT_EQ(response.status, 201);
    EXPECT_EQ(response.headers.get("x-a"), "b");
    EXPECT_EQ(response.headers.get("x-n"), "4");
    EXPECT_EQ(response.headers.get("content-type"), "application/json");
    EXPECT_EQ(response.body, R"({"n":1})");
}

TEST(HookAnswer, TakesItsTypeFromTheBodyUnlessTheFlowSays) {
    EXPECT_EQ(answered({200, {}, Value::string("hi"), ""}).headers.get("content-type"),
              "text/plain; charset=utf-8");
    EXPECT_EQ(answered({200, {}, Value::string("<a/>"), "text/xml"}).headers.get("content-type"), "text/xml");
    EXPECT_EQ(
        answered({200, Value::object({{"Content-Type", Value::string("text/html")}}), Value::string("x"), ""})
            .headers.count("content-type"),
        1u);
    EXPECT_FALSE(answered({204, {}, {}, ""}).headers.get("content-type"));
}

TEST(HookAnswer, OfAFailedFlowNamesClassAndRunAndNothingInside) {
    runtime::Outcome outcome;
    outcome.status = run::RunStatus::failed;
    outcome.error = flow::RunError{flow::ErrorClass::upstream, "", "an inside matter", 0, "a"};
    const auto response = synchronous_answer(outcome, kRun, "/there");
    EXPECT_EQ(response.status, 500);
    EXPECT_EQ(response.headers.get("location"), "/there");
    const auto body = read_json(response.body);
    ASSERT_TRUE(body);
    EXPECT_EQ(*body->find("class"), Value::string("upstream"));
    EXPECT_EQ(*body->find("runId"), Value::string(kRun.text()));
    EXPECT_EQ(*body->find("requestId"), Value::string(kRun.text()));
    EXPECT_EQ(response.body.find("an inside matter"), std::string::npos);
}

TEST(Rate, LetsAsManyPassAsASecondGivesAndFillsUpAgain) {
    using std::chrono::milliseconds;
    Rate rate(4);
    const milliseconds start(1'000'000);
    int passed = 0;
    for (int i = 0; i < 10; ++i) passed += rate.take(start) ? 1 : 0;
    EXPECT_EQ(passed, 4);
    EXPECT_FALSE(rate.take(start + milliseconds(249)));
    EXPECT_TRUE(rate.take(start + milliseconds(500)));
    passed = 0;
    for (int i = 0; i < 10; ++i) passed += rate.take(start + milliseconds(60'000)) ? 1 : 0;
    EXPECT_EQ(passed, 4) << "what was not used does not add up";
}

TEST(Rate, BelowOneASecondLetsTheFirstPassAndThenOneInItsTime) {
    using std::chrono::seconds;
    Rate rate(0.1);
    EXPECT_TRUE(rate.take(seconds(0)));
    EXPECT_FALSE(rate.take(seconds(9)));
    EXPECT_TRUE(rate.take(seconds(10)));
}

TEST(Rate, OfZeroLimitsNothing) {
    Rate rate(0);
    for (int i = 0; i < 1'000; ++i) EXPECT_TRUE(rate.take(std::chrono::seconds(0)));
}

}  // namespace
}  // namespace tappet::trigger
