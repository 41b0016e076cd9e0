#include <gtest/gtest.h>

#include "run/decide.hpp"

namespace tappet::run {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

flow::RetryPolicy policy() {
    flow::RetryPolicy p;
    p.max_attempts = 10;
    p.initial = 1s;
    p.factor = 2;
    p.cap = 5s;
    p.jitter = flow::Jitter::none;
    return p;
}
const flow::RunError kUnavailable{flow::ErrorClass::unavailable, "", "", 0, ""};

std::optional<milliseconds> delay(const flow::RetryPolicy& p, std::uint32_t failed,
                                  milliseconds elapsed = 0ms, std::optional<milliseconds> retry_after = {}) {
    SeededRandom random(3);
    return retry_delay(p, kUnavailable, failed, elapsed, retry_after, random);
}

TEST(RetryDelay, GrowsByTheFactorUpToTheCap) {
    const milliseconds expected[] = {1s, 2s, 4s, 5s, 5s};
    for (std::uint32_t failed = 1; failed <= 5; ++failed)
        EXPECT_EQ(delay(policy(), failed), expected[failed - 1]);
}

TEST(RetryDelay, OfManyAttemptsIsStillTheCap) {
    auto p = policy();
    p.max_attempts = 0xffffffff;
    EXPECT_EQ(delay(p, 4'000'000'000), milliseconds(5s));
}

TEST(RetryDelay, WithoutAWaitAtFirstIsNoWaitAtAllHoweverManyAttempts) {
    for (const auto jitter : {flow::Jitter::none, flow::Jitter::full, flow::Jitter::equal}) {
        auto p = policy();
        p.initial = 0s;
        p.factor = 10;
        p.jitter = jitter;
        p.max_attempts = 1'000;
        EXPECT_EQ(delay(p, 1), 0ms);
        EXPECT_EQ(delay(p, 400), 0ms);
    }
}

TEST(RetryDelay, EndsWithTheAttempts) {
    auto p = policy();
    p.max_attempts = 3;
    EXPECT_TRUE(delay(p, 2));
    EXPECT_FALSE(delay(p, 3));
    EXPECT_FALSE(delay(p, 4));
}

TEST(RetryDelay, IsOnlyForTheClassesThatThePolicyNames) {
    SeededRandom random(3);
    for (const auto& [error, again] : {std::pair{flow::ErrorClass::rate_limited, true},
                                       {flow::ErrorClass::timeout, true},
                                       {flow::ErrorClass::unavailable, true},
                                       {flow::ErrorClass::upstream, false},
                                       {flow::ErrorClass::validation, false},
                                       {flow::ErrorClass::cancelled, false}})
        EXPECT_EQ(retry_delay(policy(), {error, "", "", 0, ""}, 1, 0ms, {}, random).has_value(), again);
}

TEST(RetryDelay, WithFullJitterIsAnythingUpToTheWait) {
    auto p = policy();
    p.jitter = flow::Jitter::full;
    SeededRandom random(3);
    milliseconds least = 1h, most = 0ms;
    for (int i = 0; i < 2'000; ++i) {
        const auto d = *retry_delay(p, kUnavailable, 3, 0ms, {}, random);
        least = std::min(least, d);
        most = std::max(most, d);
    }
    EXPECT_LT(least, 100ms);
    EXPECT_GT(most, 3'900ms);
    EXPECT_LE(most, 4s);
}

TEST(RetryDelay, WithEqualJitterIsAtLeastHalfOfTheWait) {
    auto p = policy();
    p.jitter = flow::Jitter::equal;
    SeededRandom random(3);
    for (int i = 0; i < 2'000; ++i) {
        const auto d = *retry_delay(p, kUnavailable, 3, 0ms, {}, random);
        EXPECT_GE(d, 2s);
        EXPECT_LE(d, 4s);
    }
}

TEST(RetryDelay, IsWhatThePeerAsksForWhereThatIsLonger) {
    EXPECT_EQ(delay(policy(), 1, 0ms, 20s), milliseconds(20s));
    EXPECT_EQ(delay(policy(), 3, 0ms, 2s), milliseconds(4s));
    auto p = policy();
    p.honour_retry_after = false;
    EXPECT_EQ(delay(p, 1, 0ms, 20s), milliseconds(1s));
}

TEST(RetryDelay, IsADayAtMostWhateverThePeerAsksFor) {
    EXPECT_EQ(delay(policy(), 1, 0ms, 9'000h), milliseconds(24h));
}

TEST(RetryDelay, DoesNotGoBeyondTheTimeOfTheStep) {
    auto p = policy();
    p.max_elapsed = 10s;
    EXPECT_EQ(delay(p, 1, 9s), milliseconds(1s));
    EXPECT_FALSE(delay(p, 1, 9'001ms));
    EXPECT_FALSE(delay(p, 1, 0ms, 11s));
}

}  // namespace
}  // namespace tappet::run
