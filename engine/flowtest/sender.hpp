#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "flowtest/suite.hpp"
#include "runtime/config_vars.hpp"
#include "runtime/flows.hpp"
#include "runtime/runtime.hpp"
#include "trigger/problem.hpp"

namespace tappet::flowtest {

inline constexpr const char* kBaseUrl = "http://tappet.test";  ///< of the engine that tests see

/// Sends the events of one case on the way that they have at a hook (trigger/hooks.cpp), and keeps what is
/// answered. Senders are taken for who they should be: nothing is verified. On the loop's thread.
class Sender {
public:
    Sender(runtime::Runtime& runtime, const runtime::FlowHandle& flow, Value config, const Clock& clock,
           const std::vector<SentEvent>& events);
    ~Sender();

    void deliver(std::size_t event);
    /// When the next sender has waited long enough for his answer.
    std::optional<TimeMs> next_due() const;
    /// Tells one of those to come back; false when there is none.
    bool send_one_away();
    /// Answers that are being read from the store, in real time.
    std::size_t reading() const { return reading_; }

    /// {status, headers, body} by event, null where there is none yet.
    const std::vector<Value>& responses() const { return responses_; }
    const std::vector<RunId>& started() const { return started_; }
    /// What filters gave, with the trigger's id.
    const std::vector<std::pair<std::string, bool>>& filters() const { return filters_; }

private:
    struct Waiting {
        std::size_t event = 0;
        RunId run;
        TimeMs due;
        runtime::Runtime::WaiterId waiter = 0;
        bool replayed = false;
    };
    const flow::TriggerPlan& trigger_of(std::size_t event) const;
    http::Request request_of(std::size_t event) const;
    runtime::Start start_of(std::size_t event, const http::Request& request);
    void accepted(std::size_t event, const Result<runtime::Accepted>& result);
    void await(std::size_t event, const runtime::Accepted& accepted);
    void told(std::size_t event, const Result<runtime::Outcome>& outcome);
    void answer(std::size_t event, const http::Response& response);
    void refuse(std::size_t event, const trigger::Problem& problem);
    std::vector<Waiting>::iterator waiting_for(std::size_t event);
    std::string address(const RunId& run) const;

    runtime::Runtime& runtime_;
    runtime::FlowHandle flow_;
    Value config_;
    const Clock& clock_;
    const std::vector<SentEvent>& events_;
    std::vector<Value> responses_;
    std::vector<RunId> started_;
    std::vector<std::pair<std::string, bool>> filters_;
    std::vector<Waiting> waiting_;
    std::size_t reading_ = 0;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace tappet::flowtest
