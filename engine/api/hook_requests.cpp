#include <charconv>
#include <memory>

#include "api/context.hpp"
#include "api/document.hpp"
#include "api/page.hpp"
#include "base/time_text.hpp"
#include "expr/json.hpp"

namespace tappet::api {
namespace {

Resource request_resource(const store::Rejected& row) {
    std::vector<MapEntry> attributes;
    const auto add = [&](std::string_view name, Value value) {
        attributes.push_back({Value::string(name), std::move(value)});
    };
    add("tenant", Value::string(row.tenant));
    add("flow", Value::string(row.flow));
    add("trigger", Value::string(row.trigger));
    add("time", Value::string(to_rfc3339(row.time)));
    add("status", Value::integer(row.status));
    add("code", Value::string(row.code));
    const JsonParsed data = parse_json(row.data);
    if (data.ok && data.value.is(Kind::map))
        for (const MapEntry& entry : data.value.entries()) attributes.push_back(entry);
    return {"hook-request", row.id.text(), Value::map(std::move(attributes))};
}

struct Parameter {
    std::string_view name, takes;
};
constexpr Parameter kParameters[] = {{"filter[flow]", "the name of a flow"},
                                     {"filter[trigger]", "the id of a trigger"},
                                     {"filter[status]", "one status, such as 401"},
                                     {"page[size]", "1 to 500"},
                                     {"page[after]", "what meta.next said"}};

bool read_field(store::RejectedFilter& filter, std::string_view name, std::string_view text) {
    if (name == "filter[flow]") return filter.flow = std::string(text), true;
    if (name == "filter[trigger]") return filter.trigger = std::string(text), true;
    if (name == "filter[status]") {
        int status = 0;
        const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), status);
        filter.status = status;
        return failed == std::errc() && end == text.data() + text.size() && status >= 400 && status <= 599;
    }
    if (name == "page[after]") return filter.after = Uuid::parse(text), filter.after.has_value();
    if (name == "page[size]") {
        const auto size = read_page_size(text);
        filter.limit = size.value_or(filter.limit);
        return size.has_value();
    }
    return false;
}

boost::system::result<store::RejectedFilter, http::Response> read_filter(const Call& call) {
    store::RejectedFilter out;
    out.tenant = call.tenant;
    std::vector<std::string> names;
    for (const Parameter& parameter : kParameters) names.emplace_back(parameter.name);
    if (auto refused = refuse_parameters(call, names)) return std::move(*refused);
    for (const Parameter& parameter : kParameters)
        if (const auto text = call.parameter(parameter.name); text && !read_field(out, parameter.name, *text))
            return failure(call.request, 400, "invalid-parameter",
                           std::string(parameter.name) + " takes " + std::string(parameter.takes),
                           std::string(parameter.name));
    return out;
}

/// Answers with what `work` gives of the store, away from the loop, once what waits to be written is.
void answer_later(const Context& context, const std::shared_ptr<Call>& call,
                  std::function<http::Response(store::Store&)> work) {
    auto read = [&background = context.background, &store = context.store, call, work = std::move(work)] {
        background.run([&store, work] { return work(store); },
                       [call](http::Response response) { call->respond.send(std::move(response)); });
    };
    if (context.rejected) return context.rejected->settle(std::move(read));
    read();
}

void list(const Context& context, Call call) {
    const auto filter = read_filter(call);
    if (!filter) return call.respond.send(filter.error());
    auto shared = std::make_shared<Call>(std::move(call));
    answer_later(context, shared, [shared, filter = *filter](store::Store& store) {
        const auto found = store.rejected(filter);
        if (!found) return failure_of(shared->request, found.error());
        std::vector<Resource> out;
        for (const store::Rejected& row : found->rows) out.push_back(request_resource(row));
        Page page;
        if (found->more && !found->rows.empty()) page = page_behind(*shared, found->rows.back().id.text());
        const Value more = Value::integer(static_cast<std::int64_t>(found->unkept));
        return many(shared->request, out, page, {{Value::string("notKept"), more}});
    });
}

void remove(const Context& context, Call call) {
    if (auto refused = refuse_parameters(call, {"filter[flow]"}))
        return call.respond.send(std::move(*refused));
    const auto flow = call.parameter("filter[flow]");
    if (!flow || flow->empty())
        return call.respond.send(failure(call.request, 400, "invalid-parameter",
                                         "say whose requests are deleted, by filter[flow]", "filter[flow]"));
    auto shared = std::make_shared<Call>(std::move(call));
    answer_later(context, shared, [shared, flow = std::string(*flow)](store::Store& store) {
        const auto removed = store.remove_rejected(shared->tenant, flow);
        return removed ? http::Response{204, {}, ""} : failure_of(shared->request, removed.error());
    });
}

void show(const Context& context, Call call, const Uuid& id) {
    if (auto refused = refuse_parameters(call, {})) return call.respond.send(std::move(*refused));
    auto shared = std::make_shared<Call>(std::move(call));
    answer_later(context, shared, [shared, id](store::Store& store) {
        const auto found = store.rejected_one(shared->tenant, id);
        return found ? one(shared->request, request_resource(*found))
                     : failure_of(shared->request, found.error());
    });
}

}  // namespace

void hook_requests_resource(const Context& context, Call call) {
    const bool get = call.request.method == "GET" || call.request.method == "HEAD";
    if (call.path.size() == 1) {
        if (get) return list(context, std::move(call));
        if (call.request.method == "DELETE") return remove(context, std::move(call));
        return call.respond.send(wrong_method(call.request, "GET, DELETE"));
    }
    const auto id = call.path.size() == 2 ? Uuid::parse(call.path[1]) : std::nullopt;
    if (!id)
        return call.respond.send(
            failure(call.request, 404, "not-found", "there is no refused request " + call.path[1]));
    if (!get) return call.respond.send(wrong_method(call.request, "GET"));
    show(context, std::move(call), *id);
}

}  // namespace tappet::api
