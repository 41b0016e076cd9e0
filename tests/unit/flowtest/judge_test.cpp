#include "flowtest/judge.hpp"

#include "flowtest/span.hpp"
#include "rig.hpp"

namespace tappet::flowtest {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;
using namespace std::chrono_literals;

constexpr const char* kFlow = R"yaml(
labels: { who: "${{ trigger.body.who }}" }
triggers: [ { id: received, uses: core/webhook, verify: { preset: none }, respond: { mode: sync } } ]
steps:
  - id: each
    forEach: trigger.body.items
    as: item_
    do:
      - { id: a, uses: test/effect, with: { n: "${{ item_ }}" }, retry: { maxAttempts: 2, initial: 1s, jitter: none } }
  - { id: never, if: "false", uses: test/effect }
  - { id: said, uses: core/log, with: { message: done } }
outputs: { all: "${{ trigger.body.items }}", half: 0.5 }
)yaml";

std::string one(const std::string& expect) {
    return R"yaml(
    trigger: { received: { body: { who: Ada, items: [1, 2] } } }
    mocks: { "each[1].a": [ { error: { class: unavailable } }, { results: { x: 1, y: [ { z: 2 } ] } } ] }
    expect: )yaml" +
           expect + "\n";
}

TEST(Judge, WhatHoldsIsNoFailure) {
    Rig rig;
    for (const char* expect :
         {"{ response: { status: 200, body: { half: 0.5, all: [1, 2.0] } } }", "{ run: succeeded }",
          "{ runs: 1 }", "{ error: ~ }", "{ steps: { a: succeeded } }", "{ steps: { never: skipped } }",
          "{ steps: { 'each[1].a': { attempts: 2, waited: '>0s', results: { y: [ {} ] }, error: ~ } } }",
          "{ steps: { each: { results: [ { item: 1 }, { item: 2 } ] } } }",
          "{ calls: { a: [ {}, {}, {} ] } }", "{ calls: { 'each[1].a': [ { n: 2 }, { n: 2 } ] } }",
          "{ calls: { never: [] } }", "{ outputs: { all: [1, 2], missing: ~ } }", "{ labels: { who: Ada } }",
          "{ logs: [ done ] }", "{ took: '<=1s' }", "{ waits: [ '==1s' ] }"})
        EXPECT_THAT(rig.failures(kFlow, one(expect)), IsEmpty()) << expect;
}

TEST(Judge, EachThingThatDoesNotHoldIsSaidWithItsPlace) {
    Rig rig;
    const std::pair<const char*, const char*> cases[] = {
        {"{ response: { status: 201 } }", "response.status: expected 201, got 200"},
        {"{ response: { body: { all: [1, 3] } } }", "response.body.all[1]: expected 3, got 2"},
        {"{ response: { body: { all: [1] } } }", "response.body.all: expected [1], got [1,2]"},
        {"{ response: { headers: { x-a: b } } }", R"(response.headers.x-a: expected "b", got nothing)"},
        {"{ run: failed }", R"(run: expected "failed", got "succeeded")"},
        {"{ run: [] }", "run: expected [], got 1 runs"},
        {"{ runs: 2 }", "runs: expected 2, got 1 from 1 event"},
        {"{ error: { class: auth } }", R"(error: expected {"class":"auth"}, got null)"},
        {"{ steps: { a: failed } }", R"(steps.a (each[0].a): expected "failed", got "succeeded")"},
        {"{ steps: { 'each[1].a': { attempts: 3 } } }", "steps.each[1].a.attempts: expected 3, got 2"},
        {"{ steps: { 'each[1].a': { waited: 2s } } }", R"(steps.each[1].a.waited: expected "2s", got 1s)"},
        {"{ steps: { 'each[1].a': { results: { x: '1' } } } }",
         R"(steps.each[1].a.results.x: expected "1", got 1)"},
        {"{ steps: { 'each[1].a': { error: { class: auth } } } }",
         R"(steps.each[1].a.error: expected {"class":"auth"}, got null)"},
        {"{ steps: { 'each[7].a': succeeded } }",
         R"(steps.each[7].a: expected "succeeded", got the run did not come to it)"},
        {"{ steps: { a: pending } }", R"(steps.a (each[0].a): expected "pending", got "succeeded")"},
        {"{ calls: { a: [] } }", R"(calls.a: expected 0 calls, got 3 calls: {"n":1}, {"n":2}, {"n":2})"},
        {"{ calls: { a: [ {}, {}, { n: 3 } ] } }", "calls.a[2].n: expected 3, got 2"},
        {"{ outputs: { half: half } }", R"(outputs.half: expected "half", got 0.5)"},
        {"{ labels: { who: Eve } }", R"(labels.who: expected "Eve", got "Ada")"},
        {"{ logs: [ gone ] }", R"(logs[0]: expected "gone", got "done")"},
        {"{ logs: [ { level: warn } ] }", R"(logs[0].level: expected "warn", got "info")"},
        {"{ logs: [] }", R"(logs: expected [], got 1 line: "done")"},
        {"{ took: '<1s' }", R"(took: expected "<1s", got 1s)"},
        {"{ waits: [] }", "waits: expected [], got 1 wait: each[1].a 1s"},
        {"{ waits: [ '>1s' ] }", R"(waits[0]: expected ">1s", got 1s)"}};
    for (const auto& [expect, said] : cases) {
        const auto failures = rig.failures(kFlow, one(expect));
        ASSERT_FALSE(failures.empty()) << expect;
        EXPECT_EQ(failures.front(), said) << expect;
    }
}

