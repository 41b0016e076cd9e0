// Schedules while the machine's clock is set, by libfaketime: the engine as it serves, its wall clock moved
// while it runs and between its lives, killed in between. Its monotonic clock stays what it is.
#include <gmock/gmock.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "base/time_text.hpp"
#include "place.hpp"

namespace tappet::e2e {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr milliseconds kOnTime = 10s;  ///< an instant that is no later is not missed

/// The library of Debian's package faketime; nothing where it is not installed.
std::optional<std::string> faketime_library() {
    std::error_code failed;
    for (const auto& folder : fs::directory_iterator("/usr/lib", failed)) {
        const std::string file = folder.path() / "faketime/libfaketimeMT.so.1";
        if (fs::exists(file, failed)) return file;
    }
    return std::nullopt;
}

bool sanitized() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return true;
#elif defined(__has_feature)
    return __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
    return false;
#endif
}

TimeMs at(const std::string& text) { return *parse_rfc3339(text); }

/// A place whose engine reads a clock that the test sets.
class ServeClock : public ::testing::Test {
protected:
    void SetUp() override {
        library_ = faketime_library();
        if (!library_) GTEST_SKIP() << "Debian's package faketime is not installed";
        if (sanitized()) GTEST_SKIP() << "a sanitizer's library must be the first that is loaded";
    }
    /// A flow of one schedule, whose runs are labelled with their instant.
    void flow(const std::string& name, const std::string& with) {
        place.flow(name,
                   "labels: { at: \"${{ trigger.body.scheduledFor }}\" }\n"
                   "triggers: [ { id: tick, uses: core/schedule, with: { " +
                       with + " } } ]\nsteps: [ { id: note, uses: core/map, with: { value: 1 } } ]\n");
    }
    /// Sets the engine's clock, whether it runs or not.
    void set(TimeMs time) {
        offset_ = time - SystemClock().now();
        char text[32];
        std::snprintf(text, sizeof text, "%+.3f\n", static_cast<double>(offset_.count()) / 1000);
        test::write_text(place / "clock.new", text);
        fs::rename(place / "clock.new", place / "clock");
    }
    TimeMs now() const { return SystemClock().now() + offset_; }
    void start() {
        if (engine) return engine->start();
        engine.emplace(place, Words{},
                       Variables{{"LD_PRELOAD", TAPPET_KERNEL_TIMERS ":" + *library_},
                                 {"FAKETIME_TIMESTAMP_FILE", place / "clock"},
                                 {"FAKETIME_NO_CACHE", "1"},
                                 {"DONT_FAKE_MONOTONIC", "1"},
                                 {"FAKETIME_DONT_FAKE_MONOTONIC", "1"},
                                 {"NO_FAKE_STAT", "1"}});
    }
    void kill() { engine->process().kill(); }
    /// How many runs of a flow there are of each instant.
    std::map<std::string, int> instants(const std::string& flow) const {
        std::map<std::string, int> out;
        std::string after;
        do {
            const Answer list = engine->get("/v2/tenants/default/runs?page[size]=500&filter[flow]=" + flow +
                                            (after.empty() ? "" : "&page[after]=" + after));
            EXPECT_EQ(list.status, 200) << list.body;
            if (const Value* runs = list.json.find("data"))
                for (const Value& run : runs->items())
                    ++out[test::text_at(run, {"attributes", "labels", "at"})];
            after = list.text({"meta", "next"});
        } while (!after.empty() && after != "null");
        return out;
    }
    /// Whether the flow has fired an instant from this one on.
    bool fired_from(const std::string& flow, TimeMs time) const {
        const Answer newest = engine->get("/v2/tenants/default/runs?page[size]=1&filter[flow]=" + flow);
        const auto instant = parse_rfc3339(newest.text({"data", "0", "attributes", "labels", "at"}));
        return instant && *instant >= time;
    }

    Place place;
    std::optional<Engine> engine;

private:
    std::optional<std::string> library_;
    milliseconds offset_{0};
};

std::set<std::string> hours(std::initializer_list<const char*> texts) {
    std::set<std::string> out;
    for (const char* text : texts) out.insert(std::string("2027-03-") + text + ":00:00.000Z");
    return out;
}

