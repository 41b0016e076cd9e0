#include <string>
#include <string_view>

#include "http_parts.hpp"

namespace core {
namespace {

using tappet::sdk::HttpRequest;
using tappet::sdk::HttpResponse;

/// Whether what stands between the scheme and the path is a host and a port, and nothing else.
bool names_a_host_alone(std::string_view url) {
    const std::size_t scheme = url.find("://");
    if (scheme == std::string_view::npos) return false;
    std::string_view authority = url.substr(scheme + 3);
    authority = authority.substr(0, authority.find('/'));
    const std::size_t bracket = authority.rfind(']');
    const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
    const std::string_view port =
        colon == std::string_view::npos ? std::string_view() : authority.substr(colon + 1);
    return authority.find('@') == std::string_view::npos &&
           port.find_first_not_of("0123456789") == std::string_view::npos;
}

/// The request in messages: never its query, no user and password, nothing of a URL that carries a secret.
std::string describe(const HttpRequest& request, View url) {
    if (url.holds_secret()) return request.method + " (an address with a secret)";
    const std::string shown = request.url.substr(0, request.url.find_first_of("?#"));
    if (!names_a_host_alone(shown)) return request.method + " (an address that is not a plain one)";
    return request.method + " " + shown;
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
