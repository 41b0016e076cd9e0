// Delivery in virtual time: what is sent, when again, and when no more.
#include "outgoing/deliverer.hpp"

#include <gmock/gmock.h>

#include "base/encoding.hpp"
#include "delivery_rig.hpp"
#include "vault/digest.hpp"

namespace tappet::outgoing {
namespace {

using namespace std::chrono_literals;
using store::OutgoingStatus;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string header(const http::ClientRequest& request, std::string_view name) {
    return std::string(request.headers.get(name).value_or("-"));
}

/// What the scheme says, by hand.
std::string signature(const std::string& secret, const http::ClientRequest& request) {
    const std::string key = from_base64(secret.substr(6)).value();
    return "v1," + to_base64(vault::hmac(vault::Hash::sha256, key,
                                         header(request, "webhook-id") + "." +
                                             header(request, "webhook-timestamp") + "." + request.body));
}

TEST(Deliverer, SendsASignedMessage) {
    DeliveryRig rig;
    rig.door->answer(204);
    const Uuid id = rig.ended();
    ASSERT_EQ(rig.sent(), 1u);
    const http::ClientRequest& request = rig.door->requests.front();
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.url, "https://a.test/one");
    EXPECT_EQ(request.redirects, 0);
    EXPECT_EQ(request.timeout, 15s);
    EXPECT_EQ(request.body, R"({"type":"run.succeeded"})");
    EXPECT_EQ(header(request, "content-type"), "application/json");
    EXPECT_EQ(header(request, "webhook-id"), id.text());
    EXPECT_EQ(header(request, "webhook-timestamp"), "1700000000");
    EXPECT_EQ(header(request, "webhook-signature"), signature(rig.secrets["A"], request));
    rig.rest();
    EXPECT_EQ(rig.row(id).state.status, OutgoingStatus::delivered);
    EXPECT_EQ(rig.row(id).state.attempts, 1u);
    EXPECT_EQ(rig.row(id).state.answer, 204);
    rig.pass(48h);
    EXPECT_EQ(rig.sent(), 1u);
    EXPECT_EQ(rig.deliverer->stats().delivered, 1u);
    EXPECT_EQ(rig.deliverer->stats().under_way, 0u);
}

TEST(Deliverer, RepeatsByTheTableWithTheSameIdAndANewTime) {
    DeliveryRig rig;
    for (int i = 0; i < 8; ++i) rig.door->answer(500);
    const Uuid id = rig.ended();
    const std::array<std::chrono::milliseconds, 7> table{5s, 5min, 30min, 2h, 5h, 10h, 10h};
    for (const auto wait : table) {
        const auto passed = rig.until_next(2 * wait, wait / 100);
        EXPECT_GE(passed, wait);
        EXPECT_LE(passed, wait + wait / 10 + wait / 50);
    }
    ASSERT_EQ(rig.sent(), 8u);
    std::string before;
    for (const http::ClientRequest& request : rig.door->requests) {
        EXPECT_EQ(header(request, "webhook-id"), id.text());
        EXPECT_NE(header(request, "webhook-timestamp"), before);
        before = header(request, "webhook-timestamp");
        EXPECT_EQ(header(request, "webhook-signature"), signature(rig.secrets["A"], request));
    }
    rig.rest();
    EXPECT_EQ(rig.row(id).state.status, OutgoingStatus::failed);
    EXPECT_EQ(rig.row(id).state.attempts, 8u);
    rig.pass(100h);
    EXPECT_EQ(rig.sent(), 8u);
    EXPECT_EQ(rig.deliverer->stats().given_up, 1u);
}

TEST(Deliverer, WhatIsUnderWayWhenTheProcessDiesIsSentAgain) {
    DeliveryRig rig;
    const Uuid id = rig.ended();  // no answer
    ASSERT_EQ(rig.sent(), 1u);
    rig.crash();
    ASSERT_EQ(rig.sent(), 1u);  // of the new process's door
    EXPECT_EQ(header(rig.door->requests.front(), "webhook-id"), id.text());
}

TEST(Deliverer, AWaitGoesOnAfterAStart) {
    DeliveryRig rig;
    rig.door->answer(500);
    rig.door->answer(500);
    rig.ended();
    rig.until_next(6s, 100ms);
    rig.rest();
    rig.crash();
    EXPECT_EQ(rig.sent(), 0u);
    rig.pass(4min);
    EXPECT_EQ(rig.sent(), 0u);
    rig.pass(2min);
    EXPECT_EQ(rig.sent(), 1u);
}

TEST(Deliverer, HonoursRetryAfter) {
    DeliveryRig rig;
    rig.door->answer(429, {{"retry-after", "3600"}});
    rig.ended();
    rig.rest();
    const auto passed = rig.until_next(2h, 10s);
    EXPECT_GE(passed, 1h);
    EXPECT_LE(passed, 1h + 1min);
}

TEST(Deliverer, GoneStopsAndHoldsWhatComes) {
    DeliveryRig rig;
    rig.door->answer(410);
    const Uuid first = rig.ended();
    rig.rest();
    EXPECT_EQ(rig.row(first).state.status, OutgoingStatus::failed);
    const Uuid second = rig.ended();
    rig.pass(1h);
    EXPECT_EQ(rig.sent(), 1u);
    EXPECT_TRUE(rig.row(second).held);
    EXPECT_EQ(rig.deliverer->stats().disabled, 1u);
    rig.crash();
    rig.pass(1h);
    EXPECT_EQ(rig.sent(), 0u);
    EXPECT_EQ(rig.deliverer->stats().disabled, 1u);

    rig.door->answer(200);
    std::optional<Result<store::OutgoingEndpoint>> told;
    rig.deliverer->enable({"default", "tested", "one"}, [&](auto result) { told = std::move(result); });
    rig.rest();
    ASSERT_TRUE(told && *told);
    EXPECT_EQ(rig.sent(), 1u);
    EXPECT_EQ(rig.row(second).state.status, OutgoingStatus::delivered);
}

TEST(Deliverer, AnAddressThatOnlyFailsForDaysIsDisabled) {
    DeliveryRig rig;
    for (int i = 0; i < 100; ++i) rig.door->answer(500);
    for (int day = 0; day < 4; ++day) {
        rig.ended();
        rig.until_next(24h, 10min);
        for (int hour = 0; hour < 24; ++hour) rig.pass(1h);
    }
    EXPECT_EQ(rig.deliverer->stats().disabled, 0u);
    for (int day = 0; day < 2; ++day) {
        rig.ended();
        for (int hour = 0; hour < 24; ++hour) rig.pass(1h);
    }
    EXPECT_EQ(rig.deliverer->stats().disabled, 1u);
    const std::size_t before = rig.sent();
    rig.ended();
    rig.pass(1h);
    EXPECT_EQ(rig.sent(), before);
    const auto endpoints = rig.rig.store().outgoing_endpoints("default").value();
    ASSERT_EQ(endpoints.size(), 1u);
    EXPECT_THAT(endpoints.front().reason,
                StartsWith("every message has failed since 2023-11-14T22:13:20.001Z"));
}

TEST(Deliverer, AClockThatIsSetForwardByDaysDisablesNothing) {
    DeliveryRig rig;
    for (int i = 0; i < 100; ++i) rig.door->answer(500);
    for (int i = 0; i < 10; ++i) rig.ended();
    rig.rig.clock.set(rig.rig.clock.now() + 24h * 30);
    rig.pass(60s);
    EXPECT_GT(rig.sent(), 10u);
    EXPECT_EQ(rig.deliverer->stats().disabled, 0u);
}

TEST(Deliverer, OneAddressThatDoesNotAnswerHoldsUpNoOther) {
    DeliveryRig rig;
    for (int i = 0; i < 200; ++i) rig.ended("one");  // none is answered
    EXPECT_EQ(rig.sent(), 4u);
    rig.ended("two");
    EXPECT_EQ(rig.sent(), 5u);
    EXPECT_EQ(rig.door->requests.back().url, "https://b.test/two/t0ken");
    EXPECT_LE(rig.deliverer->stats().in_memory, 64u + 4u + 1u);
}

TEST(Deliverer, AllAreSentThoughFewAreInMemory) {
    Options options;
    options.held = 3;
    DeliveryRig rig(options);
    for (int i = 0; i < 50; ++i) rig.ended();  // four under way, three in memory, the others on disk
    EXPECT_EQ(rig.deliverer->stats().in_memory, 7u);
    rig.crash();
    EXPECT_LE(rig.deliverer->stats().in_memory, 7u);
    for (int i = 0; i < 60; ++i) rig.door->answer(200);
    rig.crash();
    rig.rest();
    EXPECT_EQ(rig.sent(), 4u);  // of a new door, which has no answers yet
    std::set<std::string> seen;
    for (int i = 0; i < 60; ++i) rig.door->answer(200);
    rig.door->cancel(1);
    rig.door->cancel(2);
    rig.door->cancel(3);
    rig.door->cancel(4);
    for (int i = 0; i < 100; ++i) rig.pass(1s);
    for (const http::ClientRequest& request : rig.door->requests) seen.insert(header(request, "webhook-id"));
    EXPECT_EQ(seen.size(), 50u);
    EXPECT_EQ(rig.deliverer->stats().delivered, 50u);
}

TEST(Deliverer, WhoFailsTakesOnePlace) {
    DeliveryRig rig;
    rig.door->answer(500);
    rig.ended();
    rig.rest();
    for (int i = 0; i < 20; ++i) rig.ended();
    rig.pass(6s);
    EXPECT_EQ(rig.sent(), 2u);  // the failed one, and one other that has no answer
}

TEST(Deliverer, AddressesOfOneTenantThatDoNotAnswerLeavePlacesToOthers) {
    Options options;
    options.under_way = 16;
    DeliveryRig rig(options);
    rig.publish_for("acme");
    for (int i = 0; i < 10; ++i) rig.ended("one");
    for (int i = 0; i < 10; ++i) rig.ended("two");
    EXPECT_EQ(rig.sent(), 4u) << "a fourth of the places";
    rig.ended("one", "acme");
    EXPECT_EQ(rig.sent(), 5u);
    EXPECT_EQ(rig.deliverer->stats().under_way, 5u);
}

TEST(Deliverer, APlaceThatIsFreeGoesToWhoWaited) {
    Options options;
    options.under_way = 8;
    DeliveryRig rig(options);
    for (int i = 0; i < 5; ++i) rig.ended("one");
    rig.ended("two");
    EXPECT_EQ(rig.sent(), 2u);
    for (const int first : {1, 2}) {
        rig.door->reply(static_cast<http::Client::Ticket>(first), 200);
        rig.rest();
    }
    ASSERT_EQ(rig.sent(), 4u);
    EXPECT_EQ(rig.door->requests.back().url, "https://b.test/two/t0ken");
}

TEST(Deliverer, SignsWithBothSecretsWhileOneReplacesTheOther) {
    DeliveryRig rig;
    rig.secrets["B"] = "whsec_C2FtZSBvZiB0aGUgc2VjcmV0cyBpcyBub3cgb2xk";
    rig.publish(", '${{ secrets.B }}'");
    rig.ended();
    ASSERT_EQ(rig.sent(), 1u);
    const http::ClientRequest& request = rig.door->requests.front();
    EXPECT_EQ(header(request, "webhook-signature"),
              signature(rig.secrets["A"], request) + " " + signature(rig.secrets["B"], request));
}

TEST(Deliverer, AddressAndSecretsAreThoseOfTheMoment) {
    DeliveryRig rig;
    rig.door->answer(500);
    rig.ended();
    ASSERT_TRUE(rig.vars->set("default", "Base", Value::string("https://c.test"), rig.rig.flows()));
    rig.secrets["A"] = "whsec_C2FtZSBvZiB0aGUgc2VjcmV0cyBpcyBub3cgb2xk";
    rig.pass(6s);
    ASSERT_EQ(rig.sent(), 2u);
    EXPECT_EQ(rig.door->requests.back().url, "https://c.test/one");
    EXPECT_EQ(header(rig.door->requests.back(), "webhook-signature"),
              signature(rig.secrets["A"], rig.door->requests.back()));
}

TEST(Deliverer, ASecretThatIsNotSetIsAnAttemptThatFailed) {
    DeliveryRig rig;
    rig.secrets.erase("A");
    const Uuid id = rig.ended();
    rig.rest();
    EXPECT_EQ(rig.sent(), 0u);
    EXPECT_EQ(rig.row(id).state.attempts, 1u);
    EXPECT_THAT(rig.row(id).state.error, HasSubstr("secrets: line "));
    rig.secrets["A"] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    rig.door->answer(200);
    rig.pass(6s);
    EXPECT_EQ(rig.row(id).state.status, OutgoingStatus::delivered);
}

TEST(Deliverer, SaysWhichAddressesOfTheFlowsCannotBeSentTo) {
    DeliveryRig rig;
    EXPECT_TRUE(rig.deliverer->reload().empty());
    rig.secrets["A"] = "whsec_n0t!base64";
    auto problems = rig.deliverer->reload();
    ASSERT_EQ(problems.size(), 2u);
    EXPECT_THAT(problems[0], StartsWith("default/tested.one is sent nothing: "));
    EXPECT_THAT(problems[0], HasSubstr("whsec_ or whsk_ and base64"));
    EXPECT_THAT(problems[1], StartsWith("default/tested.two is sent nothing: "));
    for (const std::string& problem : problems) EXPECT_THAT(problem, Not(HasSubstr("n0t")));
    rig.secrets["A"] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    rig.secrets.erase("PATH");
    problems = rig.deliverer->reload();
    ASSERT_EQ(problems.size(), 1u);
    EXPECT_THAT(problems[0], StartsWith("default/tested.two is sent nothing: url: line "));
    EXPECT_EQ(rig.sent(), 0u);
}

TEST(Deliverer, ASecretInAnAddressIsNotShown) {
    DeliveryRig rig;
    rig.door->fail(http::Failure::Kind::connect, "https://b.test/two/t0ken: cannot be reached");
    rig.door->fail(http::Failure::Kind::connect, "https://a.test/one: cannot be reached");
    const Uuid two = rig.ended("two");
    const Uuid one = rig.ended("one");
    rig.rest();
    EXPECT_THAT(rig.row(two).state.error, Not(HasSubstr("t0ken")));
    EXPECT_EQ(rig.row(one).state.error, "https://a.test/one: cannot be reached");
}

TEST(Deliverer, AFailedMessageIsSentAgainOnRequest) {
    DeliveryRig rig;
    for (int i = 0; i < 8; ++i) rig.door->answer(500);
    const Uuid id = rig.ended();
    for (int i = 0; i < 40; ++i) rig.pass(1h);
    ASSERT_EQ(rig.row(id).state.status, OutgoingStatus::failed);
    rig.door->answer(500);
    rig.door->answer(200);
    std::optional<Result<store::OutgoingRow>> told;
    rig.deliverer->resend("default", id, [&](auto result) { told = std::move(result); });
    rig.rest();
    ASSERT_TRUE(told && *told);
    EXPECT_EQ((*told)->state.status, OutgoingStatus::pending);
    EXPECT_EQ(rig.sent(), 9u);
    rig.pass(6s);
    EXPECT_EQ(rig.row(id).state.status, OutgoingStatus::delivered);
    EXPECT_EQ(rig.row(id).state.attempts, 2u);
}

TEST(Deliverer, OneThatIsBeingSentIsNotSentOnRequest) {
    DeliveryRig rig;
    const Uuid id = rig.ended();
    std::optional<Result<store::OutgoingRow>> told;
    rig.deliverer->resend("default", id, [&](auto result) { told = std::move(result); });
    rig.rest();
    ASSERT_TRUE(told && !*told);
    EXPECT_EQ(told->error().code, ErrorCode::conflict);
    rig.deliverer->resend("default", rig.rig.runtime().new_id(),
                          [&](auto result) { told = std::move(result); });
    rig.rest();
    EXPECT_EQ(told->error().code, ErrorCode::not_found);
    rig.deliverer->resend("other", id, [&](auto result) { told = std::move(result); });
    rig.rest();
    EXPECT_EQ(told->error().code, ErrorCode::not_found);
}

TEST(Deliverer, AnAddressThatNobodyKnowsCannotBeEnabled) {
    DeliveryRig rig;
    std::optional<Result<store::OutgoingEndpoint>> told;
    rig.deliverer->enable({"default", "tested", "nobody"}, [&](auto result) { told = std::move(result); });
    rig.rest();
    ASSERT_TRUE(told && !*told);
    EXPECT_EQ(told->error().code, ErrorCode::not_found);
}

TEST(Deliverer, DrainsWhatIsUnderWayAndBeginsNothing) {
    DeliveryRig rig;
    const Uuid first = rig.ended();
    bool drained = false;
    rig.deliverer->drain(3s, [&] { drained = true; });
    const Uuid second = rig.ended();
    rig.rest();
    EXPECT_FALSE(drained);
    EXPECT_EQ(rig.sent(), 1u);
    rig.door->answer(200);
    rig.door->cancel(1);
    rig.rest();
    EXPECT_TRUE(drained);
    EXPECT_EQ(rig.row(first).state.attempts, 1u);
    EXPECT_EQ(rig.row(second).state.attempts, 0u);
}

TEST(Deliverer, ADrainHasAnEndThoughSomebodyDoesNotAnswer) {
    DeliveryRig rig;
    rig.ended();
    bool drained = false;
    rig.deliverer->drain(3s, [&] { drained = true; });
    rig.pass(2s);
    EXPECT_FALSE(drained);
    rig.pass(1s);
    EXPECT_TRUE(drained);
}

TEST(Deliverer, NothingIsSentAfterAWriteFailed) {
    DeliveryRig rig;
    rig.ended();
    rig.rig.store().fail("the disk is full");
    rig.door->cancel(1);
    rig.rest();
    rig.pass(1h);
    EXPECT_EQ(rig.sent(), 1u);
}

TEST(Deliverer, AMessageGoesAtOnceThoughTheClockWasSetBack) {
    DeliveryRig rig;
    rig.door->answer(204);
    rig.ended();
    rig.rig.clock.advance(-24h);
    rig.door->answer(204);
    const Uuid id = rig.ended();
    EXPECT_EQ(rig.sent(), 2u);
    rig.rest();
    EXPECT_EQ(rig.row(id).state.status, OutgoingStatus::delivered);
}

TEST(Deliverer, WhatAFarClockPutOffIsTriedWithinADayOnceTheClockIsRight) {
    DeliveryRig rig;
    const TimeMs right = rig.rig.clock.now();
    rig.rig.clock.set(right + 24h * 365);
    rig.door->answer(500);
    const Uuid id = rig.ended();
    rig.rest();
    rig.rig.clock.set(right);
    rig.door->answer(204);
    rig.until_next(25h, 30min);
    EXPECT_EQ(rig.row(id).state.status, OutgoingStatus::delivered);
}

TEST(Deliverer, WhoWaitedForAPlaceWhenTheClockWasSetBackHasItsTurnAllTheSame) {
    Options options;
    options.under_way = 4;
    DeliveryRig rig(options);
    rig.ended("one");
    const Uuid waits = rig.ended("two");
    ASSERT_EQ(rig.sent(), 1u);
    rig.rig.clock.set(rig.rig.clock.now() + -1h);
    rig.door->reply(1, 204);
    rig.rest();
    rig.door->answer(204);
    rig.until_next(2h, 1min);
    EXPECT_EQ(rig.row(waits).state.status, OutgoingStatus::delivered);
}

}  // namespace
}  // namespace tappet::outgoing
