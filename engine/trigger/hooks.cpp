#include "trigger/hooks.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/log.hpp"
#include "run/activation.hpp"
#include "trigger/admission.hpp"
#include "trigger/answer.hpp"
#include "trigger/body.hpp"
#include "trigger/event.hpp"
#include "trigger/prefer.hpp"
#include "trigger/problem.hpp"

namespace tappet::trigger {
namespace {

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
    return out;
}

std::string root_of(const runtime::Flow& flow) { return "/hooks/" + flow.tenant + "/"; }

/// The address that is the trigger's own, whatever else is served.
std::string address_of(const runtime::Flow& flow, const flow::TriggerPlan& trigger) {
    return root_of(flow) + flow.plan->flow + "/" + trigger.id;
}

/// Whether the trigger has an address beside that of its plugin.
bool has_address(const flow::TriggerPlan& trigger) { return trigger.verify || trigger.spec->handles; }

std::string name_of(const runtime::Flow& flow, const flow::TriggerPlan& trigger) {
    return "trigger " + trigger.id + " of flow " + flow.plan->flow;
}

/// Whether asking again cannot help.
bool is_lasting(ErrorCode code) {
    return code == ErrorCode::not_found || code == ErrorCode::invalid || code == ErrorCode::corrupt;
}

/// How the value is had that is missing, where that is a secret.
std::string remedy_of(std::string_view missing) {
    constexpr std::string_view kUnset = "no such value: secrets.";
    const std::size_t at = missing.rfind(kUnset);
    if (at == std::string_view::npos) return {};
    return ": set TAPPET_SECRET_" + std::string(missing.substr(at + kUnset.size()));
}

}  // namespace

Hooks::Hooks(boost::asio::io_context& loop, runtime::Runtime& runtime, runtime::Flows& flows,
             runtime::ConfigVars& vars, const Clock& clock, FindSecret secret, HookPlugins plugins,
             HookOptions options)
    : runtime_(runtime),
      flows_(flows),
      vars_(vars),
      clock_(clock),
      secret_(std::move(secret)),
      plugins_(std::move(plugins)),
      options_(std::move(options)),
      alarms_(loop, clock),
      calls_(plugins_.caller, alarms_),
      alarm_(loop) {}

Hooks::~Hooks() { *alive_ = false; }

std::vector<std::string> Hooks::reload() {
    std::vector<std::string> problems;
    routes_.clear();
    listeners_.clear();
    std::vector<std::pair<std::string, RoutePtr>> paths;
    std::map<std::string, std::shared_ptr<Rate>> rates;
    for (const runtime::FlowHandle& flow : flows_.all()) {
        for (const flow::TriggerPlan& trigger : flow->plan->triggers) {
            if (!trigger.spec || trigger.spec->kind != flow::TriggerKind::webhook) continue;
            const RoutePtr route = make_route(flow, trigger);
            const std::string address = address_of(*flow, trigger);
            if (!route->problem.empty())
                problems.push_back(name_of(*flow, trigger) + " refuses every request: " + route->problem);
            rates.emplace(address, route->rate);
            if (!trigger.spec->events.empty())
                listeners_[std::string(trigger.spec->plugin())].push_back(route);
            if (!has_address(trigger)) continue;
            routes_.emplace(address, route);
            if (!trigger.path.empty()) paths.emplace_back(root_of(*flow) + trigger.path, route);
        }
    }
    for (auto& [path, route] : paths) {
        const auto [at, free] = routes_.emplace(path, route);
        const Route& owner = *at->second;
        if (free || owner.trigger == route->trigger) continue;
        problems.push_back(name_of(*route->flow, *route->trigger) + ": the path " + path + " belongs to " +
                           name_of(*owner.flow, *owner.trigger) +
                           " and is not served for it; give it another");
    }
    rates_ = std::move(rates);
    for (const std::string& problem : problems) log::warn("{}", problem);
    return problems;
}

