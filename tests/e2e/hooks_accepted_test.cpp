// Events that are taken: what the sender gets, and what runs.
#include <set>

#include "place.hpp"

namespace tappet::e2e {
namespace {

constexpr const char* kPlain = R"(
triggers:
  - { id: received, uses: core/webhook, verify: { preset: none } }
steps:
  - { id: hello, uses: core/map, with: { value: "Hello, ${{ trigger.body.name }}" } }
outputs: { text: "${{ stepResults.hello.results }}" }
)";

constexpr const char* kKeyed = R"(
triggers:
  - { id: received, uses: core/webhook, verify: { preset: none }, dedupe: { key: trigger.body.id, window: 1d } }
steps:
  - { id: note, uses: core/map, with: { value: "${{ trigger.body.id }}" } }
)";

/// Fails until its policy is spent, which takes hours: its runs wait.
constexpr const char* kStuckSteps = R"(
steps:
  - id: never
    uses: core/http
    retry: { maxAttempts: 9, initial: 1h, jitter: none, on: [forbidden] }
    with: { method: GET, url: "http://127.0.0.1:9/" }
)";

TEST(HooksAccepted, Answers202WithTheRunItsAddressAndTheLocationHeader) {
    Place place;
    place.flow("plain", kPlain);
    Engine engine(place);
    const Answer answer = engine.event("plain", R"({"name":"Ada"})");
    ASSERT_EQ(answer.status, 202) << answer.body;
    const std::string id = answer.text({"runId"});
    EXPECT_EQ(answer.text({"status"}), "queued");
    EXPECT_EQ(answer.text({"url"}), engine.url() + "/v2/tenants/default/runs/" + id);
    EXPECT_EQ(answer.field("location"), answer.text({"url"}));
    EXPECT_EQ(answer.field("content-type"), "application/json");
    const Answer run = engine.ended_run(id);
    EXPECT_EQ(run.text({"data", "attributes", "status"}), "succeeded");
    EXPECT_EQ(run.text({"data", "attributes", "outputs", "text"}), "Hello, Ada");
}

TEST(HooksAccepted, AnswersWithTheStatusThatTheFlowNames) {
    Place place;
    place.flow("plain", R"(
triggers:
  - { id: received, uses: core/webhook, verify: { preset: none }, respond: { status: 200 } }
steps: [ { id: note, uses: core/log, with: { message: came } } ]
)");
    Engine engine(place);
    const Answer answer = engine.event("plain", "{}");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.text({"status"}), "queued");
}

TEST(HooksAccepted, TakesAPathAndAMethodOfTheTriggersOwn) {
    Place place;
    place.flow("plain", R"(
triggers:
  - { id: received, uses: core/webhook, verify: { preset: none }, path: crm/events, methods: [GET, PUT] }
steps: [ { id: seen, uses: core/map, with: { value: "${{ trigger.method }} ${{ trigger.query.q }}" } } ]
outputs: { seen: "${{ stepResults.seen.results }}" }
)");
    Engine engine(place);
    const Answer answer = engine.get("/hooks/default/crm/events?q=a%20b");
    ASSERT_EQ(answer.status, 202) << answer.body;
    EXPECT_EQ(engine.ended_run(answer.text({"runId"})).text({"data", "attributes", "outputs", "seen"}),
              "GET a b");
}

TEST(HooksAccepted, GivesADuplicateTheSameAnswerAndNoSecondRun) {
    Place place;
    place.flow("keyed", kKeyed);
    Engine engine(place);
    const Answer first = engine.event("keyed", R"({"id":"E1"})");
    const Answer again = engine.event("keyed", R"({"id":"E1","more":true})");
    const Answer other = engine.event("keyed", R"({"id":"E2"})");
    EXPECT_EQ(first.status, 202);
    EXPECT_EQ(first.field("idempotent-replayed"), "");
    EXPECT_EQ(again.status, 202);
    EXPECT_EQ(again.field("idempotent-replayed"), "true");
    EXPECT_EQ(again.body, first.body);
    EXPECT_NE(other.text({"runId"}), first.text({"runId"}));
    EXPECT_EQ(engine.runs_of("keyed"), 2u);
}

