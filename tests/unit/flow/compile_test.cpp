#include "flow/compile.hpp"

#include "flow_support.hpp"

namespace tappet::flow {
namespace {

using namespace std::chrono_literals;
using test::findings_of;
using test::plan_of;
using test::step_of;
using test::with_steps;

constexpr std::string_view kWhole = R"(flow: onboard-location
title: Onboard
description: All of it.
labels: { team: onboarding, company: "${{ trigger.body.companyId }}" }
config:
  Base URL: { type: string }
  Limit: { type: integer, default: 4 }
policies:
  retry:
    upstream: { maxAttempts: 6, initial: 2s, factor: 3, cap: 1m, maxElapsed: 15m, jitter: equal,
                on: [rateLimited, conflict], retryAfter: ignore, whenExhausted: fail }
timeout: 30m
triggers:
  - id: received
    uses: core/webhook
    path: crm/installed
    methods: [POST, PUT]
    verify: { preset: hmac, secrets: ["${{ secrets.TOKEN }}"], header: x-signature, algorithm: sha1, encoding: base64,
              prefix: "v1=", template: "{timestamp}.{body}", tolerance: 10m }
    filter: has(trigger.body.companyId)
    dedupe: { key: trigger.body.id, window: 1d }
    input: { schema: { type: object, required: [id] } }
    respond: { mode: sync, status: 201, timeout: 5s }
  - { id: byHand, uses: core/manual }
steps:
  - name: Get Items
    uses: core/http
    with: { url: "${{ configVars['Base URL'] }}/items" }
    retry: { policy: upstream, maxAttempts: 8 }
    timeout: 10s
    onError:
      - { uses: core/log, with: { message: "${{ error.message }}" } }
      - { id: handled, uses: test/effect }
  - id: each
    forEach: stepResults.getItems.results.body
    as: thing
    maxParallel: 4
    onItemError: collect
    do:
      - { id: twice, if: thing.n > 1, uses: core/map, with: { value: "${{ thing.n * 2 }}" }, onError: continue }
      - id: inner
        forEach: "[1, 2]"
        do: [{ id: deep, uses: core/map, with: { value: "${{ item + thing.n }}" } }]
  - { id: answer, respond: { status: 200, body: { n: "${{ size(stepResults.each.results) }}" } } }
  - { id: end, if: trigger.id == 'byHand', stop: { status: cancelled, message: "by hand" } }
onError:
  - { uses: core/log, with: { message: failed } }
outputs: { each: "${{ stepResults.each.results }}" }
)";

class WholeFlow : public testing::Test {
protected:
    std::shared_ptr<const Plan> plan_ = plan_of(kWhole);
};

TEST_F(WholeFlow, KeepsWhatStandsAtItsTop) {
    EXPECT_EQ(plan_->flow, "onboard-location");
    EXPECT_EQ(plan_->title, "Onboard");
    EXPECT_EQ(plan_->description, "All of it.");
    EXPECT_EQ(plan_->timeout, 30min);
    EXPECT_EQ(plan_->source, kWhole);
    ASSERT_EQ(plan_->labels.size(), 2u);
    EXPECT_EQ(plan_->labels[0].name, "team");
    EXPECT_EQ(plan_->labels[0].value.constant()->as_string(), "onboarding");
    EXPECT_FALSE(plan_->labels[1].value.constant());
    EXPECT_TRUE(plan_->outputs);
}

TEST_F(WholeFlow, KeepsConfigVarsWithTheirDefaults) {
    ASSERT_EQ(plan_->config.size(), 2u);
    EXPECT_EQ(plan_->config[0].name, "Base URL");
    EXPECT_FALSE(plan_->config[0].fallback);
    EXPECT_EQ(plan_->config[0].position, (Position{6, 3}));
    EXPECT_EQ(plan_->config[1].fallback->as_integer(), 4);
}

TEST_F(WholeFlow, KeepsTriggers) {
    ASSERT_EQ(plan_->triggers.size(), 2u);
    const TriggerPlan& received = plan_->triggers[0];
    EXPECT_EQ(received.id, "received");
    EXPECT_EQ(received.spec->name, "core/webhook");
    EXPECT_EQ(received.path, "crm/installed");
    EXPECT_EQ(received.methods, (std::vector<std::string>{"POST", "PUT"}));
    EXPECT_TRUE(received.filter);
    EXPECT_TRUE(received.dedupe_key);
    EXPECT_EQ(received.dedupe_window, 24h);
    EXPECT_TRUE(received.input);
    EXPECT_EQ(received.mode, RespondMode::sync);
    EXPECT_EQ(received.respond_status, 201);
    EXPECT_EQ(received.respond_timeout, 5s);
    const VerifyPlan& verify = received.verify.value();
    EXPECT_EQ(verify.preset, "hmac");
    EXPECT_EQ(verify.secrets.size(), 1u);
    EXPECT_EQ(verify.header, "x-signature");
    EXPECT_EQ(verify.algorithm, "sha1");
    EXPECT_EQ(verify.encoding, "base64");
    EXPECT_EQ(verify.prefix, "v1=");
    EXPECT_EQ(verify.body_template, "{timestamp}.{body}");
    EXPECT_EQ(verify.tolerance, 10min);
}

TEST_F(WholeFlow, GivesTriggersThatSayLittleTheirDefaults) {
    const TriggerPlan& by_hand = plan_->triggers[1];
    EXPECT_EQ(by_hand.path, "");
    EXPECT_EQ(by_hand.methods, std::vector<std::string>{"POST"});
    EXPECT_FALSE(by_hand.verify || by_hand.filter || by_hand.dedupe_key || by_hand.input);
    EXPECT_EQ(by_hand.dedupe_window, 7 * 24h);
    EXPECT_EQ(by_hand.mode, RespondMode::async);
    EXPECT_EQ(by_hand.respond_status, 202);
    EXPECT_EQ(by_hand.respond_timeout, 30s);
}

TEST_F(WholeFlow, PutsStepsIntoScopesInTheOrderOfTheFile) {
    const ScopePlan& root = *plan_->root;
    EXPECT_EQ(root.depth, 0u);
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < root.steps.size(); ++i) {
        EXPECT_EQ(root.steps[i]->index, i);
        ids.push_back(root.steps[i]->segment);
    }
    EXPECT_EQ(ids, (std::vector<std::string>{"getItems", "getItems.onError[0]", "handled", "each", "answer",
                                             "end", "onError[0]"}));
    const ScopePlan& items = *step_of(*plan_, "each").for_each->body;
    EXPECT_EQ(items.depth, 1u);
    EXPECT_EQ(items.owner, &step_of(*plan_, "each"));
    EXPECT_EQ(items.parent, &root);
    ASSERT_EQ(items.steps.size(), 2u);
    EXPECT_EQ(items.steps[1]->id, "inner");
    EXPECT_EQ(step_of(*plan_, "inner").for_each->body->depth, 2u);
    EXPECT_EQ(step_of(*plan_, "inner").for_each->body->parent, &items);
}

