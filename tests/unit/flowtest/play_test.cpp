#include "flowtest/play.hpp"

#include "rig.hpp"

namespace tappet::flowtest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

constexpr const char* kOneCall = R"yaml(
triggers:
  - id: received
    uses: core/webhook
    verify: { preset: none }
    dedupe: { key: trigger.body.id, window: 1h }
steps:
  - id: a
    uses: test/effect
    with: { n: "${{ trigger.body.id }}" }
    timeout: 10s
    retry: { maxAttempts: 4, initial: 2s, factor: 3, jitter: none, on: [rateLimited, unavailable, timeout] }
outputs: { a: "${{ stepResults.a.results }}" }
)yaml";

TEST(PlayMocks, EachCallTakesTheNextAnswerAndTheLastIsGivenAgain) {
    Rig rig;
    EXPECT_THAT(rig.failures(kOneCall, R"yaml(
    trigger: { received: { body: { id: 1 } } }
    mocks: { a: [ { error: { class: unavailable } }, { error: { class: rateLimited, retryAfter: 20s } } ] }
    expect:
      run: failed
      error: { step: a, class: rateLimited, message: mocked }
      steps: { a: { status: failed, attempts: 4, waited: 42s } }
      waits: [ 2s, 20s, 20s ]
      took: 42s
      calls: { a: [ { n: 1 }, { n: 1 }, { n: 1 }, { n: 1 } ], test/effect: [ {}, {}, {}, {} ] }
)yaml"),
                IsEmpty());
    EXPECT_THAT(rig.notes, ElementsAre("the mock a has 2 answers for 4 calls: the last was given again"));
    EXPECT_THAT(rig.caller.calls, IsEmpty());
}

TEST(PlayMocks, WhatIsSaidOfAnItemWinsOverTheStepAndThatOverTheAction) {
    Rig rig;
    EXPECT_THAT(rig.failures(R"yaml(
triggers: [ { id: received, uses: core/manual } ]
steps:
  - id: each
    forEach: "[1, 2]"
    as: n
    do: [ { id: a, uses: test/effect }, { id: b, uses: test/effect } ]
)yaml",
                             R"yaml(
    trigger: { received: }
    mocks:
      test/effect: { results: action }
      a: { results: step }
      "each[1].a": { results: item }
    expect:
      run: succeeded
      steps:
        "each[0].a": { results: step }
        "each[1].a": { results: item }
        b: { results: action }
)yaml"),
                IsEmpty());
}

TEST(PlayMocks, AnEffectThatIsNotMockedIsNotMadeAndYieldsItsSample) {
    Rig rig;
    const std::string one = R"yaml(
    trigger: { received: { body: { id: 1 } } }
    expect: { outputs: { a: ~ }, calls: { a: [ { n: 1 } ] } }
)yaml";
    EXPECT_THAT(rig.failures(kOneCall, one), IsEmpty());
    EXPECT_THAT(rig.notes, ElementsAre("step a is not mocked: test/effect was not called and yielded null"));
    rig.stage.sample = [](std::string_view name) {
        return name == "test/effect" ? std::optional(Value::string("a sample")) : std::nullopt;
    };
    EXPECT_THAT(rig.failures(kOneCall, one), ElementsAre(R"(outputs.a: expected null, got "a sample")"));
    EXPECT_THAT(rig.caller.calls, IsEmpty());
}

TEST(PlayMocks, ACallOfHttpThatIsNotMockedAnswersWith200) {
    Rig rig;
    EXPECT_THAT(rig.failures(R"yaml(
triggers: [ { id: received, uses: core/manual } ]
steps: [ { id: a, uses: core/http, with: { url: "http://app.test" } } ]
)yaml",
                             R"yaml(
    trigger: { received: }
    expect: { steps: { a: { results: { status: 200, headers: {}, body: ~ } } } }
)yaml"),
                IsEmpty());
}

TEST(PlayMocks, APureActionIsReallyCalledUnlessItIsMocked) {
    Rig rig;
    const std::string flow = R"yaml(
triggers: [ { id: received, uses: core/manual } ]
steps: [ { id: a, uses: core/map, with: { value: "${{ 40 + 2 }}" } } ]
)yaml";
    EXPECT_THAT(
        rig.failures(flow, "    trigger: { received: }\n    expect: { steps: { a: { results: 42 } } }\n"),
        IsEmpty());
    EXPECT_THAT(rig.caller.calls, SizeIs(1));
    EXPECT_THAT(rig.failures(flow, R"yaml(
    trigger: { received: }
    mocks: { a: { error: { class: internal, code: odd, message: broken } } }
    expect: { error: { class: internal, code: odd, message: broken } }
)yaml"),
                IsEmpty());
    EXPECT_THAT(rig.caller.calls, SizeIs(1));
}

