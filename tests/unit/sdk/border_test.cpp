// The mock host against plugins that break the rules, and the layer against older engines.
#include <gtest/gtest.h>

#include <tappet/plugin.hpp>
#include <tappet/testing.hpp>

namespace {

using namespace tappet::sdk;
using mock::Host;
using mock::Value;

const tappet_host* bad_host = nullptr;
std::uint64_t bad_call = 0;

/// Completes twice, or never; and uses its host after destroy.
const tappet_plugin* bad_entry() {
    static constexpr std::string_view manifest =
        R"({"name":"bad","version":"1","actions":[{"name":"twice"},{"name":"never"}]})";
    static const tappet_plugin plugin = [] {
        tappet_plugin out{};
        out.size = sizeof out;
        out.manifest = to_text(manifest);
        out.create = [](const tappet_host* host) -> void* { return bad_host = host, &bad_call; };
        out.destroy = [](void*) {
            const auto* log = static_cast<const tappet_log_v1*>(bad_host->service(bad_host, {"log/1", 5}));
            log->write(bad_host, 0, TAPPET_INFO, {"late", 4});
            tappet_error error{};
            error.size = sizeof error;
            bad_host->fail(bad_host, bad_call, &error);
        };
        out.call = [](void*, const tappet_call_info* info) {
            bad_call = info->call;
            if (info->index != 0) return;
            for (int i = 0; i < 2; ++i) {
                tappet_builder* builder = bad_host->builders->create(bad_host);
                bad_host->builders->put_null(builder);
                bad_host->succeed(bad_host, bad_call, builder);
            }
        };
        out.cancel = [](void*, std::uint64_t) {};
        return out;
    }();
    return &plugin;
}

TEST(SdkBorder, CompletingTwiceOrNeverOrAfterDestroyIsFound) {
    std::string problems;
    {
        Host host(bad_entry, [&](const std::string& what) { problems += what + "\n"; });
        host.patience = std::chrono::milliseconds(1);
        host.call("twice");
        EXPECT_NE(problems.find("a completion for call 1, which is completed"), std::string::npos);
        EXPECT_FALSE(host.call("never").ok());
        EXPECT_NE(problems.find("call 2 was not completed"), std::string::npos);
        host.start("never");
    }
    for (const char* problem :
         {"call 3 was never completed", "a log line after destroy", "a completion after destroy"})
        EXPECT_NE(problems.find(problem), std::string::npos) << problem << " in " << problems;
}

Task<Json> sleeps(Context context, View) {
    co_await context.clock().sleep(1);
    co_return Json();
}
Task<Json> connects(Context context, View) {
    const View account = co_await context.connection().get();
    Json out(account);
    co_return out;
}
void define(Plugin& plugin) {
    plugin.named("older", "1");
    plugin.action("sleeps", sleeps);
    plugin.action("connects", connects);
    plugin.action("fetches", [](const Context& context) {
        return context.http().fetch(HttpRequest("GET", "http://app.test/")).status;
    });
    plugin.action("keeps", [](const Context& context) { context.state().set_now("a", "b"); });
    plugin.action("writes", [](const Context& context) { return context.blobs().write_now("", "a"); });
    plugin.action("counts", [](const Context& context) { return context.metrics().count("a"); });
    plugin.action("logs", [](const Context& context) { context.info("hello"); });
}

TEST(SdkBorder, AServiceThatAnEngineLacksIsAnErrorAndNoCrash) {
    Host whole(entry_of<define>);
    Host host(entry_of<define>, mock::default_report(),
              {"log/1", "clock/1", "http/1", "state/1", "metrics/1", "connection/1", "blob/1"});
    const auto message = [&](const char* action) {
        const auto outcome = host.call(action);
        EXPECT_EQ(outcome.error_class(), ErrorClass::internal);
        return outcome.message();
    };
    EXPECT_EQ(message("sleeps"), "this engine offers no clock/1");
    EXPECT_EQ(message("connects"), "this engine offers no connection/1");
    EXPECT_EQ(message("fetches"), "this engine offers no http/1");
    EXPECT_EQ(message("keeps"), "this engine offers no state/1");
    EXPECT_EQ(message("writes"), "this engine offers no blob/1");
    EXPECT_EQ(host.call("counts").value(), false);
    EXPECT_TRUE(host.call("logs").ok());
}

TEST(SdkBorder, AFunctionBeyondATablesSizeIsNotCalled) {
    tappet_clock_v1 clock{};
    clock.size = offsetof(tappet_clock_v1, after);
    clock.after = [](const tappet_host*, std::uint64_t, std::int64_t, tappet_clock_done, void*) {};
    EXPECT_THROW(service_function(&clock, &tappet_clock_v1::after, "clock/1", "after"), Error);
    clock.size = sizeof clock;
    EXPECT_EQ(service_function(&clock, &tappet_clock_v1::after, "clock/1", "after"), clock.after);
    clock.after = nullptr;
    EXPECT_THROW(service_function(&clock, &tappet_clock_v1::after, "clock/1", "after"), Error);
}

TEST(SdkBorder, AnErrorClassThatIsNotKnownIsInternal) {
    tappet_error error{};
    error.size = sizeof error;
    error.error_class = 99;
    EXPECT_EQ(Error::from(error).error_class(), ErrorClass::internal);
}

TEST(SdkBorder, SecretsAreComparedWhole) {
    EXPECT_TRUE(same_secret("abc", "abc"));
    EXPECT_FALSE(same_secret("abc", "abd"));
    EXPECT_FALSE(same_secret("abc", "ab"));
    EXPECT_TRUE(same_secret("", ""));
}

}  // namespace
