#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "expr/value.hpp"
#include "run/state.hpp"

namespace tappet::run {

/// A step as the story of a run tells it; one for each item it ran for.
struct StepRecord {
    std::string id, path, kind, uses;
    StepStatus status = StepStatus::pending;
    std::uint32_t attempts = 0;
    TimeMs started, finished, retry_at;
    Value results;
    std::optional<flow::RunError> error;
};

/// A line that an action logged.
struct LogRecord {
    TimeMs time;
    int level = 2;     ///< 0 trace … 4 error
    std::string step;  ///< path
    std::string message;
};

/// A run and all of its steps in order of beginning, folded from its journal.
struct History {
    std::unique_ptr<RunState> run;
    std::vector<StepRecord> steps;
    std::vector<LogRecord> logs;
};

/// Folds entries into a state, as recovery does; corrupt when one does not fit.
Result<std::unique_ptr<RunState>> fold(std::shared_ptr<const flow::Plan> plan,
                                       const std::vector<Entry>& entries);
/// Folds entries into a run with every step that began, those of finished items too.
Result<History> history(std::shared_ptr<const flow::Plan> plan, const std::vector<Entry>& entries);

/// What a run's document shows, wherever it was read from.
struct RunFacts {
    RunId id;
    std::string tenant, flow, trigger;
    std::uint32_t version = 0;
    RunStatus status = RunStatus::queued;  ///< as users see it
    TimeMs created, started, finished;     ///< 0 ms: not yet
    std::vector<std::pair<std::string, std::string>> labels;
    Value outputs;
    std::optional<flow::RunError> error;
};

/// The shapes of PRODUCT.md section 8.
Value run_document(const RunFacts& run);
Value run_document(const RunState& run);
Value step_document(const StepRecord& step);
Value log_document(const LogRecord& line);
/// {status, headers, body} as the sender got it; null for a run that is not synchronous or has not answered.
Value response_document(const RunState& run);
/// What a sender of a synchronous event gets: the flow's respond step, or 200 with the outputs; nothing while
/// neither is there, or when the run failed without an answer.
std::optional<Answer> answer_of(const RunState& run);

}  // namespace tappet::run
