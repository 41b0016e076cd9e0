#include "flow_support.hpp"

namespace tappet::flow {
namespace {

using test::Names;
using test::plan_of;

std::string with_notify(std::string_view notify) {
    return "flow: test\nconfig: { Base: { type: string } }\ntriggers: [{ id: received, uses: core/manual }]\n"
           "steps: [{ id: say, uses: core/log, with: { message: hi } }]\nnotify:\n" +
           std::string(notify);
}

TEST(Notify, AFlowWithoutItTellsNobody) {
    EXPECT_TRUE(
        plan_of(test::with_steps("  - { id: say, uses: core/log, with: { message: hi } }"))->notify.empty());
}

TEST(Notify, AnAddressAloneIsToldOfEachEndWithAllThatTheRunHas) {
    const auto plan = plan_of(with_notify("  - { url: 'https://a.test/in', secrets: ['${{ secrets.A }}'] }"));
    ASSERT_EQ(plan->notify.size(), 1u);
    const NotifyPlan& only = plan->notify.front();
    EXPECT_EQ(only.id, "notify");
    EXPECT_TRUE(only.on_end);
    EXPECT_FALSE(only.on_failure || only.on_wait);
    EXPECT_TRUE(only.outputs && only.labels);
    EXPECT_EQ(only.secrets.size(), 1u);
}

TEST(Notify, UrlAndSecretsAreMadeOfConfigVarsAndSecrets) {
    const auto plan = plan_of(with_notify(
        "  - { id: one, on: [failure], url: \"${{ configVars['Base'] }}/in\", secrets: ['${{ secrets.A }}', "
        "'${{ secrets.B }}'], include: [] }\n"
        "  - { id: two, on: [end, failure], url: 'http://b.test', secrets: ['${{ secrets.A }}'], include: "
        "[labels] }"));
    ASSERT_EQ(plan->notify.size(), 2u);
    const NotifyPlan& one = plan->notify[0];
    EXPECT_TRUE(one.on_failure && !one.on_end);
    EXPECT_FALSE(one.outputs || one.labels);
    EXPECT_TRUE(plan->notify[1].labels && !plan->notify[1].outputs);
    Names names(*plan);
    names.config_vars = Value::object({{"Base", Value::string("https://a.test")}});
    EXPECT_EQ(one.url.evaluate(names).value.as_string(), "https://a.test/in");
    ASSERT_EQ(one.secrets.size(), 2u);
    EXPECT_EQ(one.secrets[1].evaluate(names).value.as_string(), "s3cret");
}

TEST(Notify, NineAddressesAreTooMany) {
    std::string many;
    for (int i = 0; i < 9; ++i)
        many +=
            "  - { id: a" + std::to_string(i) + ", url: 'https://a.test', secrets: ['${{ secrets.A }}'] }\n";
    EXPECT_EQ(test::findings_of(with_notify(many)), "6:3 wrong-value");
}

}  // namespace
}  // namespace tappet::flow
