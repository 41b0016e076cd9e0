#include "api/context.hpp"
#include "api/document.hpp"
#include "api/page.hpp"

namespace tappet::api {
namespace {

Resource var_resource(const std::string& tenant, const std::string& name, const Value& value) {
    return {"var", name, Value::object({{"value", value}}),
            Value::object({{"tenant", related_one("tenant", tenant)}})};
}

void list(const Context& context, Call call) {
    const auto page = read_page(call);
    if (!page) return call.respond.send(page.error());
    const auto all = context.vars.all(call.tenant);
    if (!all) return call.respond.send(failure_of(call.request, all.error()));
    const std::vector<std::pair<std::string, Value>> vars(all->begin(), all->end());
    const auto name_of = [&](std::size_t i) { return vars[i].first; };
    const Slice part = slice_by_name(call, *page, vars.size(), name_of);
    std::vector<Resource> out;
    for (std::size_t i = part.begin; i < part.end; ++i)
        out.push_back(var_resource(call.tenant, vars[i].first, vars[i].second));
    call.respond.send(many(call.request, out, part.page));
}

}  // namespace

void vars_resource(const Context& context, Call call) {
    const bool get = call.request.method == "GET" || call.request.method == "HEAD";
    if (call.path.size() == 1) {
        if (!get) return call.respond.send(wrong_method(call.request, "GET"));
        return list(context, std::move(call));
    }
    if (call.path.size() != 2)
        return call.respond.send(failure(call.request, 404, "not-found", "there is nothing at this address"));
    if (call.request.method != "PUT" && call.request.method != "DELETE")
        return call.respond.send(wrong_method(call.request, "PUT, DELETE"));
    Value value;
    if (call.request.method == "PUT") {
        auto body = read_json_body(call.request);
        if (auto* refused = std::get_if<http::Response>(&body)) return call.respond.send(std::move(*refused));
        static constexpr std::string_view kPath[] = {"data", "attributes", "value"};
        const Value* given = std::get<Value>(body).at(kPath);
        if (!given)
            return call.respond.send(failure(call.request, 422, "invalid",
                                             "the body is { data: { type: var, attributes: { value } } }"));
        if (given->is_null())
            return call.respond.send(
                failure(call.request, 422, "invalid", "null is no value; DELETE removes a variable"));
        value = *given;
    }
    const std::string& name = call.path[1];
    if (auto set = context.vars.set(call.tenant, name, value, context.flows); !set)
        return call.respond.send(failure_of(call.request, set.error()));
    context.hooks.reload();  // their flows see the new value
    if (context.schedules) context.schedules->reload();
    if (context.outgoing) (void)context.outgoing->reload();  // logs its problems
    if (call.request.method == "DELETE") return call.respond.send({204, {}, ""});
    call.respond.send(one(call.request, var_resource(call.tenant, name, value)));
}

}  // namespace tappet::api
