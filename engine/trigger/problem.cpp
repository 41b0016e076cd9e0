#include "trigger/problem.hpp"

#include "expr/json.hpp"

namespace tappet::trigger {

Problem refusal(const Error& why) {
    if (why.code == ErrorCode::invalid) return {413, "event-too-large", why.message, {}, 0, ""};
    const bool full = why.code == ErrorCode::exhausted;
    return {429, full ? "queue-full" : "unavailable", why.message, {}, full ? kRetrySoon : kRetryLater, ""};
}

http::Response to_response(const Problem& problem, const std::string& request_id) {
    std::vector<MapEntry> members;
    const auto add = [&](std::string_view name, Value value) {
        members.push_back({Value::string(name), std::move(value)});
    };
    add("type", Value::string("about:blank"));
    add("title", Value::string(http::reason(problem.status)));
    add("status", Value::integer(problem.status));
    add("detail", Value::string(problem.detail));
    add("code", Value::string(problem.code));
    add("requestId", Value::string(request_id));
    if (!problem.errors.empty()) {
        std::vector<Value> places;
        for (const auto& place : problem.errors)
            places.push_back(Value::object(
                {{"pointer", Value::string(place.pointer)}, {"detail", Value::string(place.detail)}}));
        add("errors", Value::list(std::move(places)));
    }
    http::Response response;
    response.status = problem.status;
    response.headers.add("Content-Type", "application/problem+json");
    if (problem.retry_after_s > 0) response.headers.add("Retry-After", std::to_string(problem.retry_after_s));
    if (!problem.allow.empty()) response.headers.add("Allow", problem.allow);
    append_json(response.body, Value::map(std::move(members)));
    return response;
}

}  // namespace tappet::trigger
