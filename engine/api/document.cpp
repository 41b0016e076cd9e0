#include "api/document.hpp"

#include "expr/json.hpp"
#include "trigger/body.hpp"

namespace tappet::api {
namespace {

Value member(std::string_view name) { return Value::string(name); }

Value identifier(const std::string& type, const std::string& id) {
    return Value::object({{"type", Value::string(type)}, {"id", Value::string(id)}});
}

Value resource_value(const Resource& resource) {
    std::vector<MapEntry> out;
    out.push_back({member("type"), Value::string(resource.type)});
    out.push_back({member("id"), Value::string(resource.id)});
    out.push_back({member("attributes"), resource.attributes});
    if (!resource.relationships.is_null()) out.push_back({member("relationships"), resource.relationships});
    return Value::map(std::move(out));
}

Value resource_values(const std::vector<Resource>& resources) {
    std::vector<Value> out;
    out.reserve(resources.size());
    for (const Resource& resource : resources) out.push_back(resource_value(resource));
    return Value::list(std::move(out));
}

http::Response document(const http::Request& request, int status, std::vector<MapEntry> members) {
    http::Response response;
    response.status = status;
    const auto accept = request.headers.get("accept");
    const bool json_api = accept && accept->find("application/vnd.api+json") != std::string_view::npos;
    response.headers.add("Content-Type", json_api ? "application/vnd.api+json" : "application/json");
    response.headers.add("Cache-Control", "no-store");
    append_json(response.body, Value::map(std::move(members)));
    return response;
}

}  // namespace

Value related_one(const std::string& type, const std::string& id) {
    return Value::object({{"data", identifier(type, id)}});
}

Value related_many(const std::string& link, const std::vector<Resource>* listed) {
    std::vector<MapEntry> out;
    out.push_back({member("links"), Value::object({{"related", Value::string(link)}})});
    if (listed) {
        std::vector<Value> names;
        names.reserve(listed->size());
        for (const Resource& resource : *listed) names.push_back(identifier(resource.type, resource.id));
        out.push_back({member("data"), Value::list(std::move(names))});
    }
    return Value::map(std::move(out));
}

http::Response one(const http::Request& request, const Resource& resource, int status,
                   const std::vector<Resource>* included) {
    std::vector<MapEntry> members;
    members.push_back({member("data"), resource_value(resource)});
    if (included) members.push_back({member("included"), resource_values(*included)});
    members.push_back({member("meta"), Value::object({})});
    return document(request, status, std::move(members));
}

http::Response many(const http::Request& request, const std::vector<Resource>& resources, const Page& page,
                    const std::vector<MapEntry>& more_meta) {
    std::vector<MapEntry> members;
    members.push_back({member("data"), resource_values(resources)});
    const bool last = page.next.empty();
    members.push_back(
        {member("links"), Value::object({{"next", last ? Value::null() : Value::string(page.next_link)}})});
    std::vector<MapEntry> meta{{member("next"), last ? Value::null() : Value::string(page.next)}};
    meta.insert(meta.end(), more_meta.begin(), more_meta.end());
    members.push_back({member("meta"), Value::map(std::move(meta))});
    return document(request, 200, std::move(members));
}

http::Response none(const http::Request& request, Value meta) {
    std::vector<MapEntry> members;
    members.push_back({member("data"), Value::null()});
    members.push_back({member("meta"), std::move(meta)});
    return document(request, 200, std::move(members));
}

http::Response failure(const http::Request& request, int status, const std::string& code,
                       const std::string& detail, const std::string& parameter) {
    std::vector<MapEntry> error;
    error.push_back({member("status"), Value::string(std::to_string(status))});
    error.push_back({member("code"), Value::string(code)});
    error.push_back({member("title"), Value::string(http::reason(status))});
    error.push_back({member("detail"), Value::string(detail)});
    if (!parameter.empty())
        error.push_back({member("source"), Value::object({{"parameter", Value::string(parameter)}})});
    std::vector<MapEntry> members;
    members.push_back({member("errors"), Value::list({Value::map(std::move(error))})});
    return document(request, status, std::move(members));
}

std::variant<Value, http::Response> read_json_body(const http::Request& request) {
    trigger::Body body = trigger::read_body("application/json", request.body);
    if (body.problem) return failure(request, body.problem->status, body.problem->code, body.problem->detail);
    return std::move(body.value);
}

}  // namespace tappet::api
