#include "app/remote.hpp"

#include <boost/asio/io_context.hpp>
#include <optional>

#include "base/encoding.hpp"
#include "expr/json.hpp"

namespace tappet::app {
namespace {

using Outcome = boost::system::result<http::ClientResponse, http::Failure>;

std::string text_at(const Value& value, std::initializer_list<std::string_view> path) {
    const std::vector<std::string_view> parts(path);
    const Value* found = value.at(parts);
    return found && found->is(Kind::string) ? std::string(found->as_string()) : std::string();
}

}  // namespace

std::string Target::resource(const std::string& path) const {
    return "/v2/tenants/" + percent_encode(tenant) + path;
}

boost::system::result<Reply, Refusal> send(const Target& target, const std::string& method,
                                           const std::string& path, const std::string& body,
                                           const http::Headers& headers) {
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
    request.timeout = std::chrono::seconds(60);
    if (!target.api_key.empty()) request.headers.set("authorization", "Basic " + to_base64(target.api_key));
    std::optional<Outcome> outcome;
    client.send(std::move(request), [&](Outcome result) {
        outcome = std::move(result);
        loop.stop();
    });
    loop.run();
    if (!outcome) return Refusal{Exit::internal, "the request was lost"};
    if (!*outcome) {
        const http::Failure& failure = outcome->error();
        const Exit exit = failure.kind == http::Failure::Kind::bad_request ? Exit::usage
                          : failure.kind == http::Failure::Kind::timeout   ? Exit::timed_out
                                                                           : Exit::unreachable;
        return Refusal{exit, "no answer from " + target.server + ": " + failure.message +
                                 "; is `tappet serve` running there?"};
    }
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
    if (const Value* errors = reply.json.find("errors");
        errors && errors->is(Kind::list) && !errors->items().empty()) {
        if (std::string detail = text_at(errors->items()[0], {"detail"});
            !detail.empty() && text_at(reply.json, {"detail"}).empty())
            return detail;
    }
    std::string detail = text_at(reply.json, {"detail"});
    if (detail.empty()) return "the server answers " + std::to_string(reply.status);
    if (const Value* errors = reply.json.find("errors"); errors && errors->is(Kind::list))
        for (const Value& error : errors->items())
            detail += "\n  " + text_at(error, {"pointer"}) + " " + text_at(error, {"detail"});
    return detail;
}

boost::system::result<Reply, Refusal> ask(const Target& target, const std::string& method,
                                          const std::string& path, const std::string& body) {
    http::Headers headers;
    if (!body.empty()) headers.add("content-type", "application/json");
    auto reply = send(target, method, path, body, headers);
    if (!reply || reply->status < 400) return reply;
    return Refusal{exit_of_status(reply->status), problem_text(*reply)};
}

Value plain(const Value& resource) {
    std::vector<MapEntry> out;
    if (const Value* id = resource.find("id")) out.push_back({Value::string("id"), *id});
    if (const Value* attributes = resource.find("attributes"))
        for (const MapEntry& entry : attributes->entries()) out.push_back(entry);
    return Value::map(std::move(out));
}

}  // namespace tappet::app
