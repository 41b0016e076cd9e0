#include "outgoing/judge.hpp"

#include <gtest/gtest.h>

#include "outgoing/retry_after.hpp"

namespace tappet::outgoing {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr TimeMs kNow{1'700'000'000'000};  // Tue, 14 Nov 2023 22:13:20 GMT

Answer status(int code, std::optional<milliseconds> retry_after = std::nullopt) {
    Answer out;
    out.status = code;
    out.retry_after = retry_after;
    return out;
}

TEST(JudgeAttempt, FollowsTheTableWithATenthAtMost) {
    SeededRandom random{1};
    const std::array<milliseconds, 7> table{5s, 5min, 30min, 2h, 5h, 10h, 10h};
    for (std::uint32_t made = 0; made < table.size(); ++made) {
        const auto state = judge(made, status(500), kNow, random);
        EXPECT_EQ(state.status, store::OutgoingStatus::pending);
        EXPECT_EQ(state.attempts, made + 1);
        EXPECT_GE(state.due - kNow, table[made]) << made;
        EXPECT_LE(state.due - kNow, table[made] + table[made] / 10) << made;
        EXPECT_EQ(state.error, "status 500");
    }
    EXPECT_EQ(judge(7, status(500), kNow, random).status, store::OutgoingStatus::failed);
}

TEST(JudgeAttempt, Every2xxIsDeliveredAndNothingElse) {
    SeededRandom random{1};
    for (const int code : {200, 201, 202, 204, 299}) {
        const auto state = judge(0, status(code), kNow, random);
        EXPECT_EQ(state.status, store::OutgoingStatus::delivered);
        EXPECT_EQ(state.answer, code);
        EXPECT_TRUE(state.error.empty());
    }
    for (const int code : {101, 302, 400, 401, 404, 500})
        EXPECT_EQ(judge(0, status(code), kNow, random).status, store::OutgoingStatus::pending) << code;
    Answer none;
    none.error = "a.test: cannot be reached";
    const auto state = judge(0, none, kNow, random);
    EXPECT_EQ(state.answer, 0);
    EXPECT_EQ(state.error, none.error);
}

TEST(JudgeAttempt, RetryAfterIsTheLeastWhereTheAnswerIs429Or503) {
    SeededRandom random{1};
    for (const int code : {429, 503}) {
        EXPECT_EQ(judge(0, status(code, 10min), kNow, random).due - kNow, 10min);
        EXPECT_GE(judge(1, status(code, 1s), kNow, random).due - kNow, 5min);
        EXPECT_EQ(judge(0, status(code, 100h), kNow, random).due - kNow, 24h);
    }
    EXPECT_LT(judge(0, status(500, 10min), kNow, random).due - kNow, 6s);
}

TEST(JudgeAttempt, GoneIsTheEndAtOnce) {
    SeededRandom random{1};
    EXPECT_EQ(judge(0, status(410), kNow, random).status, store::OutgoingStatus::failed);
}

/// An address, and a clock that nobody sets.
struct Judged {
    bool judge(const Answer& answer, std::chrono::milliseconds at) {
        return judge_endpoint(endpoint, failures, answer, {kNow + at, at}, 120h);
    }
    /// As many as are counted, but for one, an hour apart.
    void nearly_enough(std::chrono::milliseconds from) {
        for (std::uint32_t i = 1; i < kLeastFailures; ++i) judge(status(500), from + i * 1h);
    }
    store::OutgoingEndpoint endpoint;
    Failures failures;
};

TEST(JudgeEndpoint, IsDisabledAfterDaysOfNothingButFailures) {
    Judged it;
    EXPECT_TRUE(it.judge(status(500), 0h));
    EXPECT_EQ(it.endpoint.failing_since, kNow);
    it.nearly_enough(0h);
    EXPECT_FALSE(it.judge(status(500), 119h));
    EXPECT_EQ(it.endpoint.disabled, TimeMs{});
    EXPECT_TRUE(it.judge(status(503), 120h));
    EXPECT_EQ(it.endpoint.disabled, kNow + 120h);
    EXPECT_EQ(it.endpoint.reason,
              "every message has failed since 2023-11-14T22:13:20.000Z, the last one with: status 503");
}

TEST(JudgeEndpoint, ASuccessForgetsTheFailuresBefore) {
    Judged it;
    EXPECT_FALSE(it.judge(status(200), 0h));
    it.nearly_enough(0h);
    EXPECT_TRUE(it.judge(status(200), 100h));
    EXPECT_EQ(it.endpoint.failing_since, TimeMs{});
    it.nearly_enough(110h);
    EXPECT_EQ(it.endpoint.disabled, TimeMs{});
    EXPECT_TRUE(it.judge(status(200), 119h));
    it.judge(status(500), 120h);
    it.judge(status(500), 300h);
    EXPECT_EQ(it.endpoint.disabled, TimeMs{}) << "two since the last success";
}

TEST(JudgeEndpoint, NeedsFailuresAtSeveralTimesWhateverTheClockSays) {
    Judged it;
    std::chrono::milliseconds steady{0};
    for (std::uint32_t i = 1; i < kLeastFailures; ++i, steady += kFailuresApart)
        for (int together = 0; together < 10; ++together)
            judge_endpoint(it.endpoint, it.failures, status(500), {kNow + i * 120h, steady}, 120h);
    EXPECT_EQ(it.endpoint.disabled, TimeMs{});
    judge_endpoint(it.endpoint, it.failures, status(500), {kNow, steady}, 120h);
    EXPECT_EQ(it.endpoint.disabled, TimeMs{}) << "often enough, and no time has passed";
    judge_endpoint(it.endpoint, it.failures, status(500), {kNow + 1000h, steady}, 120h);
    EXPECT_EQ(it.endpoint.disabled, kNow + 1000h);
}

TEST(JudgeEndpoint, TellsTheLastFailureAsLongAsItFails) {
    Judged it;
    it.judge(status(500), 0h);
    EXPECT_EQ(it.endpoint.reason, "status 500");
    EXPECT_FALSE(it.judge(status(500), 1h)) << "nothing is new of it";
    EXPECT_TRUE(it.judge({0, "cannot connect", {}}, 2h));
    EXPECT_EQ(it.endpoint.reason, "cannot connect");
    EXPECT_TRUE(it.judge(status(200), 3h));
    EXPECT_EQ(it.endpoint.reason, "");
    it.judge(status(410), 4h);
    it.judge(status(200), 5h);
    EXPECT_EQ(it.endpoint.reason, "it answered 410: there is nobody there any more")
        << "it is disabled still";
}

TEST(JudgeEndpoint, GoneDisablesAtOnce) {
    Judged it;
    EXPECT_TRUE(it.judge(status(410), 0h));
    EXPECT_EQ(it.endpoint.disabled, kNow);
    EXPECT_EQ(it.endpoint.reason, "it answered 410: there is nobody there any more");
}

TEST(RetryAfter, IsSecondsOrADate) {
    EXPECT_EQ(read_retry_after("120", kNow), 120s);
    EXPECT_EQ(read_retry_after(" 0 ", kNow), 0s);
    EXPECT_EQ(read_retry_after("Tue, 14 Nov 2023 22:14:20 GMT", kNow), 60s);
    EXPECT_EQ(read_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", kNow), 0s);
    EXPECT_EQ(read_retry_after("99999999999", kNow), 366 * 24h);
    for (const char* wrong :
         {"", "-1", "1.5", "soon", "Tue, 31 Feb 2023 22:14:20 GMT", "Tue, 14 Now 2023 22:14:20 GMT",
          "Tue, 14 Nov 2023 25:14:20 GMT", "99999999999999999999999"})
        EXPECT_FALSE(read_retry_after(wrong, kNow)) << wrong;
}

}  // namespace
}  // namespace tappet::outgoing
