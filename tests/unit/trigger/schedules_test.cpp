// Schedules in virtual time: what starts, once, whatever the process and the clock do.
#include "trigger/schedules.hpp"

#include <gmock/gmock.h>

#include <functional>
#include <map>

#include "base/log.hpp"
#include "base/time_text.hpp"
#include "support/held_offload.hpp"
#include "unit/runtime/runtime_rig.hpp"

namespace tappet::trigger {
namespace {

using namespace std::chrono_literals;

struct ScheduleRig {
    explicit ScheduleRig(std::string settings = "every: 10m", std::string keys = "")
        : with(std::move(settings)), more(std::move(keys)) {
        boot();
    }
    void publish() {
        const std::string source = "flow: nightly\ntriggers: [ { id: tick, uses: core/schedule, with: { " +
                                   with + " }" + more + " } ]\nsteps: [ { id: a, uses: test/effect } ]";
        auto compiled = flow::compile("nightly.yaml", source, rig.catalog);
        if (!compiled.plan) throw std::runtime_error(flow::render_human(compiled.findings, source));
        rig.flows().publish("default", compiled.plan, "nightly.yaml", rig.clock.now()).value();
    }
    void boot() {
        publish();
        ASSERT_TRUE(rig.runtime().recover().has_value());
        vars.emplace(rig.store());
        pauses.emplace(rig.store(), disk.offload());
        ASSERT_TRUE(pauses->load());
        book.emplace(
            rig.loop(), rig.clock,
            [this](const store::RejectedBatch& batch, const RejectedBook::Done& done) {
                done(rig.store().add_rejected(batch));
            },
            RejectedLimits{});
        schedules.emplace(rig.loop(), rig.runtime(), rig.flows(), *vars, rig.store(), *pauses, rig.clock,
                          &*book);
        problems = schedules->reload();
        rest();
    }
    void rest() {
        for (int i = 0; i < 3; ++i) {
            rig.settle();
            schedules->tick();
        }
        rig.settle();
    }
    void crash() {
        schedules.reset();
        book.reset();
        rig.crash();
        boot();
    }
    void change(std::string settings) {
        with = std::move(settings);
        publish();
        problems = schedules->reload();
        rest();
    }
    /// Lets time pass in steps, everything that is due done after each.
    void pass(std::chrono::milliseconds time, std::chrono::milliseconds step = 5s) {
        for (; time > 0ms; time -= step) {
            rig.clock.advance(std::min(time, step));
            schedules->tick();
            rest();
        }
    }
    Result<void> pause(const TriggerKey& key) {
        Result<void> out = Error::unavailable("not yet");
        schedules->pause(key, [&out](const Result<void>& done) { out = done; });
        return out;
    }
    Result<void> resume(const TriggerKey& key) {
        Result<void> out = Error::unavailable("not yet");
        schedules->resume(key, [&out](const Result<void>& done) { out = done; });
        return out;
    }
    std::size_t runs() const { return rig.disk.journals.size(); }
    /// What each run was for, with how many there are.
    std::map<std::string, int> instants() {
        std::map<std::string, int> out;
        for (const auto& [id, rows] : rig.disk.journals)
            for (const run::Entry& entry : rig.journal(id))
                if (const auto* start = std::get_if<run::RunStarted>(&entry.body))
                    ++out[std::string(start->event.find("body")->find("scheduledFor")->as_string())];
        return out;
    }

