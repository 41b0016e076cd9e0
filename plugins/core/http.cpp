#include "http_parts.hpp"

namespace core {
namespace {

using tappet::sdk::HttpRequest;
using tappet::sdk::HttpResponse;

/// The request in messages: never its query, and nothing of a URL that carries a secret.
std::string describe(const HttpRequest& request, View url) {
    if (url.holds_secret()) return request.method + " (an address with a secret)";
    return request.method + " " + request.url.substr(0, request.url.find_first_of("?#"));
}

constexpr int kFirstErrorStatus = 400;

}  // namespace

Task<Json> http(Context context, View input) {
    HttpRequest request = make_request(context, input);
    const std::string target = describe(request, input["url"]);
    HttpResponse response = co_await context.http().send(std::move(request));
    if (!response.answered()) {
        response.message = target + ": " + response.message;
        throw response.error();
    }
    if (response.status >= kFirstErrorStatus && input["failOnStatus"].boolean_or(true))
        throw status_error(context, response, target, !input.holds_secret());
    Json result = make_result(context, response);
    co_return result;
}

}  // namespace core