Hooks::RoutePtr Hooks::make_route(const runtime::FlowHandle& flow, const flow::TriggerPlan& trigger) {
    auto route = std::make_shared<Route>();
    route->flow = flow;
    route->trigger = &trigger;
    const auto rate = rates_.find(address_of(*flow, trigger));
    route->rate = rate == rates_.end() ? std::make_shared<Rate>(options_.rate) : rate->second;
    auto config = vars_.of(*flow);
    if (!config) {
        route->problem = config.error().message;
        route->unreadable = true;
        return route;
    }
    route->config = std::move(*config);
    std::vector<std::string> secrets;
    const SettingsActivation activation(*flow, route->config, secret_);
    if (trigger.verify) {
        for (const flow::Template& secret : trigger.verify->secrets) {
            auto value = secret.evaluate(activation);
            if (!value.ok)
                route->problem = "verify: " + value.error.message + remedy_of(value.error.message);
            else if (!value.value.is(Kind::string))
                route->problem = "verify: a secret is no string";
            else
                secrets.emplace_back(value.value.as_string());
        }
        auto handshake = Handshake::make(*trigger.verify, options_.rate, activation);
        if (handshake)
            route->handshake = std::move(*handshake);
        else
            route->problem = handshake.error().message;
    }
    if (trigger.spec->handles) {
        auto settings = settings_of(*flow, trigger, route->config, secret_);
        if (settings)
            route->settings = std::move(*settings);
        else
            route->problem = settings.error().message;
    }
    std::vector<std::string> hidden = secrets;
    hidden.push_back(route->handshake.token());
    route->redactor = Redactor(hidden, route->settings, std::string(credential_of(trigger)));
    if (!route->problem.empty()) return route;
    auto verifier = trigger.verify ? make_verifier(*trigger.verify, std::move(secrets))
                                   : Result<std::unique_ptr<Verifier>>(make_none());
    if (verifier)
        route->verifier = std::move(*verifier);
    else
        route->problem = verifier.error().message;
    return route;
}

std::string Hooks::path_of(const runtime::Flow& flow, const flow::TriggerPlan& trigger) const {
    if (trigger.spec && !has_address(trigger)) return "/hooks/@" + std::string(trigger.spec->plugin());
    if (!trigger.path.empty()) {
        std::string path = root_of(flow) + trigger.path;
        const auto found = routes_.find(path);
        if (found != routes_.end() && found->second->trigger == &trigger) return path;
    }
    return address_of(flow, trigger);
}

std::vector<Hooks::Address> Hooks::addresses() const {
    std::vector<Address> out;
    for (const auto& [path, route] : routes_)
        out.push_back({path, joined(route->trigger->methods), route->flow->tenant, route->flow->plan->flow,
                       route->trigger->id,
                       route->trigger->verify ? route->trigger->verify->preset : "plugin"});
    std::sort(out.begin(), out.end(), [](const Address& a, const Address& b) { return a.path < b.path; });
    return out;
}

std::string Hooks::location_of(const runtime::Flow& flow, const RunId& run) const {
    return run::run_address(options_.base_url, flow.tenant, run);
}

void Hooks::refuse(http::Responder& respond, const Problem& problem) {
    problem.status == 429 ? ++stats_.limited : ++stats_.refused;
    respond.send(to_response(problem, runtime_.new_id().text()));
}

http::Response Hooks::refusal_of(const Problem& problem, const Route* route, const http::Request& request) {
    problem.status == 429 ? ++stats_.limited : ++stats_.refused;
    const Uuid id = runtime_.new_id();
    // Without its variables a flow's secrets are not known either, and could stand in what is kept.
    if (options_.rejected && route && !route->unreadable)
        options_.rejected->request(
            {id, route->flow->tenant, route->flow->plan->flow, route->trigger->id, clock_.now()}, request,
            problem, route->redactor);
    return to_response(problem, id.text());
}

http::Response Hooks::refuse_body(const http::Request& head, const std::string& detail) {
    const RoutePtr route = route_to(head);
    return refusal_of({413, "too-large", detail, {}, 0, ""}, route.get(), head);
}

void Hooks::refuse(http::Responder& respond, const Problem& problem, const Route* route,
                   const http::Request& request, std::string challenge) {
    http::Response response = refusal_of(problem, route, request);
    if (!challenge.empty()) response.headers.add("WWW-Authenticate", std::move(challenge));
    respond.send(std::move(response));
}