    std::string with, more;
    test::RuntimeRig rig;  // begins at 2023-11-14T22:13:20Z
    std::optional<runtime::ConfigVars> vars;
    test::HeldOffload disk;  ///< of pauses
    std::optional<Pauses> pauses;
    std::optional<RejectedBook> book;
    std::optional<Schedules> schedules;
    std::vector<std::string> problems;
};

TimeMs at(const char* text) { return *parse_rfc3339(text); }

TEST(Schedules, FireAtTheirInstants) {
    ScheduleRig rig;
    rig.pass(6min);
    EXPECT_EQ(rig.runs(), 0u);
    rig.pass(1min);
    EXPECT_EQ(rig.runs(), 1u);
    EXPECT_EQ(rig.instants().begin()->first, "2023-11-14T22:20:00.000Z");
    rig.pass(50min);
    EXPECT_EQ(rig.runs(), 6u);
    EXPECT_EQ(rig.schedules->stats().started, 6u);
    EXPECT_EQ(rig.schedules->stats().missed, 0u);
}

TEST(Schedules, GoOnAfterARestartAndFireTheLastThatWasMissed) {
    ScheduleRig rig;
    rig.pass(7min);
    rig.rig.clock.advance(1h);
    rig.crash();
    EXPECT_EQ(rig.runs(), 2u);
    EXPECT_EQ(rig.schedules->stats().missed, 1u);
    EXPECT_EQ(rig.instants().rbegin()->first, "2023-11-14T23:20:00.000Z");
    rig.crash();
    EXPECT_EQ(rig.runs(), 2u);
}

TEST(Schedules, CountFromWhenTheyWereFirstSeen) {
    ScheduleRig rig("cron: '0 3 * * *', missed: all");
    rig.rig.clock.advance(48h);
    rig.crash();
    EXPECT_EQ(rig.runs(), 1u) << "of two, one is within a day";
}

TEST(Schedules, FireEachInstantOnceWhereverTheProcessDies) {
    ScheduleRig rig("every: 1m, missed: all");
    for (int i = 0; i < 200; ++i) {
        rig.rig.clock.advance(20s);
        rig.schedules->tick();
        if (i % 3 == 0) rig.rig.poll();                        // begun, not durable
        if (i % 3 == 1) (void)rig.rig.store().complete_one();  // durable, not told
        if (i % 3 == 2) rig.rest();
        if (i % 2 == 0) rig.crash();
    }
    rig.crash();
    const auto all = rig.instants();
    EXPECT_EQ(all.size(), 67u) << "22:14 to 23:20";
    for (const auto& [instant, count] : all) EXPECT_EQ(count, 1) << instant;
}

TEST(Schedules, AClockThatIsSetBackFiresNothingTwiceAndOneThatIsSetForwardFollowsThePolicy) {
    ScheduleRig rig;
    rig.pass(17min);
    EXPECT_EQ(rig.runs(), 2u);
    rig.rig.clock.set(rig.rig.clock.now() + -1h);
    rig.pass(1h);
    EXPECT_EQ(rig.runs(), 2u);
    rig.pass(10min);
    EXPECT_EQ(rig.runs(), 3u);
    rig.rig.clock.set(rig.rig.clock.now() + 5h);
    rig.pass(1min);
    EXPECT_EQ(rig.runs(), 4u);
    for (const auto& [instant, count] : rig.instants()) EXPECT_EQ(count, 1) << instant;
}

TEST(Schedules, SeeAClockThatIsSetForwardBeforeWhatIsDueThenIsMissed) {
    ScheduleRig rig("cron: '0 * * * *', missed: skip");
    rig.pass(1min);
    rig.rig.clock.set(at("2023-11-15T02:00:00Z"));
    rig.pass(5s, 1s);
    EXPECT_EQ(rig.runs(), 1u) << "02:00 is due, and the hours before it are missed";
}

TEST(Schedules, ThatAreChangedBeginAnew) {
    ScheduleRig rig("cron: '0 22 * * *'");
    rig.change("cron: '0 21 * * *'");
    rig.pass(1h);
    EXPECT_EQ(rig.runs(), 0u) << "21:00 of today was never due";
    rig.change("cron: '30 23 * * *'");
    rig.pass(30min);
    EXPECT_EQ(rig.runs(), 1u);
}

TEST(Schedules, KeepTheirPlaceThroughOtherVersionsOfTheirFlow) {
    ScheduleRig rig;
    rig.pass(7min);
    rig.change("every: 10m, jitter: 0s");
    rig.change("every: 10m, missed: all");
    EXPECT_EQ(rig.runs(), 1u);
    rig.pass(10min);
    EXPECT_EQ(rig.runs(), 2u);
}

TEST(Schedules, SayWhatTheyCannotRead) {
    ScheduleRig rig("timezone: \"${{ 'Mars/' + 'Olympus' }}\", every: 5m");
    ASSERT_EQ(rig.problems.size(), 1u);
    EXPECT_THAT(rig.problems[0], ::testing::HasSubstr("timezone"));
    rig.pass(1h);
    EXPECT_EQ(rig.runs(), 0u);
    EXPECT_EQ(rig.schedules->entries().at(0).problem.substr(0, 8), "timezone");
}

TEST(Schedules, PassTheTriggersFilter) {
    ScheduleRig rig("every: 10m", ", filter: '!trigger.body.scheduledFor.endsWith(\"20:00.000Z\")'");
    rig.pass(20min);
    EXPECT_EQ(rig.runs(), 1u);
    EXPECT_EQ(rig.schedules->stats().filtered, 1u);
}

TEST(Schedules, KeepInstantsThatTheTriggerRefusesForItsOwner) {
    ScheduleRig rig("every: 10m", ", filter: trigger.body.nothing == 1");
    rig.pass(10min);
    EXPECT_EQ(rig.runs(), 0u);
    rig.book->settle([] {});
    const auto kept = rig.rig.store().rejected({.tenant = "default"}).value().rows;
    ASSERT_EQ(kept.size(), 1u);
    EXPECT_EQ(kept[0].code, "filter-failed");
    EXPECT_THAT(kept[0].data, ::testing::HasSubstr("scheduledFor"));
}

TEST(Schedules, WaitWhileTheEngineTakesNothingAndThenFollowThePolicy) {
    ScheduleRig rig;
    rig.rig.store().fail("the disk is full");
    rig.pass(30min);
    EXPECT_EQ(rig.runs(), 0u);
    rig.crash();
    EXPECT_EQ(rig.runs(), 1u);
}

TEST(Schedules, ThatAreStoppedStartNothing) {
    ScheduleRig rig;
    rig.schedules->stop();
    rig.pass(1h);
    EXPECT_EQ(rig.runs(), 0u);
}

const TriggerKey kTick{"default", "nightly", "tick"};

TEST(Schedules, ThatArePausedFireNothingAlsoAfterARestart) {
    ScheduleRig rig("every: 10m, missed: all");
    rig.pass(7min);
    ASSERT_TRUE(rig.pause(kTick));
    EXPECT_EQ(rig.schedules->entry(kTick)->paused, rig.rig.clock.now());
    rig.pass(30min);
    rig.crash();
    rig.change("every: 10m, missed: last");
    rig.pass(30min);
    EXPECT_EQ(rig.runs(), 1u);
    EXPECT_TRUE(rig.schedules->entry(kTick)->paused);
    EXPECT_FALSE(rig.schedules->entry(kTick)->next);
}

TEST(Schedules, ThatAreResumedSkipWhatWasDueWhileTheyWerePaused) {
    for (const bool restart : {false, true}) {
        ScheduleRig rig("every: 10m, missed: all");
        rig.pass(7min);
        ASSERT_TRUE(rig.pause(kTick));
        rig.pass(1h);
        if (restart) rig.crash();
        ASSERT_TRUE(rig.resume(kTick));
        rig.crash();
        EXPECT_EQ(rig.runs(), 1u) << "those between have passed for good";
        rig.pass(10min);
        EXPECT_EQ(rig.runs(), 2u);
        EXPECT_EQ(rig.instants().rbegin()->first, "2023-11-14T23:30:00.000Z");
    }
}

TEST(Schedules, ThatAreResumedByAClockThatWasSetBackBeginAtNowAndRepeatNothing) {
    for (const bool restart : {false, true}) {
        ScheduleRig rig("every: 10m, missed: all");
        rig.pass(17min);  // 22:20 and 22:30 fire
        ASSERT_TRUE(rig.pause(kTick));
        rig.rig.clock.set(at("2023-11-14T22:15:00Z"));
        if (restart) rig.crash();
        ASSERT_TRUE(rig.resume(kTick));
        EXPECT_EQ(rig.schedules->entry(kTick)->last, at("2023-11-14T22:15:00Z"));
        rig.pass(30min);
        EXPECT_EQ(rig.runs(), 3u);
        EXPECT_EQ(rig.instants().rbegin()->first, "2023-11-14T22:40:00.000Z");
        EXPECT_EQ(rig.schedules->stats().duplicates, 2u);
        for (const auto& [instant, count] : rig.instants()) EXPECT_EQ(count, 1) << instant;
    }
}

/// A clock that is years ahead for a minute; the schedule fires by it.
void be_ahead(ScheduleRig& rig) {
    const TimeMs right = rig.rig.clock.now();
    rig.rig.clock.set(at("2029-01-01T00:05:00Z"));
    rig.pass(6min);
    rig.rig.clock.set(right);
}

TEST(Schedules, ThatAFarClockMadeSilentFireAgainAfterAPauseWithoutRepeatingAnything) {
    ScheduleRig rig;
    rig.pass(7min);
    be_ahead(rig);
    EXPECT_EQ(rig.runs(), 3u) << "22:20, the last that was missed in 2029, and 00:10 there";
    rig.pass(1h);
    rig.crash();
    EXPECT_EQ(rig.runs(), 3u);
    ASSERT_TRUE(rig.pause(kTick));
    ASSERT_TRUE(rig.resume(kTick));
    rig.crash();
    rig.pass(10min);
    EXPECT_EQ(rig.runs(), 4u);
    EXPECT_TRUE(rig.instants().contains("2023-11-14T23:30:00.000Z"));
    rig.rig.clock.set(at("2028-12-31T23:55:00Z"));
    rig.pass(30min);
    for (const auto& [instant, count] : rig.instants()) EXPECT_EQ(count, 1) << instant;
    EXPECT_EQ(rig.runs(), 6u) << "2028 ends with one, and 00:20 is new; 00:00 and 00:10 are not";
}

TEST(Schedules, SayOnceThatAClockWhichWasAheadMadeThemSilent) {
    ScheduleRig rig;
    rig.pass(7min);
    const auto logged = [](const std::function<void()>& act) {
        ::testing::internal::CaptureStderr();
        act();
        log::flush();
        return ::testing::internal::GetCapturedStderr();
    };
    const auto says = ::testing::HasSubstr(
        "trigger tick of flow nightly of tenant default fires nothing until 2029-01-01T00:10:00.000Z");
    EXPECT_THAT(logged([&] { be_ahead(rig); }), ::testing::Not(says));
    const std::string lines = logged([&] { rig.pass(1min); });
    EXPECT_THAT(lines, says);
    EXPECT_THAT(lines, ::testing::HasSubstr("`tappet schedule resume nightly tick`"));
    EXPECT_EQ(lines.find("fires nothing until"), lines.rfind("fires nothing until")) << lines;
    EXPECT_THAT(logged([&] { rig.change("every: 10m, missed: all"); }), ::testing::Not(says));
    EXPECT_THAT(logged([&] { rig.crash(); }), says);
    ASSERT_TRUE(rig.pause(kTick));
    EXPECT_THAT(logged([&] { rig.crash(); }), ::testing::Not(says)) << "it is silent since it is paused";
    ASSERT_TRUE(rig.resume(kTick));
    EXPECT_THAT(logged([&] { rig.crash(); }), ::testing::Not(says));
}

TEST(Schedules, TakeAClockThatIsSetBackByAFewSecondsForTheSameClock) {
    ScheduleRig rig;
    rig.pass(7min);
    ASSERT_TRUE(rig.pause(kTick));
    rig.rig.clock.set(at("2023-11-14T22:19:55Z"));
    ASSERT_TRUE(rig.resume(kTick));
    EXPECT_EQ(rig.schedules->entry(kTick)->last, at("2023-11-14T22:20:00Z"));
    rig.pass(1min);
    EXPECT_EQ(rig.schedules->stats().duplicates, 0u);
}

TEST(Schedules, AreNotResumedBeforeTheirLastRunIsDurable) {
    ScheduleRig rig;
    rig.rig.clock.advance(7min);
    rig.schedules->tick();
    ASSERT_TRUE(rig.pause(kTick));
    EXPECT_EQ(rig.resume(kTick).error().code, ErrorCode::unavailable);
    rig.rest();
    EXPECT_TRUE(rig.resume(kTick));
    EXPECT_EQ(rig.runs(), 1u);
}

/// What is said of a change, once it is.
Schedules::Changed note(std::string& said) {
    return [&said](const Result<void>& done) { said = done ? "done" : done.error().message; };
}

TEST(Schedules, FireUntilTheirPauseIsDurable) {
    ScheduleRig rig;
    std::string said;
    rig.disk.holds = true;
    rig.schedules->pause(kTick, note(said));
    rig.pass(7min);
    EXPECT_EQ(rig.runs(), 1u);
    EXPECT_EQ(said, "");
    EXPECT_FALSE(rig.schedules->entry(kTick)->paused);
    rig.disk.release();
    EXPECT_EQ(said, "done");
    rig.pass(1h);
    EXPECT_EQ(rig.runs(), 1u);
}

TEST(Schedules, FireAgainWhenTheEndOfTheirPauseIsDurable) {
    for (const bool reload : {false, true}) {
        ScheduleRig rig("every: 10m, missed: all");
        rig.pass(7min);
        ASSERT_TRUE(rig.pause(kTick));
        rig.pass(1h);
        std::string said;
        rig.disk.holds = true;
        rig.schedules->resume(kTick, note(said));  // at 23:20:20
        if (reload) rig.schedules->reload();
        rig.pass(30min);
        EXPECT_EQ(rig.runs(), 1u);
        EXPECT_EQ(said, "");
        rig.disk.release();
        EXPECT_EQ(said, "done");
        rig.pass(5s);
        EXPECT_EQ(rig.runs(), 4u) << "what was due since it was asked for";
        EXPECT_FALSE(rig.instants().contains("2023-11-14T23:20:00.000Z"));
        EXPECT_TRUE(rig.instants().contains("2023-11-14T23:30:00.000Z"));
    }
}

TEST(Schedules, AskedTwiceToGoOnGoOnOnce) {
    ScheduleRig rig("every: 10m, missed: all");
    rig.pass(7min);
    ASSERT_TRUE(rig.pause(kTick));
    std::string first, second;
    rig.disk.holds = true;
    rig.schedules->resume(kTick, note(first));
    rig.pass(15min);
    rig.schedules->resume(kTick, note(second));
    rig.disk.release();
    EXPECT_EQ(first + second, "donedone");
    rig.rest();
    EXPECT_EQ(rig.runs(), 2u) << "the first one counts";
}

TEST(Schedules, FireNothingAgainWhereTheirFlowComesBackBeforeItIsDurable) {
    for (const bool changed : {false, true}) {
        ScheduleRig rig;
        rig.rig.clock.advance(7min);
        rig.schedules->tick();
        ASSERT_EQ(rig.rig.store().queued().size(), 1u);
        for (int i = 0; i < 3; ++i) {
            rig.rig.flows().withdraw("default", "nightly");
            rig.schedules->reload();
            if (changed) rig.with = "every: 10m, gap: skip";
            rig.publish();
            rig.schedules->reload();
            rig.schedules->tick();
        }
        EXPECT_EQ(rig.rig.store().queued().size(), 1u) << "what it fired is not durable yet";
        EXPECT_EQ(rig.resume(kTick).has_value(), true) << "it is not paused";
        rig.rest();
        EXPECT_EQ(rig.schedules->entry(kTick)->last,
                  changed ? rig.rig.clock.now() : at("2023-11-14T22:20:00Z"));
        rig.pass(10min);
        EXPECT_EQ(rig.runs(), 2u);
        EXPECT_EQ(rig.schedules->stats().started, 2u);
        EXPECT_EQ(rig.schedules->stats().duplicates, 0u);
    }
}

TEST(Schedules, ThatAreGoneBeforeTheirLastRunIsDurableFireNothingMore) {
    ScheduleRig rig;
    rig.rig.clock.advance(7min);
    rig.schedules->tick();
    rig.rig.flows().withdraw("default", "nightly");
    rig.schedules->reload();
    rig.rest();
    rig.pass(30min);
    EXPECT_EQ(rig.runs(), 1u);
    EXPECT_EQ(rig.schedules->stats().started, 1u) << "it is counted all the same";
}

TEST(Schedules, ThatAreNotThereAreNotPaused) {
    ScheduleRig rig;
    EXPECT_EQ(rig.pause({"default", "nightly", "tack"}).error().code, ErrorCode::not_found);
    EXPECT_EQ(rig.resume({"acme", "nightly", "tick"}).error().code, ErrorCode::not_found);
    EXPECT_TRUE(rig.resume(kTick)) << "it is not paused";
    rig.rig.store().fail("the disk is full");
    EXPECT_EQ(rig.pause(kTick).error().code, ErrorCode::unavailable);
    EXPECT_FALSE(rig.schedules->entry(kTick)->paused);
}

/// What a backfill comes to, once all of it is durable.
Result<Schedules::Backfilled> backfill(ScheduleRig& rig, const char* from, const char* to,
                                       bool older = false) {
    std::optional<Result<Schedules::Backfilled>> out;
    const BackfillRange range{at(from), at(to), older};
    rig.schedules->backfill(kTick, range, [&](Result<Schedules::Backfilled> done) { out = std::move(done); });
    rig.rest();
    return out.value();
}

TEST(Schedules, BackfillEachInstantOfARangeThatHasNotFired) {
    ScheduleRig rig;
    rig.pass(17min);  // 22:20 and 22:30 fire
    const auto done = backfill(rig, "2023-11-14T20:00:00Z", "2023-11-14T22:30:00Z");
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(done->instants, 15u);
    EXPECT_EQ(done->started, 14u);
    EXPECT_EQ(done->duplicates, 1u) << "22:20";
    rig.crash();
    EXPECT_EQ(backfill(rig, "2023-11-14T20:00:00Z", "2023-11-14T22:30:00Z")->duplicates, 15u);
    rig.pass(10min);
    const auto all = rig.instants();
    EXPECT_EQ(all.size(), 17u);
    EXPECT_TRUE(all.contains("2023-11-14T20:00:00.000Z")) << "the range begins with it";
    for (const auto& [instant, count] : all) EXPECT_EQ(count, 1) << instant;
}

TEST(Schedules, SayInTheEventThatABackfillAskedForIt) {
    ScheduleRig rig("every: 10m", ", filter: trigger.body.backfill");
    rig.pass(17min);
    EXPECT_EQ(rig.runs(), 0u);
    EXPECT_EQ(backfill(rig, "2023-11-14T20:00:00Z", "2023-11-14T21:00:00Z")->started, 6u);
    EXPECT_EQ(rig.runs(), 6u);
}

TEST(Schedules, AnInstantThatABackfillTookBeforeItWasDueIsNotRepeated) {
    ScheduleRig rig("every: 10m, jitter: 9m");
    rig.pass(7min);
    (void)backfill(rig, "2023-11-14T22:20:00Z", "2023-11-14T22:20:20Z");
    rig.pass(20min);
    for (const auto& [instant, count] : rig.instants()) EXPECT_EQ(count, 1) << instant;
    EXPECT_TRUE(rig.instants().contains("2023-11-14T22:20:00.000Z"));
}

TEST(Schedules, RefuseABackfillThatIsNone) {
    ScheduleRig rig("every: 1s");
    const auto refused = [&](const char* from, const char* to) {
        const auto done = backfill(rig, from, to);
        EXPECT_FALSE(done) << from;
        return done ? "" : done.error().message;
    };
    EXPECT_THAT(refused("2023-11-14T22:00:00Z", "2023-11-14T22:00:00Z"), ::testing::HasSubstr("empty"));
    EXPECT_THAT(refused("2023-11-14T22:00:00Z", "2023-11-15T22:00:00Z"), ::testing::HasSubstr("after now"));
    EXPECT_THAT(refused("2023-11-14T18:00:00Z", "2023-11-14T22:00:00Z"),
                ::testing::HasSubstr("14400 instants, the most at once is 10000: end it at "
                                     "2023-11-14T20:46:40.000Z"));
    EXPECT_THAT(refused("2003-11-14T18:00:00Z", "2023-11-14T22:00:00Z"),
                ::testing::HasSubstr("more than 100000"));
    EXPECT_THAT(refused("2023-11-01T18:00:00Z", "2023-11-01T18:00:10Z"),
                ::testing::HasSubstr("before 2023-11-07T22:13:20.000Z have fired is not known"));
    EXPECT_EQ(rig.runs(), 0u);
    EXPECT_EQ(backfill(rig, "2023-11-01T18:00:00Z", "2023-11-01T18:00:10Z", true)->started, 10u);
    EXPECT_EQ(backfill(rig, "2023-11-01T18:00:00Z", "2023-11-01T18:00:10Z", true)->duplicates, 10u);
    const BackfillRange range{at("2023-11-14T22:00:00Z"), at("2023-11-14T22:00:01Z")};
    EXPECT_EQ(rig.schedules->backfill_instants({"default", "nightly", "x"}, range).error().code,
              ErrorCode::not_found);
}

TEST(Schedules, ABackfillThatACrashEndsGoesOnWithTheRest) {
    ScheduleRig rig("every: 1s");
    const BackfillRange range{at("2023-11-14T22:00:00Z"), at("2023-11-14T22:12:00Z")};
    for (int lives = 0; lives < 3; ++lives) {
        rig.schedules->backfill(kTick, range, [](const auto&) { FAIL() << "it ended"; });
        while (rig.rig.store().queued().empty()) rig.rig.poll();
        rig.rig.store().complete_one();
        if (lives == 1) rig.rig.poll();  // the next batch is begun
        rig.crash();
    }
    const std::size_t before = rig.runs();
    EXPECT_GE(before, Schedules::kBackfillBatch);
    EXPECT_LT(before, 720u);
    EXPECT_EQ(backfill(rig, "2023-11-14T22:00:00Z", "2023-11-14T22:12:00Z")->started, 720u - before);
    EXPECT_EQ(rig.instants().size(), 720u);
    EXPECT_EQ(rig.runs(), 720u);
}

TEST(Schedules, ABackfillOfAFullEngineSaysHowFarItCame) {
    ScheduleRig rig("every: 1s");
    std::string told;
    const BackfillRange range{at("2023-11-14T22:00:00Z"), at("2023-11-14T22:12:00Z")};
    rig.schedules->backfill(kTick, range, [&](const auto& done) { told = done.error().message; });
    while (rig.rig.store().queued().empty()) rig.rig.poll();
    rig.rig.store().complete_one();
    rig.rig.store().fail("the disk is full");
    rig.rest();
    EXPECT_THAT(told, ::testing::HasSubstr("250 of 720 instants are dealt with"));
}

}  // namespace
}  // namespace tappet::trigger