TEST(Judge, OfARunThatWasNotStartedItSaysWhy) {
    Rig rig;
    const auto failures = rig.failures(R"yaml(
triggers: [ { id: received, uses: core/webhook, verify: { preset: none }, filter: "false" } ]
steps: [ { id: a, uses: core/map } ]
)yaml",
                                       "    trigger: { received: }\n    expect: { run: succeeded }\n");
    EXPECT_THAT(failures,
                ElementsAre(R"(run: expected a run, got none: answered with 202 {"status":"filtered"})"));
}

TEST(Judge, AFailedRunSaysWhyWhereAnotherEndWasExpected) {
    Rig rig;
    EXPECT_THAT(rig.failures(kFlow, R"yaml(
    trigger: { received: { body: { who: Ada, items: [1] } } }
    mocks: { a: { error: { class: auth, message: no key } } }
    expect: { run: succeeded }
)yaml"),
                ElementsAre(StartsWith(
                    R"(run: expected "succeeded", got "failed", {"step":"each[0].a","class":"auth")")));
}

TEST(Judge, SeveralRunsAreNumbered) {
    Rig rig;
    EXPECT_THAT(rig.failures(kFlow, R"yaml(
    trigger: [ { received: { body: { who: Ada, items: [] } } }, { received: { body: { who: Eve, items: [] } } } ]
    expect: { labels: { who: Ada } }
)yaml"),
                ElementsAre(R"(run[1].labels.who: expected "Ada", got "Eve")"));
}

TEST(Judge, HowARunFailedIsNotedWhereNothingWasExpectedOfIt) {
    Rig rig;
    EXPECT_THAT(rig.failures(kFlow, R"yaml(
    trigger: { received: { body: { who: Ada, items: [1] } } }
    mocks: { a: { error: { class: auth, message: no key } } }
    expect: { runs: 1 }
)yaml"),
                IsEmpty());
    EXPECT_THAT(rig.notes,
                ElementsAre("the run failed at each[0].a: auth: 1 of 1 items failed; the first: no key"));
}

TEST(Span, IsReadWithEverySignAndWithout) {
    struct {
        const char* text;
        bool at_19s, at_20s, at_21s;
    } const cases[] = {{"20s", false, true, false},  {"==20s", false, true, false},
                       {">=20s", false, true, true}, {"> 20s", false, false, true},
                       {"<20s", true, false, false}, {"<= 20s", true, true, false}};
    for (const auto& c : cases) {
        const auto span = parse_span(c.text);
        ASSERT_TRUE(span) << c.text;
        EXPECT_EQ(span->holds(19s), c.at_19s) << c.text;
        EXPECT_EQ(span->holds(20s), c.at_20s) << c.text;
        EXPECT_EQ(span->holds(21s), c.at_21s) << c.text;
    }
    for (const char* wrong : {"", ">", "20", "=20s", "=>20s", ">=20s x", "about 20s"})
        EXPECT_FALSE(parse_span(wrong)) << wrong;
}

}  // namespace
}  // namespace tappet::flowtest
