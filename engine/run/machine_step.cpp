#include <algorithm>

#include "base/encoding.hpp"
#include "expr/binary.hpp"
#include "expr/json.hpp"
#include "expr/shown_text.hpp"
#include "flow/action_input.hpp"
#include "run/machine.hpp"

namespace tappet::run {

using flow::ErrorClass;
using flow::StepKind;
using flow::StepPlan;

void Machine::begin_step(ScopeState& scope, const StepPlan& step) {
    StepState& state = scope.of(step);
    state.started = state.first_started = moment_.now;
    if (step.condition) {
        const auto result = step.condition->evaluate(view(scope, step.block));
        if (!result.ok) return fail_unfit(scope, step, 1, result.error.message);
        if (!result.value.is(Kind::boolean))
            return fail_unfit(scope, step, 1,
                              "`if` must be true or false, this is " + std::string(type_name(result.value)));
        if (!result.value.as_boolean()) return emit(StepSkipped{address_of(scope, step)});
    }
    switch (step.kind) {
        case StepKind::action:
            return begin_action(scope, step, 1);
        case StepKind::for_each:
            return begin_loop(scope, step);
        case StepKind::respond:
            return respond(scope, step);
        case StepKind::stop:
            return stop(scope, step);
    }
}

/// A step that has begun: nothing to do while its call is under way; after recovery, or when its time has
/// come, ask again.
void Machine::continue_step(ScopeState& scope, const StepPlan& step) {
    StepState& state = scope.of(step);
    if (state.call != 0) return;
    if (state.status == StepStatus::retrying) {
        if (moment_.now >= state.retry_at) {
            state.started = moment_.now;
            return begin_action(scope, step, state.attempts + 1);
        }
        if (state.timer) return;
        state.timer = true;
        out_.commands.push_back(
            ArmTimer{state.retry_at, {TimerFired::Kind::retry, address_of(scope, step), 0}});
        return;
    }
    if (step.kind == StepKind::action && state.status == StepStatus::running) {
        state.started = moment_.now;  // its time limit begins anew
        begin_action(scope, step, state.attempts);
    }
}

std::optional<TimeMs> Machine::attempt_deadline(const StepState& state, const StepPlan& step) const {
    std::optional<TimeMs> deadline;
    const auto sooner = [&](TimeMs t) { deadline = deadline ? std::min(*deadline, t) : t; };
    if (step.timeout.count() > 0) sooner(state.started + step.timeout);
    if (step.retry.max_elapsed.count() > 0) sooner(state.first_started + step.retry.max_elapsed);
    return deadline;
}

void Machine::begin_action(ScopeState& scope, const StepPlan& step, std::uint32_t attempt) {
    StepState& state = scope.of(step);
    const flow::ActionSpec& action = *step.action->action;
    auto built = step.action->with.evaluate(view(scope, step.block));
    if (!built.ok) return fail_unfit(scope, step, attempt, built.error.message);
    Value input = built.value.is_null() ? Value::object({}) : std::move(built.value);
    if (const std::string why = flow::fit_input(action, input); !why.empty())
        return fail_unfit(scope, step, attempt, why);
    const StepAddress address = address_of(scope, step);
    const bool again =
        state.status == StepStatus::running;  // begun before a crash: its beginning is recorded
    if (!action.pure && !again) emit(StepStarted{address, attempt});
    const std::string path = path_text(*run_.plan, address);
    const std::uint32_t call = run_.next_call++;
    state.call = call;
    run_.calls[call] = {&scope, &step};
    const auto deadline = attempt_deadline(state, step);
    out_.commands.push_back(CallAction{call, &action, std::move(input), path, attempt,
                                       run_.start.id.text() + ":" + path, deadline, action.pure});
    if (deadline) out_.commands.push_back(ArmTimer{*deadline, {TimerFired::Kind::attempt, {}, call}});
}

void Machine::fail_unfit(ScopeState& scope, const StepPlan& step, std::uint32_t attempt,
                         const std::string& message) {
    flow::RunError error{ErrorClass::validation, "", message, 0,
                         path_text(*run_.plan, address_of(scope, step))};
    shorten(error.message, kMaxMessageBytes);
    emit(StepFailed{address_of(scope, step), attempt, scope.of(step).started, std::move(error), {}});
}

void Machine::fail_step(ScopeState& scope, const StepPlan& step, std::uint32_t attempt, TimeMs started,
                        flow::RunError error, std::optional<std::chrono::milliseconds> retry_after) {
    const StepState& state = scope.of(step);
    const StepAddress address = address_of(scope, step);
    error.step = path_text(*run_.plan, address);
    shorten(error.message, kMaxMessageBytes);
    auto delay = retry_delay(step.retry, error, attempt, moment_.now - state.first_started, retry_after,
                             moment_.random);
    if (is_crash(step, error) && run_.crashes + 1 >= moment_.around.max_crashes) delay.reset();
    const TimeMs retry_at = delay ? moment_.now + *delay : TimeMs{};
    emit(StepFailed{address, attempt, started, std::move(error), retry_at});
}

bool Machine::fits(std::initializer_list<const Value*> values) const {
    const std::size_t most = moment_.around.max_value;
    std::size_t total = 0;
    for (const Value* value : values) total += BinaryWriter::size_of(*value, most);
    return total <= most;
}

std::string Machine::too_large(const std::string& what) const {
    return what + " larger than " + std::to_string(moment_.around.max_value) +
           " bytes, the most that is kept (limits.row)";
}

void Machine::take_results(ScopeState& scope, const StepPlan& step, std::uint32_t attempt, TimeMs started,
                           const Value& results) {
    const std::string& action = step.action->action->name;
    auto kept = to_json_value(results);
    if (!kept)
        return fail_step(scope, step, attempt, started,
                         {ErrorClass::internal, "result.kind",
                          action + " yielded what no result can hold: " + kept.error().message, 0, ""});
    if (!fits({&*kept}))
        return fail_step(
            scope, step, attempt, started,
            {ErrorClass::validation, "result.size", too_large("the result of " + action + " is"), 0, ""});
    emit(StepSucceeded{address_of(scope, step), attempt, started, std::move(*kept)});
}

namespace {

/// A template's value, or the message of why there is none.
bool evaluate(const flow::Template& source, const RunActivation& view, Value& into, std::string& problem) {
    if (!source) return true;
    auto result = source.evaluate(view);
    if (result.ok)
        into = std::move(result.value);
    else
        problem = result.error.message;
    return result.ok;
}

}  // namespace

void Machine::respond(ScopeState& scope, const StepPlan& step) {
    const RunActivation activation = view(scope, step.block);
    Responded answer;
    Value status = Value::integer(200), content_type;
    std::string problem;
    const flow::RespondStep& plan = *step.respond;
    if (!evaluate(plan.status, activation, status, problem) ||
        !evaluate(plan.headers, activation, answer.headers, problem) ||
        !evaluate(plan.body, activation, answer.body, problem) ||
        !evaluate(plan.content_type, activation, content_type, problem))
        return fail_unfit(scope, step, 1, problem);
    if (!status.is(Kind::integer) || status.as_integer() < 200 || status.as_integer() > 599)
        return fail_unfit(scope, step, 1, "the status of `respond` must be an integer from 200 to 599");
    if (!fits({&answer.headers, &answer.body, &content_type}))
        return fail_unfit(scope, step, 1, too_large("the answer is"));
    if (content_type.is(Kind::string)) answer.content_type = content_type.as_string();
    answer.status = static_cast<int>(status.as_integer());
    if (run_.answer)
        out_.warnings.push_back("step " + path_text(*run_.plan, address_of(scope, step)) +
                                " responds although the run has answered; the first answer counts");
    else
        emit(std::move(answer));
    emit(StepSucceeded{address_of(scope, step), 1, moment_.now, {}});
}

void Machine::stop(ScopeState& scope, const StepPlan& step) {
    Value message;
    std::string problem;
    if (!evaluate(step.stop->message, view(scope, step.block), message, problem))
        return fail_unfit(scope, step, 1, problem);
    std::string text = message.is_null() ? "" : shown_text(message);
    const std::string path = path_text(*run_.plan, address_of(scope, step));
    emit(StepSucceeded{address_of(scope, step), 1, moment_.now, {}});
    cancel_open_steps(*run_.root);
    // The run fails whatever its handler says, with the error that the handler is for.
    if (run_.failing) return finish(RunStatus::failed, {}, {});
    if (text.empty()) text = "stopped by step " + path;
    shorten(text, kMaxMessageBytes);
    switch (step.stop->status) {
        case flow::RunEnd::succeeded:
            return succeed();
        case flow::RunEnd::failed:
            return fail_run({ErrorClass::stopped, "", text, 0, path});
        case flow::RunEnd::cancelled:
            return finish(RunStatus::cancelled, {}, flow::RunError{ErrorClass::stopped, "", text, 0, path});
    }
}

}  // namespace tappet::run
