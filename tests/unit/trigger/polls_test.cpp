// Sources that are asked for events, in virtual time.
#include "trigger/polls.hpp"

#include <gmock/gmock.h>

#include <set>

#include "base/log.hpp"
#include "unit/trigger/poll_rig.hpp"

namespace tappet::trigger {
namespace {

using flow::ErrorClass;
using test::call_error;
using test::json;
using namespace std::chrono_literals;

TEST(Polls, AskAtOnceAndThenEverySoOftenWithJitter) {
    PollRig rig;
    ASSERT_EQ(rig.sources.calls.size(), 1u);
    const auto& call = rig.sources.calls[0];
    EXPECT_EQ(call.kind, "poll crm/changes");
    EXPECT_TRUE(call.in("cursor").is_null());
    EXPECT_EQ(call.in("limit"), Value::integer(5));
    EXPECT_EQ(call.in("settings"), json(R"({"list":"all"})"));
    std::set<std::int64_t> waits;
    for (int i = 0; i < 8; ++i) {
        rig.finish(R"({"cursor":null})");
        const auto wait = rig.next(1h);
        EXPECT_GE(wait, 54s);
        EXPECT_LE(wait, 66s + 100ms);
        waits.insert(wait.count());
    }
    EXPECT_GT(waits.size(), 3u);
}

TEST(Polls, CommitRunsAndTheCursorTogether) {
    PollRig rig;
    rig.sources.finish(
        json(R"({"events":[{"id":"1","body":{"n":1}},{"id":"2","body":{"n":2}}],"cursor":{"at":2}})"));
    EXPECT_EQ(rig.rig.store().queued().size(), 1u);
    rig.rig.settle();
    EXPECT_EQ(rig.runs(), 2u);
    rig.next();
    EXPECT_EQ(rig.sources.calls.at(1).in("cursor"), json(R"({"at":2})"));
}

TEST(Polls, DoNotOverlap) {
    PollRig rig;
    rig.pass(4min);
    EXPECT_EQ(rig.sources.calls.size(), 1u) << "the first has not ended";
    rig.sources.finish(json(R"({"events":[{"id":"1"}],"cursor":1})"));
    rig.pass(10min);
    EXPECT_EQ(rig.sources.calls.size(), 1u) << "what it told is not durable";
    rig.rig.settle();
    rig.pass(67s);
    EXPECT_EQ(rig.sources.calls.size(), 2u);
}

TEST(Polls, AskAgainAtOnceWhereThereIsMore) {
    PollRig rig;
    rig.finish(R"({"events":[{"id":"1"}],"cursor":1,"more":true})");
    rig.polls->tick();
    ASSERT_EQ(rig.sources.calls.size(), 2u);
    rig.finish(R"({"events":[],"cursor":1,"more":true})");
    rig.polls->tick();
    EXPECT_EQ(rig.sources.calls.size(), 2u) << "a cursor that stays tells nothing new";
}

TEST(Polls, GoOnAfterARestartWhereTheyWere) {
    PollRig rig;
    rig.finish(R"({"events":[{"id":"1"}],"cursor":{"secret":"x","at":1}})");
    rig.crash();
    ASSERT_EQ(rig.sources.calls.size(), 1u);
    EXPECT_EQ(rig.sources.calls[0].in("cursor"), json(R"({"secret":"x","at":1})"));
}

TEST(Polls, SealASecretInTheirCursor) {
    PollRig rig;
    rig.finish(Value::object({{"cursor", Value::string("s3cret").as_secret()}}));
    EXPECT_EQ(rig.rig.disk.cursors.begin()->second.data.find("s3cret"), std::string::npos);
    rig.crash();
    EXPECT_EQ(rig.sources.calls.at(0).in("cursor").as_string(), "s3cret");
    EXPECT_TRUE(rig.sources.calls[0].in("cursor").secret());
}

TEST(Polls, NeitherLoseNorDoubleAnEventWhereverTheProcessDies) {
    // A source of 1..N that tells three at a time from its cursor on; the process dies at a different point
    // in every life: before the commit, between its parts' being asked and told, after it.
    constexpr std::int64_t kEvents = 120;
    for (const int step : {3, 4, 5, 7}) {
        PollRig rig;
        int since = 0;
        const auto dies = [&] { return ++since % step == 0; };
        for (int lives = 0; lives < 500; ++lives) {
            const Value& cursor = rig.sources.calls.back().in("cursor");
            const std::int64_t from = cursor.is_null() ? 0 : cursor.as_integer();
            if (from == kEvents) break;
            std::vector<Value> events;
            std::int64_t to = from;
            while (to < std::min(from + 3, kEvents)) {
                ++to;
                events.push_back(Value::object({{"body", Value::integer(to)}}));
            }
            if (dies()) {
                rig.crash();
                continue;
            }
            rig.sources.finish(Value::object({{"events", Value::list(events)},
                                              {"cursor", Value::integer(to)},
                                              {"more", Value::boolean(true)}}));
            if (dies()) {
                rig.crash();
                continue;
            }
            rig.rig.store().complete_one();
            if (dies()) {
                rig.crash();
                continue;
            }
            rig.rig.settle();
            rig.polls->tick();
        }
        std::multiset<std::int64_t> seen;
        for (const auto& [id, rows] : rig.rig.disk.journals)
            for (const auto& entry : rig.rig.journal(id))
                if (const auto* started = std::get_if<run::RunStarted>(&entry.body))
                    seen.insert(started->event.find("body")->as_integer());
        EXPECT_EQ(seen.size(), static_cast<std::size_t>(kEvents)) << step;
        EXPECT_EQ(std::set<std::int64_t>(seen.begin(), seen.end()).size(), seen.size()) << step;
        EXPECT_EQ(rig.rig.store().misuse(), "");
    }
}

TEST(Polls, StartNothingAgainForAnEventThatWasThereBefore) {
    PollRig rig;
    rig.finish(R"({"events":[{"id":"1"},{"id":"2"}],"cursor":2,"more":true})");
    rig.polls->tick();
    rig.finish(R"({"events":[{"id":"2"},{"id":"3"}],"cursor":3})");
    EXPECT_EQ(rig.runs(), 3u);
    EXPECT_EQ(rig.polls->stats().duplicates, 1u);
}

TEST(Polls, LeaveOutWhatTheTriggerFiltersOrRefusesAndGoOn) {
    PollRig rig("filter: trigger.body.n > 0, input: { schema: { type: object, required: [m] } }");
    rig.finish(
        R"({"events":[{"body":{"n":0}},{"body":{"n":1}},{"body":{}},{"body":{"n":1,"m":1}}],"cursor":4})");
    EXPECT_EQ(rig.runs(), 1u);
    EXPECT_EQ(rig.polls->stats().filtered, 1u);
    EXPECT_EQ(rig.polls->stats().refused, 2u);
    rig.book->settle([] {});
    const auto kept = rig.rig.store().rejected({.tenant = "default"}).value().rows;
    ASSERT_EQ(kept.size(), 2u) << "for the flow's owner to see";
    EXPECT_EQ(kept[0].code, "filter-failed");
    EXPECT_EQ(kept[1].code, "schema");
    EXPECT_EQ(kept[1].trigger, "changed");
    EXPECT_NE(kept[1].data.find("\"source\":\"crm/changes\""), std::string::npos);
    EXPECT_FALSE(rig.rig.disk.cursors.empty()) << "they are not told again";
}

TEST(Polls, KeepNoSecretOfTheirOwnInWhatTheyRefuse) {
    PollRig rig("with: { list: '${{ secrets.TOKEN }}' }, input: { schema: { type: object, required: [m] } }");
    rig.finish(Value::object({{"cursor", Value::string("s3cret cursor").as_secret()}}));
    rig.next();
    ::testing::internal::CaptureStderr();
    rig.finish(R"({"events":[{"id":"of t0ken/of+us","body":{"a":"list=t0ken%2Fof%2Bus","b":"dDBrZW4vb2YrdXM=",
               "c":"after s3cret cursor","d":"shown"}}],"cursor":2})");
    log::flush();
    const std::string lines = ::testing::internal::GetCapturedStderr();
    EXPECT_THAT(lines, ::testing::HasSubstr("(id of ••••)"));
    rig.book->settle([] {});
    const auto kept = rig.rig.store().rejected({.tenant = "default"}).value().rows;
    ASSERT_EQ(kept.size(), 1u);
    EXPECT_THAT(kept[0].data, ::testing::HasSubstr("shown"));
    for (const char* secret : {"t0ken", "dDBrZW4vb2YrdXM", "s3cret"})
        EXPECT_THAT(kept[0].data, ::testing::Not(::testing::HasSubstr(secret)));
}

