#include <algorithm>

#include "api/context.hpp"
#include "api/document.hpp"
#include "api/page.hpp"
#include "api/trigger_id.hpp"
#include "base/time_text.hpp"

namespace tappet::api {
namespace {

constexpr std::string_view kSecretShown = "••••";

std::string state_of(const trigger::Polls::Entry& entry) {
    if (entry.paused) return "paused";
    return entry.failures > 0 ? "failing" : "active";
}

Resource poll_resource(const trigger::Polls::Entry& entry) {
    return {"poll", trigger_id(entry.flow, entry.trigger),
            Value::object({{"flow", Value::string(entry.flow)},
                           {"trigger", Value::string(entry.trigger)},
                           {"uses", Value::string(entry.uses)},
                           {"everyMs", Value::integer(entry.every.count())},
                           {"state", Value::string(state_of(entry))},
                           {"pausedSince", entry.paused ? Value::string(to_rfc3339(*entry.paused)) : Value()},
                           {"failures", Value::integer(entry.failures)},
                           {"problem", entry.problem.empty() ? Value() : Value::string(entry.problem)}})};
}

void list(const Context& context, Call call) {
    std::vector<Resource> all;
    for (const auto& entry : context.polls ? context.polls->entries() : std::vector<trigger::Polls::Entry>())
        if (entry.tenant == call.tenant) all.push_back(poll_resource(entry));
    call.respond.send(page_of(call, std::move(all)));
}

http::Response show(const Context& context, const Call& call) {
    const auto entry = context.polls->entry(read_trigger_id(call.tenant, call.path[1]));
    if (!entry) return failure(call.request, 404, "not-found", "there is no poll " + call.path[1]);
    return one(call.request, poll_resource(*entry));
}

/// GET …/{flow}.{trigger}; POST …/pause, …/resume: each answers with the poll, the latter two when it is
/// durable.
void act(const Context& context, Call call, const std::string& action) {
    if (auto refused = refuse_parameters(call, {})) return call.respond.send(std::move(*refused));
    if (!context.polls)
        return call.respond.send(failure(call.request, 404, "not-found", "there is no poll " + call.path[1]));
    if (action.empty()) return call.respond.send(show(context, call));
    const trigger::TriggerKey key = read_trigger_id(call.tenant, call.path[1]);
    const auto shared = std::make_shared<Call>(std::move(call));
    const auto done = [context, shared](const Result<void>& changed) {
        shared->respond.send(changed ? show(context, *shared) : failure_of(shared->request, changed.error()));
    };
    action == "pause" ? context.polls->pause(key, done) : context.polls->resume(key, done);
}

Resource cursor_resource(const Call& call, const Value& value, const std::optional<TimeMs>& time) {
    return {"poll-cursor", call.path[1],
            Value::object({{"cursor", value}, {"time", time ? Value::string(to_rfc3339(*time)) : Value()}})};
}

/// Sets where the poll goes on, and answers when that is durable.
void set_cursor(const Context& context, Call call, Value value) {
    const trigger::TriggerKey key = read_trigger_id(call.tenant, call.path[1]);
    auto shared = std::make_shared<Call>(std::move(call));
    context.polls->set_cursor(key, value, [&clock = context.clock, shared, value](const Result<void>& done) {
        if (!done) return shared->respond.send(failure_of(shared->request, done.error()));
        if (value.is_null()) return shared->respond.send({204, {}, ""});
        shared->respond.send(one(shared->request, cursor_resource(*shared, value, clock.now())));
    });
}

/// The cursor that a PUT's body gives, or what is wrong with it.
Result<Value> read_cursor(const Value& json, std::string_view body) {
    static constexpr std::string_view kAttributes[] = {"data", "attributes"};
    const Value* attributes = json.at(kAttributes);
    const Value* cursor = attributes ? attributes->find("cursor") : nullptr;
    if (!cursor)
        return Error::invalid("the body is { data: { type: poll-cursor, attributes: { cursor, secret } } }");
    if (cursor->is_null()) return Error::invalid("null is no cursor; DELETE lets it begin anew");
    if (body.find(kSecretShown) != std::string_view::npos)
        return Error::invalid("the cursor holds " + std::string(kSecretShown) +
                              ", which stands for a secret where a cursor is shown: give what it stands for, "
                              "and secret: true");
    const Value* secret = attributes->find("secret");
    if (secret && !secret->is(Kind::boolean)) return Error::invalid("secret is true or false");
    return secret && secret->as_boolean() ? cursor->as_secret() : *cursor;
}

/// GET, PUT and DELETE of …/{flow}.{trigger}/cursor.
void cursor(const Context& context, Call call) {
    if (auto refused = refuse_parameters(call, {})) return call.respond.send(std::move(*refused));
    const trigger::TriggerKey key = read_trigger_id(call.tenant, call.path[1]);
    if (!context.polls || !context.polls->entry(key))
        return call.respond.send(failure(call.request, 404, "not-found", "there is no poll " + call.path[1]));
    if (call.request.method == "DELETE") return set_cursor(context, std::move(call), Value());
    if (call.request.method == "PUT") {
        auto body = read_json_body(call.request);
        if (auto* refused = std::get_if<http::Response>(&body)) return call.respond.send(std::move(*refused));
        auto value = read_cursor(std::get<Value>(body), call.request.body);
        if (!value) return call.respond.send(failure_of(call.request, value.error()));
        return set_cursor(context, std::move(call), std::move(*value));
    }
    if (call.request.method != "GET" && call.request.method != "HEAD")
        return call.respond.send(wrong_method(call.request, "GET, PUT, DELETE"));
    const auto shared = std::make_shared<Call>(std::move(call));
    context.polls->cursor(key, [shared](const Result<trigger::Polls::Cursor>& found) {
        shared->respond.send(found ? one(shared->request, cursor_resource(*shared, found->value, found->time))
                                   : failure_of(shared->request, found.error()));
    });
}

}  // namespace

void polls_resource(const Context& context, Call call) {
    const bool get = call.request.method == "GET" || call.request.method == "HEAD";
    const std::string action = call.path.size() > 2 ? call.path[2] : "";
    if (call.path.size() == 3 && action == "cursor") return cursor(context, std::move(call));
    if (call.path.size() > 3 || (!action.empty() && action != "pause" && action != "resume"))
        return call.respond.send(failure(call.request, 404, "not-found", "there is nothing at this address"));
    if (action.empty() ? !get : call.request.method != "POST")
        return call.respond.send(wrong_method(call.request, action.empty() ? "GET" : "POST"));
    if (call.path.size() == 1) return list(context, std::move(call));
    act(context, std::move(call), action);
}

}  // namespace tappet::api
