#include "run/history.hpp"

#include <unordered_map>

#include "base/time_text.hpp"
#include "run/activation.hpp"

namespace tappet::run {

Result<std::unique_ptr<RunState>> fold(std::shared_ptr<const flow::Plan> plan,
                                       const std::vector<Entry>& entries) {
    auto run = std::make_unique<RunState>(std::move(plan));
    for (const Entry& entry : entries)
        if (!apply(*run, entry))
            return Error::corrupt("run " + run->start.id.text() + ": its journal does not fit its flow");
    return run;
}

namespace {

/// Keeps a record for each step as entries pass by.
struct Recorder {
    const flow::Plan& plan;
    std::vector<StepRecord>& steps;
    std::unordered_map<std::string, std::size_t> by_path;

    StepRecord& of(const StepAddress& at) {
        std::string path = path_text(plan, at);
        const auto found = by_path.find(path);
        if (found != by_path.end()) return steps[found->second];
        by_path.emplace(path, steps.size());
        StepRecord record;
        record.path = std::move(path);
        if (const flow::StepPlan* step = step_at(plan, at)) {
            static constexpr const char* kKinds[] = {"action", "forEach", "respond", "stop"};
            record.id = step->id;
            record.kind = kKinds[static_cast<std::size_t>(step->kind)];
            if (step->action) record.uses = step->action->action->name;
        }
        steps.push_back(std::move(record));
        return steps.back();
    }
    void note(const Entry& entry) {
        if (const auto* e = std::get_if<StepStarted>(&entry.body)) {
            StepRecord& step = of(e->at);
            step.status = StepStatus::running;
            step.attempts = e->attempt;
            if (step.started.ms == 0) step.started = entry.time;
        } else if (const auto* ok = std::get_if<StepSucceeded>(&entry.body)) {
            end(of(ok->at), StepStatus::succeeded, ok->attempt, ok->started, entry.time);
            of(ok->at).results = ok->results;
            of(ok->at).error.reset();
        } else if (const auto* bad = std::get_if<StepFailed>(&entry.body)) {
            StepRecord& step = of(bad->at);
            end(step, bad->retry_at.ms != 0 ? StepStatus::retrying : StepStatus::failed, bad->attempt,
                bad->started, entry.time);
            step.error = bad->error;
            step.retry_at = bad->retry_at;
            if (bad->retry_at.ms != 0) step.finished = {};
        } else if (const auto* skipped = std::get_if<StepSkipped>(&entry.body)) {
            end(of(skipped->at), StepStatus::skipped, 0, entry.time, entry.time);
        } else if (const auto* cancelled = std::get_if<StepCancelled>(&entry.body)) {
            StepRecord& step = of(cancelled->at);
            end(step, StepStatus::cancelled, step.attempts, step.started, entry.time);
        }
    }
    static void end(StepRecord& step, StepStatus status, std::uint32_t attempts, TimeMs started, TimeMs now) {
        step.status = status;
        step.attempts = attempts;
        if (step.started.ms == 0) step.started = started;
        step.finished = now;
    }
};

constexpr int kErrorLevel = 4;  ///< of a line

/// The step that an entry ends, if it does.
const StepAddress* end_of(const Entry& entry) {
    if (const auto* ok = std::get_if<StepSucceeded>(&entry.body)) return &ok->at;
    if (const auto* bad = std::get_if<StepFailed>(&entry.body)) return &bad->at;
    if (const auto* cancelled = std::get_if<StepCancelled>(&entry.body)) return &cancelled->at;
    return nullptr;
}

Value time_or_null(TimeMs time) { return time.ms == 0 ? Value::null() : Value::string(to_rfc3339(time)); }
Value error_or_null(const std::optional<flow::RunError>& error) {
    return error ? error_value(*error) : Value::null();
}

}  // namespace

Result<History> history(std::shared_ptr<const flow::Plan> plan, const std::vector<Entry>& entries) {
    History out;
    out.run = std::make_unique<RunState>(plan);
    Recorder recorder{*plan, out.steps, {}};
    for (const Entry& entry : entries) {
        if (!apply(*out.run, entry))
            return Error::corrupt("run " + out.run->start.id.text() + ": its journal does not fit its flow");
        recorder.note(entry);
        if (const auto* line = std::get_if<Logged>(&entry.body))
            out.logs.push_back({entry.time, line->level, line->step, line->message});
        if (std::holds_alternative<RunCrashed>(entry.body))
            out.logs.push_back({entry.time, kErrorLevel, out.run->crash->step, out.run->crash->message});
        // A loop's results are made from its items: read them off the state.
        const StepAddress* at = end_of(entry);
        const ScopeState* scope = at ? find_scope(*out.run, *at) : nullptr;
        if (scope && recorder.of(*at).kind == "forEach")
            recorder.of(*at).results = scope->steps[at->step].results;
    }
    return out;
}

Value run_document(const RunState& run) {
    const RunStarted& start = run.start;
    RunFacts out;
    out.id = start.id;
    out.tenant = start.tenant;
    out.flow = start.flow;
    out.trigger = start.trigger;
    out.version = start.version;
    out.status = visible_status(run);
    out.created = run.created;
    out.started = run.started;
    out.finished = run.finished;
    out.labels = start.labels;
    out.outputs = run.outputs;
    out.error = run.error;
    return run_document(out);
}

Value run_document(const RunFacts& run) {
    std::vector<MapEntry> labels;
    for (const auto& [name, value] : run.labels)
        labels.push_back({Value::string(name), Value::string(value)});
    return Value::object(
        {{"id", Value::string(run.id.text())},
         {"tenant", Value::string(run.tenant)},
         {"flow", Value::string(run.flow)},
         {"version", Value::integer(run.version)},
         {"trigger", Value::string(run.trigger)},
         {"status", Value::string(to_string(run.status))},
         {"createdAt", time_or_null(run.created)},
         {"startedAt", time_or_null(run.started)},
         {"finishedAt", time_or_null(run.finished)},
         {"labels", Value::map(std::move(labels))},
         {"outputs", run.outputs},
         {"error", error_or_null(run.error)},
         {"waitingFor", run.status == RunStatus::waiting ? Value::string("retry") : Value::null()}});
}

Value step_document(const StepRecord& step) {
    return Value::object({{"id", step.id.empty() ? Value::null() : Value::string(step.id)},
                          {"path", Value::string(step.path)},
                          {"kind", Value::string(step.kind)},
                          {"uses", step.uses.empty() ? Value::null() : Value::string(step.uses)},
                          {"status", Value::string(to_string(step.status))},
                          {"attempts", Value::integer(step.attempts)},
                          {"startedAt", time_or_null(step.started)},
                          {"finishedAt", time_or_null(step.finished)},
                          {"results", step.results},
                          {"error", error_or_null(step.error)}});
}

std::optional<Answer> answer_of(const RunState& run) {
    if (run.answer) return run.answer;
    if (run.status != RunStatus::succeeded) return std::nullopt;
    Answer answer;
    for (const flow::TriggerPlan& trigger : run.plan->triggers)
        if (trigger.id == run.start.trigger && trigger.mode == flow::RespondMode::sync)
            answer.status = trigger.respond_status;
    answer.body = run.outputs.is_null() ? Value::object({}) : run.outputs;
    return answer;
}

Value log_document(const LogRecord& line) {
    static constexpr const char* kLevels[] = {"trace", "debug", "info", "warn", "error"};
    return Value::object(
        {{"time", Value::string(to_rfc3339(line.time))},
         {"level", Value::string(kLevels[line.level < 0 || line.level > 4 ? 2 : line.level])},
         {"step", Value::string(line.step)},
         {"message", Value::string(line.message)}});
}

Value response_document(const RunState& run) {
    if (!run.start.synchronous) return {};
    const auto answer = answer_of(run);
    if (!answer) return {};
    return Value::object({{"status", Value::integer(answer->status)},
                          {"headers", answer->headers.is_null() ? Value::object({}) : answer->headers},
                          {"body", answer->body}});
}

}  // namespace tappet::run
