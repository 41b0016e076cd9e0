#include "trigger/handshake.hpp"

#include <algorithm>
#include <cmath>

#include "base/encoding.hpp"
#include "trigger/verify/signed_parts.hpp"

namespace tappet::trigger {
namespace {

constexpr std::size_t kLongestChallenge = 1024;  ///< bytes
constexpr std::string_view kOrigin = "webhook-request-origin";

Problem refused(std::string why) { return {401, "verification", std::move(why), {}, 0, ""}; }

/// The first value of that name in a query; nothing when it is missing or malformed.
std::optional<std::string> find_query(std::string_view query, std::string_view name) {
    while (!query.empty()) {
        std::string_view value = take_until(query, '&');
        if (percent_decode(take_until(value, '='), true) == name) return percent_decode(value, true);
    }
    return std::nullopt;
}

http::Response plain(std::string body) {
    http::Response response;
    // The text is the asker's own: no browser may take it for a page.
    response.headers.add("Content-Type", "text/plain; charset=utf-8");
    response.headers.add("X-Content-Type-Options", "nosniff");
    response.body = std::move(body);
    return response;
}

}  // namespace

Result<Handshake> Handshake::make(const flow::VerifyPlan& plan, double rate,
                                  const expr::Activation& activation) {
    Handshake out;
    if (!plan.challenge) return out;
    out.rate_ = rate;
    out.origins_ = plan.challenge->origins;
    if (!plan.challenge->meta) return out;
    const auto value = plan.challenge->meta->evaluate(activation);
    if (!value.ok) return Error::invalid("verify: challenge: " + value.error.message);
    if (!value.value.is(Kind::string) || value.value.as_string().empty())
        return Error::invalid("verify: challenge: the token of meta must be a text that is not empty");
    out.token_ = value.value.as_string();
    return out;
}

std::optional<Handshake::Answer> Handshake::answer(const http::Request& request,
                                                   std::string_view methods) const {
    if (!token_.empty() && request.method == "GET" && find_query(request.query(), "hub.mode"))
        return answer_meta(request);
    if (!origins_.empty() && request.method == "OPTIONS" && request.headers.get(kOrigin))
        return answer_cloud_events(request, methods);
    return std::nullopt;
}

Handshake::Answer Handshake::answer_meta(const http::Request& request) const {
    const std::string_view query = request.query();
    if (find_query(query, "hub.mode") != "subscribe") return refused("the query hub.mode is not subscribe");
    const auto token = find_query(query, "hub.verify_token");
    if (!token) return refused("the query hub.verify_token is missing");
    if (!equal_constant_time(*token, token_)) return refused("the query hub.verify_token is another one");
    auto challenge = find_query(query, "hub.challenge");
    if (!challenge || challenge->empty() || challenge->size() > kLongestChallenge)
        return refused("the query hub.challenge is missing or longer than 1024 bytes");
    return plain(std::move(*challenge));
}

Handshake::Answer Handshake::answer_cloud_events(const http::Request& request,
                                                 std::string_view methods) const {
    if (auto why = not_once(request, kOrigin)) return refused(std::move(*why));
    const std::string origin(*request.headers.get(kOrigin));
    const bool allowed = std::any_of(origins_.begin(), origins_.end(), [&](const std::string& one) {
        return one == "*" || http::same_name(one, origin);
    });
    if (!allowed) return refused("the header webhook-request-origin is none that may send here");
    http::Response response;
    response.headers.add("Allow", std::string(methods));
    response.headers.add("WebHook-Allowed-Origin", origin);
    if (request.headers.get("webhook-request-rate"))  // of requests a minute
        response.headers.add("WebHook-Allowed-Rate",
                             rate_ > 0 ? std::to_string(std::max(1LL, std::llround(rate_ * 60))) : "*");
    return response;
}

}  // namespace tappet::trigger