TEST(Polls, BackOffAfterErrorsAndRecover) {
    PollRig rig("poll: { every: 10s }");
    std::vector<std::chrono::milliseconds> waits;
    for (int i = 0; i < 9; ++i) {
        rig.finish(call_error(ErrorClass::unavailable));
        waits.push_back(rig.next());
    }
    for (std::size_t i = 0; i < 6; ++i) {
        EXPECT_GE(waits[i], 9s * (1 << i)) << i;
        EXPECT_LE(waits[i], 11s * (1 << i) + 100ms) << i;
    }
    EXPECT_LE(waits[8], Polls::kLongestBackoff + 100ms);
    EXPECT_GE(waits[8], Polls::kLongestBackoff - 100ms);
    rig.finish(R"({"cursor":1})");
    EXPECT_LE(rig.next(), 11s + 100ms);
}

TEST(Polls, HonourRetryAfter) {
    PollRig rig("poll: { every: 10s }");
    rig.finish(call_error(ErrorClass::rate_limited, 30min));
    const auto wait = rig.next();
    EXPECT_GE(wait, 30min);
    EXPECT_LE(wait, 30min + 100ms);
}

TEST(Polls, TakeNoResultThatIsNotWhatItShouldBe) {
    PollRig rig("poll: { every: 1s, limit: 2 }");
    for (const char* result : {"7", R"({"events":[{},{},{}],"cursor":1})",
                               R"({"events":[{"id":1}],"cursor":1})", R"({"more":1})"}) {
        rig.finish(result);
        rig.next();
    }
    rig.finish(Value::object({{"cursor", Value::string(std::string(Polls::kMaxCursor, 'x'))}}));
    EXPECT_EQ(rig.polls->stats().failed, 5u);
    EXPECT_EQ(rig.runs(), 0u);
    EXPECT_TRUE(rig.rig.disk.cursors.empty());
    rig.next();
    rig.finish(Value::object({{"cursor", Value::string(std::string(Polls::kMaxCursor - 10, 'x'))}}));
    EXPECT_EQ(rig.polls->stats().failed, 5u);
    EXPECT_FALSE(rig.rig.disk.cursors.empty());
}

