#pragma once
#include <string>
#include <vector>

#include "http/message.hpp"
#include "runtime/live_run.hpp"

namespace tappet::trigger {

/// 202 (or as the trigger says): { runId, status: "queued", url } with Location.
http::Response accepted_answer(int status, const RunId& run, const std::string& location);
/// A run that an event of several started, or had started before.
struct StartedRun {
    RunId run;
    std::string location;
    bool duplicate = false;
};
/// { runs: [{ runId, status: "queued", url }…] }; runs that were there before have `replayed: true`.
http::Response batch_answer(int status, const std::vector<StartedRun>& runs);
/// { status: "ignored" }: nobody listens to what the request tells, or it tells nothing.
http::Response ignored_answer(int status);
/// An answer as a flow or a plugin gives it.
http::Response given_answer(const run::Answer& answer);
/// What the sender of an event is told that the trigger's filter lets pass by.
http::Response filtered_answer(int status);
/// 202, with leave to come back for the answer of a synchronous flow that takes longer than its sender waits.
http::Response late_answer(const RunId& run, const std::string& location);
/// What the sender of a synchronous event gets: the flow's answer, or 500 with the error's class and the
/// run's id, which is the requestId, too: whoever asks again gets the same bytes.
http::Response synchronous_answer(const runtime::Outcome& outcome, const RunId& run,
                                  const std::string& location);

}  // namespace tappet::trigger
