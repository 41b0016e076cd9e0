#include <algorithm>

#include "api/context.hpp"
#include "api/document.hpp"
#include "api/page.hpp"
#include "api/trigger_id.hpp"
#include "base/time_text.hpp"

namespace tappet::api {
namespace {

Value time_or_null(const std::optional<TimeMs>& time) {
    return time ? Value::string(to_rfc3339(*time)) : Value::null();
}

/// Whether it fires: `ended` is one that fires no more, `invalid` has a problem.
std::string state_of(const trigger::Schedules::Entry& entry) {
    if (entry.paused) return "paused";
    if (!entry.problem.empty()) return "invalid";
    return entry.next ? "active" : "ended";
}

Resource schedule_resource(const trigger::Schedules::Entry& entry) {
    return {
        "schedule", trigger_id(entry.flow, entry.trigger),
        Value::object({{"flow", Value::string(entry.flow)},
                       {"trigger", Value::string(entry.trigger)},
                       {"timezone", entry.zone.empty() ? Value::null() : Value::string(entry.zone)},
                       {"next", time_or_null(entry.next)},
                       {"accountedUntil", time_or_null(entry.last)},
                       {"state", Value::string(state_of(entry))},
                       {"pausedSince", time_or_null(entry.paused)},
                       {"problem", entry.problem.empty() ? Value::null() : Value::string(entry.problem)}})};
}

void list(const Context& context, Call call) {
    std::vector<Resource> all;
    for (const auto& entry :
         context.schedules ? context.schedules->entries() : std::vector<trigger::Schedules::Entry>())
        if (entry.tenant == call.tenant) all.push_back(schedule_resource(entry));
    call.respond.send(page_of(call, std::move(all)));
}

http::Response show(const Context& context, const Call& call) {
    const auto entry = context.schedules->entry(read_trigger_id(call.tenant, call.path[1]));
    if (!entry) return failure(call.request, 404, "not-found", "there is no schedule " + call.path[1]);
    return one(call.request, schedule_resource(*entry));
}

/// GET …/{flow}.{trigger}; POST …/pause, …/resume: each answers with the schedule, the latter two when it is
/// durable.
void act(const Context& context, Call call, const std::string& action) {
    if (auto refused = refuse_parameters(call, {})) return call.respond.send(std::move(*refused));
    if (!context.schedules)
        return call.respond.send(
            failure(call.request, 404, "not-found", "there is no schedule " + call.path[1]));
    if (action.empty()) return call.respond.send(show(context, call));
    const trigger::TriggerKey key = read_trigger_id(call.tenant, call.path[1]);
    const auto shared = std::make_shared<Call>(std::move(call));
    const auto done = [context, shared](const Result<void>& changed) {
        shared->respond.send(changed ? show(context, *shared) : failure_of(shared->request, changed.error()));
    };
    action == "pause" ? context.schedules->pause(key, done) : context.schedules->resume(key, done);
}

/// What POST …/backfill asks for, or what is wrong with it.
struct BackfillBody {
    trigger::BackfillRange range;
    bool dry_run = false;
    std::string problem;
};

BackfillBody read_backfill(const Value& json) {
    BackfillBody out;
    if (!json.is(Kind::map)) {
        out.problem = "the body is { from, to, older, dryRun }, the first two of RFC 3339";
        return out;
    }
    bool from = false, to = false;
    for (const MapEntry& entry : json.entries()) {
        const std::string_view name = entry.key.as_string();
        if (name == "from" || name == "to") {
            const auto time =
                entry.value.is(Kind::string) ? parse_rfc3339(entry.value.as_string()) : std::nullopt;
            if (!time)
                out.problem = std::string(name) + " must be a time of RFC 3339, such as 2027-03-14T00:00:00Z";
            else
                (name == "from" ? out.range.from : out.range.to) = *time;
            (name == "from" ? from : to) = true;
        } else if ((name == "older" || name == "dryRun") && entry.value.is(Kind::boolean)) {
            (name == "older" ? out.range.older : out.dry_run) = entry.value.as_boolean();
        } else {
            out.problem = std::string(name) + " is none of from, to, older and dryRun, or is no boolean";
        }
    }
    if (out.problem.empty() && !(from && to)) out.problem = "from and to are needed, both of RFC 3339";
    return out;
}

Resource backfill_resource(const Call& call, const BackfillBody& body,
                           const trigger::Schedules::Backfilled& done, const std::vector<TimeMs>* shown) {
    const auto count = [](std::size_t n) { return Value::integer(static_cast<std::int64_t>(n)); };
    std::vector<MapEntry> attributes{{Value::string("from"), Value::string(to_rfc3339(body.range.from))},
                                     {Value::string("to"), Value::string(to_rfc3339(body.range.to))},
                                     {Value::string("dryRun"), Value::boolean(body.dry_run)},
                                     {Value::string("instants"), count(done.instants)},
                                     {Value::string("started"), count(done.started)},
                                     {Value::string("duplicates"), count(done.duplicates)},
                                     {Value::string("filtered"), count(done.filtered)},
                                     {Value::string("refused"), count(done.refused)}};
    if (shown) {
        std::vector<Value> list;
        for (const TimeMs at : *shown) list.push_back(Value::string(to_rfc3339(at)));
        attributes.push_back({Value::string("at"), Value::list(std::move(list))});
    }
    return {"backfill", call.path[1], Value::map(std::move(attributes))};
}

/// POST …/{flow}.{trigger}/backfill.
void backfill(const Context& context, Call call) {
    if (auto refused = refuse_parameters(call, {})) return call.respond.send(std::move(*refused));
    const trigger::TriggerKey key = read_trigger_id(call.tenant, call.path[1]);
    auto read = read_json_body(call.request);
    if (auto* refused = std::get_if<http::Response>(&read)) return call.respond.send(std::move(*refused));
    const BackfillBody body = read_backfill(std::get<Value>(read));
    if (!body.problem.empty()) return call.respond.send(failure(call.request, 422, "invalid", body.problem));
    if (!context.schedules)
        return call.respond.send(failure(call.request, 404, "not-found", "there is no schedule here"));
    if (body.dry_run) {
        const auto found = context.schedules->backfill_instants(key, body.range);
        if (!found) return call.respond.send(failure_of(call.request, found.error()));
        const trigger::Schedules::Backfilled none{found->size(), 0, 0, 0, 0};
        return call.respond.send(one(call.request, backfill_resource(call, body, none, &*found)));
    }
    auto shared = std::make_shared<Call>(std::move(call));
    context.schedules->backfill(
        key, body.range, [shared, body](const Result<trigger::Schedules::Backfilled>& done) {
            if (!done) return shared->respond.send(failure_of(shared->request, done.error()));
            shared->respond.send(one(shared->request, backfill_resource(*shared, body, *done, nullptr)));
        });
}

}  // namespace

void schedules_resource(const Context& context, Call call) {
    const bool get = call.request.method == "GET" || call.request.method == "HEAD";
    const std::string action = call.path.size() > 2 ? call.path[2] : "";
    const bool known = action.empty() || action == "pause" || action == "resume" || action == "backfill";
    if (call.path.size() > 3 || !known)
        return call.respond.send(failure(call.request, 404, "not-found", "there is nothing at this address"));
    if (action.empty() ? !get : call.request.method != "POST")
        return call.respond.send(wrong_method(call.request, action.empty() ? "GET" : "POST"));
    if (call.path.size() == 1) return list(context, std::move(call));
    if (action == "backfill") return backfill(context, std::move(call));
    act(context, std::move(call), action);
}

}  // namespace tappet::api