TEST(Polls, EndACallThatTakesTooLongAndWaitForItsEnd) {
    PollRig rig;
    rig.pass(5min);
    EXPECT_TRUE(rig.sources.calls[0].cancelled);
    rig.pass(1h);
    EXPECT_EQ(rig.sources.calls.size(), 1u);
    rig.finish(R"({"events":[{"id":"1"}],"cursor":1})");
    EXPECT_EQ(rig.runs(), 0u) << "its time was over";
    EXPECT_LE(rig.next(), 67s);
}

TEST(Polls, DoNotAskAgainWhileACallThatWasGivenUpGoesOn) {
    PollRig rig;
    rig.sources.at_it = {1};
    rig.finish(call_error(ErrorClass::cancelled));
    rig.pass(1h);
    rig.pass(1h);
    EXPECT_EQ(rig.sources.calls.size(), 1u);
    rig.sources.at_it.clear();
    EXPECT_LE(rig.next(), 67s);
    EXPECT_EQ(rig.sources.calls.size(), 2u);
}

TEST(Polls, RestWhileTheEngineIsFull) {
    PollRig rig;
    rig.rig.store().fail("the disk is full");
    rig.finish(R"({"events":[{"id":"1"}],"cursor":1})");
    rig.pass(1h);
    EXPECT_EQ(rig.sources.calls.size(), 1u);
    rig.crash();
    EXPECT_TRUE(rig.sources.calls.at(0).in("cursor").is_null()) << "nothing of it was written";
}

