#pragma once
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "plugin/host.hpp"

namespace tappet::test {

/// Actions under the hand of a test: calls are noted, and end when the test says so, or at once where
/// `answer` gives an outcome and the action is non_blocking. One thread.
class ScriptedCaller final : public plugin::Caller {
public:
    struct Call {
        std::string action;
        Value input;
        plugin::CallContext context;
        bool cancelled = false;
        bool ended = false;
        Done done;
    };
    /// Asked at each call of an action that is non_blocking; nothing: the call stays open.
    std::function<std::optional<plugin::CallOutcome>(const Call&)> answer;
    std::vector<Call> calls;

    Ticket call(const flow::ActionSpec& action, Value input, plugin::CallContext context,
                Done done) override {
        calls.push_back({action.name, std::move(input), std::move(context), false, false, {}});
        auto outcome = answer && action.non_blocking ? answer(calls.back()) : std::nullopt;
        if (!outcome) {
            calls.back().done = std::move(done);
            return calls.size();
        }
        calls.back().ended = true;
        done(std::move(*outcome));
        return 0;
    }
    void cancel(Ticket ticket) override { calls.at(ticket - 1).cancelled = true; }

    /// Ends an open call; the number is its place in `calls`.
    void finish(std::size_t number, plugin::CallOutcome outcome = Value()) {
        calls.at(number).ended = true;
        const Done done = std::exchange(calls[number].done, nullptr);
        done(std::move(outcome));
    }
    std::size_t open() const {
        std::size_t count = 0;
        for (const Call& call : calls) count += call.ended ? 0 : 1;
        return count;
    }
};

inline plugin::CallError call_error(flow::ErrorClass error,
                                    std::optional<std::chrono::milliseconds> retry_after = {}) {
    return {{error, "", "scripted", 0, ""}, retry_after};
}

}  // namespace tappet::test
