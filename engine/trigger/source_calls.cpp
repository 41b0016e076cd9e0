#include "trigger/source_calls.hpp"

#include <algorithm>

namespace tappet::trigger {
namespace {

using flow::ErrorClass;

constexpr std::chrono::milliseconds kLongestWait{86'400'000};  ///< that a sender is asked for

plugin::CallError timeout(std::chrono::milliseconds limit) {
    plugin::CallError out;
    out.error.error_class = ErrorClass::timeout;
    out.error.message = "the call took longer than " + std::to_string(limit.count()) + " ms";
    return out;
}

int seconds_of(std::chrono::milliseconds wait) {
    const auto bounded = std::clamp(wait, std::chrono::milliseconds(0), kLongestWait);
    return static_cast<int>((bounded.count() + 999) / 1'000);
}

}  // namespace

SourceCalls::Id SourceCalls::run(std::chrono::milliseconds limit, Late late, const Begin& begin,
                                 plugin::Caller::Done done) {
    const Id id = ++last_;
    Call& call = calls_[id];
    call.done = std::move(done);
    call.late = late;
    call.limit = limit;
    call.alarm = alarms_.after(limit, [this, id] { time_is_over(id); });
    const auto ticket = begin(caller_, [this, id, alive = alive_](plugin::CallOutcome outcome) {
        if (*alive) ended(id, std::move(outcome));
    });
    if (const auto found = calls_.find(id); found != calls_.end()) found->second.ticket = ticket;
    return id;
}

void SourceCalls::cancel(Id id) {
    const auto found = calls_.find(id);
    if (found != calls_.end() && found->second.ticket != 0) caller_.cancel(found->second.ticket);
}

void SourceCalls::ended(Id id, plugin::CallOutcome outcome) {
    const auto found = calls_.find(id);
    if (found == calls_.end()) return;
    const Call call = std::move(found->second);
    calls_.erase(found);
    alarms_.remove(call.alarm);
    if (call.over) return call.done(timeout(call.limit));
    call.done(std::move(outcome));
}

void SourceCalls::time_is_over(Id id) {
    const auto found = calls_.find(id);
    if (found == calls_.end()) return;
    found->second.over = true;
    const auto ticket = found->second.ticket;
    if (found->second.late == Late::at_once) ended(id, plugin::CallError());
    if (ticket != 0) caller_.cancel(ticket);
}

Problem refusal(const plugin::CallError& why) {
    const flow::RunError& error = why.error;
    Problem out{429, error.code, error.message, {}, 0, ""};
    const auto is = [&](int status, const char* code) {
        out.status = status;
        if (out.code.empty()) out.code = code;
    };
    switch (error.error_class) {
        case ErrorClass::auth:
            is(401, "verification");
            break;
        case ErrorClass::forbidden:
            is(403, "forbidden");
            break;
        case ErrorClass::validation:
            is(400, "invalid-event");
            break;
        case ErrorClass::not_found:
            is(404, "not-found");
            break;
        case ErrorClass::conflict:
            is(409, "conflict");
            break;
        default:
            is(429, "unavailable");
            out.retry_after_s =
                std::max(kRetrySoon, why.retry_after ? seconds_of(*why.retry_after) : kRetryLater);
            if (is_plugins_fault(why)) out.detail = "the plugin of this hook failed; send the event again";
            break;
    }
    if (out.detail.empty()) out.detail = "the plugin of this hook refuses the event";
    return out;
}

bool is_plugins_fault(const plugin::CallError& why) {
    switch (why.error.error_class) {
        case ErrorClass::auth:
        case ErrorClass::forbidden:
        case ErrorClass::validation:
        case ErrorClass::not_found:
        case ErrorClass::conflict:
        case ErrorClass::rate_limited:
        case ErrorClass::unavailable:
            return false;
        default:
            return true;
    }
}

}  // namespace tappet::trigger
