#include <chrono>

#include "api/context.hpp"
#include "api/document.hpp"
#include "api/page.hpp"
#include "api/run_resource.hpp"
#include "base/encoding.hpp"
#include "trigger/admission.hpp"
#include "trigger/event.hpp"

namespace tappet::api {
namespace {

Value text_or_null(const std::string& text) { return text.empty() ? Value::null() : Value::string(text); }

/// What a sender has to know to sign for the trigger: the settings, and the names of secrets, never a secret.
Value verification(const flow::VerifyPlan& plan) {
    std::vector<MapEntry> out{{Value::string("preset"), Value::string(plan.preset)}};
    const auto add = [&](std::string_view name, Value value) {
        out.push_back({Value::string(name), std::move(value)});
    };
    const auto text = [&](std::string_view name, const std::string& value) {
        if (!value.empty()) add(name, Value::string(value));
    };
    const auto texts = [&](std::string_view name, const std::vector<std::string>& values) {
        std::vector<Value> items;
        items.reserve(values.size());
        for (const std::string& value : values) items.push_back(Value::string(value));
        if (!items.empty()) add(name, Value::list(std::move(items)));
    };
    text("header", plan.header);
    text("algorithm", plan.algorithm);
    text("encoding", plan.encoding);
    text("prefix", plan.prefix);
    text("template", plan.body_template);
    texts("algorithms", plan.algorithms);
    text("audience", plan.audience);
    text("issuer", plan.issuer);
    if (plan.legacy) add("legacy", Value::boolean(true));
    add("toleranceMs", Value::integer(plan.tolerance.count()));
    texts("secrets", plan.secret_names);
    return Value::map(std::move(out));
}

Value trigger_document(const Context& context, const runtime::Flow& flow, const flow::TriggerPlan& trigger) {
    std::vector<Value> methods;
    for (const std::string& method : trigger.methods) methods.push_back(Value::string(method));
    const bool hook = trigger.spec && trigger.spec->kind == flow::TriggerKind::webhook;
    return Value::object(
        {{"id", Value::string(trigger.id)},
         {"uses", trigger.spec ? Value::string(trigger.spec->name) : Value::null()},
         {"url",
          hook ? Value::string(context.base_url + context.hooks.path_of(flow, trigger)) : Value::null()},
         {"methods", Value::list(std::move(methods))},
         {"verify", trigger.verify ? Value::string(trigger.verify->preset) : Value::null()},
         {"verification", trigger.verify ? verification(*trigger.verify) : Value::null()},
         {"mode", Value::string(trigger.mode == flow::RespondMode::sync ? "sync" : "async")}});
}

Resource flow_resource(const Context& context, const runtime::Flow& flow, bool with_source) {
    std::vector<Value> triggers;
    for (const auto& trigger : flow.plan->triggers)
        triggers.push_back(trigger_document(context, flow, trigger));
    std::vector<Value> config;
    for (const auto& variable : flow.plan->config) config.push_back(Value::string(variable.name));
    std::vector<Value> missing;
    if (const auto names = context.vars.missing(flow))
        for (const std::string& name : *names) missing.push_back(Value::string(name));
    std::vector<MapEntry> out;
    const auto add = [&](std::string_view name, Value value) {
        out.push_back({Value::string(name), std::move(value)});
    };
    add("tenant", Value::string(flow.tenant));
    add("title", text_or_null(flow.plan->title));
    add("description", text_or_null(flow.plan->description));
    add("version", Value::integer(flow.version));
    add("enabled", Value::boolean(true));
    add("file", text_or_null(flow.file));
    add("steps", Value::integer(static_cast<std::int64_t>(flow.plan->step_storage.size())));
    add("triggers", Value::list(std::move(triggers)));
    add("config", Value::list(std::move(config)));
    add("missingConfig", Value::list(std::move(missing)));
    if (with_source) add("source", Value::string(flow.plan->source));
    const std::string runs =
        "/v2/tenants/" + percent_encode(flow.tenant) + "/runs?filter[flow]=" + flow.plan->flow;
    return {"flow", flow.plan->flow, Value::map(std::move(out)),
            Value::object({{"tenant", related_one("tenant", flow.tenant)}, {"runs", related_many(runs)}})};
}

/// What starts a trigger that is not started by hand, and how to try its flow.
std::string how_started(const flow::TriggerPlan& trigger) {
    if (!trigger.poll) return "send its hook an event";
    return "it polls every " +
           std::to_string(std::chrono::duration_cast<std::chrono::seconds>(trigger.poll->every).count()) +
           "s; to try its flow with an event of your own: tappet run FILE --trigger " + trigger.id;
}

/// POST …/flows/{flow}/triggers/{id}: starts a manual trigger with the body as its event.
void start_manual(const Context& context, Call call, const runtime::FlowHandle& flow) {
    const flow::TriggerPlan* trigger = nullptr;
    for (const auto& candidate : flow->plan->triggers)
        if (candidate.id == call.path[3]) trigger = &candidate;
    if (!trigger)
        return call.respond.send(failure(call.request, 404, "not-found",
                                         "flow " + flow->plan->flow + " has no trigger " + call.path[3]));
    if (!trigger->spec || trigger->spec->kind != flow::TriggerKind::manual)
        return call.respond.send(
            failure(call.request, 409, "not-manual",
                    "trigger " + trigger->id + " is not started by hand: " + how_started(*trigger)));
    auto read = read_json_body(call.request);
    if (auto* refused = std::get_if<http::Response>(&read)) return call.respond.send(std::move(*refused));
    Value& body = std::get<Value>(read);
    auto config = context.vars.of(*flow);
    if (!config) return call.respond.send(failure_of(call.request, config.error()));
    const TimeMs now = context.clock.now();
    runtime::Start start;
    start.id = context.runtime.new_id();
    start.flow = flow;
    start.trigger = trigger->id;
    start.event = trigger::make_event(start.id.text(), std::move(body), now);
    start.config = *config;
    start.synchronous = trigger->mode == flow::RespondMode::sync;
    const auto key = call.request.headers.get("idempotency-key");
    auto admission =
        trigger::admit(*flow, *trigger, start.event, *config, key ? std::string(*key) : std::string(), now);
    if (admission.verdict == trigger::Admission::Verdict::refused)
        return call.respond.send(to_response(*admission.problem, context.runtime.new_id().text()));
    if (admission.verdict == trigger::Admission::Verdict::filtered)
        return call.respond.send(none(call.request, Value::object({{"status", Value::string("filtered")}})));
    start.claim = admission.claim;
    auto shared = std::make_shared<Call>(std::move(call));
    context.runtime.start(std::move(start),
                          [context, shared, flow](const Result<runtime::Accepted>& accepted) {
                              if (!accepted)
                                  return shared->respond.send(failure_of(shared->request, accepted.error()));
                              shared->respond.send(started(context, *shared, flow->plan->flow, *accepted));
                          });
}

void list(const Context& context, Call call) {
    const auto page = read_page(call);
    if (!page) return call.respond.send(page.error());
    auto flows = context.flows.all();
    std::erase_if(flows, [&](const auto& flow) { return flow->tenant != call.tenant; });
    const auto name_of = [&](std::size_t i) { return flows[i]->plan->flow; };
    const Slice part = slice_by_name(call, *page, flows.size(), name_of);
    std::vector<Resource> out;
    for (std::size_t i = part.begin; i < part.end; ++i)
        out.push_back(flow_resource(context, *flows[i], false));
    call.respond.send(many(call.request, out, part.page));
}

}  // namespace

void flows_resource(const Context& context, Call call) {
    const bool get = call.request.method == "GET" || call.request.method == "HEAD";
    if (call.path.size() == 1) {
        if (!get) return call.respond.send(wrong_method(call.request, "GET"));
        return list(context, std::move(call));
    }
    const auto flow = context.flows.current(call.tenant, call.path[1]);
    if (!flow)
        return call.respond.send(failure(call.request, 404, "not-found", "there is no flow " + call.path[1]));
    if (call.path.size() == 2) {
        if (!get) return call.respond.send(wrong_method(call.request, "GET"));
        return call.respond.send(one(call.request, flow_resource(context, *flow, true)));
    }
    if (call.path.size() == 4 && call.path[2] == "triggers") {
        if (call.request.method != "POST") return call.respond.send(wrong_method(call.request, "POST"));
        return start_manual(context, std::move(call), flow);
    }
    call.respond.send(failure(call.request, 404, "not-found", "there is nothing at this address"));
}

}  // namespace tappet::api
