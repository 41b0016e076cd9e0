#include <algorithm>
#include <stdexcept>

#include "runtime/runtime.hpp"

namespace tappet::runtime {

/// Does something that calls actions; what they answer at once is decided afterwards, not inside them.
template <class Act>
void Runtime::driven(LiveRun& run, const Act& act) {
    const bool outer = !run.driving;
    run.driving = true;
    act();
    if (!outer) return;
    run.driving = false;
    if (!run.inbox.empty()) drive(run);
}

/// To be asked whenever an action may have logged: goes no further with a run that cannot be written.
void Runtime::check_fault(const LiveRun& run) {
    if (run.fault) throw std::runtime_error(*run.fault);
}

void Runtime::perform(LiveRun& run, std::vector<run::Command>& commands) {
    if (commands.empty() || run.dropped) return;
    driven(run, [&] {
        for (run::Command& command : commands) {
            if (auto* c = std::get_if<run::CallAction>(&command))
                call(run, std::move(*c));
            else if (const auto* cancelled = std::get_if<run::CancelCall>(&command))
                cancel_call(run, cancelled->call);
            else
                arm(run, std::get<run::ArmTimer>(command));
        }
    });
}

void Runtime::call(LiveRun& run, run::CallAction command) {
    // A run that ends, or an engine that stops, begins nothing; the journal says what to do at the next
    // start.
    if (draining_ || (run::is_final(run.state->status) && !command.rides)) return;
    if (calls_under_way_ < options_.max_calls) return call_now(run, std::move(command));
    run.calls[command.call].queued = true;
    waiting_calls_.push_back({run.state->start.id, std::move(command)});
}

void Runtime::call_now(LiveRun& run, run::CallAction command) {
    const RunId id = run.state->start.id;
    const std::uint32_t number = command.call;
    plugin::CallContext context;
    context.run = id;
    context.tenant = run.state->start.tenant;
    context.flow = run.state->start.flow;
    context.step = std::move(command.step);
    context.attempt = command.attempt;
    context.idempotency_key = std::move(command.idempotency_key);
    context.deadline = command.deadline;
    run.calls[number].queued = false;
    ++stats_.calls;
    ++calls_under_way_;
    const auto ticket = caller_.call(*command.action, std::move(command.input), std::move(context),
                                     [this, id, number, alive = alive_](plugin::CallOutcome outcome) {
                                         if (*alive) call_done(id, number, std::move(outcome));
                                     });
    const auto found = run.calls.find(number);
    if (ticket != 0 && found != run.calls.end()) found->second.ticket = ticket;
    check_fault(run);
}

void Runtime::call_done(const RunId& id, std::uint32_t number, plugin::CallOutcome outcome) {
    --calls_under_way_;
    if (LiveRun* run = find(id); run && !run->dropped) {
        const auto found = run->calls.find(number);
        if (found != run->calls.end()) {
            if (found->second.timer) timers_.remove(*found->second.timer);
            run->calls.erase(found);
        }
        run::CallFinished event;
        event.call = number;
        if (auto* value = std::get_if<Value>(&outcome)) {
            event.outcome = std::move(*value);
        } else {
            auto& failure = std::get<plugin::CallError>(outcome);
            event.outcome = std::move(failure.error);
            event.retry_after = failure.retry_after;
        }
        post_event(*run, std::move(event));
    }
    if (!waiting_calls_.empty()) next_calls();
    if (drained_) check_drained();
}

void Runtime::next_calls() {
    if (calling_next_) return;
    calling_next_ = true;
    while (!waiting_calls_.empty() && calls_under_way_ < options_.max_calls && !draining_) {
        WaitingCall next = std::move(waiting_calls_.front());
        waiting_calls_.pop_front();
        guarded(next.run, [&](LiveRun& run) {
            const auto found = run.calls.find(next.command.call);
            if (run.dropped || run.fault || found == run.calls.end() || !found->second.queued) return;
            driven(run, [&] { call_now(run, std::move(next.command)); });
        });
    }
    calling_next_ = false;
}

void Runtime::cancel_call(LiveRun& run, std::uint32_t number) {
    const auto found = run.calls.find(number);
    if (found == run.calls.end()) return;
    const LiveRun::Call call = found->second;
    if (call.timer) timers_.remove(*call.timer);
    run.calls.erase(found);
    if (!call.queued && call.ticket != 0) caller_.cancel(call.ticket);
    check_fault(run);
}

void Runtime::arm(LiveRun& run, const run::ArmTimer& command) {
    if (run::is_final(run.state->status)) return;
    const bool of_call = command.fires.kind == run::TimerFired::Kind::attempt;
    const auto call = of_call ? run.calls.find(command.fires.call) : run.calls.end();
    if (of_call && call == run.calls.end()) return;  // it has ended already
    const Timers::Key key = timers_.add(command.at, run.state->start.id, command.fires);
    if (of_call)
        call->second.timer = key;
    else
        run.timers.push_back(key);
    arm_alarm();
}

void Runtime::arm_alarm() {
    const auto next = timers_.next();
    if (!next || (alarm_at_ && *alarm_at_ <= *next)) return;
    // Wall time may be set: never sleep so long that a change goes unseen.
    constexpr std::chrono::milliseconds kLongest{1'000};
    const auto wait = std::clamp(*next - clock_.now(), std::chrono::milliseconds(0), kLongest);
    alarm_at_ = next;
    alarm_.expires_after(wait);
    alarm_.async_wait([this, alive = alive_](const boost::system::error_code& error) {
        if (error || !*alive) return;
        tick();
    });
}

void Runtime::tick() {
    alarm_at_.reset();
    // Timers that firing adds wait for the next turn, so that one run cannot hold the loop.
    const TimeMs now = clock_.now();
    for (std::size_t budget = timers_.size(); budget > 0; --budget) {
        auto due = timers_.take_due(now);
        if (!due) break;
        if (LiveRun* run = find(due->run); run && !run->dropped) post_event(*run, std::move(due->fires));
    }
    if (!storage_error_) arm_alarm();
}

}  // namespace tappet::runtime
