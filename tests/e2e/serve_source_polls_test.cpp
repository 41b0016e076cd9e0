// Sources that a plugin asks, by the engine as it serves: what it tells, stops, crashes and kills.
#include <atomic>
#include <chrono>
#include <csignal>

#include "source_place.hpp"
#include "support/held_service.hpp"

namespace tappet::e2e {
namespace {

constexpr std::size_t kRounds = 30;  ///< of kills
constexpr int kRecords = 10'000;     ///< that are told through them, at least

/// A service of orders 1, 2, 3 …, as many as there are.
class Feed {
public:
    static constexpr int kEndless = 1'000'000;

    explicit Feed(int orders) : orders_(orders) { service.release(); }
    std::string url() const { return service.url() + "/orders"; }
    void set(int orders) { orders_ = orders; }
    /// Pages have from one order to as many as are asked for, by where they begin.
    void vary() { vary_ = true; }
    /// Who asks from the beginning is answered with this, as long as it is not empty.
    void answer(std::string body) {
        const std::lock_guard guard(lock_);
        given_ = std::move(body);
    }
    /// The highest number that was told.
    int told() const { return told_; }
    std::size_t requests() const { return service.requests().size(); }
    /// The `after` of a request, by its number from 0.
    int after(std::size_t request) const { return number(service.requests().at(request), "after="); }

private:
    static int number(const std::string& request, std::string_view name) {
        return std::atoi(request.substr(request.find(name) + name.size()).c_str());
    }
    std::string page(const std::string& request) {
        const int after = number(request, "after="), limit = number(request, "limit="),
                  size = vary_ ? 1 + after * 31 % limit : limit, end = std::min<int>(orders_, after + size);
        {
            const std::lock_guard guard(lock_);
            if (after == 0 && !given_.empty()) return test::HeldService::answer("application/json", given_);
        }
        std::string orders;
        for (int n = after + 1; n <= end; ++n)
            orders += (orders.empty() ? "" : ",") + (R"({"n":)" + std::to_string(n)) + "}";
        told_ = std::max<int>(told_, end);
        return test::HeldService::answer("application/json", R"({"orders":[)" + orders + R"(],"more":)" +
                                                                 (end < orders_ ? "true}" : "false}"));
    }