TEST_F(WholeFlow, PutsStepsIntoBlocksWithTheirPlace) {
    const BlockPlan& body = *plan_->root->body;
    EXPECT_EQ(body.role, BlockPlan::Role::body);
    ASSERT_EQ(body.steps.size(), 4u);
    for (std::size_t i = 0; i < body.steps.size(); ++i) {
        EXPECT_EQ(body.steps[i]->place, i);
        EXPECT_EQ(body.steps[i]->block, &body);
    }
    ASSERT_TRUE(plan_->on_error);
    EXPECT_EQ(plan_->on_error->role, BlockPlan::Role::flow_handler);
    EXPECT_EQ(plan_->on_error->scope, plan_->root);
    EXPECT_EQ(plan_->on_error->owner, nullptr);
}

TEST_F(WholeFlow, GivesAStepItsPolicyItsTimeoutAndItsHandler) {
    const StepPlan& get = step_of(*plan_, "getItems");
    EXPECT_EQ(get.name, "Get Items");
    EXPECT_EQ(get.kind, StepKind::action);
    EXPECT_EQ(get.position, (Position{26, 5}));
    EXPECT_EQ(get.retry.max_attempts, 8u);
    EXPECT_EQ(get.retry.initial, 2s);
    EXPECT_EQ(get.retry.factor, 3);
    EXPECT_EQ(get.retry.cap, 1min);
    EXPECT_EQ(get.retry.max_elapsed, 15min);
    EXPECT_EQ(get.retry.jitter, Jitter::equal);
    EXPECT_EQ(get.retry.on, (std::vector<ErrorClass>{ErrorClass::rate_limited, ErrorClass::conflict}));
    EXPECT_FALSE(get.retry.honour_retry_after);
    EXPECT_EQ(get.timeout, 10s);
    EXPECT_EQ(get.on_error, OnError::handle);
    ASSERT_TRUE(get.handler);
    EXPECT_EQ(get.handler->role, BlockPlan::Role::step_handler);
    EXPECT_EQ(get.handler->owner, &get);
    EXPECT_EQ(get.handler->steps.size(), 2u);
    EXPECT_EQ(get.handler->scope, plan_->root);
}

