#include <algorithm>

#include "api/context.hpp"
#include "api/document.hpp"
#include "api/page.hpp"
#include "api/trigger_id.hpp"
#include "base/time_text.hpp"

namespace tappet::api {
namespace {

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
    const auto page = read_page(call);
    if (!page) return call.respond.send(page.error());
    std::vector<Resource> all;
    for (const auto& entry : context.polls ? context.polls->entries() : std::vector<trigger::Polls::Entry>())
        if (entry.tenant == call.tenant) all.push_back(poll_resource(entry));
    std::ranges::sort(all, {}, &Resource::id);
    const Slice part = slice_by_name(call, *page, all.size(), [&](std::size_t i) { return all[i].id; });
    const std::vector<Resource> shown(all.begin() + static_cast<std::ptrdiff_t>(part.begin),
                                      all.begin() + static_cast<std::ptrdiff_t>(part.end));
    call.respond.send(many(call.request, shown, part.page));
}

/// GET …/{flow}.{trigger}; POST …/pause, …/resume: each answers with the poll.
http::Response act(const Context& context, const Call& call, const std::string& action) {
    if (auto refused = refuse_parameters(call, {})) return std::move(*refused);
    const trigger::TriggerKey key = read_trigger_id(call.tenant, call.path[1]);
    if (!context.polls || !context.polls->entry(key))
        return failure(call.request, 404, "not-found", "there is no poll " + call.path[1]);
    Result<void> done;
    if (action == "pause") done = context.polls->pause(key);
    if (action == "resume") done = context.polls->resume(key);
    if (!done) return failure_of(call.request, done.error());
    return one(call.request, poll_resource(*context.polls->entry(key)));
}

}  // namespace

void polls_resource(const Context& context, Call call) {
    const bool get = call.request.method == "GET" || call.request.method == "HEAD";
    const std::string action = call.path.size() > 2 ? call.path[2] : "";
    if (call.path.size() > 3 || (!action.empty() && action != "pause" && action != "resume"))
        return call.respond.send(failure(call.request, 404, "not-found", "there is nothing at this address"));
    if (action.empty() ? !get : call.request.method != "POST")
        return call.respond.send(wrong_method(call.request, action.empty() ? "GET" : "POST"));
    if (call.path.size() == 1) return list(context, std::move(call));
    call.respond.send(act(context, call, action));
}

}  // namespace tappet::api