TEST(PlayTime, ACallThatNeverAnswersEndsWithItsTimeLimit) {
    Rig rig;
    EXPECT_THAT(rig.failures(kOneCall, R"yaml(
    trigger: { received: { body: { id: 1 } } }
    mocks: { a: [ { never: true }, { results: late, after: 9s } ] }
    expect: { run: succeeded, steps: { a: { attempts: 2 } }, took: 21s }
)yaml"),
                IsEmpty());
    EXPECT_EQ(rig.took, 21s);
}

TEST(PlayTime, AnAnswerThatComesJustThenComesInTime) {
    Rig rig;
    EXPECT_THAT(rig.failures(kOneCall, R"yaml(
    trigger: { received: { body: { id: 1 } } }
    mocks: { a: { results: late, after: 10s } }
    expect: { run: succeeded, took: 10s }
)yaml"),
                IsEmpty());
}

TEST(PlayTime, ARunThatWaitsForNothingThatComesIsStillRunning) {
    Rig rig;
    EXPECT_THAT(rig.failures(R"yaml(
triggers: [ { id: received, uses: core/manual } ]
steps: [ { id: a, uses: test/effect } ]
)yaml",
                             R"yaml(
    trigger: { received: }
    mocks: { a: { never: true } }
    expect: { run: running, steps: { a: running }, took: 1s }
)yaml"),
                ElementsAre(R"(took: expected "1s", got the run has not ended)"));
}

TEST(PlayEvents, TheSameEventTwiceIsOneRunUntilTheWindowHasPassed) {
    Rig rig;
    EXPECT_THAT(rig.failures(kOneCall, R"yaml(
    trigger:
      - { received: { body: { id: 1 } } }
      - { received: { body: { id: 1 }, after: 59m } }
      - { received: { body: { id: 2 } } }
      - { received: { body: { id: 1 }, after: 2m } }
    expect:
      runs: 3
      run: [ succeeded, succeeded, succeeded ]
      response:
        - { status: 202, body: { status: queued } }
        - { status: 202, headers: { Idempotent-Replayed: ~, idempotent-replayed: "true" } }
        - { status: 202, headers: { idempotent-replayed: ~ } }
        - { headers: { idempotent-replayed: ~ } }
      calls: { a: [ { n: 1 }, { n: 2 }, { n: 1 } ] }
)yaml"),
                IsEmpty());
}

TEST(PlayEvents, ASenderThatIsKnownNamesTheEventWhereTheTriggerDoesNot) {
    Rig rig;
    const std::string flow = R"yaml(
triggers:
  - { id: open, uses: core/webhook, verify: { preset: none } }
  - { id: closed, uses: core/webhook, verify: { preset: bearer, secrets: ["${{ secrets.TOKEN }}"] } }
steps: [ { id: a, uses: core/map } ]
)yaml";
    for (const auto& [trigger, runs] : {std::pair("open", "2"), std::pair("closed", "1")})
        EXPECT_THAT(rig.failures(flow, "    trigger: [ { " + std::string(trigger) +
                                           ": { headers: { Idempotency-Key: k } } }, { " + trigger +
                                           ": { headers: { idempotency-key: k } } } ]\n    expect: { runs: " +
                                           runs + " }\n"),
                    IsEmpty())
            << trigger;
}

constexpr const char* kAnswering = R"yaml(
config: { Shop: { type: string, default: ours } }
triggers:
  - id: received
    uses: core/webhook
    verify: { preset: none }
    filter: trigger.query.?go.orValue("yes") != "no"
    input: { schema: { type: object, required: [id] } }
    dedupe: { key: trigger.body.id }
    respond: { mode: sync, timeout: 5s }
steps:
  - { id: a, uses: test/effect, if: "trigger.headers.?who.orValue('') != 'nobody'" }
  - { id: r, respond: { status: 201, headers: { x-shop: "${{ configVars.Shop }}" }, body: { a: "${{ stepResults.a.results }}" } } }
)yaml";

TEST(PlayEvents, ASynchronousFlowAnswersItselfAndARepeatedEventIsGivenTheSame) {
    Rig rig;
    EXPECT_THAT(rig.failures(kAnswering, R"yaml(
    vars: { Shop: theirs }
    trigger: [ { received: { body: { id: 1 } } }, { received: { body: { id: 1 }, after: 1s } } ]
    mocks: { a: { results: 7, after: 2s } }
    expect:
      runs: 1
      response:
        - { status: 201, headers: { x-shop: theirs, content-type: application/json }, body: { a: 7 } }
        - { status: 201, headers: { idempotent-replayed: "true" }, body: { a: 7 } }
)yaml"),
                IsEmpty());
    EXPECT_THAT(rig.failures(kAnswering, R"yaml(
    trigger: [ { received: { body: { id: 1 } } }, { received: { body: { id: 1 }, after: 1d } } ]
    mocks: { a: { results: 7 } }
    expect: { runs: 1, response: { status: 201, body: { a: 7 } } }
)yaml"),
                IsEmpty());
}

