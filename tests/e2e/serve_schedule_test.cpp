// A schedule by the engine as it serves, through kills: each second starts one run, the missed ones too.
#include <gmock/gmock.h>

#include <chrono>
#include <map>
#include <string>

#include "base/time_text.hpp"
#include "place.hpp"

namespace tappet::e2e {
namespace {

constexpr int kLives = 4;  ///< of the engine; the last one is not killed

/// How many runs there are of each instant.
std::map<std::string, int> instants(const Engine& engine) {
    std::map<std::string, int> out;
    const Answer list = engine.get("/v2/tenants/default/runs?page[size]=500&filter[flow]=clock");
    if (const Value* runs = list.json.find("data"))
        for (const Value& run : runs->items()) ++out[test::text_at(run, {"attributes", "labels", "at"})];
    return out;
}

TEST(ServeSchedule, FiresEachInstantOnceThroughKillsAndSaysWhenTheNextIs) {
    Place place;
    place.file(
        "flows/clock.yaml",
        "flow: clock\nlabels: { at: \"${{ trigger.body.scheduledFor }}\" }\n"
        "triggers: [ { id: tick, uses: core/schedule, with: { every: 1s, missed: all, maxMissed: 1000 } } ]\n"
        "steps: [ { id: note, uses: core/map, with: { value: 1 } } ]\n");
    Engine engine(place);
    for (int life = 0; life < kLives; ++life) {
        if (life > 0) engine.start();
        const std::size_t before = instants(engine).size();
        engine.await([&] { return instants(engine).size() > before; });
        if (life + 1 < kLives) engine.process().kill();
    }
    const auto all = instants(engine);
    for (const auto& [at, count] : all) EXPECT_EQ(count, 1) << at;
    // Nothing between the first and the last was left out: both are whole seconds of one day, or two.
    const auto second = [](const std::string& at) {
        return std::stoi(at.substr(11, 2)) * 3600 + std::stoi(at.substr(14, 2)) * 60 +
               std::stoi(at.substr(17, 2));
    };
    const int span = (second(all.rbegin()->first) - second(all.begin()->first) + 86'400) % 86'400;
    EXPECT_EQ(all.size(), static_cast<std::size_t>(span) + 1);
    const Answer schedules = engine.get("/v2/tenants/default/schedules");
    ASSERT_EQ(schedules.json.find("data")->size(), 1u) << schedules.body;
    const Value& shown = schedules.json.find("data")->items()[0];
    EXPECT_EQ(test::text_at(shown, {"id"}), "clock.tick");
    EXPECT_GT(test::text_at(shown, {"attributes", "next"}), all.rbegin()->first);
}

TEST(ServeSchedule, APauseHoldsThroughAKillAndWhatIsDueInItDoesNotFire) {
    Place place;
    place.flow("clock",
               "labels: { at: \"${{ trigger.body.scheduledFor }}\" }\n"
               "triggers: [ { id: tick, uses: core/schedule, with: { every: 1s, missed: all } } ]\n"
               "steps: [ { id: note, uses: core/map, with: { value: 1 } } ]\n");
    Engine engine(place);
    engine.await([&] { return !instants(engine).empty(); });
    const Ended paused = engine.cli({"schedule", "pause", "clock", "-o", "json"});
    ASSERT_EQ(paused.code, 0) << paused.err;
    EXPECT_EQ(paused.text({"schedules", "0", "state"}), "paused") << paused.out;
    const std::string since = paused.text({"schedules", "0", "pausedSince"});
    engine.process().kill();
    engine.start();
    EXPECT_EQ(engine.cli({"schedule", "list", "-o", "json"}).text({"schedules", "0", "pausedSince"}), since);
    const auto over = *parse_rfc3339(since) + std::chrono::seconds(2);
    engine.await([&] { return SystemClock().now() > over; });
    const Ended resumed = engine.cli({"schedule", "resume", "clock", "tick", "-o", "json"});
    ASSERT_EQ(resumed.code, 0) << resumed.err;
    EXPECT_EQ(resumed.text({"schedules", "0", "state"}), "active");
    const std::string until = resumed.text({"schedules", "0", "accountedUntil"});
    engine.await([&] { return instants(engine).rbegin()->first > until; });
    for (const auto& [at, count] : instants(engine)) EXPECT_TRUE(at <= since || at > until) << at;
    EXPECT_EQ(engine.cli({"schedule", "pause", "clock", "tack"}).code, 5);
    EXPECT_THAT(engine.cli({"schedule", "pause", "clock", "tack"}).err,
                ::testing::HasSubstr("flow clock has no schedule tack; it has tick"));
    EXPECT_EQ(engine.post("/v2/tenants/default/schedules/clock.tack/pause", "").status, 404);
    EXPECT_EQ(engine.get("/v2/tenants/default/schedules/clock.tick/pause").status, 405);
    EXPECT_EQ(engine.get("/v2/tenants/other/schedules/clock.tick").status, 404);
    EXPECT_EQ(engine.get("/v2/tenants/default/schedules/clock.tick").text({"data", "id"}), "clock.tick");
}

TEST(ServeSchedule, ABackfillStartsWhatHasNotFired) {
    Place place;
    place.flow("daily",
               "labels: { at: \"${{ trigger.body.scheduledFor }}\" }\n"
               "triggers: [ { id: tick, uses: core/schedule, with: { every: 10m } } ]\n"
               "steps: [ { id: note, uses: core/map, with: { value: \"${{ "
               "trigger.body.?backfill.orValue(false) }}\" } } ]\n");
    Engine engine(place);
    const TimeMs now = SystemClock().now();
    const std::string from = to_rfc3339(now + -std::chrono::hours(30)),
                      to = to_rfc3339(now + -std::chrono::hours(5));
    const auto backfill = [&](Words more) {
        Words words{"schedule", "backfill", "daily", "--from", from, "--to", to};
        words.insert(words.end(), more.begin(), more.end());
        return engine.cli(std::move(words));
    };
    const Ended asked = backfill({});
    EXPECT_EQ(asked.code, 2);
    EXPECT_THAT(asked.err, ::testing::HasSubstr("the range has 150 instants: --yes"));
    const Ended shown = backfill({"--dry-run", "-o", "json"});
    EXPECT_EQ(shown.text({"backfill", "instants"}), "150") << shown.out << shown.err;
    EXPECT_EQ(shown.json.find("backfill")->find("at")->size(), 150u);
    EXPECT_EQ(engine.runs_of("daily"), 0u);
    const Ended done = backfill({"--yes"});
    EXPECT_EQ(done.code, 0) << done.err;
    EXPECT_EQ(done.out, "150 of 150 instants start a run\n");
    engine.process().kill();
    engine.start();
    EXPECT_EQ(backfill({"--yes"}).out, "0 of 150 instants start a run, 150 have fired before\n");
    EXPECT_EQ(engine.runs_of("daily"), 150u);
    const auto refused = [&](const char* begin, const char* end) {
        const Ended ended =
            engine.cli({"schedule", "backfill", "daily", "--from", begin, "--to", end, "--yes"});
        EXPECT_EQ(ended.code, 2) << begin;
        return ended.err;
    };
    EXPECT_THAT(refused("2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z"), ::testing::HasSubstr("is empty"));
    EXPECT_THAT(refused("2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z"), ::testing::HasSubstr("--older"));
    EXPECT_THAT(refused("2026-01-01T00:00:00Z", "9000-01-01T00:00:00Z"), ::testing::HasSubstr("after now"));
    const std::string address = "/v2/tenants/default/schedules/daily.tick/backfill";
    EXPECT_EQ(engine.post(address, "{}").status, 422);
    EXPECT_EQ(engine.post(address, R"({"from":"2020-01-01T00:00:00Z","to":"2020-01-02T00:00:00Z"})").status,
              422);
    EXPECT_EQ(engine.post(address, R"({"from":"2020","to":"2020-01-02T00:00:00Z"})").status, 422);
    EXPECT_EQ(engine.get(address).status, 405);
}

TEST(ServeSchedule, ListsEachScheduleWithItsState) {
    Place place;
    const std::string steps = "steps: [ { id: note, uses: core/map, with: { value: 1 } } ]\n";
    place.flow("early",
               "triggers: [ { id: dawn, uses: core/schedule, with: { cron: '0 5 1 1 *', timezone: "
               "Europe/Berlin } } ]\n" +
                   steps);
    place.flow("odd",
               "triggers: [ { id: tick, uses: core/schedule, with: { every: 5m, timezone: \"${{ 'Mars/' + "
               "'Olympus' }}\" } } ]\n" +
                   steps);
    Engine engine(place);
    const Ended listed = engine.cli({"schedule", "list"});
    ASSERT_EQ(listed.code, 0) << listed.err;
    EXPECT_THAT(listed.out,
                ::testing::ContainsRegex("early.dawn +Europe/Berlin +20..-01-01 04:00:00Z.+active"));
    EXPECT_THAT(listed.out, ::testing::ContainsRegex("odd.tick .+invalid +timezone"));
    EXPECT_THAT(listed.out, ::testing::HasSubstr("  ACCOUNTED UNTIL  ")) << "not when it fired last";
    const Ended json = engine.cli({"schedule", "list", "-o", "json"});
    EXPECT_EQ(json.text({"schedules", "0", "state"}), "active") << json.out;
    EXPECT_EQ(json.text({"schedules", "1", "id"}), "odd.tick");
    EXPECT_EQ(json.text({"schedules", "1", "next"}), "null");
}

}  // namespace
}  // namespace tappet::e2e
