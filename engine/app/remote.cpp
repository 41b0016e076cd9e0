#include "app/remote.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <optional>

#include "app/document.hpp"
#include "base/encoding.hpp"
#include "expr/json.hpp"
#include "http/url.hpp"

namespace tappet::app {
namespace {

using Outcome = boost::system::result<http::ClientResponse, http::Failure>;

constexpr std::chrono::seconds kPatience{60};
constexpr std::uint64_t kMaxAnswer = 256u << 20;  ///< a run is as large as what its steps gave

Refusal refusal_of(const http::Failure& failure) {
    using Kind = http::Failure::Kind;
    switch (failure.kind) {
        case Kind::bad_request:
            return {Exit::usage, failure.message, {}};
        case Kind::timeout:
            return {Exit::timed_out, failure.message, {}};
        case Kind::resolve:
        case Kind::connect:
        case Kind::tls:
            return {Exit::unreachable, failure.message + "; is `tappet serve` running there?", {}};
        default:
            return {Exit::failed, failure.message, {}};
    }
}

bool is_resource(const Value& value) {
    const Value *id = value.find("id"), *attributes = value.find("attributes");
    return id && id->is(Kind::string) && attributes && attributes->is(Kind::map);
}

bool has_shape(const Reply& reply, Shape shape) {
    if (shape == Shape::none) return reply.status == 204;
    const Value* data = reply.json.find("data");
    if (shape == Shape::resource) return data && is_resource(*data);
    return data && data->is(Kind::list) &&
           std::all_of(data->items().begin(), data->items().end(), is_resource);
}

/// What the answer is, where it is none of the engine's.
std::string stranger_text(const Target& target, const Reply& reply) {
    const auto type = reply.headers.get("content-type");
    return target.server + " answers " + std::to_string(reply.status) + " with " +
           (type ? std::string(*type) : "no content type") +
           ", which is no answer of `tappet serve`; check --server (TAPPET_SERVER)";
}

std::string wrong_parameter(const Reply& reply) {
    const auto errors = items_of(reply.json, "errors");
    const Value* source = errors.empty() ? nullptr : errors[0].find("source");
    return source ? text_of(*source, "parameter") : "";
}

}  // namespace

std::string Target::resource(const std::string& path) const {
    return "/v2/tenants/" + percent_encode(tenant) + path;
}

boost::system::result<Reply, Refusal> send(const Target& target, const std::string& method,
                                           const std::string& path, const std::string& body,
                                           const http::Headers& headers) {
    if (const auto url = http::parse_url(target.server); !url)
        return Refusal{Exit::usage, "--server (TAPPET_SERVER): " + url.error().message, {}};
    auto guard = http::Guard::create({"0.0.0.0/0", "::/0"});  // whom to ask is the user's own choice
    http::ClientOptions options;
    options.guard = *guard;
    boost::asio::io_context loop{1};
    http::Client client(loop, options);
    http::ClientRequest request;
    request.method = method;
    request.url = target.server + path;
    request.headers = headers;
    request.body = body;
    request.redirects = 0;
    request.timeout = kPatience;
    request.max_body = kMaxAnswer;
    if (!target.api_key.empty()) request.headers.set("authorization", "Basic " + to_base64(target.api_key));
    std::optional<Outcome> outcome;
    client.send(std::move(request), [&](Outcome result) {
        outcome = std::move(result);
        loop.stop();
    });
    loop.run();
    if (!outcome) return Refusal{Exit::internal, "the request was lost", {}};
    if (!*outcome) return refusal_of(outcome->error());
    Reply reply;
    reply.status = (*outcome)->status;
    reply.headers = std::move((*outcome)->headers);
    reply.body = std::move((*outcome)->body);
    JsonParsed parsed = parse_json(reply.body);
    if (parsed.ok) reply.json = std::move(parsed.value);
    return reply;
}

Exit exit_of_status(int status) {
    switch (status) {
        case 401:
        case 403:
            return Exit::not_permitted;
        case 404:
        case 410:
            return Exit::not_found;
        case 409:
            return Exit::conflict;
        case 408:
        case 504:
            return Exit::timed_out;
        default:
            return Exit::failed;
    }
}

std::string problem_text(const Reply& reply) {
    const auto errors = items_of(reply.json, "errors");
    std::string detail = text_of(reply.json, "detail");
    if (detail.empty() && !errors.empty()) detail = text_of(errors[0], "detail");
    if (detail.empty())
        return "the server answers " + std::to_string(reply.status) + " " +
               std::string(http::reason(reply.status));
    for (const Value& error : errors)
        if (error.find("pointer"))
            detail += "\n  " + text_of(error, "pointer") + " " + text_of(error, "detail");
    return detail;
}

boost::system::result<Reply, Refusal> ask(const Target& target, const std::string& method,
                                          const std::string& path, Shape shape, const std::string& body) {
    http::Headers headers;
    if (!body.empty()) headers.add("content-type", "application/json");
    auto reply = send(target, method, path, body, headers);
    if (!reply) return reply;
    if (reply->status >= 400)
        return Refusal{exit_of_status(reply->status), problem_text(*reply), wrong_parameter(*reply),
                       reply->status};
    if (!has_shape(*reply, shape)) return Refusal{Exit::failed, stranger_text(target, *reply), {}};
    return reply;
}

boost::system::result<std::vector<Value>, Refusal> ask_all(const Target& target, const std::string& path) {
    std::vector<Value> out;
    std::string after, query;
    do {
        const auto page = ask(target, "GET", path + query, Shape::resources);
        if (!page) return page.error();
        for (const Value& resource : items_of(page->json, "data")) out.push_back(resource);
        const Value* meta = page->json.find("meta");
        const std::string next = meta ? text_of(*meta, "next") : "";
        if (next == after) break;  // the last, or a server that turns in a circle
        after = next;
        query = "?page[after]=" + percent_encode(after);
    } while (!after.empty());
    return out;
}

}  // namespace tappet::app
