#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "flow/plan.hpp"
#include "run/entry.hpp"

namespace tappet::run {

struct ScopeState;

/// A forEach under way.
struct LoopState {
    Value items;                                                ///< a list
    std::map<std::uint32_t, std::unique_ptr<ScopeState>> open;  ///< items under way
    std::vector<Value> results;                                 ///< by item; null where it is not through
    std::uint32_t next = 0;                                     ///< the first item not begun
    std::uint32_t failed = 0;
    std::optional<flow::RunError> first_error;
};

struct StepState {
    StepStatus status = StepStatus::pending;
    std::uint32_t attempts = 0;
    TimeMs first_started, started, finished, retry_at;
    Value results;
    std::unique_ptr<flow::RunError> error;
    std::unique_ptr<LoopState> loop;

    // Of this process alone, not folded: what decide has asked for.
    std::uint32_t call = 0;  ///< the call under way; 0: none
    bool timer = false;      ///< its retry timer is armed
};

/// The steps of the flow, or of one item of a loop.
struct ScopeState {
    const flow::ScopePlan* plan = nullptr;
    ScopeState* parent = nullptr;
    std::uint32_t item = 0;
    std::vector<StepState> steps;  ///< by StepPlan::index

    ScopeState(const flow::ScopePlan* p, ScopeState* up, std::uint32_t i)
        : plan(p), parent(up), item(i), steps(p->steps.size()) {}
    StepState& of(const flow::StepPlan& step) { return steps[step.index]; }
    const StepState& of(const flow::StepPlan& step) const { return steps[step.index]; }
    /// The value of the loop's variable in this scope.
    Value item_value() const;
};

struct Answer {
    int status = 200;
    Value headers;
    Value body;
    std::string content_type;
};

/// A run in memory. Belongs to one loop thread. Changed by apply() alone, but for what is marked as this
/// process's own.
struct RunState {
    std::shared_ptr<const flow::Plan> plan;
    RunStarted start;
    TimeMs created, started, finished;  ///< started: 0 ms while it is queued
    RunStatus status = RunStatus::queued;
    std::optional<flow::RunError> error;
    bool failing = false;  ///< the flow's onError runs
    TimeMs failing_since;
    Value outputs;
    std::optional<Answer> answer;
    std::unique_ptr<ScopeState> root;
    std::uint32_t crashes = 0;              ///< calls that crashed their plugin, or the engine with it
    std::unique_ptr<flow::RunError> crash;  ///< the last of them
    TimeMs crashed_at;                      ///< the last crash of the engine

    // Of this process alone.
    struct Call {
        ScopeState* scope = nullptr;
        const flow::StepPlan* step = nullptr;
    };
    std::map<std::uint32_t, Call> calls;
    std::uint32_t next_call = 1;
    bool deadline_armed = false;
    std::uint32_t waiting = 0;  ///< steps that wait for a retry

    explicit RunState(std::shared_ptr<const flow::Plan> p) : plan(std::move(p)) {}
};

/// Changes the state as the entry says. The only door: live runs and recovery use it alike. False when the
/// entry does not fit the state (a damaged journal, or another plan).
bool apply(RunState& run, const Entry& entry);

/// Whether this failure of a step is a crash of its plugin; that of a loop repeats what its items counted.
bool is_crash(const flow::StepPlan& step, const flow::RunError& error);

/// As users see it: waiting when all that is open waits for a retry.
RunStatus visible_status(const RunState& run);

/// "enableAll[3].token": how users see a step's place.
std::string path_text(const flow::Plan& plan, const StepAddress& address);
/// The address of a step in a scope.
StepAddress address_of(const ScopeState& scope, const flow::StepPlan& step);
/// The scope that holds the step of an address; null when it is not open (any more), or the plan has none.
ScopeState* find_scope(const RunState& run, const StepAddress& address);
/// The step an address names, null when the plan has none such.
const flow::StepPlan* step_at(const flow::Plan& plan, const StepAddress& address);

}  // namespace tappet::run
