#pragma once
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "expr/json.hpp"
#include "plugin/host.hpp"

namespace tappet::test {

/// Plugins as sources of events under the hand of a test: each call is noted, and ends when the test says so,
/// or at once where `answer` is set. One thread.
class ScriptedSources final : public plugin::TriggerCaller {
public:
    struct Call {
        std::string kind;  ///< "hook crm/received", "app crm", "poll crm/changes"
        Value input;
        plugin::CallContext context;
        bool cancelled = false, ended = false;
        plugin::Caller::Done done;
        const Value& in(std::string_view name) const { return *input.find(name); }
    };
    std::function<plugin::CallOutcome(const Call&)> answer;
    std::vector<Call> calls;

    plugin::Caller::Ticket hook(const flow::TriggerSpec& trigger, Value request, plugin::CallContext context,
                                plugin::Caller::Done done) override {
        return note("hook " + trigger.name, std::move(request), std::move(context), std::move(done));
    }
    plugin::Caller::Ticket app_hook(std::string_view plugin, Value request, plugin::CallContext context,
                                    plugin::Caller::Done done) override {
        return note("app " + std::string(plugin), std::move(request), std::move(context), std::move(done));
    }
    plugin::Caller::Ticket poll(const flow::TriggerSpec& trigger, Value input, plugin::CallContext context,
                                plugin::Caller::Done done) override {
        return note("poll " + trigger.name, std::move(input), std::move(context), std::move(done));
    }
    void cancel(plugin::Caller::Ticket ticket) override { calls.at(ticket - 1).cancelled = true; }

    bool under_way(plugin::Caller::Ticket ticket) const override { return at_it.contains(ticket); }
    std::set<plugin::Caller::Ticket> at_it;  ///< calls that go on though they were ended here

    /// Ends an open call, the last one where no number is given.
    void finish(plugin::CallOutcome outcome) { finish(calls.size() - 1, std::move(outcome)); }
    void finish(std::size_t number, plugin::CallOutcome outcome) {
        Call& call = calls.at(number);
        call.ended = true;
        const auto done = std::exchange(call.done, nullptr);
        done(std::move(outcome));
    }
    std::size_t open() const {
        std::size_t count = 0;
        for (const Call& call : calls) count += call.ended ? 0 : 1;
        return count;
    }

private:
    plugin::Caller::Ticket note(std::string kind, Value input, plugin::CallContext context,
                                plugin::Caller::Done done) {
        calls.push_back(
            {std::move(kind), std::move(input), std::move(context), false, false, std::move(done)});
        const auto ticket = calls.size();
        if (answer) finish(ticket - 1, answer(calls.back()));
        return ticket;
    }
};

inline Value json(std::string_view text) { return read_json(text).value(); }

}  // namespace tappet::test
