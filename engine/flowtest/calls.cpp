#include "flowtest/calls.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>

#include "expr/json.hpp"

namespace tappet::flowtest {
namespace {

plugin::CallError cancelled() {
    plugin::CallError out;
    out.error.error_class = flow::ErrorClass::cancelled;
    out.error.message = "the call was cancelled";
    return out;
}

}  // namespace

Calls::Calls(const Stage& stage, const StepNames& names, const std::vector<Mock>& mocks)
    : stage_(stage), names_(names) {
    for (const Mock& mock : mocks) mocks_.push_back({&mock, 0});
}

Calls::~Calls() { *alive_ = false; }

plugin::Caller::Ticket Calls::call(const flow::ActionSpec& action, Value input, plugin::CallContext context,
                                   Done done) {
    RecordedCall record;
    record.action = action.name;
    record.path = context.step;
    if (const StepNames::Named* named = names_.at(context.step)) record.id = named->step->id;
    auto json = to_json_value(input);
    record.input = json ? std::move(*json) : input;
    record.attempt = context.attempt;
    Asked* asked = mock_of(record);
    recorded_.push_back(std::move(record));
    if (asked) {
        const auto& answers = asked->mock->answers;
        const std::size_t place = std::min(asked->calls++, answers.size() - 1);
        return answer_later(answers[place], std::move(done));
    }
    if (action.pure) return make(action, std::move(input), std::move(context), std::move(done));
    const MockAnswer answer = stand_in(action);
    std::string text;
    append_json(text, std::get<Value>(answer.outcome));
    const RecordedCall& made = recorded_.back();
    stood_in_.emplace(made.id.empty() ? made.path : made.id,
                      "is not mocked: " + made.action + " was not called and yielded " + text);
    return answer_later(answer, std::move(done));
}

/// What is said of this very item wins over what is said of the step, and that over what is said of the
/// action.
Calls::Asked* Calls::mock_of(const RecordedCall& call) {
    for (const std::string* name : {&call.path, &call.id, &call.action})
        for (Asked& one : mocks_)
            if (!name->empty() && one.mock->name == *name) return &one;
    return nullptr;
}

MockAnswer Calls::stand_in(const flow::ActionSpec& action) {
    MockAnswer out;
    if (auto sample = stage_.sample ? stage_.sample(action.name) : std::nullopt)
        out.outcome = std::move(*sample);
    else if (action.name == "core/http")
        out.outcome = Value::object(
            {{"status", Value::integer(200)}, {"headers", Value::object({})}, {"body", Value::null()}});
    return out;
}

plugin::Caller::Ticket Calls::answer_later(const MockAnswer& answer, Done done) {
    const Ticket ticket = ++last_;
    if (answer.never) {
        never_.emplace(ticket, std::move(done));
        return ticket;
    }
    Pending pending{std::move(done), Value()};
    if (const auto* error = std::get_if<flow::RunError>(&answer.outcome))
        pending.outcome = plugin::CallError{*error, answer.retry_after};
    else
        pending.outcome = std::get<Value>(answer.outcome);
    due_.emplace(Due{(stage_.clock.now() + answer.after).ms, ticket}, std::move(pending));
    return ticket;
}

plugin::Caller::Ticket Calls::make(const flow::ActionSpec& action, Value input, plugin::CallContext context,
                                   Done done) {
    const Ticket ticket = ++last_;
    real_.emplace(ticket, 0);
    const auto ended = [this, ticket, done = std::move(done), alive = alive_](plugin::CallOutcome outcome) {
        if (!*alive) return;
        real_.erase(ticket);
        done(std::move(outcome));
    };
    const Ticket theirs = stage_.caller.call(action, std::move(input), std::move(context), ended);
    const auto still = real_.find(ticket);
    if (still == real_.end()) return 0;
    still->second = theirs;
    return ticket;
}

void Calls::cancel(Ticket ticket) {
    if (const auto real = real_.find(ticket); real != real_.end()) return stage_.caller.cancel(real->second);
    if (const auto never = never_.find(ticket); never != never_.end()) {
        finish(std::move(never->second), cancelled());
        never_.erase(never);
        return;
    }
    const auto due = std::find_if(due_.begin(), due_.end(),
                                  [&](const auto& entry) { return entry.first.second == ticket; });
    if (due == due_.end()) return;
    finish(std::move(due->second.done), cancelled());
    due_.erase(due);
}

void Calls::cancel_real() {
    const auto real = real_;
    for (const auto& [ticket, theirs] : real) stage_.caller.cancel(theirs);
}

void Calls::finish(Done done, plugin::CallOutcome outcome) {
    boost::asio::post(stage_.loop, [done = std::move(done), outcome = std::move(outcome)]() mutable {
        done(std::move(outcome));
    });
}

std::optional<TimeMs> Calls::next_due() const {
    if (due_.empty()) return std::nullopt;
    return TimeMs{due_.begin()->first.first};
}

bool Calls::answer_one() {
    if (due_.empty() || due_.begin()->first.first > stage_.clock.now().ms) return false;
    Pending first = std::move(due_.begin()->second);
    due_.erase(due_.begin());
    finish(std::move(first.done), std::move(first.outcome));
    return true;
}

std::vector<std::string> Calls::notes() const {
    std::vector<std::string> out;
    out.reserve(stood_in_.size() + mocks_.size());
    for (const auto& [step, text] : stood_in_) {
        out.push_back("step " + step);
        out.back().append(" ").append(text);
    }
    for (const Asked& one : mocks_) {
        const std::size_t answers = one.mock->answers.size();
        if (one.calls == 0 && !one.mock->shared)
            out.push_back("the mock " + one.mock->name + " was never asked");
        else if (answers > 1 && one.calls > answers)
            out.push_back("the mock " + one.mock->name + " has " + std::to_string(answers) + " answers for " +
                          std::to_string(one.calls) + " calls: the last was given again");
    }
    return out;
}

}  // namespace tappet::flowtest
