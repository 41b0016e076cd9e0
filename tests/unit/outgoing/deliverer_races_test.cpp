// Who enables an address or sends a message again, against attempts that are under way.
#include <gmock/gmock.h>

#include "delivery_rig.hpp"
#include "outgoing/deliverer.hpp"

namespace tappet::outgoing {
namespace {

using namespace std::chrono_literals;
using store::OutgoingStatus;
using ::testing::HasSubstr;

const store::OutgoingAddress kOne{"default", "tested", "one"};

/// What was said, in a word; empty before it is.
std::shared_ptr<std::string> resend(DeliveryRig& rig, const Uuid& id) {
    auto said = std::make_shared<std::string>();
    rig.deliverer->resend("default", id, [said](const Result<store::OutgoingRow>& done) {
        *said = !done ? done.error().message : done->held ? "held" : "done";
    });
    return said;
}

std::shared_ptr<std::string> enable(DeliveryRig& rig) {
    auto said = std::make_shared<std::string>();
    rig.deliverer->enable(kOne, [said](const Result<store::OutgoingEndpoint>& done) {
        *said = done ? "done" : done.error().message;
    });
    return said;
}

bool disabled_on_disk(DeliveryRig& rig) {
    return rig.rig.store().outgoing_endpoints("default").value().front().disabled.ms != 0;
}

TEST(DelivererEnable, WhatWasSentBeforeItDoesNotDisableTheAddressAgain) {
    DeliveryRig rig;
    for (int i = 0; i < 3; ++i) rig.ended();
    rig.door->reply(1, 410);
    rig.rest();
    ASSERT_EQ(rig.deliverer->stats().disabled, 1u);
    const auto said = enable(rig);
    rig.rest();
    EXPECT_EQ(*said, "done");
    rig.door->reply(2, 410);
    rig.door->reply(3, 500);
    rig.rest();
    EXPECT_EQ(rig.deliverer->stats().disabled, 0u);
    EXPECT_FALSE(disabled_on_disk(rig));
    rig.door->answer(410);
    rig.ended();
    rig.rest();
    EXPECT_EQ(rig.deliverer->stats().disabled, 1u) << "this one was sent since";
    EXPECT_TRUE(disabled_on_disk(rig));
}

TEST(DelivererEnable, IsWrittenBehindWhatDisabledTheAddress) {
    DeliveryRig rig;
    rig.ended();
    rig.holds = true;
    rig.door->reply(1, 410);
    rig.rest();
    const auto said = enable(rig);
    ASSERT_EQ(rig.held.size(), 2u);
    rig.release(1);
    EXPECT_EQ(*said, "") << "the attempt before it is being written";
    rig.release();
    EXPECT_EQ(*said, "done");
    EXPECT_FALSE(disabled_on_disk(rig));
    rig.door->answer(200);
    const Uuid next = rig.ended();
    rig.rest();
    EXPECT_EQ(rig.row(next).state.status, OutgoingStatus::delivered);
}

TEST(DelivererEnable, TwiceAtOnceIsOnce) {
    DeliveryRig rig;
    rig.door->answer(410);
    rig.ended();
    rig.rest();
    rig.door->answer(200);
    const Uuid held = rig.ended();
    const auto first = enable(rig), second = enable(rig);
    rig.rest();
    EXPECT_EQ(*first + *second, "donedone");
    EXPECT_EQ(rig.sent(), 2u);
    EXPECT_EQ(rig.row(held).state.status, OutgoingStatus::delivered);
}

TEST(DelivererEnable, WaitsUntilTheAddressesAreRead) {
    DeliveryRig rig;
    rig.door->answer(410);
    rig.ended();
    rig.rest();
    rig.holds = true;
    rig.crash();  // the next process's addresses are not told yet
    const auto early = enable(rig);
    rig.release(1);
    EXPECT_THAT(*early, HasSubstr("try again"));
    rig.release();
    EXPECT_EQ(rig.deliverer->stats().disabled == 1, disabled_on_disk(rig)) << "memory is as the disk is";
    const auto said = enable(rig);
    rig.rest();
    EXPECT_EQ(*said, "done");
    EXPECT_EQ(rig.deliverer->stats().disabled, 0u);
    EXPECT_FALSE(disabled_on_disk(rig));
}

TEST(Deliverer, SendsNothingThatWasBeingReadWhenItsAddressWasDisabled) {
    DeliveryRig rig;
    rig.ended();
    rig.holds = true;
    const Uuid second = rig.ended();
    rig.door->reply(1, 410);
    rig.rest();
    rig.release();
    EXPECT_EQ(rig.sent(), 1u);
    EXPECT_EQ(rig.deliverer->stats().under_way, 0u);
    rig.door->answer(200);
    enable(rig);
    rig.rest();
    EXPECT_EQ(rig.sent(), 2u);
    EXPECT_EQ(rig.row(second).state.status, OutgoingStatus::delivered);
}

TEST(Deliverer, SendsNothingThatWasBeingReadWhenItBeganToDrain) {
    DeliveryRig rig;
    rig.holds = true;
    const Uuid id = rig.ended();
    bool drained = false;
    rig.deliverer->drain(3s, [&] { drained = true; });
    rig.release();
    EXPECT_EQ(rig.sent(), 0u);
    EXPECT_TRUE(drained);
    EXPECT_EQ(rig.row(id).state.status, OutgoingStatus::pending);
}

TEST(DelivererResend, LeavesAloneWhatWasDeliveredWhileItWasRead) {
    DeliveryRig rig;
    rig.door->answer(500);
    const Uuid id = rig.ended();
    rig.rest();
    rig.door->answer(200);
    rig.holds = true;
    const auto said = resend(rig, id);
    rig.holds = false;
    rig.pass(6s);
    ASSERT_EQ(rig.row(id).state.status, OutgoingStatus::delivered);
    rig.release();
    EXPECT_THAT(*said, HasSubstr("is being sent"));
    EXPECT_EQ(rig.sent(), 2u);
    EXPECT_EQ(rig.row(id).state.status, OutgoingStatus::delivered);
    EXPECT_EQ(rig.row(id).state.attempts, 2u);
    EXPECT_EQ(rig.deliverer->stats().in_memory, 0u);
}

TEST(DelivererResend, LeavesAloneWhatFailedWhileItWasRead) {
    DeliveryRig rig;
    const Uuid id = rig.ended();
    rig.holds = true;
    const auto said = resend(rig, id);
    rig.holds = false;
    rig.door->reply(1, 500);
    rig.rest();
    rig.release();
    EXPECT_THAT(*said, HasSubstr("is being sent"));
    EXPECT_EQ(rig.row(id).state.attempts, 1u);
    EXPECT_EQ(rig.row(id).state.answer, 500);
    EXPECT_EQ(rig.sent(), 1u);
    rig.pass(6s);
    EXPECT_EQ(rig.sent(), 2u) << "as the table says";
}

TEST(DelivererResend, IsRefusedUntilTheAttemptBeforeItIsWritten) {
    DeliveryRig rig;
    const Uuid id = rig.ended();
    rig.holds = true;
    rig.door->reply(1, 500);
    rig.rest();
    const auto said = resend(rig, id);
    ASSERT_EQ(rig.held.size(), 2u);
    rig.release(1);
    EXPECT_THAT(*said, HasSubstr("is being sent"));
    rig.release();
    EXPECT_EQ(rig.row(id).state.attempts, 1u);
    rig.holds = false;
    EXPECT_EQ(*resend(rig, id), "");
    rig.rest();
    EXPECT_EQ(rig.sent(), 2u);
}

TEST(DelivererResend, OfOneThatWaitsSendsItOnceAtOnce) {
    DeliveryRig rig;
    rig.door->answer(500);
    const Uuid id = rig.ended();
    rig.rest();
    rig.door->answer(200);
    const auto first = resend(rig, id), second = resend(rig, id);
    rig.rest();
    EXPECT_EQ(*first, "done");
    EXPECT_THAT(*second, HasSubstr("is being sent"));
    rig.pass(1h);
    EXPECT_EQ(rig.sent(), 2u);
    EXPECT_EQ(rig.row(id).state.status, OutgoingStatus::delivered);
    EXPECT_EQ(rig.row(id).state.attempts, 1u);
}

TEST(DelivererResend, ToADisabledAddressWaitsUntilItIsEnabled) {
    DeliveryRig rig;
    rig.door->answer(410);
    const Uuid id = rig.ended();
    rig.rest();
    const auto said = resend(rig, id);
    rig.rest();
    EXPECT_EQ(*said, "held");
    rig.pass(1h);
    EXPECT_EQ(rig.sent(), 1u);
    rig.door->answer(200);
    const auto again = resend(rig, id), enabled = enable(rig);
    rig.rest();
    EXPECT_EQ(*enabled, "done");
    EXPECT_EQ(rig.sent(), 2u);
    EXPECT_EQ(rig.row(id).state.status, OutgoingStatus::delivered);
    EXPECT_EQ(rig.deliverer->stats().in_memory, 0u);
}

TEST(DelivererResend, OfOneThatIsDeletedMeanwhileFindsNothing) {
    DeliveryRig rig;
    rig.door->answer(200);
    const Uuid id = rig.ended();
    rig.rest();
    rig.holds = true;
    const auto said = resend(rig, id);
    rig.rig.clock.advance(24h);
    ASSERT_EQ(rig.rig.store().purge_outgoing(rig.rig.clock.now()).value(), 1u);
    rig.release();
    EXPECT_THAT(*said, HasSubstr("there is no message"));
    EXPECT_EQ(rig.sent(), 1u);
    EXPECT_EQ(rig.deliverer->stats().in_memory, 0u);
}

}  // namespace
}  // namespace tappet::outgoing
