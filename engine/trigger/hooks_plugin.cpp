// Requests that a plugin reads: those to a trigger that `handles`, and those to a plugin's own address.
#include <algorithm>

#include "base/log.hpp"
#include "trigger/admission.hpp"
#include "trigger/answer.hpp"
#include "trigger/event.hpp"
#include "trigger/hooks.hpp"

namespace tappet::trigger {
namespace {

constexpr std::string_view kApps = "/hooks/@";
constexpr const char* kAppMethods = "GET, POST";

Value timestamp(TimeMs time) {
    const auto ms = ((time.ms % 1'000) + 1'000) % 1'000;
    return Value::timestamp((time.ms - ms) / 1'000, static_cast<std::int32_t>(ms * 1'000'000));
}

/// What TAPPET_CALL_HOOK is given; docs/ABI.md.
Value hook_input(const http::Request& request, const Value& query, TimeMs received, Value settings) {
    return Value::object({{"method", Value::string(request.method)},
                          {"path", Value::string(request.path())},
                          {"query", query},
                          {"headers", headers_value(request.headers)},
                          {"body", Value::bytes(request.body)},
                          {"receivedAt", timestamp(received)},
                          {"settings", std::move(settings)}});
}

}  // namespace

void Hooks::ask_plugin(const RoutePtr& route, http::Request request, http::Responder respond) {
    const flow::TriggerPlan& trigger = *route->trigger;
    auto asked = std::make_shared<Asked>();
    asked->request = std::move(request);
    asked->respond = std::move(respond);
    asked->route = route;
    asked->rate = route->rate;
    asked->plugin =
        trigger.spec->name + ", for trigger " + trigger.id + " of flow " + route->flow->plan->flow;
    plugin::CallContext context;
    context.tenant = route->flow->tenant;
    context.flow = route->flow->plan->flow;
    context.step = trigger.id;
    ask(asked, [&](plugin::TriggerCaller& caller, plugin::Caller::Done done) {
        context.deadline = clock_.now() + options_.call;
        Value input = hook_input(asked->request, asked->query, asked->received, route->settings);
        return caller.hook(*trigger.spec, std::move(input), std::move(context), std::move(done));
    });
}

void Hooks::ask_app(http::Request request, http::Responder respond) {
    const std::string name(request.path().substr(kApps.size()));
    if (request.method != "GET" && request.method != "POST")
        return refuse(respond, {405,
                                "method-not-allowed",
                                std::string("a plugin's address takes ") + kAppMethods,
                                {},
                                0,
                                kAppMethods});
    if (const auto why = runtime_.refusing()) return refuse(respond, refusal(*why));
    auto settings = plugins_.settings ? plugins_.settings(name) : Result<Value>(Value::object({}));
    if (!settings) {
        log::warn("plugin {}: plugins.settings refuses every request at its address: {}", name,
                  settings.error().message);
        return refuse(
            respond,
            {401, "verification", "this address's verification is not set up on the server", {}, 0, ""});
    }
    auto asked = std::make_shared<Asked>();
    asked->request = std::move(request);
    asked->respond = std::move(respond);
    asked->plugin = name + ", at its own address";
    asked->app = name;
    ask(asked, [&](plugin::TriggerCaller& caller, plugin::Caller::Done done) {
        plugin::CallContext context;
        context.deadline = clock_.now() + options_.call;
        Value input = hook_input(asked->request, asked->query, asked->received, std::move(*settings));
        return caller.app_hook(name, std::move(input), std::move(context), std::move(done));
    });
}

void Hooks::ask(const AskedPtr& asked, const SourceCalls::Begin& begin) {
    if (const auto problem = read_query(asked->request, asked->query)) return refuse(*asked, *problem);
    asked->received = clock_.now();
    calls_.run(options_.call, SourceCalls::Late::at_once, begin,
               [this, asked](plugin::CallOutcome outcome) { read(asked, std::move(outcome)); });
}

/// What the plugin made of the request.
void Hooks::read(const AskedPtr& asked, plugin::CallOutcome outcome) {
    if (const auto* failed = std::get_if<plugin::CallError>(&outcome)) {
        if (is_plugins_fault(*failed))
            log::error("plugin {}: a request could not be read: {}: {}", asked->plugin,
                       flow::to_string(failed->error.error_class), failed->error.message);
        return refuse(*asked, refusal(*failed));
    }
    auto told = read_hook(std::get<Value>(outcome));
    if (!told) {
        log::error("plugin {}: the result of a request is not what docs/ABI.md says: {}", asked->plugin,
                   told.error().message);
        return refuse(*asked, {429,
                               "unavailable",
                               "the plugin of this hook failed; send the event again",
                               {},
                               kRetryLater,
                               ""});
    }
    if (!told->events.empty() && !asked->rate) {
        // Only plugins that are there come here: the names of the table are theirs.
        auto& rate = app_rates_[asked->app];
        if (!rate) rate = std::make_shared<Rate>(options_.rate);
        asked->rate = rate;
    }
    if (!told->events.empty() && !asked->rate->take(clock_.steady()))
        return refuse(*asked, {429, "rate-limit", "too many events at this hook", {}, kRetrySoon, ""});
    Batch batch;
    batch.events = told->events.size();
    batch.answer = std::move(told->answer);
    for (std::size_t i = 0; i < told->events.size(); ++i) {
        ToldEvent& event = told->events[i];
        const auto problem = asked->route ? add(batch, *asked, asked->route,
                                                {std::move(event.body), Value::null(), plugin_key(event.id)})
                                          : add_listeners(batch, *asked, event);
        if (problem) return refuse(*asked, of_event(*problem, i, batch.events, "/events/", "/body"));
    }
    start_batch(asked, std::move(batch));
}

/// An event at a plugin's own address, for every trigger that listens to it. A flow whose trigger refuses it
/// keeps it from no other.
std::optional<Problem> Hooks::add_listeners(Batch& batch, const Asked& asked, const ToldEvent& event) {
    const auto listeners = listeners_.find(asked.app);
    if (listeners == listeners_.end()) return std::nullopt;
    const auto tenants = plugins_.owners.tenants_of(asked.app, event.owner);
    for (RoutePtr& route : listeners->second) {
        const auto& types = route->trigger->spec->events;
        if (std::find(types.begin(), types.end(), event.type) == types.end()) continue;
        if (std::find(tenants.begin(), tenants.end(), route->flow->tenant) == tenants.end()) continue;
        if (route->unreadable) route = make_route(route->flow, *route->trigger);
        if (route->unreadable)
            return Problem{429, "unavailable", "the variables of a flow cannot be read", {}, kRetryLater, ""};
        const auto problem = add(batch, asked, route, {event.body, Value::null(), plugin_key(event.id)});
        if (!problem) continue;
        // The event alone: the request may hold those of other tenants.
        if (options_.rejected)
            options_.rejected->event({runtime_.new_id(), route->flow->tenant, route->flow->plan->flow,
                                      route->trigger->id, clock_.now()},
                                     route->trigger->spec->name, event.body, *problem, route->redactor);
        log::warn("trigger {} of flow {} refuses an event {} of plugin {}: {}", route->trigger->id,
                  route->flow->plan->flow, event.type, asked.app, problem->detail);
    }
    return std::nullopt;
}

}  // namespace tappet::trigger
