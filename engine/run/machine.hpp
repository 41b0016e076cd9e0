#pragma once
#include <initializer_list>
#include <string>
#include <vector>

#include "run/decide.hpp"

namespace tappet::run {

/// One decision in the making: walks the blocks of a run, emits entries (which change the state at once) and
/// commands. Works from a list of places to go on, never by recursion over items, so that a loop of any
/// length is flat.
class Machine {
public:
    Machine(RunState& run, const Moment& moment, Decision& out) : run_(run), moment_(moment), out_(out) {}

    void begin(const RunStarted& start);
    void resume();
    void release();
    void call_finished(const CallFinished& event);
    void timer_fired(const TimerFired& event);
    void cancel(const std::string& reason);
    void crashed(const RunCrashed& crash);

private:
    /// Somewhere to go on: a block of a scope, or a loop that may begin further items.
    struct Task {
        ScopeState* scope = nullptr;
        const flow::BlockPlan* block = nullptr;
        const flow::StepPlan* loop = nullptr;
    };
    enum class BlockEnd { open, done, failed, cancelled };

    void work();
    void advance(ScopeState& scope, const flow::BlockPlan& first);
    BlockEnd survey(const ScopeState& scope, const flow::BlockPlan& block,
                    const flow::StepPlan** stands_at) const;
    /// Where to go on after a block ended; null when its owner has nothing further to do now.
    const flow::BlockPlan* leave(ScopeState*& scope, const flow::BlockPlan& block, BlockEnd end);
    const flow::RunError* error_of(const ScopeState& scope, const flow::BlockPlan& block) const;

    // steps (machine_step.cpp)
    void begin_step(ScopeState& scope, const flow::StepPlan& step);
    void continue_step(ScopeState& scope, const flow::StepPlan& step);
    void begin_action(ScopeState& scope, const flow::StepPlan& step, std::uint32_t attempt);
    void respond(ScopeState& scope, const flow::StepPlan& step);
    void stop(ScopeState& scope, const flow::StepPlan& step);
    void fail_step(ScopeState& scope, const flow::StepPlan& step, std::uint32_t attempt, TimeMs started,
                   flow::RunError error, std::optional<std::chrono::milliseconds> retry_after = {});
    /// Ends a step with what its action yielded.
    void take_results(ScopeState& scope, const flow::StepPlan& step, std::uint32_t attempt, TimeMs started,
                      const Value& results);
    /// Whether these may be kept together in one entry of the journal.
    bool fits(std::initializer_list<const Value*> values) const;
    std::string too_large(const std::string& what) const;
    void fail_unfit(ScopeState& scope, const flow::StepPlan& step, std::uint32_t attempt,
                    const std::string& message);
    std::optional<TimeMs> attempt_deadline(const StepState& state, const flow::StepPlan& step) const;

    // loops (machine_loop.cpp)
    void begin_loop(ScopeState& scope, const flow::StepPlan& step);
    void fill_loop(ScopeState& scope, const flow::StepPlan& step);
    void finish_item(ScopeState& item, BlockEnd end);
    bool finish_loop(ScopeState& scope, const flow::StepPlan& step);

    // the run's end (machine_end.cpp)
    void succeed();
    void fail_run(flow::RunError error);
    void finish(RunStatus status, Value outputs, std::optional<flow::RunError> error);
    void cancel_open_steps(ScopeState& scope);
    bool crashed_too_often() const { return run_.crashes >= moment_.around.max_crashes; }
    /// Ends the run that crashes its plugin again and again: no retry, no handler.
    void quarantine();
    /// The path of the first step that has begun and not ended, of a loop's the innermost; empty where none
    /// has.
    std::string open_step(const ScopeState& scope) const;

    void arm_run_deadline();
    RunActivation view(const ScopeState& scope, const flow::BlockPlan* block) const {
        return RunActivation(run_, &scope, block, moment_.around);
    }
    template <class Body>
    void emit(Body body) {
        Entry entry{moment_.now, std::move(body)};
        apply(run_, entry);
        out_.entries.push_back(std::move(entry));
    }

    RunState& run_;
    const Moment& moment_;
    Decision& out_;
    std::vector<Task> tasks_;
};

}  // namespace tappet::run