/// Null when there is none at the request's path. No segment of an address holds a slash: an encoded one,
/// which is no separator, leads nowhere.
Hooks::RoutePtr Hooks::route_to(const http::Request& request) {
    const std::string_view path = request.path();
    std::optional<std::string> decoded(path);
    if (path.find('%') != std::string_view::npos) {
        decoded = percent_decode(path);
        if (decoded &&
            std::count(decoded->begin(), decoded->end(), '/') != std::count(path.begin(), path.end(), '/'))
            return nullptr;
    }
    const auto found = decoded ? routes_.find(*decoded) : routes_.end();
    if (found == routes_.end()) return nullptr;
    if (found->second->unreadable) {
        const RoutePtr before = found->second;
        found->second = make_route(before->flow, *before->trigger);
    }
    return found->second;
}

/// Also says what of the headers is no text.
std::optional<Problem> Hooks::read_query(const http::Request& request, Value& query) const {
    if (const auto why = unreadable_header(request.headers))
        return Problem{400, "invalid-header", *why, {}, 0, ""};
    query = Value::object({});
    if (request.query().empty()) return std::nullopt;
    auto read = read_form(request.query());
    if (!read) return Problem{400, "invalid-query", "the query " + read.error().message, {}, 0, ""};
    query = std::move(*read);
    return std::nullopt;
}

void Hooks::handle(http::Request request, http::Responder respond) {
    if (!ready_)
        return refuse(respond,
                      {429, "starting", "the engine is starting; send the event again", {}, kRetryLater, ""});
    if (request.path().starts_with("/hooks/@")) return ask_app(std::move(request), std::move(respond));
    const RoutePtr route = route_to(request);
    if (!route) return refuse(respond, {404, "no-such-hook", "there is no hook at this address", {}, 0, ""});
    const flow::TriggerPlan& trigger = *route->trigger;
    const auto& methods = trigger.methods;
    const auto refused = [&](const Problem& why) { refuse(respond, why, route.get(), request); };
    if (const auto answer =
            route->problem.empty() ? route->handshake.answer(request, joined(methods)) : std::nullopt) {
        if (const auto* problem = std::get_if<Problem>(&*answer)) return refused(*problem);
        return respond.send(std::get<http::Response>(*answer));
    }
    if (!methods.empty() && std::find(methods.begin(), methods.end(), request.method) == methods.end())
        return refused(
            {405, "method-not-allowed", "this hook takes " + joined(methods), {}, 0, joined(methods)});
    if (route->unreadable)
        return refuse(
            respond,
            {429, "unavailable", "the variables of this hook's flow cannot be read", {}, kRetryLater, ""});
    if (!route->problem.empty())
        return refused(
            {401, "verification", "this hook's verification is not set up on the server", {}, 0, ""});
    if (const auto why = runtime_.refusing()) return refuse(respond, refusal(*why));
    if (trigger.spec->handles) return ask_plugin(route, std::move(request), std::move(respond));
    if (const auto why = route->verifier->refuse(request, clock_.now()))
        return refuse(respond, {401, "verification", *why, {}, 0, ""}, route.get(), request,
                      route->verifier->challenge());
    if (auto greeting = route->verifier->greet(request)) return respond.send(std::move(*greeting));
    // Behind the verification: who cannot sign cannot use up what the sender may send.
    if (!route->rate->take(clock_.steady()))
        return refused({429, "rate-limit", "too many events at this hook", {}, kRetrySoon, ""});
    Value query;
    if (const auto problem = read_query(request, query)) return refused(*problem);
    if (const auto problem = undo_encoding(request, options_.max_body)) return refused(*problem);
    auto read = read_incoming(request, trigger.split, options_.max_events);
    if (const auto* problem = std::get_if<Problem>(&read)) return refused(*problem);
    auto& events = std::get<std::vector<Incoming>>(read);
    if (events.size() != 1)
        return take_several(route, std::move(request), std::move(query), std::move(events),
                            std::move(respond));
    Incoming& event = events.front();

    runtime::Start start;
    start.id = runtime_.new_id();
    start.flow = route->flow;
    start.trigger = trigger.id;
    start.config = route->config;
    start.synchronous = trigger.mode == flow::RespondMode::sync;
    const TimeMs now = clock_.now();
    start.event = make_event(start.id.text(), std::move(event.body), request, std::move(query), now,
                             std::move(event.cloud_event), credential_of(trigger));
    Admission admission = admit(*route->flow, trigger, start.event, route->config,
                                route->verifier->authenticates() ? event.key : "", now);
    if (admission.verdict == Admission::Verdict::refused) return refused(*admission.problem);
    if (admission.verdict == Admission::Verdict::filtered) {
        ++stats_.filtered;
        return respond.send(filtered_answer(trigger.respond_status));
    }
    start.claim = std::move(admission.claim);
    const auto wait = patience(request.headers, trigger.respond_timeout);
    auto sender = std::make_shared<Sender>(Sender{std::move(respond), &request});
    runtime_.start(std::move(start),
                   [this, route, sender, wait, alive = alive_](const Result<runtime::Accepted>& result) {
                       if (*alive) accepted(route, wait, result, *sender);
                   });
    sender->request = nullptr;
}

