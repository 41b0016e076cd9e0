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

/// Whether the URL is of this origin, which names its port in any case.
bool is_of(std::string_view url, std::string_view origin) {
    const bool usual = origin.ends_with(origin.starts_with("https:") ? ":443" : ":80");
    for (const std::string_view form : {origin, usual ? origin.substr(0, origin.rfind(':')) : origin})
        if (url.starts_with(form) && (url.size() == form.size() || url[form.size()] == '/')) return true;
    return false;
}

/// What the client says, without the address that stands before it where that is the request's own.
std::string_view without_origin(std::string_view message, std::string_view url) {
    const std::size_t end = message.starts_with("http") ? message.find(": ") : std::string_view::npos;
    if (end == std::string_view::npos || !is_of(url, message.substr(0, end))) return message;
    return message.substr(end + 2);
}

constexpr int kFirstErrorStatus = 400;

}  // namespace

Task<Json> http(Context context, View input) {
    HttpRequest request = make_request(context, input);
    const std::string target = describe(request, input["url"]);
    const std::string shown = target.substr(target.find(' ') + 1);
    HttpResponse response = co_await context.http().send(std::move(request));
    if (!response.answered()) {
        response.message = target + ": " + std::string(without_origin(response.message, shown));
        throw response.error();
    }
    if (response.status >= kFirstErrorStatus && input["failOnStatus"].boolean_or(true))
        throw status_error(context, response, target, !input.holds_secret());
    Json result = make_result(context, response);
    co_return result;
}

}  // namespace core
