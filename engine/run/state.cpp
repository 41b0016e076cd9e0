#include "run/state.hpp"

#include <algorithm>

#include "run/activation.hpp"
#include "run/loop.hpp"

namespace tappet::run {

Value ScopeState::item_value() const {
    if (!parent || !plan->owner) return {};
    const auto& loop = parent->of(*plan->owner).loop;
    if (!loop || item >= loop->items.size()) return {};
    return loop->items.items()[item];
}

RunStatus visible_status(const RunState& run) {
    return run.status == RunStatus::running && run.waiting > 0 && run.calls.empty() ? RunStatus::waiting
                                                                                    : run.status;
}

StepAddress address_of(const ScopeState& scope, const flow::StepPlan& step) {
    StepAddress address;
    address.step = step.index;
    for (const ScopeState* s = &scope; s->parent; s = s->parent)
        address.frames.push_back({s->plan->owner->index, s->item});
    std::reverse(address.frames.begin(), address.frames.end());
    return address;
}

namespace {

template <class Visit>
const flow::StepPlan* walk(const flow::Plan& plan, const StepAddress& address, const Visit& visit) {
    const flow::ScopePlan* scope = plan.root;
    for (const auto& frame : address.frames) {
        if (frame.step >= scope->steps.size()) return nullptr;
        const flow::StepPlan* loop = scope->steps[frame.step];
        if (!loop->for_each) return nullptr;
        visit(*loop, frame.item);
        scope = loop->for_each->body;
    }
    return address.step < scope->steps.size() ? scope->steps[address.step] : nullptr;
}

}  // namespace

const flow::StepPlan* step_at(const flow::Plan& plan, const StepAddress& address) {
    return walk(plan, address, [](const flow::StepPlan&, std::uint32_t) {});
}

ScopeState* find_scope(const RunState& run, const StepAddress& address) {
    ScopeState* scope = run.root.get();
    for (const auto& frame : address.frames) {
        if (!scope || frame.step >= scope->steps.size() || !scope->steps[frame.step].loop) return nullptr;
        const auto& open = scope->steps[frame.step].loop->open;
        const auto item = open.find(frame.item);
        scope = item == open.end() ? nullptr : item->second.get();
    }
    return scope && address.step < scope->steps.size() ? scope : nullptr;
}

std::string path_text(const flow::Plan& plan, const StepAddress& address) {
    std::string text;
    const flow::StepPlan* step = walk(plan, address, [&](const flow::StepPlan& loop, std::uint32_t item) {
        text += loop.segment + "[" + std::to_string(item) + "].";
    });
    return step ? text + step->segment : text + "?";
}

bool is_crash(const flow::StepPlan& step, const flow::RunError& error) {
    return step.kind == flow::StepKind::action && error.error_class == flow::ErrorClass::plugin_crashed &&
           error.code != flow::kPluginQuarantined;
}

namespace {

/// Applies one entry; each overload says false when the entry does not fit.
struct Applier {
    RunState& run;
    TimeMs time;

    ScopeState* scope_of(const StepAddress& address) const {
        ScopeState* scope = run.root.get();
        for (const auto& frame : address.frames) {
            if (!scope || frame.step >= scope->steps.size()) return nullptr;
            auto& loop = scope->steps[frame.step].loop;
            if (!loop || frame.item >= loop->items.size()) return nullptr;
            if (!loop->results[frame.item].is_null()) return nullptr;  // it is through
            auto& open = loop->open[frame.item];
            if (!open) {
                open = std::make_unique<ScopeState>(scope->plan->steps[frame.step]->for_each->body, scope,
                                                    frame.item);
                loop->next = std::max(loop->next, frame.item + 1);
            }
            scope = open.get();
        }
        return scope;
    }
    StepState* step_of(const StepAddress& address, ScopeState** where = nullptr) const {
        ScopeState* scope = scope_of(address);
        if (!scope || address.step >= scope->steps.size()) return nullptr;
        if (where) *where = scope;
        return &scope->steps[address.step];
    }
    void leave_wait(StepState& step) const {
        if (step.status != StepStatus::retrying) return;
        --run.waiting;
        step.retry_at = {};
    }

