#pragma once
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "plugin/host.hpp"
#include "run/decide.hpp"
#include "run/journal.hpp"
#include "run/state.hpp"
#include "runtime/flows.hpp"
#include "runtime/timers.hpp"

namespace tappet::runtime {

/// Whether an event became a run, and which.
struct Accepted {
    RunId run;
    bool duplicate = false;  ///< another delivery of the event had started it
};

/// How a run ended, as its sender is told.
struct Outcome {
    run::RunStatus status = run::RunStatus::running;  ///< running: not ended, but it has answered
    std::optional<run::Answer> answer;
    std::optional<flow::RunError> error;
};

/// As many as there were events, in their order.
using OnAcceptAll = std::function<void(Result<std::vector<Accepted>>)>;
using OnAccept = std::function<void(Result<Accepted>)>;
using OnOutcome = std::function<void(Result<Outcome>)>;

/// A run that has not ended, in memory, with what is under way for it. Belongs to the loop's thread.
struct LiveRun {
    struct Call {
        plugin::Caller::Ticket ticket = 0;
        std::optional<Timers::Key> timer;  ///< of its time limit
        bool queued = false;               ///< waits for a free place among the calls
    };
    /// What waits for a commit to be durable.
    struct Boundary {
        std::uint64_t seq = 0;
        std::vector<run::Command> commands;
        std::optional<Outcome> outcome;  ///< to be told to those who wait
        bool last = false;               ///< the run has ended with it
        std::size_t bytes = 0;           ///< of its row, and of what is told with it
        std::vector<std::pair<store::OutgoingAddress, Uuid>> told;  ///< the messages that are
    };

    LiveRun(const RunId& run, const run::Sealer* sealer) : id(run), row(sealer) {}

    const RunId id;
    std::unique_ptr<run::RunState> state;
    FlowHandle flow;
    std::optional<store::DedupeClaim> claim;                   ///< goes with the first commit
    OnAccept accept;                                           ///< called once the next commit is durable
    std::vector<std::pair<std::uint64_t, OnOutcome>> waiters;  ///< for its answer, or its end
    std::vector<OnOutcome> enders;                             ///< for its end alone
    std::optional<Outcome> answered;                           ///< what is durable of its answer

    std::deque<run::Event> inbox;
    run::RowWriter row;              ///< entries that are applied, in no commit yet
    bool answers = false;            ///< an answer is among them, or among those just sent
    bool ends = false;               ///< its end is among the row's entries
    bool waits = false;              ///< as of the last row: all that is open waits for a retry
    std::vector<run::Command> held;  ///< follow from the row
    std::deque<Boundary> commits;    ///< under way, oldest first
    std::size_t bytes_sent = 0;      ///< of the rows of `commits`
    std::uint64_t bytes = 0;         ///< of its whole journal: about what its state takes
    bool stalled = false;            ///< decides nothing until rows that were sent are durable
    std::uint64_t next_seq = 0;
    std::map<std::uint32_t, Call> calls;  ///< by the number that decide gave
    std::vector<Timers::Key> timers;      ///< retries and the run's deadline
    std::size_t log_lines = 0;
    bool driving = false;              ///< somebody further up the stack is at work on it
    std::optional<std::string> fault;  ///< met beneath who drives it: ends that work, and puts the run aside
    bool gathered = false;             ///< begins together with others: its rows are sent with theirs
    std::string lane;      ///< of those it takes turns with; empty where the flow has no `concurrency`
    bool dropped = false;  ///< a duplicate, or given up: nothing of it is done any more
};

}  // namespace tappet::runtime