TEST(HooksAccepted, StartsOneRunHoweverManyBringTheEventAtOnce) {
    constexpr int kSenders = 24;
    Place place;
    place.flow("keyed", kKeyed);
    Engine engine(place);
    const std::string body = R"({"id":"E1"})";
    std::vector<test::RawClient> senders;
    for (int i = 0; i < kSenders; ++i) senders.emplace_back(engine.address());
    const std::string bytes = test::request_bytes("POST", "/hooks/default/keyed/received", body, {});
    for (auto& sender : senders) sender.send(bytes);
    std::set<std::string> runs;
    int replayed = 0;
    for (auto& sender : senders) {
        const Answer answer = test::parse_answer(sender.read_answer());
        EXPECT_EQ(answer.status, 202);
        runs.insert(answer.text({"runId"}));
        replayed += answer.field("idempotent-replayed") == "true" ? 1 : 0;
    }
    EXPECT_EQ(runs.size(), 1u);
    EXPECT_EQ(replayed, kSenders - 1);
    EXPECT_EQ(engine.runs_of("keyed"), 1u);
}

TEST(HooksAccepted, KnowsADuplicateAfterAKill) {
    Place place;
    place.flow("keyed", kKeyed);
    Engine engine(place);
    const Answer first = engine.event("keyed", R"({"id":"E1"})");
    engine.process().kill();
    engine.start();
    const Answer again = engine.event("keyed", R"({"id":"E1"})");
    EXPECT_EQ(again.field("idempotent-replayed"), "true");
    EXPECT_EQ(again.text({"runId"}), first.text({"runId"}));
    EXPECT_EQ(engine.runs_of("keyed"), 1u);
}

TEST(HooksAccepted, TakesAnIdempotencyKeyOfAKnownSenderAlone) {
    Place place;
    place.flow("open", kPlain);
    place.flow("known", R"(
triggers:
  - { id: received, uses: core/webhook, verify: { preset: bearer, secrets: ["${{ secrets.TOKEN }}"] } }
steps: [ { id: note, uses: core/log, with: { message: came } } ]
)");
    Engine engine(place, {}, {{"TAPPET_SECRET_TOKEN", "t0ken"}});
    const Fields named{{"Idempotency-Key", "K"}, {"Authorization", "Bearer t0ken"}};
    EXPECT_EQ(engine.event("known", "{}", named).field("idempotent-replayed"), "");
    EXPECT_EQ(engine.event("known", "{}", named).field("idempotent-replayed"), "true");
    EXPECT_EQ(engine.event("open", R"({"name":"A"})", named).field("idempotent-replayed"), "");
    EXPECT_EQ(engine.event("open", R"({"name":"A"})", named).field("idempotent-replayed"), "");
}

TEST(HooksAccepted, AcknowledgesAFilteredEventWithoutARunAndWithoutUsingItsKey) {
    Place place;
    place.flow("picky", R"(
triggers:
  - id: received
    uses: core/webhook
    verify: { preset: none }
    filter: trigger.body.wanted
    dedupe: { key: trigger.body.id }
steps: [ { id: note, uses: core/log, with: { message: came } } ]
)");
    Engine engine(place);
    const Answer filtered = engine.event("picky", R"({"id":"E1","wanted":false})");
    EXPECT_EQ(filtered.status, 202);
    EXPECT_EQ(filtered.body, R"({"status":"filtered"})");
    EXPECT_EQ(engine.runs_of("picky"), 0u);
    const Answer taken = engine.event("picky", R"({"id":"E1","wanted":true})");
    EXPECT_EQ(taken.field("idempotent-replayed"), "");
    EXPECT_EQ(engine.runs_of("picky"), 1u);
}

