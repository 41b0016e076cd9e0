#include "run/machine.hpp"

#include <algorithm>

#include "expr/shown_text.hpp"

namespace tappet::run {

using flow::BlockPlan;
using flow::StepPlan;

void Machine::begin(const RunStarted& given) {
    RunStarted start = given;
    std::string problem;
    if (!run_.plan->labels.empty()) {
        RunState draft(run_.plan);  // labels see the event and the configuration, no step
        apply(draft, Entry{moment_.now, start});
        const RunActivation activation(draft, draft.root.get(), nullptr, moment_.around);
        std::size_t labels_size = 0;
        for (const flow::Label& label : run_.plan->labels) {
            const auto result = label.value.evaluate(activation);
            if (!result.ok) {
                problem = "label " + label.name + ": " + result.error.message;
                break;
            }
            std::string text = shown_text(result.value);
            labels_size += text.size();
            if (labels_size > kMaxLabelBytes) {
                problem = "label " + label.name + ": the labels of a run may have " +
                          std::to_string(kMaxLabelBytes) + " bytes in all";
                break;
            }
            start.labels.emplace_back(label.name, std::move(text));
        }
    }
    if (!problem.empty()) start.queued = false;  // it ends at once
    emit(std::move(start));
    if (run_.status == RunStatus::queued) return;
    arm_run_deadline();
    if (!problem.empty()) {
        fail_run({flow::ErrorClass::validation, "expression", problem, 0, ""});
    } else {
        tasks_.push_back({run_.root.get(), run_.plan->root->body, nullptr});
    }
    work();
}

void Machine::release() {
    if (run_.status != RunStatus::queued) return;
    emit(RunReleased{});
    arm_run_deadline();
    tasks_.push_back({run_.root.get(), run_.plan->root->body, nullptr});
    work();
}

namespace {

/// Every loop under way, outermost first, with the scopes of its open items.
template <class Visit>
void each_open_loop(ScopeState& scope, const Visit& visit) {
    for (const StepPlan* step : scope.plan->steps) {
        StepState& state = scope.of(*step);
        if (!state.loop || is_final(state.status)) continue;
        visit(scope, *step);
        for (auto& [number, item] : state.loop->open)
            if (item) each_open_loop(*item, visit);
    }
}

}  // namespace

void Machine::resume() {
    if (!run_.root || run_.status == RunStatus::queued) return;
    if (crashed_too_often()) return quarantine();
    arm_run_deadline();
    each_open_loop(*run_.root, [&](ScopeState& scope, const StepPlan& step) {
        LoopState& loop = *scope.of(step).loop;
        for (std::uint32_t i = 0; i < loop.next; ++i)  // begun, but nothing of it recorded yet
            if (loop.results[i].is_null() && !loop.open.contains(i))
                loop.open.emplace(i, std::make_unique<ScopeState>(step.for_each->body, &scope, i));
        for (auto& [number, item] : loop.open)
            tasks_.push_back({item.get(), step.for_each->body->body, nullptr});
        tasks_.push_back({&scope, nullptr, &step});
    });
    tasks_.push_back({run_.root.get(), run_.failing ? run_.plan->on_error : run_.plan->root->body, nullptr});
    std::reverse(tasks_.begin(), tasks_.end());  // the last is taken first: from outside in, items in order
    work();
}

void Machine::call_finished(const CallFinished& event) {
    const auto found = run_.calls.find(event.call);
    if (found == run_.calls.end()) return;  // cancelled or timed out meanwhile
    const RunState::Call call = found->second;
    run_.calls.erase(found);
    StepState& state = call.scope->of(*call.step);
    state.call = 0;
    const bool recorded = state.status == StepStatus::running;  // an effect's beginning is in the journal
    const std::uint32_t attempt = recorded ? state.attempts : state.attempts + 1;
    const TimeMs started = state.started;
    if (const Value* results = std::get_if<Value>(&event.outcome)) {
        take_results(*call.scope, *call.step, attempt, started, *results);
    } else {
        fail_step(*call.scope, *call.step, attempt, started, std::get<flow::RunError>(event.outcome),
                  event.retry_after);
        if (crashed_too_often()) return quarantine();
    }
    tasks_.push_back({call.scope, call.step->block, nullptr});
    work();
}

void Machine::timer_fired(const TimerFired& event) {
    if (event.kind == TimerFired::Kind::run) {
        run_.deadline_armed = false;
        const auto limit = run_.plan->timeout;
        const TimeMs due = (run_.failing ? run_.failing_since : run_.started) + limit;
        if (limit.count() == 0) return;
        if (moment_.now < due) return arm_run_deadline();
        const flow::RunError error{flow::ErrorClass::timeout, "run.timeout",
                                   "the run did not end within " + std::to_string(limit.count()) + " ms", 0,
                                   open_step(*run_.root)};
        cancel_open_steps(*run_.root);
        if (run_.failing)
            finish(RunStatus::failed, {}, {});
        else
            fail_run(error);
        return work();
    }
    if (event.kind == TimerFired::Kind::attempt) {
        const auto found = run_.calls.find(event.call);
        if (found == run_.calls.end()) return;
        out_.commands.push_back(CancelCall{event.call});
        const StepState& state = found->second.scope->of(*found->second.step);
        const auto limit = attempt_deadline(state, *found->second.step).value_or(moment_.now) - state.started;
        call_finished(
            {event.call,
             flow::RunError{flow::ErrorClass::timeout, "step.timeout",
                            "the attempt did not end within " + std::to_string(limit.count()) + " ms", 0, ""},
             {}});
        return;
    }
    ScopeState* scope = find_scope(run_, event.at);
    if (!scope) return;  // the loops around it are over
    StepState& state = scope->steps[event.at.step];
    if (state.status != StepStatus::retrying || state.call != 0) return;
    state.timer = false;
    const StepPlan& step = *scope->plan->steps[event.at.step];
    continue_step(*scope, step);
    tasks_.push_back({scope, step.block, nullptr});
    work();
}

void Machine::cancel(const std::string& reason) {
    if (!run_.root) return;
    cancel_open_steps(*run_.root);
    finish(RunStatus::cancelled, {}, flow::RunError{flow::ErrorClass::cancelled, "", reason, 0, ""});
}

void Machine::crashed(const RunCrashed& crash) {
    if (!run_.root || crash.at <= run_.crashed_at) return;  // counted before
    RunCrashed entry = crash;
    if (entry.step.empty()) entry.step = open_step(*run_.root);
    emit(std::move(entry));
    if (crashed_too_often()) quarantine();
}

void Machine::work() {
    while (!tasks_.empty() && !is_final(run_.status)) {
        const Task task = tasks_.back();
        tasks_.pop_back();
        if (task.loop) {
            const StepState& state = task.scope->of(*task.loop);
            if (is_final(state.status) || !state.loop) continue;
            fill_loop(*task.scope, *task.loop);
        } else {
            advance(*task.scope, *task.block);
        }
    }
}

/// How far a block is, and the step that it stands at (the one to begin, to continue, or that failed it).
Machine::BlockEnd Machine::survey(const ScopeState& scope, const BlockPlan& block,
                                  const StepPlan** stands_at) const {
    for (const StepPlan* step : block.steps) {
        const StepState& state = scope.of(*step);
        *stands_at = step;
        switch (state.status) {
            case StepStatus::succeeded:
            case StepStatus::skipped:
                continue;
            case StepStatus::cancelled:
                return BlockEnd::cancelled;
            case StepStatus::failed:
            case StepStatus::outcome_unknown: {
                if (step->on_error == flow::OnError::go_on) continue;
                if (step->on_error == flow::OnError::fail || !step->handler) return BlockEnd::failed;
                const StepPlan* inner = nullptr;
                const BlockEnd handled = survey(scope, *step->handler, &inner);
                if (handled == BlockEnd::done) continue;
                if (handled == BlockEnd::open) *stands_at = inner;
                return handled;
            }
            case StepStatus::pending:
            case StepStatus::running:
            case StepStatus::retrying:
            case StepStatus::waiting:
                return BlockEnd::open;
        }
    }
    *stands_at = nullptr;
    return BlockEnd::done;
}

void Machine::advance(ScopeState& start, const BlockPlan& first) {
    ScopeState* scope = &start;
    const BlockPlan* block = &first;
    while (block && !is_final(run_.status)) {
        // A handler's steps are walked as a part of the block that its step is in.
        while (block->role == BlockPlan::Role::step_handler) block = block->owner->block;
        // Whatever the flow's body still did, once the run fails only its handler counts.
        if (run_.failing && scope == run_.root.get() && block->role == BlockPlan::Role::body) return;
        const StepPlan* step = nullptr;
        const BlockEnd end = survey(*scope, *block, &step);
        if (end != BlockEnd::open) {
            block = leave(scope, *block, end);
            continue;
        }
        StepState& state = scope->of(*step);
        const bool was_failing = run_.failing;
        if (state.status == StepStatus::pending && state.call == 0)
            begin_step(*scope, *step);
        else
            continue_step(*scope, *step);
        // `stop` ends every scope but the flow's: then neither state nor scope may be touched.
        if (is_final(run_.status) || run_.failing != was_failing || !is_final(state.status)) return;
    }
}

const BlockPlan* Machine::leave(ScopeState*& scope, const BlockPlan& block, BlockEnd end) {
    if (block.role == BlockPlan::Role::flow_handler) {
        finish(RunStatus::failed, {}, {});
        return nullptr;
    }
    if (!scope->parent) {
        if (end == BlockEnd::done) {
            succeed();
        } else if (const flow::RunError* error = error_of(*scope, block)) {
            fail_run(*error);
        } else {
            finish(RunStatus::cancelled, {}, {});
        }
        return nullptr;
    }
    ScopeState* outer = scope->parent;
    const StepPlan& loop = *scope->plan->owner;
    finish_item(*scope, end);
    scope = outer;
    if (finish_loop(*outer, loop)) return loop.block;
    tasks_.push_back({outer, nullptr, &loop});
    return nullptr;
}

const flow::RunError* Machine::error_of(const ScopeState& scope, const BlockPlan& block) const {
    for (const StepPlan* step : block.steps) {
        const StepState& state = scope.of(*step);
        if (state.status != StepStatus::failed || step->on_error == flow::OnError::go_on) continue;
        if (step->handler) {
            const StepPlan* inner = nullptr;
            if (survey(scope, *step->handler, &inner) == BlockEnd::done) continue;
        }
        return state.error.get();
    }
    return nullptr;
}

void Machine::arm_run_deadline() {
    if (run_.plan->timeout.count() == 0 || run_.deadline_armed) return;
    run_.deadline_armed = true;
    const TimeMs from = run_.failing ? run_.failing_since : run_.started;
    out_.commands.push_back(ArmTimer{from + run_.plan->timeout, {TimerFired::Kind::run, {}, 0}});
}

}  // namespace tappet::run