TEST_F(WholeFlow, GivesEachKindOfStepItsOwnPart) {
    const StepPlan& each = step_of(*plan_, "each");
    EXPECT_EQ(each.kind, StepKind::for_each);
    EXPECT_EQ(each.for_each->as, "thing");
    EXPECT_EQ(each.for_each->max_parallel, 4u);
    EXPECT_EQ(each.for_each->on_item_error, OnItemError::collect);
    EXPECT_FALSE(each.action || each.respond || each.stop);
    const StepPlan& inner = step_of(*plan_, "inner");
    EXPECT_EQ(inner.for_each->as, "item");
    EXPECT_EQ(inner.for_each->max_parallel, 1u);
    EXPECT_EQ(inner.for_each->on_item_error, OnItemError::stop);
    EXPECT_EQ(step_of(*plan_, "twice").on_error, OnError::go_on);
    EXPECT_TRUE(step_of(*plan_, "twice").condition);
    EXPECT_EQ(step_of(*plan_, "answer").respond->status.constant()->as_integer(), 200);
    EXPECT_EQ(step_of(*plan_, "end").stop->status, RunEnd::cancelled);
    EXPECT_EQ(step_of(*plan_, "end").stop->message.constant()->as_string(), "by hand");
}

TEST_F(WholeFlow, NumbersTheSlotsThatItsExpressionsRead) {
    const StepPlan& each = step_of(*plan_, "each");
    ASSERT_EQ(each.for_each->items.program.slots().size(), 1u);
    const Slot& results = plan_->slots.at(each.for_each->items.program.slots()[0]);
    EXPECT_EQ(results.kind, Slot::Kind::step_results);
    EXPECT_EQ(results.depth, 0u);
    EXPECT_EQ(results.index, step_of(*plan_, "getItems").index);
    const Slot& thing = plan_->slots.at(step_of(*plan_, "twice").condition->program.slots().at(0));
    EXPECT_EQ(thing.kind, Slot::Kind::loop_item);
    EXPECT_EQ(thing.depth, 1u);
}

TEST(CompileFlow, AStepWithoutRetryIsTriedOnce) {
    const auto plan = plan_of(
        with_steps("  - { id: a, uses: test/effect }\n  - { id: b, uses: test/effect, retry: {} }\n"));
    EXPECT_EQ(step_of(*plan, "a").retry.max_attempts, 1u);
    const RetryPolicy& usual = step_of(*plan, "b").retry;
    EXPECT_EQ(usual.max_attempts, 3u);
    EXPECT_EQ(usual.initial, 1s);
    EXPECT_EQ(usual.factor, 2);
    EXPECT_EQ(usual.cap, 60s);
    EXPECT_EQ(usual.max_elapsed, 0s);
    EXPECT_EQ(usual.jitter, Jitter::full);
    EXPECT_EQ(usual.on, (std::vector<ErrorClass>{ErrorClass::rate_limited, ErrorClass::unavailable,
                                                 ErrorClass::timeout, ErrorClass::plugin_crashed}));
    EXPECT_TRUE(usual.honour_retry_after);
}

TEST(CompileFlow, AFilterMayStandInDelimitersOrBeABoolean) {
    const auto plan =
        plan_of(with_steps("  - { id: a, if: \"${{ run.attempt > 1 }}\", uses: test/effect }\n"
                           "  - { id: b, if: false, uses: test/effect }\n"));
    EXPECT_EQ(step_of(*plan, "a").condition->program.text(), "run.attempt > 1");
    EXPECT_EQ(step_of(*plan, "a").condition->position, (Position{4, 23}));
    EXPECT_FALSE(step_of(*plan, "b").condition->program.constant()->as_boolean());
}

