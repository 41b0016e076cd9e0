// The plugin in the mock host: no engine, no network, no waiting.
#include <gtest/gtest.h>

#include <tappet/testing.hpp>

namespace {

using tappet::sdk::ErrorClass;
using tappet::sdk::mock::HookInput;
using tappet::sdk::mock::Host;
using tappet::sdk::mock::Value;

struct Tickets : ::testing::Test {
    Host host;

    Tickets() {
        host.connection = Value{{"name", "acme"}, {"baseUrl", "http://tickets.test"}};
        host.connection->set("apiKey", Value::secret("k3y-of-acme"));
    }
};

TEST_F(Tickets, ATicketIsOpened) {
    host.http.expect("POST", "http://tickets.test/tickets")
        .authorized()
        .with_header("Idempotency-Key", "key-1")
        .with_json({{"subject", "It leaks"}, {"urgency", "high"}, {"tags", Value::list()}})
        .answer_json(201, {{"id", 7}, {"subject", "It leaks"}, {"state", "new"}});
    const auto result = host.call("open-ticket", {{"subject", "It leaks"}, {"urgency", "high"}});
    ASSERT_TRUE(result.ok()) << result;
    EXPECT_EQ(result["id"], 7);
    EXPECT_EQ(host.metrics["opened"], 1);
}

TEST_F(Tickets, ATicketThatIsTooManyIsTriedAgainLater) {
    host.http.expect("POST", "http://tickets.test/tickets").answer(429);
    const auto result = host.call("open-ticket", {{"subject", "x"}});
    EXPECT_EQ(result.error_class(), ErrorClass::rate_limited);
    EXPECT_EQ(result.retry_after_ms(), 20'000);
}

TEST_F(Tickets, AnInputIsCheckedAgainstTheSchema) {
    const auto result = host.call("open-ticket", {{"subject", "x"}, {"urgency", "none"}});
    EXPECT_EQ(result.error_class(), ErrorClass::validation);
    EXPECT_EQ(result.message(), "with.urgency must be one of [\"low\",\"high\"]");
}

TEST_F(Tickets, AWaitEndsWhenTheClockIsMovedOrTheCallIsCancelled) {
    const auto moved = host.start("wait");
    EXPECT_FALSE(host.completed(moved));
    host.advance(500);
    EXPECT_TRUE(host.finish(moved).ok());
    const auto cancelled = host.start("wait");
    host.cancel(cancelled);
    EXPECT_EQ(host.finish(cancelled).error_class(), ErrorClass::cancelled);
}

TEST_F(Tickets, ItIsKnownWhatWasCounted) {
    host.state["count"] = "6";
    const auto result = host.call("count");
    ASSERT_TRUE(result.ok()) << result;
    EXPECT_EQ(result["count"], 7);
    EXPECT_EQ(host.state["count"], "7");
    EXPECT_EQ(host.blobs[result["blob"].string()], "counted to 7");
}

TEST_F(Tickets, ARequestWithTheKeyIsAnEvent) {
    HookInput request(R"({"ticket":{"id":7,"subject":"It leaks"}})");
    request.settings = {{"key", "s3cret"}};
    EXPECT_EQ(host.hook("ticket-changed", request).error_class(), ErrorClass::auth);
    request.header("x-tickets-key", "s3cret").header("x-delivery", "d-1");
    const auto result = host.hook("ticket-changed", request);
    ASSERT_TRUE(result.ok()) << result;
    EXPECT_EQ(result["events"][0]["id"], "d-1");
    EXPECT_EQ(result["events"][0]["body"]["subject"], "It leaks");
}

TEST_F(Tickets, APollGoesOnWhereTheLastOneEnded) {
    host.http.expect("GET", "http://tickets.test/tickets?after=0")
        .answer(200, R"([{"id":1,"subject":"a"},{"id":2,"subject":"b"}])");
    const auto first = host.poll("new-ticket");
    ASSERT_TRUE(first.ok()) << first;
    EXPECT_EQ(first["events"].size(), 2u);
    host.http.expect("GET", "http://tickets.test/tickets?after=2").answer(200, "[]");
    EXPECT_EQ(host.poll("new-ticket", first["cursor"])["events"].size(), 0u);
}

TEST_F(Tickets, APollYieldsWhatItMayAndSaysThatThereIsMore) {
    host.http.expect("GET", "http://tickets.test/tickets?after=0")
        .answer(200, R"([{"id":1,"subject":"a"},{"id":2,"subject":"b"},{"id":3,"subject":"c"}])");
    const auto result = host.poll("new-ticket", nullptr, Value::object(), 2);
    ASSERT_TRUE(result.ok()) << result;
    EXPECT_EQ(result["events"].size(), 2u);
    EXPECT_EQ(result["cursor"], 2);
    EXPECT_EQ(result["more"], true);
}

TEST_F(Tickets, AnAccountIsTried) {
    host.http.expect("GET", "http://tickets.test/me").authorized().answer_json(200, {{"name", "Ada"}});
    EXPECT_EQ(host.check("account")["account"], "Ada");
    host.http.expect("GET", "http://tickets.test/me").answer(401);
    EXPECT_EQ(host.check("account").error_class(), ErrorClass::auth);
}

}  // namespace
