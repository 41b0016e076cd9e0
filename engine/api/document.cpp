#include "api/document.hpp"

#include "expr/json.hpp"

namespace tappet::api {
namespace {

Value member(std::string_view name) { return Value::string(name); }

Value resource_value(const Resource& resource) {
    return Value::object({{"type", Value::string(resource.type)},
                          {"id", Value::string(resource.id)},
                          {"attributes", resource.attributes}});
}

http::Response document(const http::Request& request, int status, std::vector<MapEntry> members) {
    http::Response response;
    response.status = status;
    const auto accept = request.headers.get("accept");
    const bool json_api = accept && accept->find("application/vnd.api+json") != std::string_view::npos;
    response.headers.add("content-type", json_api ? "application/vnd.api+json" : "application/json");
    response.headers.add("cache-control", "no-store");
    append_json(response.body, Value::map(std::move(members)));
    return response;
}

}  // namespace

http::Response one(const http::Request& request, const Resource& resource,
                   const std::vector<Resource>& included, int status) {
    std::vector<MapEntry> members;
    members.push_back({member("data"), resource_value(resource)});
    if (!included.empty()) {
        std::vector<Value> others;
        for (const Resource& other : included) others.push_back(resource_value(other));
        members.push_back({member("included"), Value::list(std::move(others))});
    }
    return document(request, status, std::move(members));
}

http::Response many(const http::Request& request, const std::vector<Resource>& resources, const Page& page) {
    std::vector<Value> data;
    data.reserve(resources.size());
    for (const Resource& resource : resources) data.push_back(resource_value(resource));
    std::vector<MapEntry> members;
    members.push_back({member("data"), Value::list(std::move(data))});
    const bool last = page.next.empty();
    members.push_back(
        {member("links"), Value::object({{"next", last ? Value::null() : Value::string(page.next_link)}})});
    members.push_back(
        {member("meta"), Value::object({{"next", last ? Value::null() : Value::string(page.next)}})});
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

}  // namespace tappet::api
