#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "flow/plan.hpp"
#include "flowtest/calls.hpp"
#include "flowtest/stage.hpp"
#include "flowtest/suite.hpp"
#include "run/entry.hpp"
#include "run/history.hpp"

namespace tappet::flowtest {

struct PlayedRun {
    std::vector<run::Entry> entries;
    run::History story;
};

/// What has come of a case.
struct Played {
    std::vector<Value> responses;  ///< {status, headers, body} by event; null where there is no answer
    std::vector<PlayedRun> runs;   ///< in order of beginning
    std::vector<RecordedCall> calls;
    std::vector<std::pair<std::string, bool>> filters;  ///< what the filters of triggers gave
    std::chrono::milliseconds took{0};                  ///< virtual time until nothing was left to happen
    std::vector<std::string> notes;
    std::string fault;  ///< why it was not played to its end; empty when it was
};

struct PlayLimits {
    std::size_t turns = 1'000'000;                ///< things that happen in one case
    std::chrono::milliseconds real_time{60'000};  ///< that one case may take
};

/// Plays one case: every event passes the trigger's filter, schema and key, and its run is driven by the
/// engine's own runtime over a store in memory, from kBegin on, while time jumps to what is due next. Blocks.
/// Nothing leaves the process, but for what pure actions do.
Played play(const Stage& stage, const std::shared_ptr<const flow::Plan>& plan, const StepNames& names,
            const Case& played, const PlayLimits& limits = {});

}  // namespace tappet::flowtest
