#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "plugin/host.hpp"
#include "trigger/alarms.hpp"
#include "trigger/problem.hpp"

namespace tappet::trigger {

/// Calls of plugins that tell of events, each with a time limit. On the loop's thread.
class SourceCalls {
public:
    using Begin = std::function<plugin::Caller::Ticket(plugin::TriggerCaller&, plugin::Caller::Done)>;
    using Id = std::uint64_t;
    /// When a call that takes too long is told as a timeout.
    enum class Late {
        at_once,        ///< when its time is over; what it yields later is dropped
        when_it_ended,  ///< when it has stopped: the next one must not overlap it
    };
    SourceCalls(plugin::TriggerCaller& caller, Alarms& alarms) : caller_(caller), alarms_(alarms) {}
    ~SourceCalls() { *alive_ = false; }

    /// `done` is called once, unless this is gone before; it may be from inside run().
    Id run(std::chrono::milliseconds limit, Late late, const Begin& begin, plugin::Caller::Done done);
    /// Asks a call to stop; its done comes still.
    void cancel(Id id);

private:
    struct Call {
        plugin::Caller::Ticket ticket = 0;
        plugin::Caller::Done done;
        Alarms::Key alarm;
        Late late = Late::at_once;
        bool over = false;  ///< its time is
        std::chrono::milliseconds limit{0};
    };
    void ended(Id id, plugin::CallOutcome outcome);
    void time_is_over(Id id);

    plugin::TriggerCaller& caller_;
    Alarms& alarms_;
    std::map<Id, Call> calls_;
    Id last_ = 0;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

/// What the sender of a request is told that its plugin failed on (docs/ABI.md): whatever is not his fault is
/// 429, since he comes again after it.
Problem refusal(const plugin::CallError& why);
/// Whether the failure is the plugin's own, for the engine's log.
bool is_plugins_fault(const plugin::CallError& why);

}  // namespace tappet::trigger
