#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "expr/value.hpp"
#include "flow/error_class.hpp"
#include "run/status.hpp"

namespace tappet::run {

/// Names a step of a run by the numbers of its plan: the loops around it with their items, then its index in
/// its scope.
struct StepAddress {
    struct Frame {
        std::uint32_t step = 0;  ///< the forEach, in its own scope
        std::uint32_t item = 0;  ///< from 0
        friend bool operator==(const Frame&, const Frame&) = default;
    };
    std::vector<Frame> frames;
    std::uint32_t step = 0;
    friend bool operator==(const StepAddress&, const StepAddress&) = default;
};

/// What the journal records. State changes by these alone (state.hpp, apply): folding them gives the state
/// back. What follows from them and the plan (conditions, inputs, items of a loop) is worked out again, not
/// recorded.
struct RunStarted {
    RunId id;
    std::string tenant;
    std::string flow;
    std::uint32_t version = 0;
    std::string trigger;  ///< its id in the flow
    Value event;          ///< {id, body, headers, query, method, path, receivedAt}
    Value config;         ///< configVars as they were then; null when the flow declares none
    std::vector<std::pair<std::string, std::string>> labels;
    std::uint32_t attempt = 1;  ///< 1, one more for each rerun
    bool synchronous = false;   ///< somebody may wait for the answer
    bool queued = false;        ///< it waits for its turn (the flow's `concurrency`)
};
/// An effect is about to be called, or a loop begins.
struct StepStarted {
    StepAddress at;
    std::uint32_t attempt = 1;
};
struct StepSucceeded {
    StepAddress at;
    std::uint32_t attempt = 1;
    TimeMs started;
    Value results;  ///< of a loop: null, the items' results make it
};
struct StepFailed {
    StepAddress at;
    std::uint32_t attempt = 1;
    TimeMs started;
    flow::RunError error;
    TimeMs retry_at;  ///< 0: it has failed for good
};
struct StepSkipped {
    StepAddress at;
};
struct StepCancelled {
    StepAddress at;
};
/// An item of a loop is through; its steps' states are dropped, their results kept.
struct ItemFinished {
    StepAddress at;  ///< the forEach
    std::uint32_t item = 0;
    StepStatus status = StepStatus::succeeded;
    std::optional<flow::RunError> error;
};
/// The flow's answer to a waiting sender; the first counts.
struct Responded {
    int status = 200;
    Value headers;  ///< map of strings, or null
    Value body;
    std::string content_type;  ///< empty: by the body's kind
};
/// The run will fail; the flow's onError runs now.
struct RunFailing {
    flow::RunError error;
};
struct RunFinished {
    RunStatus status = RunStatus::succeeded;
    Value outputs;
    std::optional<flow::RunError> error;  ///< when it was not recorded by RunFailing
};

/// A line that an action logged; changes no state.
struct Logged {
    int level = 2;  ///< 0 trace … 4 error
    std::string step;
    std::string message;
};

/// The engine's process died in a call for this run; written by the one after it.
struct RunCrashed {
    std::string step;    ///< path
    std::string plugin;  ///< its name
    std::string what;    ///< "SIGSEGV"
    TimeMs at;           ///< when it died; a crash is counted once
};

/// The turn of a run that was queued has come.
struct RunReleased {};

using EntryBody =
    std::variant<RunStarted, StepStarted, StepSucceeded, StepFailed, StepSkipped, StepCancelled, ItemFinished,
                 Responded, RunFailing, RunFinished, Logged, RunCrashed, RunReleased>;

struct Entry {
    TimeMs time;
    EntryBody body;
};

}  // namespace tappet::run