TEST(PlayEvents, ASenderThatHasWaitedLongEnoughIsToldToComeBack) {
    Rig rig;
    EXPECT_THAT(rig.failures(kAnswering, R"yaml(
    trigger: { received: { body: { id: 1 } } }
    mocks: { a: { results: 7, after: 5001ms } }
    expect: { response: { status: 202, headers: { preference-applied: respond-async } }, run: succeeded }
)yaml"),
                IsEmpty());
}

TEST(PlayEvents, WhatBecomesNoRunIsAnsweredAsAtAHook) {
    Rig rig;
    EXPECT_THAT(rig.failures(kAnswering, R"yaml(
    trigger:
      - { received: { body: { id: 1 }, query: { go: "no" } } }
      - { received: { body: {} } }
      - { received: { body: { id: 1 }, method: DELETE } }
      - { received: { body: { id: ~ } } }
    expect:
      runs: 0
      response:
        - { status: 200, body: { status: filtered } }
        - { status: 422, body: { code: schema } }
        - { status: 405, body: { code: method-not-allowed } }
        - { status: 422, body: { code: key-failed } }
)yaml"),
                IsEmpty());
}

TEST(PlayEvents, ABodyMayComeFromAFile) {
    Rig rig;
    EXPECT_THAT(rig.failures(R"yaml(
triggers: [ { id: received, uses: core/manual } ]
steps: [ { id: a, uses: core/map, with: { value: "${{ trigger.body.from }}" } } ]
)yaml",
                             R"yaml(
    trigger: { received: { file: event.json } }
    expect: { steps: { a: { results: file } } }
)yaml"),
                IsEmpty());
}

TEST(PlaySecrets, ASecretIsInTheInputAndNotInWhatIsTold) {
    Rig rig;
    const std::string flow = R"yaml(
triggers: [ { id: received, uses: core/manual } ]
steps: [ { id: a, uses: test/effect, with: { token: "Bearer ${{ secrets.TOKEN }}" } } ]
)yaml";
    EXPECT_THAT(rig.failures(flow, R"yaml(
    secrets: { TOKEN: s3cret-value }
    trigger: { received: }
    expect: { calls: { a: [ { token: Bearer s3cret-value } ] } }
)yaml"),
                IsEmpty());
    const auto wrong = rig.failures(flow, R"yaml(
    secrets: { TOKEN: s3cret-value }
    trigger: { received: }
    expect: { calls: { a: [ { token: Basic s3cret-value } ] } }
)yaml");
    ASSERT_THAT(wrong, SizeIs(1));
    EXPECT_THAT(wrong[0], testing::AllOf(HasSubstr("••••"), testing::Not(HasSubstr("s3cret"))));
    EXPECT_THAT(rig.failures(flow, R"yaml(
    trigger: { received: }
    expect: { run: failed, error: { step: a, class: validation } }
)yaml"),
                IsEmpty())
        << "a secret of which nothing is said is not set";
}

TEST(PlayLogs, WhatActionsLogIsOfTheirRun) {
    Rig rig;
    EXPECT_THAT(rig.failures(R"yaml(
triggers: [ { id: received, uses: core/manual } ]
steps: [ { id: a, uses: core/log, with: { message: one } }, { id: b, uses: core/log, with: { message: two } } ]
)yaml",
                             R"yaml(
    trigger: { received: }
    expect: { logs: [ one, { step: b, level: info, message: two } ] }
)yaml"),
                IsEmpty());
}

TEST(PlayLimits, ACaseThatDoesNotComeToRestFails) {
    Rig rig;
    const auto plan = rig.compiled(kOneCall);
    const StepNames names(*plan);
    const Suite suite = Rig::suite(R"yaml(
cases:
  - name: one
    trigger: { received: { body: { id: 1 } } }
    mocks: { a: { error: { class: unavailable } } }
    expect: { run: failed }
)yaml");
    PlayLimits few;
    few.turns = 3;
    EXPECT_THAT(play(rig.stage, plan, names, suite.cases[0], few).fault, HasSubstr("goes on and on"));
    PlayLimits no_time;
    no_time.real_time = 0ms;
    EXPECT_THAT(play(rig.stage, plan, names, suite.cases[0], no_time).fault, HasSubstr("0 ms of real time"));
    EXPECT_EQ(play(rig.stage, plan, names, suite.cases[0]).fault, "") << "and the next is played as ever";
}

}  // namespace
}  // namespace tappet::flowtest