    bool operator()(const RunStarted& e) const {
        if (run.root) return false;
        run.start = e;
        run.created = time;
        if (!e.queued) begin();
        run.root = std::make_unique<ScopeState>(run.plan->root, nullptr, 0);
        return true;
    }
    bool operator()(const StepStarted& e) const {
        ScopeState* scope = nullptr;
        StepState* step = step_of(e.at, &scope);
        if (!step || is_final(step->status)) return false;
        leave_wait(*step);
        step->status = StepStatus::running;
        step->attempts = e.attempt;
        step->started = time;
        if (e.attempt == 1) step->first_started = time;
        const flow::StepPlan& plan = *scope->plan->steps[e.at.step];
        if (plan.kind == flow::StepKind::for_each && !step->loop) {
            auto items = loop_items(run, *scope, plan);
            if (!items) return false;
            step->loop = std::make_unique<LoopState>();
            step->loop->items = std::move(*items);
            step->loop->results.resize(step->loop->items.size());
        }
        return true;
    }
    bool operator()(const StepSucceeded& e) const {
        ScopeState* scope = nullptr;
        StepState* step = step_of(e.at, &scope);
        if (!step || is_final(step->status)) return false;
        leave_wait(*step);
        end(*step, StepStatus::succeeded, e.attempt, e.started);
        step->results = e.results;
        close_loop(*step, *scope->plan->steps[e.at.step]);
        return true;
    }
    bool operator()(const StepFailed& e) const {
        ScopeState* scope = nullptr;
        StepState* step = step_of(e.at, &scope);
        if (!step || is_final(step->status)) return false;
        leave_wait(*step);
        end(*step, StepStatus::failed, e.attempt, e.started);
        step->error = std::make_unique<flow::RunError>(e.error);
        if (const flow::StepPlan& plan = *scope->plan->steps[e.at.step]; is_crash(plan, e.error)) {
            count_crash(e.error);
            run.crash->message = plan.action->action->name + ": " + run.crash->message;
        }
        if (e.retry_at.ms != 0) {
            step->status = StepStatus::retrying;
            step->retry_at = e.retry_at;
            ++run.waiting;
        }
        close_loop(*step, *scope->plan->steps[e.at.step]);
        return true;
    }
    bool operator()(const StepSkipped& e) const {
        StepState* step = step_of(e.at);
        if (!step || step->status != StepStatus::pending) return false;
        end(*step, StepStatus::skipped, 0, time);
        return true;
    }
    bool operator()(const StepCancelled& e) const {
        ScopeState* scope = nullptr;
        StepState* step = step_of(e.at, &scope);
        if (!step || is_final(step->status)) return false;
        leave_wait(*step);
        end(*step, StepStatus::cancelled, step->attempts, step->started);
        close_loop(*step, *scope->plan->steps[e.at.step]);
        return true;
    }
    bool operator()(const ItemFinished& e) const {
        ScopeState* scope = nullptr;
        StepState* step = step_of(e.at, &scope);
        if (!step || !step->loop || e.item >= step->loop->items.size()) return false;
        if (!step->loop->results[e.item].is_null()) return false;
        LoopState& loop = *step->loop;
        const flow::ScopePlan& body = *scope->plan->steps[e.at.step]->for_each->body;
        const auto open = loop.open.find(e.item);
        const ScopeState* item = open == loop.open.end() ? nullptr : open->second.get();
        loop.results[e.item] = item_result(loop.items.items()[e.item], e.status, body, item, e.error);
        if (open != loop.open.end()) loop.open.erase(open);
        loop.next = std::max(loop.next, e.item + 1);
        if (e.status == StepStatus::failed) {
            ++loop.failed;
            if (!loop.first_error) loop.first_error = e.error;
        }
        return true;
    }
    bool operator()(const Responded& e) const {
        if (!run.answer) run.answer = Answer{e.status, e.headers, e.body, e.content_type};
        return true;
    }
    bool operator()(const RunFailing& e) const {
        run.error = e.error;
        run.failing = true;
        run.failing_since = time;
        return true;
    }
    bool operator()(const RunFinished& e) const {
        if (is_final(run.status)) return false;
        run.status = e.status;
        run.outputs = e.outputs;
        if (e.error) run.error = e.error;
        run.finished = time;
        return true;
    }
    bool operator()(const Logged&) const { return true; }
    bool operator()(const RunReleased&) const {
        if (run.status != RunStatus::queued) return false;
        begin();
        return true;
    }
    bool operator()(const RunCrashed& e) const {
        if (is_final(run.status)) return false;
        count_crash({flow::ErrorClass::plugin_crashed, "",
                     "the plugin " + e.plugin + " ended the engine with " + e.what, 0, e.step});
        run.crashed_at = e.at;
        return true;
    }

private:
    void begin() const {
        run.status = RunStatus::running;
        run.started = time;
    }
    void count_crash(const flow::RunError& error) const {
        ++run.crashes;
        run.crash = std::make_unique<flow::RunError>(error);
    }
    void end(StepState& step, StepStatus status, std::uint32_t attempt, TimeMs started) const {
        step.status = status;
        step.attempts = attempt;
        step.started = started;
        if (attempt <= 1) step.first_started = started;
        step.finished = time;
        if (status == StepStatus::succeeded) step.error.reset();
    }
    /// A loop that is over is its results.
    void close_loop(StepState& step, const flow::StepPlan& plan) const {
        if (!step.loop) return;
        step.results = loop_results(*step.loop, *plan.for_each->body);
        step.loop.reset();
    }
};

}  // namespace

bool apply(RunState& run, const Entry& entry) {
    if (!run.root && !std::holds_alternative<RunStarted>(entry.body)) return false;
    return std::visit(Applier{run, entry.time}, entry.body);
}

}  // namespace tappet::run
