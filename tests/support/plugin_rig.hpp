#pragma once
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "expr/json.hpp"
#include "flow/action_input.hpp"
#include "plugin/host.hpp"
#include "support/scripted_door.hpp"

namespace tappet::testing {

/// Durable keys in memory.
class MapState final : public plugin::StateDoor {
public:
    Result<std::optional<std::string>> get(const std::string& tenant, const std::string& plugin,
                                           const std::string& key) override {
        const std::lock_guard lock(mutex_);
        if (broken) return Error::unavailable("the disk is full");
        const auto found = keys_.find(tenant + "/" + plugin + "/" + key);
        return found == keys_.end() ? std::optional<std::string>() : found->second;
    }
    Result<void> set(const std::string& tenant, const std::string& plugin, const std::string& key,
                     const std::optional<std::string>& value) override {
        const std::lock_guard lock(mutex_);
        if (broken) return Error::unavailable("the disk is full");
        if (value) keys_[tenant + "/" + plugin + "/" + key] = *value;
        if (!value) keys_.erase(tenant + "/" + plugin + "/" + key);
        return {};
    }
    bool broken = false;

private:
    std::mutex mutex_;
    std::map<std::string, std::string> keys_;
};

/// A host over a folder of plugins with everything around it scripted, driven by its own loop.
struct PluginRig {
    explicit PluginRig(const std::string& folder, plugin::HostOptions options = {})
        : PluginRig(folder, std::move(options), plugin::Doors()) {}
    /// With doors of the test's; the state is the rig's own where they have none.
    PluginRig(const std::string& folder, plugin::HostOptions options, plugin::Doors doors) {
        if (!doors.state) doors.state = &state;
        options.folders = {folder};
        if (const char* child = std::getenv("TAPPET_TEST_CHILD")) options.child_command = child;
        options.log = [this](plugin::LogLine line) {
            const std::lock_guard lock(mutex);
            lines.push_back(std::move(line));
        };
        host = std::make_unique<plugin::Host>(loop, door, clock, doors, std::move(options));
        host->load();
    }

    std::shared_ptr<const flow::ActionSpec> action(const std::string& name) const {
        auto spec = host->action(name);
        if (!spec)
            throw std::runtime_error("no action " + name +
                                     (host->plugins().empty() ? "" : ": " + host->plugins()[0].problem));
        return spec;
    }
    plugin::CallContext context() const {
        plugin::CallContext out;
        out.tenant = "default";
        out.flow = "a-flow";
        out.step = "aStep";
        out.idempotency_key = "key-1";
        out.run.bytes = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
        return out;
    }
    /// Starts a call as the engine does, its input checked; its outcome lands in `outcome`.
    plugin::Caller::Ticket start(const std::string& name, Value input,
                                 std::optional<plugin::CallOutcome>& outcome) {
        return start(name, std::move(input), context(), outcome);
    }
    plugin::Caller::Ticket start(const std::string& name, Value input, plugin::CallContext with,
                                 std::optional<plugin::CallOutcome>& outcome) {
        const auto spec = action(name);
        if (std::string why = flow::fit_input(*spec, input); !why.empty()) {
            outcome = plugin::CallError{{flow::ErrorClass::validation, "", std::move(why), 0, ""}, {}};
            return 0;
        }
        return host->call(*spec, std::move(input), std::move(with), [&outcome](plugin::CallOutcome out) {
            if (outcome) throw std::logic_error("done came twice");
            outcome = std::move(out);
        });
    }
    void reload() {
        bool done = false;
        host->reload([&done] { done = true; });
        while (!done) loop.run_one();
    }
    /// Runs the loop until the outcome is there.
    void wait(const std::optional<plugin::CallOutcome>& outcome) {
        while (!outcome) loop.run_one();
    }
    plugin::CallOutcome call(const std::string& name, Value input) {
        std::optional<plugin::CallOutcome> outcome;
        start(name, std::move(input), outcome);
        wait(outcome);
        return std::move(*outcome);
    }
    Value result(const std::string& name, Value input) {
        plugin::CallOutcome outcome = call(name, std::move(input));
        if (const auto* error = std::get_if<plugin::CallError>(&outcome))
            throw std::runtime_error("failed: " + error->error.message);
        return std::get<Value>(outcome);
    }
    plugin::CallError error(const std::string& name, Value input) {
        plugin::CallOutcome outcome = call(name, std::move(input));
        if (std::holds_alternative<Value>(outcome)) throw std::runtime_error("it succeeded");
        return std::get<plugin::CallError>(outcome);
    }

    boost::asio::io_context loop;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> stay =
        boost::asio::make_work_guard(loop);
    ScriptedDoor door{loop};
    ManualClock clock;
    MapState state;
    std::mutex mutex;
    std::vector<plugin::LogLine> lines;
    std::unique_ptr<plugin::Host> host;  // the last member: it goes first
};

inline Value json(std::string_view text) {
    auto parsed = read_json(text);
    if (!parsed) throw std::runtime_error(parsed.error().message);
    return *parsed;
}
inline std::string text(const Value& value, Secrets secrets = Secrets::reveal) {
    std::string out;
    JsonStyle style;
    style.secrets = secrets;
    append_json(out, value, style);
    return out;
}

}  // namespace tappet::testing