TEST(Polls, EndWithTheirFlow) {
    PollRig rig;
    rig.rig.flows().withdraw("default", "crm");
    rig.polls->reload();
    EXPECT_TRUE(rig.sources.calls[0].cancelled);
    rig.finish(R"({"events":[{"id":"1"}],"cursor":1})");
    EXPECT_EQ(rig.runs(), 0u);
    rig.pass(1h);
    EXPECT_EQ(rig.sources.calls.size(), 1u);
    rig.publish();
    rig.polls->reload();
    rig.polls->tick();
    EXPECT_EQ(rig.sources.calls.size(), 2u);
}

TEST(Polls, DoNotOverlapWhereAFlowGoesAndComesBack) {
    PollRig rig;
    rig.rig.flows().withdraw("default", "crm");
    rig.polls->reload();
    rig.publish();
    rig.polls->reload();
    rig.polls->tick();
    EXPECT_EQ(rig.sources.calls.size(), 1u);
    rig.finish(call_error(ErrorClass::cancelled));
    rig.polls->tick();
    EXPECT_EQ(rig.sources.calls.size(), 2u);
    EXPECT_EQ(rig.polls->stats().failed, 0u);
}

TEST(Polls, KeepTheirCursorThroughANewVersionAndNotThroughAnotherSource) {
    PollRig rig;
    rig.finish(R"({"cursor":7})");
    rig.more += ", filter: 'true'";
    rig.publish();
    rig.polls->reload();
    rig.polls->tick();
    EXPECT_EQ(rig.sources.calls.at(1).in("cursor"), Value::integer(7));
    rig.publish("crm", "crm/others");
    rig.polls->reload();
    rig.finish(1, json(R"({"cursor":8})"));
    rig.polls->tick();
    ASSERT_EQ(rig.sources.calls.size(), 3u);
    EXPECT_EQ(rig.sources.calls[2].kind, "poll crm/others");
    EXPECT_TRUE(rig.sources.calls[2].in("cursor").is_null());
}

TEST(Polls, ThatAreStoppedStartNothing) {
    PollRig rig;
    rig.polls->stop();
    EXPECT_TRUE(rig.sources.calls[0].cancelled);
    rig.finish(R"({"events":[{"id":"1"}],"cursor":1})");
    EXPECT_EQ(rig.runs(), 0u);
    rig.polls->reload();
    rig.pass(1h);
    EXPECT_EQ(rig.sources.calls.size(), 1u);
}

const TriggerKey kChanged{"default", "crm", "changed"};

TEST(Polls, ThatArePausedAskNothingAndKeepTheirCursor) {
    PollRig rig;
    rig.finish(R"({"cursor":7})");
    ASSERT_TRUE(rig.pause(kChanged));
    rig.pass(1h);
    EXPECT_EQ(rig.sources.calls.size(), 1u);
    rig.crash();
    rig.pass(1h);
    EXPECT_EQ(rig.sources.calls.size(), 0u);
    EXPECT_TRUE(rig.polls->entry(kChanged)->paused);
    ASSERT_TRUE(rig.resume(kChanged));
    rig.polls->tick();
    ASSERT_EQ(rig.sources.calls.size(), 1u);
    EXPECT_EQ(rig.sources.calls[0].in("cursor"), Value::integer(7));
}

