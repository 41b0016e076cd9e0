#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/random.hpp"
#include "run/activation.hpp"
#include "run/state.hpp"

namespace tappet::run {

// What happens to a run.
struct Begin {
    RunStarted start;  ///< labels are filled in by decide
};
/// After recovery: the state was folded, ask again for everything that is open.
struct Resume {};
/// The turn of a queued run has come.
struct Release {};
struct CallFinished {
    std::uint32_t call = 0;
    std::variant<Value, flow::RunError> outcome;
    std::optional<std::chrono::milliseconds> retry_after;
};
struct TimerFired {
    enum class Kind { retry, attempt, run } kind = Kind::run;
    StepAddress at;          ///< retry
    std::uint32_t call = 0;  ///< attempt
};
struct CancelRequested {
    std::string reason;
};
/// After recovery, before Resume: the process before died in a call for this run.
struct Crashed {
    RunCrashed crash;
};
using Event = std::variant<Begin, Resume, CallFinished, TimerFired, CancelRequested, Crashed, Release>;

// What is to be done about it. Commands after an entry may be performed once the entries before it are
// durable, but for calls that may ride.
struct CallAction {
    std::uint32_t call = 0;  ///< comes back in CallFinished
    const flow::ActionSpec* action = nullptr;
    Value input;
    std::string step;  ///< path, as users see it
    std::uint32_t attempt = 1;
    std::string idempotency_key;
    std::optional<TimeMs> deadline;
    bool rides = false;  ///< pure: may be called before the entries are durable
};
struct CancelCall {
    std::uint32_t call = 0;
};
struct ArmTimer {
    TimeMs at;
    TimerFired fires;
};
using Command = std::variant<CallAction, CancelCall, ArmTimer>;

struct Decision {
    std::vector<Entry> entries;  ///< already applied to the state
    std::vector<Command> commands;
    std::vector<std::string> warnings;  ///< for the run's log: "answered twice"
};

struct Moment {
    TimeMs now;
    Random& random;
    const Surroundings& around;
};

/// Decides what a run does next. Pure but for the state, which changes by the entries it emits alone; the
/// same state, event, time and random numbers give the same decision. A final run decides nothing.
Decision decide(RunState& run, const Event& event, const Moment& moment);

inline constexpr std::size_t kMaxMessageBytes = 16u << 10;  ///< of an error's message; the rest is cut
inline constexpr std::size_t kMaxLabelBytes = 64u << 10;    ///< of a run's labels in all; more fails the run
inline constexpr std::size_t kMaxLoopItems = 100'000;       ///< of one forEach; more fails the step

/// How long to wait before the attempt after `failed_attempts`; nothing when the policy says to give up.
std::optional<std::chrono::milliseconds> retry_delay(
    const flow::RetryPolicy& policy, const flow::RunError& error, std::uint32_t failed_attempts,
    std::chrono::milliseconds elapsed, std::optional<std::chrono::milliseconds> retry_after, Random& random);

}  // namespace tappet::run
