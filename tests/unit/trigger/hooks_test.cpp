// Which trigger an address belongs to, and what a request meets on its way.
#include "hooks_rig.hpp"

#include <gmock/gmock.h>

namespace tappet::trigger {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kOpen = "verify: { preset: none }";
constexpr const char* kBearer = "verify: { preset: bearer, secrets: [\"${{ secrets.TOKEN }}\"] }";
const http::Headers kToken{{"authorization", "Bearer t0ken"}};

std::string owner_of(const HookRig& rig, const std::string& path) {
    for (const auto& address : rig.hooks->addresses())
        if (address.path == path) return address.flow;
    return "nobody";
}

TEST(HookAddresses, APathDoesNotTakeTheAddressOfAnotherFlow) {
    HookRig rig;
    const auto thief = rig.publish("a-thief", "path: victim/received, verify: { preset: none }");
    const auto victim = rig.publish("victim", kBearer);
    EXPECT_THAT(rig.hooks->reload(),
                ElementsAre(AllOf(HasSubstr("flow a-thief"), HasSubstr("/hooks/default/victim/received"),
                                  HasSubstr("flow victim"))));
    EXPECT_EQ(owner_of(rig, "/hooks/default/victim/received"), "victim");
    EXPECT_EQ(rig.post("/hooks/default/victim/received")->status(), 401);
    EXPECT_EQ(rig.post("/hooks/default/a-thief/received")->status(), 202) << "its own address is served";
    EXPECT_EQ(rig.hooks->path_of(*thief, thief->plan->triggers[0]), "/hooks/default/a-thief/received");
}

TEST(HookAddresses, OfTwoEqualPathsThatOfTheFirstFlowByNameIsServed) {
    HookRig rig;
    rig.publish("second", "path: crm, verify: { preset: none }");
    rig.publish("first", "path: crm, verify: { preset: none }");
    EXPECT_THAT(rig.hooks->reload(), ElementsAre(AllOf(HasSubstr("flow first"), HasSubstr("flow second"))));
    EXPECT_EQ(owner_of(rig, "/hooks/default/crm"), "first");
}

TEST(HookAddresses, APathMayRepeatTheTriggersOwnAddress) {
    HookRig rig;
    const auto flow = rig.publish("own", "path: own/received, verify: { preset: none }");
    EXPECT_THAT(rig.hooks->reload(), IsEmpty());
    EXPECT_EQ(rig.hooks->path_of(*flow, flow->plan->triggers[0]), "/hooks/default/own/received");
}

TEST(HookAddresses, AreSplitAtSlashesThatAreNotEncoded) {
    HookRig rig;
    rig.publish("n", kOpen);
    rig.hooks->reload();
    EXPECT_EQ(rig.post("/hooks/default/%6e/received")->status(), 202);
    for (const char* path : {"/hooks/default/n%2freceived", "/hooks%2Fdefault/n/received",
                             "/hooks/default%2fn%2Freceived", "/hooks/default/n/received%2f"})
        EXPECT_EQ(rig.post(path)->status(), 404) << path;
}

TEST(HookAddresses, HaveTheTenantOfTheRunInItsLocation) {
    HookRig rig;
    rig.tenant = "acme";
    rig.publish("theirs", kOpen);
    rig.hooks->reload();
    const auto reply = rig.post("/hooks/acme/theirs/received");
    EXPECT_EQ(reply->header("location"), "http://engine/v2/tenants/acme/runs/" + reply->text("runId"));
}

TEST(HookRate, IsNotUsedUpByStrangers) {
    HookOptions options;
    options.rate = 1;
    HookRig rig(options);
    rig.publish("kept", kBearer);
    rig.hooks->reload();
    for (int i = 0; i < 5; ++i) EXPECT_EQ(rig.post("/hooks/default/kept/received")->status(), 401);
    EXPECT_EQ(rig.post("/hooks/default/kept/received", kToken)->status(), 202);
    const auto over = rig.post("/hooks/default/kept/received", kToken);
    EXPECT_EQ(over->status(), 429);
    EXPECT_EQ(over->text("code"), "rate-limit");
}

TEST(HookRate, IsOneForAllAddressesOfATriggerAndSurvivesReloads) {
    HookOptions options;
    options.rate = 1;
    HookRig rig(options);
    rig.publish("two", "path: crm, verify: { preset: none }");
    rig.hooks->reload();
    EXPECT_EQ(rig.post("/hooks/default/two/received")->status(), 202);
    EXPECT_EQ(rig.post("/hooks/default/crm")->status(), 429);
    rig.hooks->reload();
    EXPECT_EQ(rig.post("/hooks/default/two/received")->status(), 429);
    rig.rig.clock.advance(std::chrono::seconds(1));
    EXPECT_EQ(rig.post("/hooks/default/crm")->status(), 202);
}

TEST(HookReplay, OfARunThatIsGoneIsAnsweredForGood) {
    HookRig rig;
    rig.publish("sync", "verify: { preset: none }, respond: { mode: sync }, dedupe: { key: '\"e\"' }",
                "steps: [ { id: a, uses: test/pure } ]");
    rig.hooks->reload();
    rig.rig.caller().answer = [](const auto&) { return plugin::CallOutcome(Value()); };
    const auto first = rig.post("/hooks/default/sync/received");
    ASSERT_EQ(first->status(), 200);
    const std::string run = rig.rig.disk.journals.begin()->first.text();
    rig.rig.disk.journals.clear();
    const auto again = rig.post("/hooks/default/sync/received");
    while (!again->response) rig.rig.loop().run_one();
    EXPECT_EQ(again->status(), 202);
    EXPECT_EQ(again->text("runId"), run);
    EXPECT_EQ(again->header("idempotent-replayed"), "true");
    EXPECT_EQ(again->header("location"), "http://engine/v2/tenants/default/runs/" + run);
    EXPECT_EQ(again->header("retry-after"), "");
}

TEST(HookReplay, OfARunThatEndedUnderAVersionThatIsUnfitIsAnsweredForGood) {
    const char* const kTrigger =
        "verify: { preset: none }, respond: { mode: sync }, dedupe: { key: '\"e\"' }";
    HookRig rig;
    rig.publish("sync", kTrigger, "steps: [ { id: a, uses: test/pure } ]");
    rig.hooks->reload();
    rig.rig.caller().answer = [](const auto&) { return plugin::CallOutcome(Value()); };
    ASSERT_EQ(rig.post("/hooks/default/sync/received")->status(), 200);
    rig.rig.disk.flows.at(0).source =
        "flow: sync\ntriggers: [ { id: received, uses: core/manual } ]\nsteps: [ { uses: gone/away } ]";
    rig.publish("sync", kTrigger, "steps: [ { id: b, uses: test/pure } ]");
    rig.hooks->reload();
    const auto again = rig.post("/hooks/default/sync/received");
    while (!again->response) rig.rig.loop().run_one();
    EXPECT_EQ(again->status(), 202);
    EXPECT_EQ(again->text("runId"), rig.rig.disk.journals.begin()->first.text());
    EXPECT_EQ(again->header("idempotent-replayed"), "true");
    EXPECT_EQ(again->header("retry-after"), "");
}

TEST(HookReplay, OfARunThatFailedHasTheSameBody) {
    HookRig rig;
    rig.publish("sync", "verify: { preset: none }, respond: { mode: sync }, dedupe: { key: '\"e\"' }",
                "steps: [ { id: a, uses: test/effect } ]");
    rig.hooks->reload();
    rig.rig.caller().answer = [](const auto&) {
        return plugin::CallOutcome(test::call_error(flow::ErrorClass::upstream));
    };
    const auto first = rig.post("/hooks/default/sync/received");
    ASSERT_EQ(first->status(), 500);
    const auto again = rig.post("/hooks/default/sync/received");
    while (!again->response) rig.rig.loop().run_one();
    EXPECT_EQ(again->header("idempotent-replayed"), "true");
    EXPECT_EQ(again->response->body, first->response->body);
}

TEST(HookAnswer, OfASynchronousRunThatFailsNamesTheRequest) {
    HookRig rig;
    rig.publish("sync", "verify: { preset: none }, respond: { mode: sync }",
                "steps: [ { id: a, uses: test/effect } ]");
    rig.hooks->reload();
    rig.rig.caller().answer = [](const auto&) {
        return plugin::CallOutcome(test::call_error(flow::ErrorClass::upstream));
    };
    const auto reply = rig.post("/hooks/default/sync/received");
    EXPECT_EQ(reply->status(), 500);
    EXPECT_EQ(reply->text("class"), "upstream");
    EXPECT_EQ(reply->text("requestId"), reply->text("runId"));
    EXPECT_EQ(rig.hooks->stats().failed, 1u);
}

std::vector<std::string> header_names(const HookRig::Reply& reply) {
    std::vector<std::string> out;
    for (const auto& [name, value] : reply.response->headers.items()) out.push_back(name);
    return out;
}

TEST(HookAnswer, NamesItsHeadersAsTheyAreUsuallyWritten) {
    HookRig rig;
    rig.publish("open", "verify: { preset: none }, dedupe: { key: '\"e\"' }");
    rig.publish("kept", kBearer);
    rig.publish("sync", "verify: { preset: none }, respond: { mode: sync }",
                "steps: [ { id: a, respond: { headers: { x-Own: a }, body: 1 } } ]");
    rig.hooks->reload();
    EXPECT_THAT(header_names(*rig.post("/hooks/default/open/received")),
                ElementsAre("Content-Type", "Location"));
    EXPECT_THAT(header_names(*rig.post("/hooks/default/open/received")),
                ElementsAre("Content-Type", "Location", "Idempotent-Replayed"));
    EXPECT_THAT(header_names(*rig.post("/hooks/default/kept/received")),
                ElementsAre("Content-Type", "WWW-Authenticate"));
    EXPECT_THAT(header_names(*rig.send("GET", "/hooks/default/open/received")),
                ElementsAre("Content-Type", "Allow"));
    EXPECT_THAT(header_names(*rig.post("/hooks/default/sync/received", {{"prefer", "respond-async"}})),
                ElementsAre("Content-Type", "Location", "Preference-Applied"));
    EXPECT_THAT(header_names(*rig.post("/hooks/default/sync/received")), ElementsAre("x-Own", "Content-Type"))
        << "a flow's own are as it writes them";
    rig.hooks->set_ready(false);
    EXPECT_THAT(header_names(*rig.post("/hooks/default/open/received")),
                ElementsAre("Content-Type", "Retry-After"));
}

TEST(HookAnswer, OfASynchronousRunIsNotWaitedForWhereTheSenderPrefersSo) {
    HookRig rig;
    rig.publish("sync", "verify: { preset: none }, respond: { mode: sync }",
                "steps: [ { id: a, uses: test/later } ]");
    rig.hooks->reload();
    const auto at_once = rig.post("/hooks/default/sync/received", {{"prefer", "respond-async"}});
    EXPECT_EQ(at_once->status(), 202);
    EXPECT_EQ(at_once->header("preference-applied"), "respond-async");
    EXPECT_FALSE(at_once->header("location").empty());
    EXPECT_EQ(rig.rig.caller().calls.size(), 1u) << "its run goes on";
    const auto patient = rig.post("/hooks/default/sync/received", {{"prefer", "respond-async, wait=20"}});
    EXPECT_EQ(patient->status(), 0) << "it waits";
    rig.rig.caller().finish(1);
    rig.rig.settle();
    EXPECT_EQ(patient->status(), 200);
}

TEST(HookHeaders, ThatAreNotUtf8AreRefusedByName) {
    HookRig rig;
    rig.publish("open", kOpen);
    rig.hooks->reload();
    const auto refused = rig.post("/hooks/default/open/received", {{"x-name", "J\xfcrgen"}});
    EXPECT_EQ(refused->status(), 400);
    EXPECT_EQ(refused->text("code"), "invalid-header");
    EXPECT_EQ(refused->text("detail"), "the value of the header x-name is not UTF-8 at byte 1");
    EXPECT_EQ(rig.post("/hooks/default/open/received", {{"x-name", "Jürgen"}})->status(), 202);
}

TEST(HookAnswer, OfASynchronousRunHasTheStatusOfItsTrigger) {
    HookRig rig;
    rig.publish("sync", "verify: { preset: none }, respond: { mode: sync, status: 201 }",
                "steps: [ { id: a, uses: test/effect } ]");
    rig.publish("quiet", "verify: { preset: none }, filter: 'false', respond: { mode: sync, status: 201 }");
    rig.hooks->reload();
    rig.rig.caller().answer = [](const auto&) { return plugin::CallOutcome(Value::null()); };
    EXPECT_EQ(rig.post("/hooks/default/sync/received")->status(), 201);
    EXPECT_EQ(rig.post("/hooks/default/quiet/received")->status(), 201);
}

TEST(HookVariables, ThatAreNotSetAreToldByName) {
    HookRig rig;
    rig.publish("configured", kOpen + std::string(", filter: configVars.Base == 'x'"),
                "config: { Base: { type: string } }\nsteps: [ { id: a, uses: test/effect } ]");
    rig.hooks->reload();
    const auto refused = rig.post("/hooks/default/configured/received");
    EXPECT_EQ(refused->status(), 422);
    EXPECT_THAT(refused->text("detail"), HasSubstr("config variable \"Base\" is not set"));
}

TEST(HookVariables, ThatCannotBeReadAre429UntilTheyCan) {
    HookRig rig;
    rig.publish("configured", kOpen,
                "config: { Base: { type: string, default: x } }\nsteps: [ { id: a, uses: test/effect } ]");
    rig.rig.disk.unreadable = "the disk does not answer";
    EXPECT_THAT(rig.hooks->reload(), ElementsAre(HasSubstr("the disk does not answer")));
    const auto refused = rig.post("/hooks/default/configured/received");
    EXPECT_EQ(refused->status(), 429);
    EXPECT_EQ(refused->header("retry-after"), "5");
    rig.rig.disk.unreadable.clear();
    EXPECT_EQ(rig.post("/hooks/default/configured/received")->status(), 202);
}

TEST(Hooks, ARepeatedDeliveryIsAnsweredAsTheFirstWhileTheFlowTakesNoFurtherRun) {
    HookRig rig;
    rig.publish("busy", "verify: { preset: none }, dedupe: { key: \"trigger.headers['x-id']\" }",
                "concurrency: { limit: 1, onLimit: reject }\nsteps: [ { id: a, uses: test/effect } ]");
    rig.hooks->reload();
    const auto post = [&](const char* id) {
        http::Headers headers;
        headers.add("x-id", id);
        return rig.post("/hooks/default/busy/received", std::move(headers));
    };
    const auto first = post("1");
    ASSERT_EQ(first->status(), 202);
    const auto repeated = post("1");
    EXPECT_EQ(repeated->status(), 202);
    EXPECT_EQ(repeated->header("idempotent-replayed"), "true");
    EXPECT_EQ(repeated->text("runId"), first->text("runId"));
    const auto other = post("2");
    EXPECT_EQ(other->status(), 429);
    EXPECT_NE(other->header("retry-after"), "");
}

}  // namespace
}  // namespace tappet::trigger
