#include "application.hpp"

#include <string_view>

namespace demo {
namespace {

constexpr std::string_view kStarter = R"(["calendar","contacts"])";
constexpr std::string_view kGrowth = R"(["calendar","contacts","campaigns"])";
constexpr std::string_view kScale = R"(["calendar","contacts","reporting","api"])";
constexpr std::string_view kInstalled =
    R"({"features":[{"name":"calendar","seats":5},{"name":"contacts","seats":5},{"name":"campaigns","seats":2}]})";

Answer plan(std::string_view id) {
    const std::string_view features = id == "plan-starter"  ? kStarter
                                      : id == "plan-growth" ? kGrowth
                                      : id == "plan-scale"  ? kScale
                                                            : std::string_view();
    if (features.empty()) return {.status = 404, .body = R"({"error":"there is no such plan"})"};
    return {.body = R"({"id":")" + std::string(id) + R"(","features":)" + std::string(features) + "}"};
}

/// The answer to a change that was made.
Answer changed(const Request& request) {
    if (request.method == "DELETE") return {.status = 204};
    if (request.method == "PUT") return {.body = R"({"enabled":true})"};
    if (request.path == "/locations") return {.status = 201, .body = std::string(kInstalled)};
    if (request.path == "/messages") return {.status = 202, .body = R"({"queued":true})"};
    return {.status = 201, .body = R"({"created":true})"};
}

bool concerns(const std::string& part, const Request& request) {
    return !part.empty() && request.path.find(part) != std::string::npos;
}

}  // namespace

Outcome Application::take(const Request& request) {
    if (request.path == "/ledger") return {.answer = {.body = ledger_.json()}};
    if (request.path.starts_with("/control/")) return control(request);
    if (request.method != "GET") return change(request);
    ledger_.read();
    constexpr std::string_view kPlans = "/plans/";
    if (!request.path.starts_with(kPlans)) return {.answer = {.status = 404, .body = "{}"}};
    return {.answer = plan(std::string_view(request.path).substr(kPlans.size()))};
}

/// For whoever shows something with this service: POST /control/silent?PART, POST /control/refuse-once?PART.
Outcome Application::control(const Request& request) {
    if (request.path == "/control/silent")
        silent_ = request.query;
    else if (request.path == "/control/refuse-once")
        reluctant_ = request.query;
    else
        return {.answer = {.status = 404, .body = "{}"}};
    return {.answer = {.body = "{}"}};
}

Outcome Application::change(const Request& request) {
    std::string key(request.header("idempotency-key"));
    if (key.empty()) return {.answer = {.status = 400, .body = R"({"error":"Idempotency-Key is missing"})"}};
    if (const Answer* before = ledger_.find(key)) {
        Answer again = *before;
        again.remembered = true;
        return {.answer = std::move(again), .key = std::move(key)};
    }
    if (concerns(reluctant_, request)) {
        reluctant_.clear();
        ledger_.refused();
        return {.answer = {.status = 503, .body = R"({"error":"busy"})", .retry_after_s = 1}};
    }
    Answer answer = changed(request);
    ledger_.book(key, answer);
    return {.answer = std::move(answer), .key = std::move(key), .silent = concerns(silent_, request)};
}

}  // namespace demo
