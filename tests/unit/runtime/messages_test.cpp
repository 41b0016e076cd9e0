// Messages about runs: written with the end that they tell of, and what they say.
#include "runtime/messages.hpp"

#include "expr/json.hpp"
#include "runtime_rig.hpp"

namespace tappet::test {
namespace {

constexpr const char* kBoth =
    "\nnotify:\n"
    "  - { id: all, url: 'https://a.test', secrets: ['${{ secrets.A }}'] }\n"
    "  - { id: alarm, on: [failure], url: 'https://b.test', secrets: ['${{ secrets.A }}'], include: [labels] "
    "}\n";

struct Told {
    runtime::Options options() {
        runtime::Options out;
        out.base_url = "http://engine";
        out.max_message = max;
        out.secret = [](std::string_view, std::string_view) {
            return std::optional(Value::string("s3cret").as_secret());
        };
        out.told = [this](const store::OutgoingAddress& to, const Uuid& id) {
            told.push_back(to.name);
            ids.push_back(id);
        };
        return out;
    }
    std::size_t max = 256u << 10;
    std::vector<std::string> told;
    std::vector<Uuid> ids;
};

struct MessagesTest : ::testing::Test {
    explicit MessagesTest(std::size_t max = 256u << 10) : heard{max, {}, {}}, rig(heard.options()) {
        rig.caller().answer = [](const ScriptedCaller::Call& call) -> std::optional<plugin::CallOutcome> {
            if (call.action == "test/effect") return std::nullopt;
            return call.input;
        };
    }
    /// The body of the only message for an address.
    Value only(const std::string& name) {
        Value out;
        for (const auto& [id, row] : rig.disk.outgoing)
            if (row.message.to.name == name) {
                EXPECT_TRUE(out.is_null()) << "a second message for " << name;
                out = read_json(row.message.body).value();
            }
        return out;
    }
    static std::string text(const Value& at, std::vector<std::string_view> path) {
        const Value* found = at.at(path);
        return found && found->is(Kind::string) ? std::string(found->as_string()) : "-";
    }
    Told heard;
    RuntimeRig rig;
};

TEST_F(MessagesTest, AnEndIsToldOnlyWhereItIsDurable) {
    const auto flow = rig.publish(
        "labels: { team: a }\nsteps: [{ id: a, uses: test/pure }]\noutputs: { n: 1 }" + std::string(kBoth));
    const RunId run = rig.start(flow);
    rig.poll();
    EXPECT_TRUE(heard.told.empty());
    EXPECT_TRUE(rig.disk.outgoing.empty());
    rig.settle();
    EXPECT_EQ(heard.told, std::vector<std::string>{"all"});
    const Value body = only("all");
    EXPECT_EQ(text(body, {"type"}), "run.succeeded");
    EXPECT_EQ(text(body, {"timestamp"}), "2023-11-14T22:13:20.000Z");
    EXPECT_EQ(text(body, {"data", "id"}), run.text());
    EXPECT_EQ(text(body, {"data", "status"}), "succeeded");
    EXPECT_EQ(text(body, {"data", "labels", "team"}), "a");
    EXPECT_EQ(*body.find("data")->find("outputs"), Value::object({{"n", Value::integer(1)}}));
    EXPECT_EQ(text(body, {"data", "url"}), "http://engine/v2/tenants/default/runs/" + run.text());
    const store::OutgoingMessage& kept = rig.disk.outgoing.at(heard.ids.front()).message;
    EXPECT_EQ(kept.run, run);
    EXPECT_EQ(kept.version, flow->version);
    EXPECT_EQ(kept.type, "run.succeeded");
}

TEST_F(MessagesTest, AFailureIsToldToWhoAsksForIt) {
    const auto flow =
        rig.publish("labels: { team: a }\nsteps: [{ id: a, stop: { status: failed, message: no } }]" +
                    std::string(kBoth));
    rig.start(flow);
    rig.settle();
    EXPECT_EQ(heard.told, (std::vector<std::string>{"all", "alarm"}));
    const Value body = only("alarm");
    EXPECT_EQ(text(body, {"type"}), "run.failed");
    EXPECT_EQ(text(body, {"data", "error", "class"}), "stopped");
    EXPECT_EQ(text(body, {"data", "labels", "team"}), "a");
    EXPECT_EQ(body.find("data")->find("outputs"), nullptr);
}

TEST_F(MessagesTest, ACancelledRunIsNoFailure) {
    const auto flow =
        rig.publish("steps: [{ id: a, stop: { status: cancelled, message: no } }]" + std::string(kBoth));
    rig.start(flow);
    rig.settle();
    EXPECT_EQ(heard.told, std::vector<std::string>{"all"});
    EXPECT_EQ(text(only("all"), {"type"}), "run.cancelled");
}

TEST_F(MessagesTest, ADuplicateTellsNothing) {
    const auto flow = rig.publish("steps: [{ id: a, uses: test/pure }]" + std::string(kBoth));
    rig.start(flow, {}, "key");
    rig.start(flow, {}, "key");
    rig.settle();
    EXPECT_EQ(heard.told.size(), 1u);
    EXPECT_EQ(rig.disk.outgoing.size(), 1u);
}

TEST_F(MessagesTest, AnEndThatIsNotDurableIsToldOnceAfterTheNextStart) {
    const auto flow = rig.publish("steps: [{ id: a, uses: test/effect }]" + std::string(kBoth));
    rig.start(flow);
    rig.settle();
    rig.caller().finish(0);
    rig.poll();  // the end is sent, and lost
    rig.crash();
    rig.publish("steps: [{ id: a, uses: test/effect }]" + std::string(kBoth));
    ASSERT_TRUE(rig.runtime().recover().has_value());
    rig.settle();
    EXPECT_TRUE(rig.disk.outgoing.empty());
    rig.caller().finish(0);
    rig.settle();
    EXPECT_EQ(rig.disk.outgoing.size(), 1u);
    rig.crash();
    rig.publish("steps: [{ id: a, uses: test/effect }]" + std::string(kBoth));
    ASSERT_TRUE(rig.runtime().recover().has_value());
    rig.settle();
    EXPECT_EQ(rig.disk.outgoing.size(), 1u);
}

TEST_F(MessagesTest, SecretsAreRedacted) {
    const auto flow = rig.publish(
        "steps: [{ id: a, uses: core/map, with: { value: '${{ secrets.A }}' } }]\n"
        "outputs: { out: '${{ stepResults.a.results }}' }" +
        std::string(kBoth));
    rig.start(flow);
    rig.settle();
    ASSERT_EQ(rig.disk.outgoing.size(), 1u);
    const std::string body = rig.disk.outgoing.begin()->second.message.body;
    EXPECT_EQ(body.find("s3cret"), std::string::npos) << body;
    EXPECT_NE(body.find("••••"), std::string::npos) << body;
}

struct SmallMessagesTest : MessagesTest {
    SmallMessagesTest() : MessagesTest(600) {}
};

TEST_F(SmallMessagesTest, WhatIsTooLargeIsLeftOutAndNamed) {
    const auto flow =
        rig.publish("labels: { team: a }\nsteps: [{ id: a, uses: test/pure }]\noutputs: { long: '" +
                    std::string(600, 'x') + "' }" + std::string(kBoth));
    rig.start(flow);
    rig.settle();
    const Value body = only("all");
    EXPECT_EQ(body.find("data")->find("outputs"), nullptr);
    EXPECT_EQ(text(body, {"data", "labels", "team"}), "a");
    EXPECT_EQ(*body.find("data")->find("omitted"), Value::list({Value::string("outputs")}));
}

TEST(MessagesOfManyRows, AreInTheRowOfTheEnd) {
    Told heard;
    runtime::Options options = heard.options();
    options.full_row_bytes = 1;  // each entry has a row
    RuntimeRig rig(std::move(options));
    const RunId run = rig.start(rig.publish("steps: [{ id: a, stop: {} }]" + std::string(kBoth)));
    rig.poll();
    std::size_t rows = 0;
    for (; rig.store().complete_one(); ++rows) {
        bool ended = false;
        for (const run::Entry& entry : rig.journal(run))
            ended = ended || std::holds_alternative<run::RunFinished>(entry.body);
        EXPECT_EQ(rig.disk.outgoing.size(), ended ? 1u : 0u) << rows;
    }
    EXPECT_GT(rows, 1u);
    rig.settle();
    EXPECT_EQ(heard.told, std::vector<std::string>{"all"});
}

TEST_F(MessagesTest, ARunThatBeginsToWaitIsToldOnceEachTimeAndNotAgainAfterACrash) {
    const std::string source =
        "steps: [{ id: a, uses: test/effect, retry: { maxAttempts: 3, initial: 10s, jitter: none } }]\n"
        "notify: [{ on: [wait], url: 'https://a.test', secrets: ['${{ secrets.A }}'] }]\n";
    const RunId run = rig.start(rig.publish(source));
    rig.settle();
    EXPECT_TRUE(rig.disk.outgoing.empty());  // it is under way
    rig.caller().finish(0, call_error(flow::ErrorClass::unavailable));
    rig.settle();
    const Value body = only("notify");
    EXPECT_EQ(text(body, {"type"}), "run.waiting");
    EXPECT_EQ(text(body, {"data", "id"}), run.text());
    EXPECT_EQ(text(body, {"data", "status"}), "waiting");
    EXPECT_EQ(text(body, {"data", "waitingFor"}), "retry");
    rig.crash();
    rig.publish(source);
    rig.runtime().recover();
    rig.settle();
    EXPECT_EQ(rig.disk.outgoing.size(), 1u);
    rig.advance(std::chrono::seconds(10));
    rig.settle();
    rig.caller().finish(0, call_error(flow::ErrorClass::unavailable));
    rig.settle();
    EXPECT_EQ(rig.disk.outgoing.size(), 2u);
    rig.advance(std::chrono::seconds(20));
    rig.settle();
    rig.caller().finish(1);
    rig.settle();
    EXPECT_EQ(rig.runtime().stats().succeeded, 1u);
    EXPECT_EQ(rig.disk.outgoing.size(), 2u);  // of its end nothing is told
}

}  // namespace
}  // namespace tappet::test
