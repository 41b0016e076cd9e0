#include "base/encoding.hpp"
#include "run/advice.hpp"
#include "run/machine.hpp"

namespace tappet::run {
namespace {

bool is_open(const StepState& state) {
    return state.status == StepStatus::running || state.status == StepStatus::retrying || state.call != 0;
}

}  // namespace

void Machine::succeed() {
    Value outputs;
    if (run_.plan->outputs) {
        auto result = run_.plan->outputs->evaluate(view(*run_.root, nullptr));
        if (!result.ok)
            return fail_run(
                {flow::ErrorClass::validation, "expression", "outputs: " + result.error.message, 0, ""});
        if (!fits({&result.value}))
            return fail_run({flow::ErrorClass::validation, "outputs.size", too_large("outputs are"), 0, ""});
        outputs = std::move(result.value);
    }
    finish(RunStatus::succeeded, std::move(outputs), {});
}

void Machine::fail_run(flow::RunError error) {
    if (run_.failing) return finish(RunStatus::failed, {}, {});  // the first error stays
    shorten(error.message, kMaxMessageBytes);
    const flow::BlockPlan* handler = run_.plan->on_error;
    if (!handler || handler->steps.empty()) return finish(RunStatus::failed, {}, std::move(error));
    emit(RunFailing{std::move(error)});
    run_.deadline_armed = false;
    arm_run_deadline();
    tasks_.clear();
    tasks_.push_back({run_.root.get(), handler, nullptr});
}

void Machine::finish(RunStatus status, Value outputs, std::optional<flow::RunError> error) {
    for (const auto& [call, site] : run_.calls) out_.commands.push_back(CancelCall{call});
    run_.calls.clear();
    tasks_.clear();
    emit(RunFinished{status, std::move(outputs), std::move(error)});
}

void Machine::quarantine() {
    flow::RunError error = *run_.crash;
    error.code = "run.quarantined";
    const std::string last = std::move(error.message);
    error.message = "the run is set aside: its calls crashed " + std::to_string(run_.crashes) +
                    " times, the last: " + last + rerun_advice(run_.start.id);
    shorten(error.message, kMaxMessageBytes);
    cancel_open_steps(*run_.root);
    finish(RunStatus::quarantined, {}, std::move(error));
}

/// Ends every step that has begun, in all scopes; their calls are asked to stop and will not be heard.
void Machine::cancel_open_steps(ScopeState& scope) {
    for (const flow::StepPlan* step : scope.plan->steps) {
        StepState& state = scope.of(*step);
        if (state.loop)
            for (auto& [number, item] : state.loop->open)
                if (item) cancel_open_steps(*item);
        if (!is_open(state)) continue;
        if (state.call != 0) {
            out_.commands.push_back(CancelCall{state.call});
            run_.calls.erase(state.call);
            state.call = 0;
        }
        emit(StepCancelled{address_of(scope, *step)});
    }
}

std::string Machine::open_step(const ScopeState& scope) const {
    for (const flow::StepPlan* step : scope.plan->steps) {
        const StepState& state = scope.of(*step);
        if (!is_open(state)) continue;
        if (state.loop)
            for (const auto& [number, item] : state.loop->open)
                if (std::string inner = item ? open_step(*item) : ""; !inner.empty()) return inner;
        return path_text(*run_.plan, address_of(scope, *step));
    }
    return {};
}

}  // namespace tappet::run