TEST(HooksAccepted, ReadsFormsTextAndBytes) {
    Place place;
    place.flow("echo", R"(
triggers:
  - { id: received, uses: core/webhook, verify: { preset: none }, respond: { mode: sync } }
steps: [ { id: body, uses: core/map, with: { value: "${{ trigger.body }}" } } ]
outputs: { body: "${{ stepResults.body.results }}" }
)");
    Engine engine(place);
    const auto seen = [&](const char* type, std::string_view body) {
        return engine.event("echo", body, {{"Content-Type", type}}).body;
    };
    EXPECT_EQ(seen("application/x-www-form-urlencoded", "a=1&b=x+y&a=2"),
              R"({"body":{"a":["1","2"],"b":"x y"}})");
    EXPECT_EQ(seen("text/plain; charset=utf-8", "grüezi"), R"({"body":"grüezi"})");
    EXPECT_EQ(seen("application/octet-stream", std::string_view("\x00\xff", 2)), R"({"body":"AP8="})");
    EXPECT_EQ(seen("application/json", "[1,1.0,null]"), R"({"body":[1,1.0,null]})");
}

TEST(HooksSynchronous, AnswerWithTheFlowsRespondStep) {
    Place place;
    place.flow("ask", R"(
triggers:
  - { id: received, uses: core/webhook, verify: { preset: none }, respond: { mode: sync } }
steps:
  - id: reply
    respond: { status: 201, headers: { X-Seen: "${{ trigger.body.n }}" }, body: { twice: "${{ trigger.body.n * 2 }}" } }
)");
    Engine engine(place);
    const Answer answer = engine.event("ask", R"({"n":21})");
    EXPECT_EQ(answer.status, 201);
    EXPECT_EQ(answer.field("x-seen"), "21");
    EXPECT_EQ(answer.body, R"({"twice":42})");
}

TEST(HooksSynchronous, AnswerWithTheOutputsWhereNoStepResponds) {
    Place place;
    place.flow("ask", R"(
triggers:
  - { id: received, uses: core/webhook, verify: { preset: none }, respond: { mode: sync } }
steps: [ { id: sum, uses: core/map, with: { value: "${{ trigger.body.a + trigger.body.b }}" } } ]
outputs: { sum: "${{ stepResults.sum.results }}" }
)");
    Engine engine(place);
    const Answer answer = engine.event("ask", R"({"a":1,"b":2})");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.field("content-type"), "application/json");
    EXPECT_EQ(answer.body, R"({"sum":3})");
}

TEST(HooksSynchronous, AnswerAFailureWith500ItsClassAndItsRunAndReplayIt) {
    Place place;
    place.flow("ask", R"(
triggers:
  - { id: received, uses: core/webhook, verify: { preset: none }, respond: { mode: sync }, dedupe: { key: trigger.body.id } }
steps: [ { id: end, stop: { status: failed, message: "not today" } } ]
)");
    Engine engine(place);
    const Answer answer = engine.event("ask", R"({"id":"E1"})");
    EXPECT_EQ(answer.status, 500);
    EXPECT_EQ(answer.field("content-type"), "application/problem+json");
    EXPECT_EQ(answer.text({"class"}), "stopped");
    EXPECT_EQ(answer.text({"title"}), "Internal Server Error");
    const Answer run = engine.ended_run(answer.text({"runId"}));
    EXPECT_EQ(run.text({"data", "attributes", "error", "message"}), "not today");
    const Answer again = engine.event("ask", R"({"id":"E1"})");
    EXPECT_EQ(again.status, 500);
    EXPECT_EQ(again.field("idempotent-replayed"), "true");
    EXPECT_EQ(again.text({"runId"}), answer.text({"runId"}));
}

TEST(HooksSynchronous, AnswerWith202WhenTheRunTakesLongerThanTheSenderShallWait) {
    Place place;
    place.flow("ask", std::string(R"(
triggers:
  - { id: received, uses: core/webhook, verify: { preset: none }, respond: { mode: sync, timeout: 50ms } }
)") + kStuckSteps);
    Engine engine(place);
    const Answer answer = engine.event("ask", "{}");
    ASSERT_EQ(answer.status, 202) << answer.body;
    EXPECT_EQ(answer.field("preference-applied"), "respond-async");
    EXPECT_EQ(answer.field("location"), engine.url() + "/v2/tenants/default/runs/" + answer.text({"runId"}));
    EXPECT_EQ(engine.get("/v2/tenants/default/runs/" + answer.text({"runId"}))
                  .text({"data", "attributes", "status"}),
              "waiting");
}

}  // namespace
}  // namespace tappet::e2e
