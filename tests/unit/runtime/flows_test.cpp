// Older versions of flows, and the values of their variables.
#include "runtime/config_vars.hpp"
#include "runtime_rig.hpp"

namespace tappet::runtime {
namespace {

using test::RuntimeRig;

const char* const kOne = "steps: [ { id: a, uses: test/effect } ]";
const char* const kTwo = "steps: [ { id: b, uses: test/effect } ]";

TEST(Flows, AVersionThatIsAskedForAgainIsNotCompiledAgain) {
    RuntimeRig rig;
    rig.publish(kOne);
    rig.publish(kTwo);
    rig.crash();
    for (int i = 0; i < 3; ++i) EXPECT_EQ(rig.flows().version("default", "tested", 1)->get()->version, 1u);
    EXPECT_EQ(rig.store().flow_reads, 1u);
}

TEST(Flows, OfVersionsThatNoRunUsesThoseUsedLastAreKept) {
    RuntimeRig rig;
    for (int i = 0; i < 20; ++i) rig.publish("timeout: " + std::to_string(i + 1) + "s\n" + kOne);
    rig.crash();
    for (std::uint32_t i = 1; i <= 17; ++i) {
        EXPECT_TRUE(rig.flows().version("default", "tested", 1));
        EXPECT_TRUE(rig.flows().version("default", "tested", i));
    }
    EXPECT_EQ(rig.store().flow_reads, 17u) << "the first was used in between";
    EXPECT_TRUE(rig.flows().version("default", "tested", 2));
    EXPECT_EQ(rig.store().flow_reads, 18u) << "the second was the one used longest ago";
}

TEST(Flows, RunsOfAVersionWhoseTriggerWouldBeRefusedGoOn) {
    RuntimeRig rig;
    rig.start(rig.publish(kOne));
    rig.settle();
    rig.disk.flows[0].source =
        "flow: tested\ntriggers:\n  - { id: received, uses: core/manual }\n"
        "  - { id: rare, uses: core/schedule, with: { cron: '0 0 30 2 *' }, respond: { status: 200 } }\n"
        "  - { id: often, uses: core/schedule, with: { every: 1ms } }\n"
        "  - { id: near, uses: core/webhook, verify: { preset: ip, addresses: [nowhere] } }\n" +
        std::string(kOne);
    rig.crash();
    EXPECT_EQ(rig.runtime().recover().value(), 1u);
}

TEST(Flows, AVersionThatNoLongerCompilesIsTriedOnceHoweverManyRunsAskForIt) {
    RuntimeRig rig;
    const auto flow = rig.publish(kOne);
    for (int i = 0; i < 5; ++i) rig.start(flow);
    rig.settle();
    rig.disk.flows[0].source =
        "flow: tested\ntriggers: [{ id: received, uses: core/manual }]\n"
        "steps: [ { id: a, uses: gone/away } ]";
    rig.crash();
    EXPECT_EQ(rig.runtime().recover().value(), 0u);
    EXPECT_EQ(rig.store().flow_reads, 1u);
    const auto again = rig.flows().version("default", "tested", 1);
    EXPECT_EQ(again.error().code, ErrorCode::invalid);
    EXPECT_NE(again.error().message.find("gone/away"), std::string::npos);
}

TEST(ConfigVars, AreReadOnceForATenantThatHasSome) {
    RuntimeRig rig;
    ConfigVars vars(rig.store());
    EXPECT_TRUE(vars.set("acme", "A", Value::integer(1), rig.flows()));
    for (int i = 0; i < 3; ++i) EXPECT_EQ(vars.all("acme")->at("A"), Value::integer(1));
    EXPECT_EQ(rig.store().var_reads, 1u);
}

TEST(ConfigVars, OfATenantWithoutAnyAreNotRemembered) {
    RuntimeRig rig;
    ConfigVars vars(rig.store());
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(vars.all("nobody")->empty());
    EXPECT_EQ(rig.store().var_reads, 3u) << "whoever asks for names must not fill the memory";
    EXPECT_TRUE(vars.set("nobody", "A", Value::integer(1), rig.flows()));
    EXPECT_EQ(vars.all("nobody")->size(), 1u);
}

}  // namespace
}  // namespace tappet::runtime