void Hooks::accepted(const RoutePtr& route, std::chrono::milliseconds patience,
                     const Result<runtime::Accepted>& result, Sender& sender) {
    http::Responder respond = std::move(sender.respond);
    if (!result && sender.request)
        return refuse(respond, refusal(result.error()), route.get(), *sender.request);
    if (!result) return refuse(respond, refusal(result.error()));
    result->duplicate ? ++stats_.replayed : ++stats_.accepted;
    if (route->trigger->mode == flow::RespondMode::sync)
        return await_answer(route, result->run, result->duplicate, patience, std::move(respond));
    http::Response response =
        accepted_answer(route->trigger->respond_status, result->run, location_of(*route->flow, result->run));
    if (result->duplicate) response.headers.add("Idempotent-Replayed", "true");
    respond.send(std::move(response));
}

void Hooks::await_answer(const RoutePtr& route, const RunId& run, bool replayed,
                         std::chrono::milliseconds patience, http::Responder respond) {
    const auto due = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.steady()) + patience;
    const std::pair<std::int64_t, std::uint64_t> key{due.count(), ++asked_};
    std::string location = location_of(*route->flow, run);
    if (patience.count() <= 0)
        return send_away({run, 0, std::make_shared<http::Responder>(std::move(respond)), location, replayed});
    auto shared = std::make_shared<http::Responder>(std::move(respond));
    Waiting& waiting = waiting_[key];
    waiting = Waiting{run, 0, shared, location, replayed};
    const auto waiter =
        runtime_.await_outcome(run, [this, key, run, shared, replayed, location,
                                     alive = alive_](const Result<runtime::Outcome>& outcome) {
            if (!*alive || waiting_.erase(key) == 0) return;  // it was told to come back meanwhile
            // The run of a repeated event may be deleted, or of a version that cannot be read any more: what
            // it answered does not come back, however often it is asked for.
            if (!outcome && is_lasting(outcome.error().code))
                return send_away({run, 0, shared, location, replayed});
            if (!outcome)
                return refuse(*shared, {429, "unavailable", outcome.error().message, {}, kRetryLater, ""});
            if (!outcome->answer) ++stats_.failed;
            http::Response response = synchronous_answer(*outcome, run, location);
            if (replayed) response.headers.add("Idempotent-Replayed", "true");
            shared->send(std::move(response));
        });
    if (const auto still = waiting_.find(key); still != waiting_.end()) {
        still->second.waiter = waiter;
        if (!alarm_armed_) arm();
    }
}

/// 202 and the run's address.
void Hooks::send_away(Waiting late) {
    runtime_.forget(late.run, late.waiter);
    http::Response response = late_answer(late.run, late.location);
    if (late.replayed) response.headers.add("Idempotent-Replayed", "true");
    late.respond->send(std::move(response));
}

void Hooks::send_waiting_away() {
    auto waiting = std::exchange(waiting_, {});
    for (auto& [due, late] : waiting) send_away(std::move(late));
}

/// Senders that have waited long enough are sent away.
void Hooks::arm() {
    if (waiting_.empty()) return;
    const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.steady());
    const std::chrono::milliseconds wait(
        std::clamp<std::int64_t>(waiting_.begin()->first.first - now.count(), 0, 1'000));
    alarm_armed_ = true;
    alarm_.expires_after(wait);
    alarm_.async_wait([this, alive = alive_](const boost::system::error_code& error) {
        if (error || !*alive) return;
        alarm_armed_ = false;
        const auto at = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.steady()).count();
        while (!waiting_.empty() && waiting_.begin()->first.first <= at) {
            Waiting late = std::move(waiting_.begin()->second);
            waiting_.erase(waiting_.begin());
            send_away(std::move(late));
        }
        arm();
    });
}

}  // namespace tappet::trigger
