#pragma once
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>

#include "support/held_offload.hpp"
#include "support/scripted_sources.hpp"
#include "trigger/polls.hpp"
#include "unit/runtime/runtime_rig.hpp"

namespace tappet::trigger {

using namespace std::chrono_literals;

/// Polls of the trigger `changed` of the flow `crm`, in virtual time over a memory store.
struct PollRig {
    /// `end`: runs end at once; else each waits at its step.
    explicit PollRig(std::string keys = "poll: { every: 60s, limit: 5 }", bool end = false)
        : more(std::move(keys)), runs_end(end) {
        boot();
    }

    runtime::FlowHandle publish(const std::string& name = "crm", const std::string& uses = "crm/changes") {
        const std::string source = "flow: " + name + "\ntriggers: [ { id: changed, uses: " + uses +
                                   (more.empty() ? "" : ", " + more) +
                                   " } ]\nsteps: [ { id: a, uses: test/effect } ]";
        auto compiled = flow::compile(name + ".yaml", source, rig.catalog);
        if (!compiled.plan) throw std::runtime_error(flow::render_human(compiled.findings, source));
        return rig.flows().publish("default", compiled.plan, name + ".yaml", rig.clock.now()).value();
    }
    void boot() {
        publish();
        if (runs_end)
            rig.caller().answer = [](const auto&) { return std::optional(plugin::CallOutcome(Value())); };
        ASSERT_TRUE(rig.runtime().recover().has_value());
        vars.emplace(rig.store());
        book.emplace(
            rig.loop(), rig.clock,
            [this](const store::RejectedBatch& batch, const RejectedBook::Done& done) {
                done(rig.store().add_rejected(batch));
            },
            RejectedLimits{});
        pauses.emplace(rig.store(), disk.offload());
        ASSERT_TRUE(pauses->load());
        polls.emplace(
            rig.loop(), rig.runtime(), rig.flows(), *vars, rig.store(), *pauses, sources, rig.clock,
            rig.random, &rig.sealer,
            [this](std::string_view, std::string_view name) -> std::optional<Value> {
                const auto found = secrets.find(name);
                if (found == secrets.end()) return std::nullopt;
                return Value::string(found->second).as_secret();
            },
            PollOptions{std::chrono::minutes(5), &*book, disk.offload()});
        polls->reload();
        polls->tick();
    }
    /// The process dies; another one begins.
    void crash() {
        polls.reset();
        book.reset();
        sources.calls.clear();
        rig.crash();
        boot();
    }
    void finish(const char* result) { finish(plugin::CallOutcome(test::json(result))); }
    void finish(plugin::CallOutcome outcome) { finish(sources.calls.size() - 1, std::move(outcome)); }
    void finish(std::size_t call, plugin::CallOutcome outcome) {
        sources.finish(call, std::move(outcome));
        rig.settle();
    }
    void pass(std::chrono::milliseconds time) {
        rig.clock.advance(time);
        polls->tick();
    }
    /// How long it is until the next poll, to 100 ms.
    std::chrono::milliseconds next(std::chrono::milliseconds most = 24h) {
        const std::size_t before = sources.calls.size();
        for (std::chrono::milliseconds t = 0ms; t <= most; t += 100ms) {
            if (sources.calls.size() > before) return t;
            pass(100ms);
        }
        return most;
    }
    Result<void> pause(const TriggerKey& key) {
        Result<void> out = Error::unavailable("not yet");
        polls->pause(key, [&out](const Result<void>& done) { out = done; });
        return out;
    }
    Result<void> resume(const TriggerKey& key) {
        Result<void> out = Error::unavailable("not yet");
        polls->resume(key, [&out](const Result<void>& done) { out = done; });
        return out;
    }
    Result<Polls::Cursor> cursor(const TriggerKey& key) {
        Result<Polls::Cursor> out = Error::unavailable("not yet");
        polls->cursor(key, [&out](Result<Polls::Cursor> found) { out = std::move(found); });
        return out;
    }
    std::size_t runs() const { return rig.disk.journals.size(); }

    std::string more;
    bool runs_end = false;
    test::RuntimeRig rig;
    std::optional<runtime::ConfigVars> vars;
    std::map<std::string, std::string, std::less<>> secrets{{"TOKEN", "t0ken/of+us"}};
    test::ScriptedSources sources;
    test::HeldOffload disk;  ///< of pauses and of cursors that are shown
    std::optional<Pauses> pauses;
    std::optional<RejectedBook> book;
    std::optional<Polls> polls;
};

}  // namespace tappet::trigger
