#include <algorithm>

#include "api/context.hpp"
#include "api/document.hpp"
#include "api/page.hpp"
#include "base/time_text.hpp"

namespace tappet::api {
namespace {

Value time_or_null(const std::optional<TimeMs>& time) {
    return time ? Value::string(to_rfc3339(*time)) : Value::null();
}

/// Whether it fires: `ended` is one that fires no more, `invalid` has a problem.
std::string state_of(const trigger::Schedules::Entry& entry) {
    if (!entry.problem.empty()) return "invalid";
    return entry.next ? "active" : "ended";
}

Resource schedule_resource(const trigger::Schedules::Entry& entry) {
    return {
        "schedule", entry.flow + "." + entry.trigger,
        Value::object({{"flow", Value::string(entry.flow)},
                       {"trigger", Value::string(entry.trigger)},
                       {"timezone", entry.zone.empty() ? Value::null() : Value::string(entry.zone)},
                       {"next", time_or_null(entry.next)},
                       {"accountedUntil", time_or_null(entry.last)},
                       {"state", Value::string(state_of(entry))},
                       {"problem", entry.problem.empty() ? Value::null() : Value::string(entry.problem)}})};
}

}  // namespace

void schedules_resource(const Context& context, Call call) {
    if (call.path.size() > 1)
        return call.respond.send(failure(call.request, 404, "not-found", "there is nothing at this address"));
    if (call.request.method != "GET" && call.request.method != "HEAD")
        return call.respond.send(wrong_method(call.request, "GET"));
    const auto page = read_page(call);
    if (!page) return call.respond.send(page.error());
    std::vector<Resource> all;
    for (const auto& entry :
         context.schedules ? context.schedules->entries() : std::vector<trigger::Schedules::Entry>())
        if (entry.tenant == call.tenant) all.push_back(schedule_resource(entry));
    std::ranges::sort(all, {}, &Resource::id);
    const Slice part = slice_by_name(call, *page, all.size(), [&](std::size_t i) { return all[i].id; });
    const std::vector<Resource> shown(all.begin() + static_cast<std::ptrdiff_t>(part.begin),
                                      all.begin() + static_cast<std::ptrdiff_t>(part.end));
    call.respond.send(many(call.request, shown, part.page));
}

}  // namespace tappet::api
