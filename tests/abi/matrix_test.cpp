// Plugins of several compilers, standard libraries and languages in one process at the same time. What each
// must do is the same: v1/plugin.c says it first.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "support/plugin_rig.hpp"

namespace tappet::plugin {
namespace {

using flow::ErrorClass;
using testing::json;
using testing::PluginRig;
using testing::text;

/// All that CMakeLists.txt builds where it finds the tools; "complete" means that it found them.
const std::vector<std::string>& all_variants() {
    static const std::vector<std::string> out{
        "c_gcc_o0",   "c_gcc_o3",     "c_clang_o0",   "c_clang_o3",          "cpp_gcc_o0",
        "cpp_gcc_o3", "cpp_clang_o0", "cpp_clang_o3", "cpp_clang_libcpp_o0", "cpp_clang_libcpp_o3",
        "rust_o0",    "rust_o3"};
    return out;
}

Value input() {
    return Value::object({{"list", Value::list({Value::integer(1), Value::integer(2), Value::integer(39)})},
                          {"text", Value::string("grüße")},
                          {"token", Value::string("s3cret-token").as_secret()},
                          {"number", Value::number(5)},
                          {"flag", Value::boolean(true)},
                          {"none", Value()},
                          {"bytes", Value::bytes("\x01\x02")},
                          {"at", Value::timestamp(1'700'000'000, 5)},
                          {"u", Value::uint(7)}});
}

constexpr const char* kReadBack =
    R"({"kinds":[7,5,5,4,1,0,6,9,3],"sum":42,"upper":"GRüßE","secrecy":21,"token":"••••","half":2.5,"flag":false})";

/// Where the plugins run: in this process, or each in one of its own.
enum class Where { here, isolated };

HostOptions options_for(Where where) {
    HostOptions out;
    if (where == Where::isolated) out.child_command = TAPPET_EXECUTABLE;
    out.child_limits.memory = std::uint64_t{8} << 30;  // fifty threads at once take room, if not memory
    return out;
}

class Matrix : public ::testing::TestWithParam<Where> {
protected:
    Matrix() : rig_(std::make_unique<PluginRig>(TAPPET_BUILD_DIR "/abi-plugins", options_for(GetParam()))) {}

    std::vector<std::string> loaded() {
        std::vector<std::string> out;
        for (const PluginInfo& info : rig_->host->plugins())
            if (info.problem.empty()) out.push_back(info.name);
        return out;
    }
    /// Calls an action of every plugin so many times, all before any is waited for.
    std::map<std::string, std::vector<std::optional<CallOutcome>>> call_all(const std::string& action,
                                                                            const Value& with,
                                                                            int times = 1) {
        std::map<std::string, std::vector<std::optional<CallOutcome>>> out;
        for (const std::string& name : loaded()) out[name].resize(static_cast<std::size_t>(times));
        for (auto& [name, outcomes] : out)
            for (auto& outcome : outcomes)
                tickets_.push_back(rig_->start(name + "/" + action, with, outcome));
        return out;
    }
    void wait(const std::map<std::string, std::vector<std::optional<CallOutcome>>>& all) {
        for (const auto& [name, outcomes] : all)
            for (const auto& outcome : outcomes) rig_->wait(outcome);
    }
    static std::string shown(const std::optional<CallOutcome>& outcome) {
        if (const auto* failed = std::get_if<CallError>(&*outcome)) return "failed: " + failed->error.message;
        return text(std::get<Value>(*outcome), Secrets::redact);
    }

    std::unique_ptr<PluginRig> rig_;
    std::vector<Caller::Ticket> tickets_;
};

TEST_P(Matrix, EveryPluginIsLoaded) {
    for (const PluginInfo& info : rig_->host->plugins()) {
        EXPECT_EQ(info.problem, "") << info.file;
        EXPECT_EQ(info.isolated, GetParam() == Where::isolated);
    }
    const auto names = loaded();
    for (const std::string& variant : all_variants()) {
        const bool there = std::find(names.begin(), names.end(), variant) != names.end();
        if (!there && std::getenv("TAPPET_ABI_COMPLETE")) ADD_FAILURE() << variant << " was not built";
        if (!there) std::printf("%s was not built: its compiler is not here\n", variant.c_str());
    }
    EXPECT_GE(names.size(), 4u);
}

TEST_P(Matrix, ValuesAreReadAndBuiltAlike) {
    const auto all = call_all("read", input());
    wait(all);
    for (const auto& [name, outcomes] : all) EXPECT_EQ(shown(outcomes[0]), kReadBack) << name;
}

TEST_P(Matrix, ASecretGoesThroughWithItsMark) {
    const auto all = call_all("read", input());
    wait(all);
    for (const auto& [name, outcomes] : all) {
        const Value* token = std::get<Value>(*outcomes[0]).find("token");
        ASSERT_NE(token, nullptr) << name;
        EXPECT_TRUE(token->secret()) << name;
        EXPECT_EQ(token->as_string(), "s3cret-token") << name;
    }
}

TEST_P(Matrix, AnErrorArrivesWholeAndWithoutTheSecret) {
    const auto all = call_all("refuse", input());
    wait(all);
    for (const auto& [name, outcomes] : all) {
        const auto* failed = std::get_if<CallError>(&*outcomes[0]);
        ASSERT_NE(failed, nullptr) << name;
        EXPECT_EQ(failed->error.error_class, ErrorClass::conflict) << name;
        EXPECT_EQ(failed->error.code, "x.taken") << name;
        EXPECT_EQ(failed->error.status, 409) << name;
        EXPECT_EQ(failed->error.message, "taken by ••••") << name;
        EXPECT_EQ(failed->retry_after, std::chrono::milliseconds(1500)) << name;
    }
}

TEST_P(Matrix, ACallIsCancelled) {
    wait(call_all("read", input()));  // all processes are there: no call is cancelled before it began
    tickets_.clear();
    const auto all = call_all("wait", Value::object({}));
    for (const Caller::Ticket ticket : tickets_) rig_->host->cancel(ticket);
    wait(all);
    for (const auto& [name, outcomes] : all) {
        const auto* failed = std::get_if<CallError>(&*outcomes[0]);
        ASSERT_NE(failed, nullptr) << name;
        EXPECT_EQ(failed->error.error_class, ErrorClass::cancelled) << name;
        EXPECT_EQ(failed->error.message, "stopped") << name << ": by the plugin, and not without it";
    }
}

TEST_P(Matrix, CallsOfAllGoOnAtTheSameTime) {
    constexpr int kTimes = 50;
    const auto later = call_all("later", Value::object({}), kTimes);
    const auto counted = call_all("count", Value::object({}), kTimes);
    const auto reads = call_all("read", input(), kTimes);
    wait(later);
    wait(counted);
    wait(reads);
    for (const auto& [name, outcomes] : later)
        for (const auto& outcome : outcomes) EXPECT_EQ(shown(outcome), R"({"later":true})") << name;
    for (const auto& [name, outcomes] : reads)
        for (const auto& outcome : outcomes) EXPECT_EQ(shown(outcome), kReadBack) << name;
    for (const auto& [name, outcomes] : counted)
        for (const auto& outcome : outcomes)
            EXPECT_TRUE(std::holds_alternative<Value>(*outcome)) << name << " " << shown(outcome);
}

TEST_P(Matrix, AKindOfCallThatIsNotKnownFailsAsInternal) {
    for (const std::string& name : loaded()) {
        std::optional<CallOutcome> outcome;
        Trigger trigger;
        trigger.name = name + "/later-kind";
        trigger.provider =
            std::dynamic_pointer_cast<const Action>(rig_->host->action(name + "/read"))->provider;
        rig_->host->poll(trigger, Value::object({}), rig_->context(),
                         [&](CallOutcome out) { outcome = std::move(out); });
        rig_->wait(outcome);
        const auto* failed = std::get_if<CallError>(&*outcome);
        ASSERT_NE(failed, nullptr) << name;
        EXPECT_EQ(failed->error.error_class, ErrorClass::internal) << name << " " << failed->error.message;
    }
}

std::string name_of(const ::testing::TestParamInfo<Where>& where) {
    return where.param == Where::here ? "InProcess" : "Isolated";
}
INSTANTIATE_TEST_SUITE_P(Of, Matrix, ::testing::Values(Where::here, Where::isolated), name_of);

}  // namespace
}  // namespace tappet::plugin
