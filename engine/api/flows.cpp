#include "api/context.hpp"
#include "api/document.hpp"
#include "expr/json.hpp"
#include "trigger/admission.hpp"
#include "trigger/event.hpp"

namespace tappet::api {
namespace {

Value text_or_null(const std::string& text) { return text.empty() ? Value::null() : Value::string(text); }

Value trigger_document(const Context& context, const runtime::Flow& flow, const flow::TriggerPlan& trigger) {
    std::vector<Value> methods;
    for (const std::string& method : trigger.methods) methods.push_back(Value::string(method));
    const bool hook = trigger.spec && trigger.spec->kind == flow::TriggerKind::webhook;
    const std::string place = trigger.path.empty() ? flow.plan->flow + "/" + trigger.id : trigger.path;
    return Value::object(
        {{"id", Value::string(trigger.id)},
         {"uses", trigger.spec ? Value::string(trigger.spec->name) : Value::null()},
         {"url",
          hook ? Value::string(context.base_url + "/hooks/" + flow.tenant + "/" + place) : Value::null()},
         {"methods", Value::list(std::move(methods))},
         {"verify", trigger.verify ? Value::string(trigger.verify->preset) : Value::null()},
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
    return {"flow", flow.plan->flow, Value::map(std::move(out))};
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
                    "trigger " + trigger->id + " is not started by hand; send its hook an event"));
    Value body;
    if (!call.request.body.empty()) {
        JsonParsed parsed = parse_json(call.request.body);
        if (!parsed.ok)
            return call.respond.send(failure(call.request, 400, "invalid-json",
                                             "the body is not JSON: " + parsed.error.message + " at byte " +
                                                 std::to_string(parsed.error.offset)));
        body = std::move(parsed.value);
    }
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
        return call.respond.send(
            one(call.request, {"run", "", Value::object({{"status", Value::string("filtered")}})}));
    start.claim = admission.claim;
    auto shared = std::make_shared<Call>(std::move(call));
    context.runtime.start(
        std::move(start), [shared, base = context.base_url](const Result<runtime::Accepted>& accepted) {
            if (!accepted) return shared->respond.send(failure_of(shared->request, accepted.error()));
            const std::string id = accepted->run.text();
            http::Response response = one(
                shared->request, {"run", id, Value::object({{"status", Value::string("queued")}})}, {}, 202);
            response.headers.add("location", base + "/v2/tenants/" + shared->tenant + "/runs/" + id);
            if (accepted->duplicate) response.headers.add("idempotent-replayed", "true");
            shared->respond.send(std::move(response));
        });
}

}  // namespace

void flows_resource(const Context& context, Call call) {
    const bool get = call.request.method == "GET" || call.request.method == "HEAD";
    if (call.path.size() == 1) {
        if (!get) return call.respond.send(wrong_method(call.request, "GET"));
        std::vector<Resource> out;
        for (const auto& flow : context.flows.all())
            if (flow->tenant == call.tenant) out.push_back(flow_resource(context, *flow, false));
        return call.respond.send(many(call.request, out));
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
