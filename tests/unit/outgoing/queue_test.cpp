#include "outgoing/queue.hpp"

#include <gtest/gtest.h>

namespace tappet::outgoing {
namespace {

using store::OutgoingHead;

Uuid id(int n) {
    Uuid out;
    out.bytes[14] = static_cast<std::uint8_t>(n / 256);
    out.bytes[15] = static_cast<std::uint8_t>(n % 256);
    return out;
}
OutgoingHead head(int n, std::int64_t due) { return {id(n), TimeMs{due}}; }

TEST(OutgoingQueue, GivesWhatIsDueFirst) {
    Queue queue(10);
    EXPECT_FALSE(queue.take(TimeMs{100}));
    queue.add(head(1, 30));
    queue.add(head(2, 10));
    queue.add(head(3, 10));
    EXPECT_EQ(queue.next_due(), TimeMs{10});
    EXPECT_EQ(queue.take(TimeMs{20})->id, id(2));
    EXPECT_EQ(queue.take(TimeMs{20})->id, id(3));
    EXPECT_FALSE(queue.take(TimeMs{20}));
    EXPECT_EQ(queue.under_way(), 2u);
    queue.again(head(2, 40));
    queue.end(id(3));
    EXPECT_EQ(queue.under_way(), 0u);
    EXPECT_EQ(queue.take(TimeMs{50})->id, id(1));
    EXPECT_EQ(queue.take(TimeMs{50})->id, id(2));
}

TEST(OutgoingQueue, HoldsNoMoreThanItsBoundAndReadsTheRestWhenNoneIsLeft) {
    Queue queue(3);
    for (int n = 0; n < 100; ++n) queue.add(head(n, n));
    EXPECT_EQ(queue.waiting(), 3u);
    for (int n = 0; n < 3; ++n) {
        EXPECT_FALSE(queue.wants_page());
        EXPECT_EQ(queue.take(TimeMs{1000})->id, id(n));
    }
    ASSERT_TRUE(queue.wants_page());
    EXPECT_EQ(queue.page_size(), 6u);  // what is under way may be in it
    queue.page_asked();
    EXPECT_FALSE(queue.wants_page());
    queue.page_read({head(0, 0), head(1, 1), head(2, 2), head(3, 3), head(4, 4), head(5, 5)}, false);
    EXPECT_EQ(queue.waiting(), 3u);
    EXPECT_EQ(queue.take(TimeMs{1000})->id, id(3));
}

TEST(OutgoingQueue, ALaterOneStaysOnDiskWhereOthersThereMayBeBeforeIt) {
    Queue queue(2);
    for (int n = 0; n < 3; ++n) queue.add(head(n, n * 10));  // 2, due at 20, is on disk alone
    queue.take(TimeMs{0});
    queue.add(head(9, 100));  // would be taken before 2
    EXPECT_EQ(queue.waiting(), 1u);
    queue.add(head(8, 5));
    EXPECT_EQ(queue.take(TimeMs{1000})->id, id(8));
    EXPECT_EQ(queue.take(TimeMs{1000})->id, id(1));
    EXPECT_TRUE(queue.wants_page());
}

TEST(OutgoingQueue, WhatComesWhileAPageIsReadIsNotLost) {
    Queue queue(5);
    queue.look_again();
    ASSERT_TRUE(queue.wants_page());
    queue.page_asked();
    queue.add(head(7, 1));  // written after the page was read
    queue.page_read({}, true);
    EXPECT_EQ(queue.take(TimeMs{1000})->id, id(7));
    EXPECT_FALSE(queue.wants_page());
}

TEST(OutgoingQueue, WhatIsDoneWhileAPageIsReadIsNotSentAgain) {
    Queue queue(5);
    queue.add(head(1, 1));
    queue.add(head(2, 2));
    queue.take(TimeMs{1000});
    queue.take(TimeMs{1000});
    queue.look_again();
    queue.page_asked();
    queue.end(id(1));
    queue.again(head(2, 500));
    queue.page_read({head(1, 1), head(2, 2), head(3, 3)}, true);
    EXPECT_EQ(queue.take(TimeMs{100})->id, id(3));
    EXPECT_FALSE(queue.take(TimeMs{100}));
    EXPECT_EQ(queue.take(TimeMs{500})->id, id(2));  // due anew, which that page did not know
    EXPECT_FALSE(queue.take(TimeMs{1000}));
}

TEST(OutgoingQueue, APageThatCannotBeReadIsWantedStill) {
    Queue queue(5);
    queue.look_again();
    queue.page_asked();
    queue.page_failed();
    EXPECT_TRUE(queue.wants_page());
}

TEST(OutgoingQueue, OneThatIsClaimedIsNotTaken) {
    Queue queue(5);
    queue.add(head(1, 1));
    EXPECT_TRUE(queue.claim(id(1)));
    EXPECT_FALSE(queue.claim(id(1)));
    EXPECT_FALSE(queue.take(TimeMs{1000}));
    queue.again(head(1, 2));
    EXPECT_EQ(queue.take(TimeMs{1000})->id, id(1));
    EXPECT_FALSE(queue.claim(id(1)));
}

TEST(OutgoingQueue, WhatComesWhileAPageIsReadIsNotForgottenForWhatIsDueLater) {
    Queue queue(10);
    queue.look_again();
    queue.page_asked();
    queue.add(head(9, 5));
    queue.page_read({head(1, 36'000)}, true);
    EXPECT_EQ(queue.next_due(), TimeMs{5});
    EXPECT_EQ(queue.take(TimeMs{10})->id, id(9));
}

TEST(OutgoingQueue, AMessageIsThereOnceHoweverOftenItIsTold) {
    Queue queue(10);
    queue.look_again();
    queue.page_asked();
    queue.page_read({head(1, 5)}, true);
    queue.add(head(1, 6));
    EXPECT_EQ(queue.waiting(), 1u);
    EXPECT_EQ(queue.take(TimeMs{10})->id, id(1));
    queue.add(head(1, 6));  // it is under way
    EXPECT_FALSE(queue.take(TimeMs{10}));
}

TEST(OutgoingQueue, BringsForwardWhatIsTooFarOff) {
    Queue queue(10);
    for (int n = 1; n < 4; ++n) queue.add(head(n, n * 100));
    queue.bring_forward(TimeMs{150});
    EXPECT_EQ(queue.take(TimeMs{100})->id, id(1));
    EXPECT_FALSE(queue.take(TimeMs{149}));
    EXPECT_EQ(queue.take(TimeMs{150})->id, id(2));
    EXPECT_EQ(queue.take(TimeMs{150})->id, id(3));
    queue.bring_forward(TimeMs{0});
    EXPECT_FALSE(queue.next_due());
}

}  // namespace
}  // namespace tappet::outgoing
