#include "api/frontend.hpp"

#include <algorithm>

#include "api/document.hpp"
#include "base/encoding.hpp"
#include "trigger/body.hpp"
#include "trigger/problem.hpp"

namespace tappet::api {
namespace {

/// "LocalHost:8420" → "localhost", "[::1]:8420" → "[::1]"
std::string name_of(std::string_view host) {
    const bool bracketed = !host.empty() && host.front() == '[';
    std::string name(bracketed ? host.substr(0, host.find(']') + 1) : host.substr(0, host.find(':')));
    for (char& c : name)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return name;
}

bool is_loopback_name(std::string_view host) {
    if (host == "localhost" || host == "[::1]") return true;
    return host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string_view::npos;
}

http::Response plain(int status, const std::string& type, std::string body) {
    http::Response response;
    response.status = status;
    response.headers.add("Content-Type", type);
    response.headers.add("Cache-Control", "no-store");
    response.body = std::move(body);
    return response;
}

}  // namespace

http::Response failure_of(const http::Request& request, const Error& error) {
    switch (error.code) {
        case ErrorCode::not_found:
            return failure(request, 404, "not-found", error.message);
        case ErrorCode::conflict:
            return failure(request, 409, "conflict", error.message);
        case ErrorCode::invalid:
            return failure(request, 422, "invalid", error.message);
        case ErrorCode::unauthorized:
            return failure(request, 401, "unauthorized", error.message);
        case ErrorCode::forbidden:
            return failure(request, 403, "forbidden", error.message);
        case ErrorCode::exhausted:
        case ErrorCode::unavailable: {
            http::Response response = failure(request, 429, "unavailable", error.message);
            response.headers.add("Retry-After", "5");
            return response;
        }
        case ErrorCode::timed_out:
        case ErrorCode::cancelled:
        case ErrorCode::corrupt:
        case ErrorCode::internal:
            break;
    }
    return failure(request, 500, "internal", error.message);
}

http::Response wrong_method(const http::Request& request, const std::string& allow) {
    http::Response response = failure(request, 405, "method-not-allowed", "this address takes " + allow);
    response.headers.add("Allow", allow);
    return response;
}

Frontend::Frontend(Context context, FrontendOptions options)
    : context_(std::move(context)), options_(std::move(options)) {}

std::uint64_t Frontend::body_limit(const http::Request& head) {
    const std::string_view path = head.path();
    const bool event = path.starts_with("/hooks/") ||
                       (path.starts_with("/v2/") && path.find("/triggers/") != std::string_view::npos);
    return event ? context_.hooks.body_limit() : options_.max_api_body;
}

bool Frontend::host_allowed(const http::Request& request, std::string& why) const {
    const auto known = [&](const std::string& host) {
        return is_loopback_name(host) ||
               std::find(options_.hosts.begin(), options_.hosts.end(), host) != options_.hosts.end();
    };
    const auto host = request.headers.get("host");
    if (host && !known(name_of(*host))) {
        why = "the Host header names another host; set public_url to the name that the engine is reached by";
        return false;
    }
    const auto origin = request.headers.get("origin");
    if (!origin) return true;
    const std::size_t scheme = origin->find("://");
    if (scheme != std::string_view::npos && known(name_of(origin->substr(scheme + 3)))) return true;
    why = "requests from pages of another origin are not taken";
    return false;
}

http::Response Frontend::refuse(int status, const std::string& detail) {
    static constexpr std::pair<int, const char*> kCodes[] = {
        {400, "bad-request"}, {408, "timeout"},    {413, "too-large"},
        {417, "expectation"}, {429, "overloaded"}, {431, "headers-too-large"}};
    std::string code = "http-" + std::to_string(status);
    for (const auto& [number, name] : kCodes)
        if (number == status) code = name;
    return trigger::to_response({status, code, detail, {}, status == 429 ? 1 : 0, ""},
                                context_.runtime.new_id().text());
}

http::Response Frontend::refuse_body(const http::Request& head, const std::string& detail) {
    std::string why;
    if (head.path().starts_with("/hooks/") && host_allowed(head, why))
        return context_.hooks.refuse_body(head, detail);
    return refuse(413, detail);
}

void Frontend::handle(http::Request request, http::Responder respond) {
    std::string why;
    if (!host_allowed(request, why))
        return respond.send(
            trigger::to_response({403, "host", why, {}, 0, ""}, context_.runtime.new_id().text()));
    const std::string_view path = request.path();
    if (path.starts_with("/hooks/")) return context_.hooks.handle(std::move(request), std::move(respond));
    if (path.starts_with("/v2/")) return resource(std::move(request), std::move(respond));
    const bool get = request.method == "GET" || request.method == "HEAD";
    if (path == "/healthz" || path == "/readyz" || path == "/metrics") {
        if (!get)
            return respond.send(
                trigger::to_response({405, "method-not-allowed", "this address takes GET", {}, 0, "GET"},
                                     context_.runtime.new_id().text()));
        if (path == "/healthz") return respond.send(plain(200, "application/json", "{\"status\":\"ok\"}"));
        if (path == "/metrics") {
            const http::ServerStats stats = server_ ? server_->stats() : http::ServerStats{};
            return respond.send(
                plain(200, "text/plain; version=0.0.4", metrics_text(context_, stats, options_.version)));
        }
        std::string state = not_ready_.value_or("");
        if (state.empty() && context_.store.refusing()) state = "storage";
        if (state.empty()) return respond.send(plain(200, "application/json", "{\"status\":\"ready\"}"));
        return respond.send(plain(503, "application/json", "{\"status\":\"" + state + "\"}"));
    }
    respond.send(trigger::to_response({404, "not-found", "there is nothing at this address", {}, 0, ""},
                                      context_.runtime.new_id().text()));
}

void Frontend::resource(http::Request request, http::Responder respond) {
    Call call;
    call.request = std::move(request);
    call.respond = std::move(respond);
    if (not_ready_ && *not_ready_ == "starting") {
        http::Response response = failure(call.request, 429, "starting", "the engine is starting");
        response.headers.add("Retry-After", "1");
        return call.respond.send(std::move(response));
    }
    constexpr std::string_view kTenants = "/v2/tenants/", kPlugins = "/v2/plugins";
    std::string_view rest = call.request.path();
    const bool of_tenant = rest.starts_with(kTenants);
    if (!of_tenant && rest != kPlugins && !rest.starts_with(std::string(kPlugins) + "/"))
        return call.respond.send(failure(call.request, 404, "not-found", "there is nothing at this address"));
    rest.remove_prefix(of_tenant ? kTenants.size() : std::string_view("/v2/").size());
    std::vector<std::string> segments;
    while (true) {
        const std::size_t slash = rest.find('/');
        auto segment = percent_decode(rest.substr(0, slash));
        if (!segment || segment->empty() || find_invalid_utf8(*segment) != std::string::npos)
            return call.respond.send(
                failure(call.request, 404, "not-found", "there is nothing at this address"));
        segments.push_back(std::move(*segment));
        if (slash == std::string_view::npos) break;
        rest.remove_prefix(slash + 1);
    }
    auto query = trigger::read_form(call.request.query());
    if (!query)
        return call.respond.send(
            failure(call.request, 400, "invalid-query", "the query " + query.error().message));
    call.query = std::move(*query);
    if (of_tenant) {
        call.tenant = std::move(segments.front());
        segments.erase(segments.begin());
    }
    call.path = std::move(segments);
    if (!of_tenant) return plugins_resource(context_, std::move(call));
    const std::string kind = call.path.empty() ? "" : call.path.front();
    if (kind == "flows") return flows_resource(context_, std::move(call));
    if (kind == "runs") return runs_resource(context_, std::move(call));
    if (kind == "vars") return vars_resource(context_, std::move(call));
    if (kind == "schedules") return schedules_resource(context_, std::move(call));
    if (kind == "hook-requests") return hook_requests_resource(context_, std::move(call));
    if (kind == "polls") return polls_resource(context_, std::move(call));
    if (kind == "outgoing") return outgoing_resource(context_, std::move(call));
    if (kind == "outgoing-endpoints") return outgoing_endpoints_resource(context_, std::move(call));
    call.respond.send(failure(call.request, 404, "not-found", "there is nothing at this address"));
}

}  // namespace tappet::api