TEST_F(ServeClock, SetBetweenLivesFiresNothingTwiceAndFollowsThePolicies) {
    for (const char* policy : {"skip", "last", "all"})
        flow(policy, "cron: '0 * * * *', timezone: Europe/Berlin, missed: " + std::string(policy));
    std::map<std::string, std::set<std::string>> expected{
        {"skip", {}},
        {"last", hours({"27T17", "27T18", "28T04"})},
        {"all", hours({"27T13", "27T14", "27T15", "27T16", "27T17", "27T18", "27T19", "27T20", "27T21",
                       "27T22", "27T23", "28T00", "28T01", "28T02", "28T03", "28T04"})}};
    // Forward over five hours, back, forward to where nothing is new, on, and over a night in which the zone
    // loses an hour.
    for (const char* time :
         {"2027-03-27T12:30:00Z", "2027-03-27T17:30:00Z", "2027-03-27T14:30:00Z", "2027-03-27T16:50:00Z",
          "2027-03-27T18:10:00Z", "2027-03-27T12:00:30Z", "2027-03-28T04:30:00Z"}) {
        set(at(time));
        start();
        // What was missed is asked for when the engine begins; a kill before that repeats it.
        const auto due = [&](const std::string& flow) {
            std::size_t count = 0;
            for (const std::string& hour : expected.at(flow)) count += at(hour) <= now() ? 1 : 0;
            return count;
        };
        for (const char* policy : {"last", "all"})
            engine->await([&] { return instants(policy).size() >= due(policy); });
        kill();
    }
    set(at("2027-03-28T04:31:00Z"));
    start();
    for (const auto& [flow, set_of] : expected) {
        std::set<std::string> seen;
        for (const auto& [instant, count] : instants(flow)) {
            EXPECT_EQ(count, 1) << flow << " " << instant;
            seen.insert(instant);
        }
        EXPECT_EQ(seen, set_of) << flow;
    }
}

TEST_F(ServeClock, SetWhileItRunsFiresNothingTwiceAndFollowsThePolicies) {
    flow("skip", "every: 1s, missed: skip");
    flow("last", "cron: '* * * * * *', timezone: Asia/Kathmandu, missed: last");
    flow("all", "every: 1s, missed: all, maxMissed: 1000");
    const auto all_fired_from = [&](TimeMs time) {
        for (const char* policy : {"skip", "last", "all"})
            if (!fired_from(policy, time)) return false;
        return true;
    };
    set(at("2027-10-31T00:59:00Z"));
    start();
    engine->await([&] { return all_fired_from(at("2027-10-31T00:59:01Z")); });
    /// Spans that the clock left out, as far as no instant of them can have been on time.
    std::vector<std::pair<TimeMs, TimeMs>> jumped;
    TimeMs high = now();
    struct Step {
        milliseconds by;
        bool kill;
    };
    for (const Step step : {Step{120s, false},
                            {-300s, false},
                            {400s, false},
                            {-3600s, true},
                            {3700s, true},
                            {90s, true},
                            {-30s, false},
                            {200s, false},
                            {-86'400s, true},
                            {86'460s, false}}) {
        high = std::max(high, now());
        if (step.kill) kill();
        const TimeMs target = now() + step.by;
        set(target);
        if (step.kill) start();
        if (target > high) {
            jumped.emplace_back(high + 2s, target + -kOnTime);
            engine->await([&] { return all_fired_from(target); });
        } else {
            engine->await([&] { return now() >= target + 1500ms; });
        }
    }
    for (const char* policy : {"skip", "last", "all"})
        for (const auto& [instant, count] : instants(policy)) EXPECT_EQ(count, 1) << policy << " " << instant;
    for (const char* policy : {"skip", "last"})
        for (const auto& [instant, count] : instants(policy))
            for (const auto& [from, to] : jumped)
                EXPECT_FALSE(at(instant) > from && at(instant) < to) << policy << " " << instant;
    const auto every = instants("all");
    const auto span = at(every.rbegin()->first) - at(every.begin()->first);
    EXPECT_EQ(every.size(), static_cast<std::size_t>(span / 1s) + 1) << "none is left out";
}

}  // namespace
}  // namespace tappet::e2e
