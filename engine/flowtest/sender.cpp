#include "flowtest/sender.hpp"

#include <algorithm>

#include "flowtest/response.hpp"
#include "run/activation.hpp"
#include "trigger/admission.hpp"
#include "trigger/answer.hpp"
#include "trigger/event.hpp"

namespace tappet::flowtest {

Sender::Sender(runtime::Runtime& runtime, const runtime::FlowHandle& flow, Value config, const Clock& clock,
               const std::vector<SentEvent>& events)
    : runtime_(runtime),
      flow_(flow),
      config_(std::move(config)),
      clock_(clock),
      events_(events),
      responses_(events.size()) {}

Sender::~Sender() { *alive_ = false; }

const flow::TriggerPlan& Sender::trigger_of(std::size_t event) const {
    const auto& triggers = flow_->plan->triggers;
    return *std::find_if(triggers.begin(), triggers.end(),
                         [&](const auto& trigger) { return trigger.id == events_[event].trigger; });
}

std::string Sender::address(const RunId& run) const { return run::run_address(kBaseUrl, flow_->tenant, run); }

void Sender::answer(std::size_t event, const http::Response& response) {
    responses_[event] = response_value(response);
}

void Sender::refuse(std::size_t event, const trigger::Problem& problem) {
    answer(event, trigger::to_response(problem, runtime_.new_id().text()));
}

http::Request Sender::request_of(std::size_t event) const {
    const flow::TriggerPlan& trigger = trigger_of(event);
    http::Request out;
    out.method = events_[event].method;
    if (out.method.empty()) out.method = trigger.methods.empty() ? "POST" : trigger.methods.front();
    out.target = "/hooks/" + flow_->tenant + "/" +
                 (trigger.path.empty() ? flow_->plan->flow + "/" + trigger.id : trigger.path);
    out.headers = events_[event].headers;
    return out;
}

runtime::Start Sender::start_of(std::size_t event, const http::Request& request) {
    const flow::TriggerPlan& trigger = trigger_of(event);
    const SentEvent& sent = events_[event];
    runtime::Start start;
    start.id = runtime_.new_id();
    start.flow = flow_;
    start.trigger = trigger.id;
    start.config = config_;
    start.synchronous = trigger.mode == flow::RespondMode::sync;
    start.event = trigger.spec->kind == flow::TriggerKind::webhook
                      ? trigger::make_event(start.id.text(), sent.body, request, sent.query, clock_.now())
                      : trigger::make_event(start.id.text(), sent.body, clock_.now());
    return start;
}

void Sender::deliver(std::size_t event) {
    const flow::TriggerPlan& trigger = trigger_of(event);
    const http::Request request = request_of(event);
    const auto& methods = trigger.methods;
    if (!methods.empty() && std::find(methods.begin(), methods.end(), request.method) == methods.end())
        return refuse(event,
                      {405, "method-not-allowed", "this hook does not take " + request.method, {}, 0, ""});
    runtime::Start start = start_of(event, request);
    const bool known = trigger.verify && trigger.verify->preset != "none" && trigger.verify->preset != "ip";
    trigger::Admission admission =
        trigger::admit(*flow_, trigger, start.event, config_,
                       known ? trigger::sender_key(request.headers) : "", clock_.now());
    using Verdict = trigger::Admission::Verdict;
    const bool passes = admission.verdict != Verdict::filtered;
    if (trigger.filter && !(admission.problem && admission.problem->code == "filter-failed"))
        filters_.emplace_back(trigger.id, passes);
    if (admission.verdict == Verdict::refused) return refuse(event, *admission.problem);
    if (!passes) return answer(event, trigger::filtered_answer(trigger.respond_status));
    start.claim = admission.claim;
    runtime_.start(std::move(start), [this, event, alive = alive_](const Result<runtime::Accepted>& result) {
        if (*alive) accepted(event, result);
    });
}

void Sender::accepted(std::size_t event, const Result<runtime::Accepted>& result) {
    if (!result) return refuse(event, trigger::refusal(result.error()));
    if (!result->duplicate) started_.push_back(result->run);
    const flow::TriggerPlan& trigger = trigger_of(event);
    if (trigger.mode == flow::RespondMode::sync) return await(event, *result);
    http::Response response =
        trigger::accepted_answer(trigger.respond_status, result->run, address(result->run));
    if (result->duplicate) response.headers.add("Idempotent-Replayed", "true");
    answer(event, response);
}

void Sender::await(std::size_t event, const runtime::Accepted& accepted) {
    const bool stored = !runtime_.is_open(accepted.run);
    waiting_.push_back(
        {event, accepted.run, clock_.now() + trigger_of(event).respond_timeout, 0, accepted.duplicate});
    reading_ += stored ? 1 : 0;
    const auto waiter = runtime_.await_outcome(
        accepted.run, [this, event, stored, alive = alive_](const Result<runtime::Outcome>& outcome) {
            if (!*alive) return;
            reading_ -= stored ? 1 : 0;
            told(event, outcome);
        });
    if (const auto still = waiting_for(event); still != waiting_.end()) still->waiter = waiter;
}

std::vector<Sender::Waiting>::iterator Sender::waiting_for(std::size_t event) {
    return std::find_if(waiting_.begin(), waiting_.end(),
                        [&](const Waiting& one) { return one.event == event; });
}

void Sender::told(std::size_t event, const Result<runtime::Outcome>& outcome) {
    const auto found = waiting_for(event);
    if (found == waiting_.end()) return;
    const Waiting waited = *found;
    waiting_.erase(found);
    if (!outcome) return refuse(event, trigger::refusal(outcome.error()));
    http::Response response = trigger::synchronous_answer(*outcome, waited.run, address(waited.run));
    if (waited.replayed) response.headers.add("Idempotent-Replayed", "true");
    answer(event, response);
}

std::optional<TimeMs> Sender::next_due() const {
    const auto first = std::min_element(waiting_.begin(), waiting_.end(),
                                        [](const Waiting& a, const Waiting& b) { return a.due < b.due; });
    return first == waiting_.end() ? std::nullopt : std::optional(first->due);
}

bool Sender::send_one_away() {
    const auto late = std::find_if(waiting_.begin(), waiting_.end(),
                                   [&](const Waiting& one) { return one.due <= clock_.now(); });
    if (late == waiting_.end()) return false;
    const Waiting waited = *late;
    waiting_.erase(late);
    runtime_.forget(waited.run, waited.waiter);
    http::Response response = trigger::late_answer(waited.run, address(waited.run));
    if (waited.replayed) response.headers.add("Idempotent-Replayed", "true");
    answer(waited.event, response);
    return true;
}

}  // namespace tappet::flowtest
