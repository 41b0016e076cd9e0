#include <array>
#include <map>

#include "api/context.hpp"
#include "api/document.hpp"
#include "api/page.hpp"
#include "base/time_text.hpp"
#include "expr/json.hpp"
#include "outgoing/deliverer.hpp"

namespace tappet::api {
namespace {

using CallPtr = std::shared_ptr<Call>;

Value time_or_null(TimeMs time) { return time.ms == 0 ? Value::null() : Value::string(to_rfc3339(time)); }
Value text_or_null(const std::string& text) { return text.empty() ? Value::null() : Value::string(text); }

std::string_view status_of(const store::OutgoingRow& row) {
    static constexpr std::array<std::string_view, 3> kNames{"pending", "delivered", "failed"};
    return row.held ? "held" : kNames[static_cast<std::size_t>(row.state.status)];
}

/// `body`: what is sent is shown, too.
Resource message_resource(const store::OutgoingRow& row, bool body) {
    const store::OutgoingMessage& message = row.message;
    const store::OutgoingState& state = row.state;
    const bool waits = state.status == store::OutgoingStatus::pending && !row.held;
    std::vector<MapEntry> attributes{
        {Value::string("flow"), Value::string(message.to.flow)},
        {Value::string("endpoint"), Value::string(message.to.name)},
        {Value::string("version"), Value::integer(message.version)},
        {Value::string("run"), Value::string(message.run.text())},
        {Value::string("type"), Value::string(message.type)},
        {Value::string("status"), Value::string(status_of(row))},
        {Value::string("attempts"), Value::integer(state.attempts)},
        {Value::string("createdAt"), Value::string(to_rfc3339(message.id.time()))},
        {Value::string("nextAttemptAt"), waits ? time_or_null(state.due) : Value::null()},
        {Value::string("lastAttemptAt"), time_or_null(state.tried)},
        {Value::string("lastStatus"), state.answer == 0 ? Value::null() : Value::integer(state.answer)},
        {Value::string("lastError"), text_or_null(state.error)}};
    if (body) {
        auto read = read_json(message.body);
        attributes.push_back({Value::string("body"), read ? std::move(*read) : Value::null()});
    }
    return {"outgoing-message", message.id.text(), Value::map(std::move(attributes))};
}

Resource endpoint_resource(const store::OutgoingEndpoint& endpoint, std::uint64_t waiting) {
    const bool disabled = endpoint.disabled.ms != 0, failing = endpoint.failing_since.ms != 0;
    return {"outgoing-endpoint", endpoint.address.flow + "." + endpoint.address.name,
            Value::object({{"flow", Value::string(endpoint.address.flow)},
                           {"endpoint", Value::string(endpoint.address.name)},
                           {"status", Value::string(disabled  ? "disabled"
                                                    : failing ? "failing"
                                                              : "active")},
                           {"failingSince", time_or_null(endpoint.failing_since)},
                           {"disabledSince", time_or_null(endpoint.disabled)},
                           {"reason", text_or_null(endpoint.reason)},
                           {"waiting", Value::integer(static_cast<std::int64_t>(waiting))}})};
}

bool read_status(store::OutgoingFilter& filter, std::string_view text) {
    using store::OutgoingStatus;
    if (text == "pending" || text == "held") {
        filter.status = OutgoingStatus::pending;
        filter.held = text == "held";
    } else if (text == "delivered" || text == "failed") {
        filter.status = text == "failed" ? OutgoingStatus::failed : OutgoingStatus::delivered;
    }
    return filter.status.has_value();
}

bool read_field(store::OutgoingFilter& filter, std::string_view name, std::string_view text) {
    if (name == "filter[status]") return read_status(filter, text);
    if (name == "filter[flow]") return filter.flow = std::string(text), true;
    if (name == "filter[run]") return filter.run = Uuid::parse(text), filter.run.has_value();
    if (name == "page[after]") return filter.after = Uuid::parse(text), filter.after.has_value();
    const auto size = read_page_size(text);
    filter.limit = size.value_or(filter.limit);
    return size.has_value();
}

struct Parameter {
    std::string_view name, takes;
};
constexpr std::array<Parameter, 5> kParameters{{{"filter[status]", "pending, held, delivered or failed"},
                                                {"filter[flow]", "the name of a flow"},
                                                {"filter[run]", "the id of a run"},
                                                {"page[size]", "1 to 500"},
                                                {"page[after]", "what meta.next said"}}};

/// The filter that the query names, or the answer that says what is wrong with it.
boost::system::result<store::OutgoingFilter, http::Response> read_filter(const Call& call) {
    std::vector<std::string> names;
    for (const Parameter& parameter : kParameters) names.emplace_back(parameter.name);
    if (auto refused = refuse_parameters(call, names)) return std::move(*refused);
    store::OutgoingFilter filter;
    filter.tenant = call.tenant;
    for (const Parameter& parameter : kParameters) {
        const auto text = call.parameter(parameter.name);
        if (!text || read_field(filter, parameter.name, *text)) continue;
        const std::string name(parameter.name);
        return failure(call.request, 400, "invalid-parameter",
                       name + " takes " + std::string(parameter.takes) + ", and stands once", name);
    }
    return filter;
}

void list(const Context& context, Call call) {
    auto filter = read_filter(call);
    if (!filter) return call.respond.send(filter.error());
    const auto shared = std::make_shared<Call>(std::move(call));
    context.background.run(
        [&store = context.store, shared, filter = *filter] {
            const auto found = store.outgoing_list(filter);
            if (!found) return failure_of(shared->request, found.error());
            std::vector<Resource> out;
            for (const auto& row : found->rows) out.push_back(message_resource(row, false));
            Page page;
            if (found->more) page = page_behind(*shared, found->rows.back().message.id.text());
            return many(shared->request, out, page);
        },
        [shared](http::Response response) { shared->respond.send(std::move(response)); });
}

void show(const Context& context, Call call, const Uuid& id) {
    if (auto refused = refuse_parameters(call, {})) return call.respond.send(std::move(*refused));
    const auto shared = std::make_shared<Call>(std::move(call));
    context.background.run(
        [&store = context.store, shared, id] { return store.outgoing(shared->tenant, id); },
        [shared](const Result<store::OutgoingRow>& row) {
            shared->respond.send(row ? one(shared->request, message_resource(*row, true))
                                     : failure_of(shared->request, row.error()));
        });
}

void resend(const Context& context, Call call, const Uuid& id) {
    const auto shared = std::make_shared<Call>(std::move(call));
    context.outgoing->resend(shared->tenant, id, [shared](const Result<store::OutgoingRow>& row) {
        shared->respond.send(row ? one(shared->request, message_resource(*row, true), 202)
                                 : failure_of(shared->request, row.error()));
    });
}

void list_endpoints(const Context& context, Call call) {
    const auto page = read_page(call);
    if (!page) return call.respond.send(page.error());
    const auto shared = std::make_shared<Call>(std::move(call));
    context.background.run(
        [&store = context.store, shared, page = *page] {
            const auto known = store.outgoing_endpoints(shared->tenant);
            if (!known) return failure_of(shared->request, known.error());
            // In order of flow and name, which is that of the ids but for a hyphen before a dot.
            std::map<std::string, const store::OutgoingEndpoint*> by_id;
            for (const auto& endpoint : *known)
                by_id[endpoint.address.flow + "." + endpoint.address.name] = &endpoint;
            std::vector<std::string> ids;
            for (const auto& [id, endpoint] : by_id) ids.push_back(id);
            const Slice part =
                slice_by_name(*shared, page, ids.size(), [&](std::size_t i) { return ids[i]; });
            std::vector<Resource> out;
            for (std::size_t i = part.begin; i < part.end; ++i) {
                const store::OutgoingEndpoint& endpoint = *by_id[ids[i]];
                const auto waiting = store.outgoing_waiting(endpoint.address);
                if (!waiting) return failure_of(shared->request, waiting.error());
                out.push_back(endpoint_resource(endpoint, *waiting));
            }
            return many(shared->request, out, part.page);
        },
        [shared](http::Response response) { shared->respond.send(std::move(response)); });
}

void enable(const Context& context, Call call) {
    const std::string id = call.path[1];
    const std::size_t dot = id.find('.');
    const store::OutgoingAddress address{call.tenant, id.substr(0, dot),
                                         dot == std::string::npos ? "" : id.substr(dot + 1)};
    const auto shared = std::make_shared<Call>(std::move(call));
    context.outgoing->enable(address, [context, shared](const Result<store::OutgoingEndpoint>& endpoint) {
        if (!endpoint) return shared->respond.send(failure_of(shared->request, endpoint.error()));
        context.background.run(
            [&store = context.store, address = endpoint->address] { return store.outgoing_waiting(address); },
            [shared, kept = *endpoint](const Result<std::uint64_t>& waiting) {
                shared->respond.send(one(shared->request, endpoint_resource(kept, waiting ? *waiting : 0)));
            });
    });
}

http::Response nothing_here(const Call& call) {
    return failure(call.request, 404, "not-found", "there is nothing at this address");
}

bool is_get(const Call& call) { return call.request.method == "GET" || call.request.method == "HEAD"; }

}  // namespace

void outgoing_resource(const Context& context, Call call) {
    const bool acts = call.path.size() == 3;
    if (!context.outgoing || call.path.size() > 3 || (acts && call.path[2] != "resend"))
        return call.respond.send(nothing_here(call));
    if (acts ? call.request.method != "POST" : !is_get(call))
        return call.respond.send(wrong_method(call.request, acts ? "POST" : "GET"));
    if (call.path.size() == 1) return list(context, std::move(call));
    const auto id = Uuid::parse(call.path[1]);
    if (!id)
        return call.respond.send(
            failure(call.request, 404, "not-found", "there is no message " + call.path[1]));
    if (acts) return resend(context, std::move(call), *id);
    show(context, std::move(call), *id);
}

void outgoing_endpoints_resource(const Context& context, Call call) {
    const bool acts = call.path.size() == 3;
    if (!context.outgoing || call.path.size() == 2 || call.path.size() > 3 ||
        (acts && call.path[2] != "enable"))
        return call.respond.send(nothing_here(call));
    if (acts ? call.request.method != "POST" : !is_get(call))
        return call.respond.send(wrong_method(call.request, acts ? "POST" : "GET"));
    if (acts) return enable(context, std::move(call));
    list_endpoints(context, std::move(call));
}

}  // namespace tappet::api