TEST(Polls, WhatIsUnderWayWhenTheyArePausedIsToldAgainAfterIt) {
    PollRig rig;
    ASSERT_TRUE(rig.pause(kChanged));
    EXPECT_TRUE(rig.sources.calls[0].cancelled);
    rig.finish(R"({"events":[{"id":"1"}],"cursor":1})");
    rig.pass(1h);
    EXPECT_EQ(rig.runs(), 0u);
    EXPECT_EQ(rig.sources.calls.size(), 1u);
    ASSERT_TRUE(rig.resume(kChanged));
    rig.polls->tick();
    ASSERT_EQ(rig.sources.calls.size(), 2u);
    EXPECT_TRUE(rig.sources.calls[1].in("cursor").is_null());
    rig.finish(R"({"events":[{"id":"1"}],"cursor":1})");
    EXPECT_EQ(rig.runs(), 1u);
}

TEST(Polls, ResumedBeforeWhatWasUnderWayHasEndedDoNotOverlapIt) {
    PollRig rig;
    ASSERT_TRUE(rig.pause(kChanged));
    ASSERT_TRUE(rig.resume(kChanged));
    rig.polls->tick();
    EXPECT_EQ(rig.sources.calls.size(), 1u);
    rig.finish(R"({"events":[{"id":"1"}],"cursor":1})");
    rig.polls->tick();
    EXPECT_EQ(rig.runs(), 0u);
    EXPECT_EQ(rig.sources.calls.size(), 2u);
}

TEST(Polls, WhatWasToldBeforeAPauseIsKept) {
    PollRig rig;
    rig.sources.finish(json(R"({"events":[{"id":"1"}],"cursor":1,"more":true})"));
    ASSERT_TRUE(rig.pause(kChanged));
    rig.rig.settle();
    rig.pass(1h);
    EXPECT_EQ(rig.runs(), 1u);
    EXPECT_EQ(rig.sources.calls.size(), 1u);
    ASSERT_TRUE(rig.resume(kChanged));
    rig.polls->tick();
    EXPECT_EQ(rig.sources.calls.at(1).in("cursor"), Value::integer(1));
}

TEST(Polls, AskUntilTheirPauseIsDurableAndAgainWhenItsEndIs) {
    PollRig rig;
    std::string said;
    const auto note = [&said](const Result<void>& done) { said += done ? "done" : done.error().message; };
    rig.disk.holds = true;
    rig.polls->pause(kChanged, note);
    EXPECT_FALSE(rig.sources.calls[0].cancelled);
    rig.finish(R"({"events":[{"id":"1"}],"cursor":1})");
    EXPECT_EQ(rig.runs(), 1u);
    EXPECT_EQ(said, "");
    rig.disk.release();
    EXPECT_EQ(said, "done");
    rig.pass(1h);
    EXPECT_EQ(rig.sources.calls.size(), 1u);
    rig.polls->resume(kChanged, note);
    rig.pass(1h);
    EXPECT_EQ(rig.sources.calls.size(), 1u);
    rig.disk.release();
    EXPECT_EQ(said, "donedone");
    rig.polls->tick();
    EXPECT_EQ(rig.sources.calls.size(), 2u);
}

TEST(Polls, ShowTheirCursorWhenItIsRead) {
    PollRig rig;
    rig.finish(R"({"cursor":7})");
    rig.disk.holds = true;
    std::optional<Value> shown;
    rig.polls->cursor(kChanged, [&shown](const Result<Polls::Cursor>& found) { shown = found->value; });
    EXPECT_FALSE(shown);
    rig.disk.release();
    EXPECT_EQ(shown, Value::integer(7));
}

TEST(Polls, SayHowTheyDo) {
    PollRig rig;
    rig.finish(call_error(ErrorClass::unavailable));
    EXPECT_EQ(rig.polls->entries().size(), 1u);
    EXPECT_EQ(rig.polls->entry(kChanged)->failures, 1u);
    EXPECT_THAT(rig.polls->entry(kChanged)->problem, ::testing::StartsWith("unavailable"));
    rig.next();
    rig.finish(R"({"cursor":1})");
    EXPECT_EQ(rig.polls->entry(kChanged)->problem, "");
    EXPECT_EQ(rig.pause({"default", "crm", "other"}).error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace tappet::trigger
