#include "trigger/admission.hpp"

#include <gtest/gtest.h>

#include "expr/json.hpp"
#include "flow/compile.hpp"
#include "support/test_catalog.hpp"
#include "trigger/event.hpp"

namespace tappet::trigger {
namespace {

constexpr TimeMs kNow{1'700'000'000'000};

runtime::Flow flow_with(const std::string& trigger, const std::string& tenant = "default",
                        const std::string& name = "tested") {
    const test::TestCatalog catalog;
    const std::string source = "flow: " + name +
                               "\nconfig: { Wanted: { type: string } }\ntriggers:\n  - { id: received, uses: "
                               "core/webhook, verify: { preset: none }, " +
                               trigger + " }\nsteps: [ { id: a, uses: core/map } ]\n";
    auto compiled = flow::compile("tested.yaml", source, catalog);
    EXPECT_TRUE(compiled.plan) << flow::render_human(compiled.findings, source);
    return {tenant, 1, compiled.plan, ""};
}

Admission admitted(const runtime::Flow& flow, const std::string& body, const std::string& fallback = "") {
    const Value event = make_event("e", *read_json(body), kNow);
    return admit(flow, flow.plan->triggers.front(), event, Value::object({{"Wanted", Value::string("x")}}),
                 fallback, kNow);
}
using Verdict = Admission::Verdict;

TEST(Admission, OfATriggerWithoutConditionsStartsARunWithoutAClaim) {
    const auto out = admitted(flow_with("methods: [POST]"), "{}");
    EXPECT_EQ(out.verdict, Verdict::start);
    EXPECT_FALSE(out.claim || out.problem);
}

TEST(Admission, FollowsTheFilterWhichSeesEventAndConfiguration) {
    const auto flow =
        flow_with(R"(filter: "trigger.body.kind == configVars['Wanted'] && flow.name == 'tested'")");
    EXPECT_EQ(admitted(flow, R"({"kind":"x"})").verdict, Verdict::start);
    EXPECT_EQ(admitted(flow, R"({"kind":"y"})").verdict, Verdict::filtered);
    EXPECT_FALSE(admitted(flow, R"({"kind":"y"})").claim);
}

TEST(Admission, IsRefusedWhereTheFilterCannotBeEvaluated) {
    for (const char* body : {"{}", R"({"kind":"x"})"}) {
        const auto out = admitted(flow_with("filter: trigger.body.kind"), body);
        ASSERT_EQ(out.verdict, Verdict::refused) << body;
        EXPECT_EQ(out.problem->status, 422);
        EXPECT_EQ(out.problem->code, "filter-failed");
    }
}

TEST(Admission, IsRefusedWithPointersWhereTheBodyBreaksTheSchema) {
    const auto flow = flow_with(
        "input: { schema: { type: object, required: [type], properties: { n: { type: integer } } } }");
    EXPECT_EQ(admitted(flow, R"({"type":1,"n":2})").verdict, Verdict::start);
    const auto out = admitted(flow, R"({"n":"two"})");
    ASSERT_EQ(out.verdict, Verdict::refused);
    EXPECT_EQ(out.problem->status, 422);
    EXPECT_EQ(out.problem->code, "schema");
    ASSERT_EQ(out.problem->errors.size(), 2u);
    std::string pointers;
    for (const auto& place : out.problem->errors) pointers += "<" + place.pointer + ">";
    EXPECT_NE(pointers.find("</n>"), std::string::npos) << pointers;
}

TEST(Admission, FiltersBeforeItChecksTheSchema) {
    const auto flow = flow_with("filter: \"false\", input: { schema: { type: array } }");
    EXPECT_EQ(admitted(flow, "{}").verdict, Verdict::filtered);
}

TEST(Admission, ClaimsTheDedupeKeyForItsWindow) {
    const auto flow = flow_with("dedupe: { key: trigger.body.id, window: 2h }");
    const auto out = admitted(flow, R"({"id":"k1"})");
    ASSERT_TRUE(out.claim);
    EXPECT_EQ(out.claim->now, kNow);
    EXPECT_EQ(out.claim->expires, kNow + std::chrono::hours(2));
    EXPECT_EQ(admitted(flow, R"({"id":"k1","more":1})").claim->key, out.claim->key);
    EXPECT_NE(admitted(flow, R"({"id":"k2"})").claim->key, out.claim->key);
}

TEST(Admission, ClaimsAKeyForThisTriggerOfThisFlowOfThisTenantAlone) {
    const auto key = [](const runtime::Flow& flow) { return admitted(flow, R"({"id":"k"})").claim->key; };
    const std::string dedupe = "dedupe: { key: trigger.body.id }";
    const auto here = key(flow_with(dedupe));
    EXPECT_NE(key(flow_with(dedupe, "acme")), here);
    EXPECT_NE(key(flow_with(dedupe, "default", "other")), here);
}

TEST(Admission, TakesKeysOfAnyKindApart) {
    const auto flow = flow_with("dedupe: { key: trigger.body }");
    std::vector<std::array<std::uint8_t, 16>> keys;
    for (const char* body : {"1", "1.5", "true", "[1]", R"({"a":1})", R"("text")", R"("1")"}) {
        const auto out = admitted(flow, body);
        ASSERT_TRUE(out.claim) << body;
        for (const auto& other : keys) EXPECT_NE(out.claim->key, other) << body;
        keys.push_back(out.claim->key);
    }
}

TEST(Admission, NumbersThatAreEqualAreOneKey) {
    const auto flow = flow_with("dedupe: { key: trigger.body }");
    const auto key = [&](const char* body) { return admitted(flow, body).claim->key; };
    EXPECT_EQ(key("1"), key("1.0"));
    EXPECT_EQ(key("1e3"), key("1000"));
    EXPECT_EQ(key("0"), key("-0.0"));
    EXPECT_NE(key("9007199254740993"), key("9007199254740992.0"));
}

TEST(Admission, IsRefusedWhereTheKeyIsMissingNullOrEmpty) {
    const auto flow = flow_with("dedupe: { key: trigger.body.id }");
    for (const char* body : {"{}", R"({"id":null})", R"({"id":""})", R"({"id":[]})", R"({"id":{}})"}) {
        const auto out = admitted(flow, body);
        ASSERT_EQ(out.verdict, Verdict::refused) << body;
        EXPECT_EQ(out.problem->status, 422);
        EXPECT_EQ(out.problem->code, "key-failed");
    }
}

TEST(Admission, FallsBackToTheKeyOfTheRequestWhereTheTriggerDeclaresNone) {
    const auto without = flow_with("methods: [POST]");
    ASSERT_TRUE(admitted(without, "{}", "k").claim);
    const auto brief = admitted(flow_with("dedupe: { window: 1h }"), "{}", "k").claim;
    ASSERT_TRUE(brief);
    EXPECT_EQ(brief->expires - brief->now, std::chrono::hours(1));
    EXPECT_FALSE(admitted(flow_with("dedupe: { window: 1h }"), "{}").claim);
    EXPECT_NE(admitted(without, "{}", "k").claim->key, admitted(without, "{}", "l").claim->key);
    const auto with = flow_with("dedupe: { key: trigger.body.id }");
    EXPECT_EQ(admitted(with, R"({"id":"a"})", "k").claim->key,
              admitted(with, R"({"id":"a"})", "l").claim->key);
    EXPECT_NE(admitted(with, R"({"id":"k"})").claim->key, admitted(without, "{}", "k").claim->key)
        << "a sender cannot take the key of another event by naming it in a header";
}

TEST(Admission, RefusesAnEventWhoseConcurrencyKeySaysNothing) {
    const auto flow = flow_with("methods: [POST] }\nconcurrency: { key: trigger.body.who");
    EXPECT_EQ(admitted(flow, R"({"who": "ann"})").verdict, Verdict::start);
    for (const char* body : {"{}", R"({"who": ""})", R"({"who": null})"}) {
        const auto out = admitted(flow, body);
        ASSERT_EQ(out.verdict, Verdict::refused) << body;
        EXPECT_EQ(out.problem->status, 422);
        EXPECT_EQ(out.problem->code, "key-failed");
        EXPECT_EQ(out.problem->detail.find("the flow's concurrency key"), 0u) << out.problem->detail;
    }
}

}  // namespace
}  // namespace tappet::trigger