TEST(CompileFlow, ASyncTriggerAnswers200UnlessItSaysOtherwise) {
    const auto plan = plan_of(
        "flow: t\ntriggers: [{ id: r, uses: core/webhook, verify: { preset: none }, respond: { mode: sync } "
        "}]\n"
        "steps: [{ id: a, uses: test/effect }]\n");
    EXPECT_EQ(plan->triggers[0].respond_status, 200);
}

TEST(CompileFlow, NamesMayBeTakenAgainAfterTheirLoop) {
    EXPECT_EQ(findings_of(with_steps("  - { id: a, forEach: \"[1]\", do: [{ id: b, uses: core/map, with: { "
                                     "value: \"${{ item }}\" } }] }\n"
                                     "  - { id: c, forEach: \"['x']\", do: [{ id: d, uses: core/map, with: { "
                                     "value: \"${{ item + 'y' }}\" } }] }\n")),
              "");
}

TEST(CompileFlow, ALoopInALoopHidesTheOuterItem) {
    const auto plan = plan_of(with_steps(
        "  - id: a\n    forEach: \"[1]\"\n    do:\n"
        "      - { id: b, forEach: \"['x']\", do: [{ id: c, if: item == 'x', uses: test/effect }] }\n"
        "      - { id: d, if: item == 1, uses: test/effect }\n"));
    EXPECT_EQ(plan->slots.at(step_of(*plan, "c").condition->program.slots().at(0)).depth, 2u);
    EXPECT_EQ(plan->slots.at(step_of(*plan, "d").condition->program.slots().at(0)).depth, 1u);
}

TEST(CompileFlow, HandlersOfTheFlowSeeEveryStep) {
    EXPECT_EQ(findings_of(with_steps("  - { id: a, uses: test/effect }\n") +
                          "onError: [{ uses: core/log, with: { message: \"${{ stepResults.a.status }} ${{ "
                          "error.class }}\" } }]\n"),
              "");
}

TEST(CompileFlow, SecretsAreWarnedOfOnlyWhereItIsKnownWhichAreSet) {
    const std::string source = with_steps(
        "  - { id: a, uses: core/log, with: { message: \"${{ secrets.A }}${{ secrets.B }}\" } }\n");
    EXPECT_EQ(findings_of(source), "");
    CompileOptions options;
    options.secret_is_set = [](std::string_view name) { return name == "B"; };
    EXPECT_EQ(findings_of(source, options), "warning 4:52 questionable-name");
    EXPECT_TRUE(compile("t", source, test::catalog(), options).plan);
}

TEST(CompileFlow, BoundsStepsAndSaysSoOnce) {
    CompileOptions options;
    options.max_steps = 2;
    const std::string two = "  - { id: a, uses: test/effect }\n  - { id: b, uses: test/effect }\n";
    EXPECT_EQ(findings_of(with_steps(two), options), "");
    EXPECT_EQ(
        findings_of(with_steps(two + "  - { id: c, uses: test/effect }\n  - { id: d, uses: test/effect }\n"),
                    options),
        "6:5 too-many-steps");
}

TEST(CompileFlow, BoundsTheFile) {
    CompileOptions options;
    options.max_bytes = 10;
    EXPECT_EQ(findings_of("flow: abcdefgh\n", options), "1:1 yaml-size");
}

TEST(CompileFlow, GivesNoPlanWithAnError) {
    const CompiledFlow broken = compile("t", "flow: t\n", test::catalog());
    EXPECT_FALSE(broken.plan);
    EXPECT_TRUE(has_errors(broken.findings));
}

TEST(CompileFlow, SaysFindingsInTheOrderOfTheFileAndEachOnce) {
    EXPECT_EQ(findings_of("steps: [{ id: a, uses: test/effect, x: 1 }]\ntriggers: [{ id: r, uses: "
                          "core/manual, y: 1 }]\nflow: T\n"),
              "1:37 unknown-key\n2:40 unknown-key\n3:7 wrong-value");
}

}  // namespace
}  // namespace tappet::flow
