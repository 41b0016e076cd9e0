// Requests that hold several events, or may: what starts for them, in one transaction, and the answer.
#include "trigger/admission.hpp"
#include "trigger/answer.hpp"
#include "trigger/event.hpp"
#include "trigger/hooks.hpp"
#include "trigger/prefer.hpp"

namespace tappet::trigger {
namespace {

constexpr int kTaken = 202;

/// A synchronous trigger's status is that of one finished run: of several that are queued it would be untrue.
int status_of(const flow::TriggerPlan& trigger) {
    return trigger.mode == flow::RespondMode::sync ? kTaken : trigger.respond_status;
}

}  // namespace

Problem Hooks::of_event(Problem problem, std::size_t number, std::size_t count, std::string_view list,
                        std::string_view body) {
    if (count == 1) return problem;
    problem.detail =
        "event " + std::to_string(number + 1) + " of " + std::to_string(count) + ": " + problem.detail;
    for (auto& place : problem.errors)
        place.pointer = std::string(list) + std::to_string(number) + std::string(body) + place.pointer;
    return problem;
}

void Hooks::take_several(const RoutePtr& route, http::Request request, Value query,
                         std::vector<Incoming> events, http::Responder respond) {
    auto asked = std::make_shared<Asked>();
    asked->request = std::move(request);
    asked->query = std::move(query);
    asked->received = clock_.now();
    asked->respond = std::move(respond);
    asked->route = route;
    Batch batch;
    batch.events = events.size();
    for (std::size_t i = 0; i < events.size(); ++i) {
        const bool cloud = !events[i].cloud_event.is_null();
        if (!route->verifier->authenticates()) events[i].key.clear();
        if (const auto problem = add(batch, *asked, route, std::move(events[i])))
            return refuse(*asked, of_event(*problem, i, batch.events, "/", cloud ? "/data" : ""));
    }
    start_batch(asked, std::move(batch));
}

std::optional<Problem> Hooks::add(Batch& batch, const Asked& asked, const RoutePtr& route, Incoming event) {
    runtime::Start start;
    start.id = runtime_.new_id();
    start.flow = route->flow;
    start.trigger = route->trigger->id;
    start.config = route->config;
    start.event = make_event(start.id.text(), std::move(event.body), asked.request, asked.query,
                             asked.received, std::move(event.cloud_event), credential_of(*route->trigger));
    Admission admission =
        admit(*route->flow, *route->trigger, start.event, route->config, event.key, asked.received);
    if (admission.verdict == Admission::Verdict::refused) return admission.problem;
    if (admission.verdict == Admission::Verdict::filtered) {
        ++stats_.filtered;
        ++batch.filtered;
        return std::nullopt;
    }
    if (const auto size = runtime_.oversize(start)) return refusal(*size);
    start.claim = std::move(admission.claim);
    batch.starts.push_back(std::move(start));
    batch.routes.push_back(route);
    return std::nullopt;
}

void Hooks::start_batch(const AskedPtr& asked, Batch batch) {
    if (batch.starts.empty()) return answer_batch(asked, batch, {});
    if (batch.starts.size() > options_.max_starts)
        return refuse(*asked,
                      {413,
                       "too-many-runs",
                       "the request would start " + std::to_string(batch.starts.size()) +
                           " runs, the most is " + std::to_string(options_.max_starts) + "; send it in parts",
                       {},
                       0,
                       ""});
    // The one who asked can be told the answer of one run.
    if (asked->route && batch.starts.size() == 1 && !batch.answer)
        batch.starts[0].synchronous = asked->route->trigger->mode == flow::RespondMode::sync;
    auto starts = std::move(batch.starts);
    runtime_.start_together(std::move(starts), std::nullopt,
                            [this, asked, batch = std::move(batch),
                             alive = alive_](Result<std::vector<runtime::Accepted>> accepted) {
                                if (!*alive) return;
                                if (!accepted) return refuse(*asked, refusal(accepted.error()));
                                answer_batch(asked, batch, std::move(*accepted));
                            });
}

void Hooks::answer_batch(const AskedPtr& asked, const Batch& batch,
                         const std::vector<runtime::Accepted>& accepted) {
    const int status = asked->route ? status_of(*asked->route->trigger) : kTaken;
    std::vector<StartedRun> runs;
    bool fresh = accepted.empty();
    for (std::size_t i = 0; i < accepted.size(); ++i) {
        const bool duplicate = accepted[i].duplicate;
        duplicate ? ++stats_.replayed : ++stats_.accepted;
        fresh = fresh || !duplicate;
        runs.push_back({accepted[i].run, location_of(*batch.routes[i]->flow, accepted[i].run), duplicate});
    }
    http::Response response;
    if (batch.answer) {
        response = given_answer(*batch.answer);
    } else if (runs.empty()) {
        response = batch.filtered > 0 ? filtered_answer(asked->route ? status : 200) : ignored_answer(200);
    } else if (runs.size() == 1 && asked->route && asked->route->trigger->mode == flow::RespondMode::sync) {
        return await_answer(asked->route, runs[0].run, runs[0].duplicate,
                            patience(asked->request.headers, asked->route->trigger->respond_timeout),
                            std::move(asked->respond));
    } else if (batch.events == 1 && asked->route) {
        response = accepted_answer(status, runs[0].run, runs[0].location);
    } else {
        response = batch_answer(status, runs);
    }
    if (!fresh) response.headers.add("Idempotent-Replayed", "true");
    asked->respond.send(std::move(response));
}

}  // namespace tappet::trigger