    std::atomic<int> orders_, told_ = 0;
    std::atomic<bool> vary_ = false;
    std::mutex lock_;
    std::string given_;

public:
    test::HeldService service{[this](const std::string& request) { return page(request); }};
};

bool has_line(const Engine& engine, const std::string& line) {
    return engine.get("/metrics").body.find("\n" + line + "\n") != std::string::npos;
}

/// A flow whose source is the feed. Without ids nothing but the cursor keeps events apart.
void follow(const SourcePlace& source, const Feed& feed, const std::string& ids, const std::string& more = "",
            int limit = 10) {
    source.flow("orders",
                "id: changed, uses: source/new-order, poll: { every: 1s, limit: " + std::to_string(limit) +
                    " }, with: { url: \"" + feed.url() + "\", ids: " + ids + " }" + more);
}

class SourcePolls : public ::testing::TestWithParam<Where> {
protected:
    SourcePlace source{GetParam()};
};

TEST_P(SourcePolls, StartARunForEachEventAndTheCursorSurvivesStopsAndKills) {
    Feed feed(25);
    follow(source, feed, "true");
    Engine engine = source.engine();
    engine.await([&] { return has_line(engine, "tappet_poll_events_total{outcome=\"started\"} 25"); });
    engine.await([&] { return orders_of(engine, "orders") == each_once(25); });
    for (std::size_t poll : {0, 1, 2}) EXPECT_EQ(feed.after(poll), static_cast<int>(poll) * 10);

    engine.process().signal(SIGTERM);
    EXPECT_EQ(engine.process().wait(), 0);
    std::size_t before = feed.requests();
    engine.start();
    engine.await([&] { return feed.requests() > before; });
    EXPECT_EQ(feed.after(before), 25);

    engine.process().kill();
    before = feed.requests();
    feed.set(27);
    engine.start();
    engine.await([&] { return orders_of(engine, "orders") == each_once(27); });
    EXPECT_EQ(engine.runs_of("orders"), 27u);
    EXPECT_EQ(feed.after(before), 25);
    EXPECT_TRUE(has_line(engine, "tappet_poll_events_total{outcome=\"started\"} 2"));
}

TEST_P(SourcePolls, AreShownPausedAndSentElsewhere) {
    Feed feed(5);
    follow(source, feed, "true");
    Engine engine = source.engine();
    engine.await([&] { return orders_of(engine, "orders") == each_once(5); });
    EXPECT_EQ(engine.cli({"poll", "list", "-o", "json"}).text({"polls", "0", "uses"}), "source/new-order");
    EXPECT_EQ(engine.cli({"poll", "pause", "orders"}).code, 0);
    const Ended shown = engine.cli({"poll", "show", "orders", "-o", "json"});
    EXPECT_EQ(shown.text({"poll", "state"}), "paused") << shown.err;
    EXPECT_EQ(shown.text({"cursor", "cursor"}), "5") << shown.out;
    EXPECT_EQ(engine.cli({"poll", "set", "orders", "changed", "--cursor", "3"}).code, 0);
    EXPECT_EQ(engine.cli({"poll", "set", "orders", "--cursor", "{a"}).code, 2);
    EXPECT_EQ(engine.cli({"poll", "set", "orders", "--cursor", "[\"••••\"]"}).code, 2);
    std::size_t before = feed.requests();
    engine.process().kill();
    feed.set(6);
    engine.start();
    EXPECT_EQ(engine.cli({"poll", "resume", "orders"}).code, 0);
    engine.await([&] { return orders_of(engine, "orders") == each_once(6); });
    EXPECT_EQ(feed.after(before), 3);
    before = feed.requests();
    EXPECT_EQ(engine.cli({"poll", "reset", "orders"}).code, 0);
    engine.await([&] {
        return feed.requests() > before &&
               engine.cli({"poll", "show", "orders"}).out.find("6") != std::string::npos;
    });
    EXPECT_EQ(orders_of(engine, "orders"), each_once(6)) << "their ids tell that they were there before";
}

TEST_P(SourcePolls, ACursorComesFromAFileOrStandardInputAndWrongOnesAreUsageErrors) {
    Feed feed(5);
    follow(source, feed, "true");
    Engine engine = source.engine();
    engine.await([&] { return orders_of(engine, "orders") == each_once(5); });
    EXPECT_EQ(engine.cli({"poll", "pause", "orders"}).code, 0);
    const auto set = [&](Words from, const std::string& in = {}) {
        Words words{"poll", "set", "orders"};
        words.insert(words.end(), from.begin(), from.end());
        return engine.cli(std::move(words), in);
    };
    const auto cursor = [&] {
        return engine.cli({"poll", "show", "orders", "-o", "json"}).text({"cursor", "cursor"});
    };
    EXPECT_EQ(set({"--cursor-file", "-"}, "3\n").code, 0);
    EXPECT_EQ(cursor(), "3");
    EXPECT_EQ(set({"--cursor-file", source.place.file("cursor", "4\n"), "--secret"}).code, 0);
    EXPECT_EQ(cursor(), "••••");
    const Ended null = set({"--cursor", "null"});
    EXPECT_EQ(null.code, 2);
    EXPECT_NE(null.err.find("--cursor: null is no cursor; `tappet poll reset`"), std::string::npos)
        << null.err;
    EXPECT_EQ(set({"--cursor-file", "-"}, "null").code, 2);
    EXPECT_EQ(set({"--cursor", ""}).code, 2) << "an empty text is no wish to begin anew";
    EXPECT_EQ(set({"--cursor", "1", "--cursor-file", "-"}, "1").code, 2);
    EXPECT_EQ(set({}).code, 2);
    EXPECT_EQ(set({"--cursor-file", "absent"}).code, 5);
    EXPECT_EQ(cursor(), "••••");
}

TEST_P(SourcePolls, AnEngineThatIsKilledWhilePollingLosesNoEventAndDoublesNone) {
    Feed feed(Feed::kEndless);
    feed.vary();
    follow(source, feed, "false", "", 100);
    Engine engine = source.engine();
    for (std::size_t round = 0; round < kRounds; ++round) {
        if (round > 0) engine.start();
        // Each life ends at another point of another poll: while the plugin waits for its source, when runs
        // are listed already, and a little later each time on the way from the answer to the disk.
        const std::size_t polls = feed.requests() + 1 + round % 5;
        engine.await([&] { return feed.requests() >= polls; });
        if (round % 6 == 1) {
            feed.service.hold();
            const std::size_t held = feed.requests() + 1;
            engine.await([&] { return feed.requests() >= held; });
        } else if (round % 6 == 4) {
            const std::size_t listed = engine.runs_of("orders");
            engine.await([&] { return engine.runs_of("orders") > listed || listed >= 500; });
        } else {
            const int told = feed.told();
            engine.await([&] { return feed.told() > told; });
            const auto until = std::chrono::steady_clock::now() + round * std::chrono::microseconds(60);
            while (std::chrono::steady_clock::now() < until) continue;
        }
        engine.process().kill();
        feed.service.release();
    }
    const int all = std::max(kRecords, feed.told() + 5);
    feed.set(all);
    engine.start();
    engine.await([&] { return feed.after(feed.requests() - 1) == all; });
    engine.await([&] { return has_line(engine, "tappet_runs_open 0"); });
    EXPECT_EQ(orders_of(engine, "orders"), each_once(all));
}

TEST_P(SourcePolls, TellWhatChangedInAListThroughKills) {
    constexpr int kOrders = 300;
    Feed feed(kOrders);
    source.flow("orders",
                "id: changed, uses: source/changed-order, poll: { every: 1s, limit: 20 }, with: { url: \"" +
                    feed.url() + "\" }");
    Engine engine = source.engine();
    for (int life = 0; life < 8; ++life) {
        if (life > 0) engine.start();
        const std::size_t before = feed.requests();
        engine.await([&] { return feed.requests() >= before + 1 + static_cast<std::size_t>(life % 3); });
        engine.process().kill();
    }
    engine.start();
    engine.await([&] { return orders_of(engine, "orders") == each_once(kOrders); });
    const std::size_t before = feed.requests();
    engine.await([&] { return feed.requests() > before + 1; });
    EXPECT_EQ(engine.cli({"poll", "show", "orders"}).code, 0);
    feed.set(kOrders + 1);
    engine.await([&] { return orders_of(engine, "orders") == each_once(kOrders + 1); });
}

INSTANTIATE_TEST_SUITE_P(Serve, SourcePolls, ::testing::Values(Where::isolated, Where::trusted),
                         [](const auto& info) { return name_of(info.param); });

TEST(ServeSourcePolls, CountWhatBecomesOfEvents) {
    SourcePlace source(Where::isolated);
    Feed feed(0);
    feed.answer(R"({"orders":[{"n":1},{"n":2},{"n":2},{"n":3},{"n":100}]})");
    follow(source, feed, "true",
           ", filter: trigger.body.n != 3, input: { schema: { properties: { n: { maximum: 9 } } } }");
    Engine engine = source.engine();
    engine.await([&] { return !has_line(engine, "tappet_polls_total 0"); });
    engine.await([&] { return orders_of(engine, "orders") == each_once(2); });
    for (const char* line : {"started\"} 2", "duplicate\"} 1", "filtered\"} 1", "refused\"} 1"})
        EXPECT_TRUE(has_line(engine, std::string("tappet_poll_events_total{outcome=\"") + line))
            << line << engine.get("/metrics").body;
    EXPECT_TRUE(has_line(engine, "tappet_polls_failed_total 0"));
    EXPECT_NE(engine.process().errors().find("starts nothing (id 100)"), std::string::npos)
        << engine.process().errors();
}

TEST(ServeSourcePolls, ACrashOrAFailureOfThePluginIsRepeatedFromTheSameCursor) {
    for (const char* answer : {R"({"orders":[],"crash":true})", R"({"orders":"none"})"}) {
        SourcePlace source(Where::isolated);
        Feed feed(3);
        feed.answer(answer);
        follow(source, feed, "false");
        Engine engine = source.engine();
        engine.await([&] { return !has_line(engine, "tappet_polls_failed_total 0"); });
        EXPECT_EQ(engine.runs_of("orders"), 0u);
        feed.answer("");
        engine.await([&] { return orders_of(engine, "orders") == each_once(3); });
        EXPECT_FALSE(engine.process().ended());
        EXPECT_NE(engine.process().errors().find("polls of source/new-order work again"), std::string::npos)
            << engine.process().errors();
    }
}

}  // namespace
}  // namespace tappet::e2e
