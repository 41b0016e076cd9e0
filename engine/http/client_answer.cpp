#include <fmt/format.h>

#include "http/client_impl.hpp"
#include "http/client_request.hpp"

namespace tappet::http {

void Client::Impl::on_answer(const std::shared_ptr<Connection>& connection, Connection::Answer answer) {
    const auto call = std::move(connection->call);
    connection->call.reset();
    call->connection.reset();
    call->place = Call::Place::nowhere;
    const bool failed = answer.failure.has_value();
    const bool stale = failed && !answer.began && connection->used;
    if (stale && !call->retried && is_idempotent(call->request)) {
        call->retried = true;
        Pool& pool = *connection->pool;
        --pool.open;  // its slot goes to the new one, before anyone who waits
        return connect(call, pool);
    }
    release(connection, answer.reusable && !stopped);
    const bool too_long = failed && answer.failure->kind == Failure::Kind::too_large;
    const bool readable =
        !failed || (too_long && answer.has_head);  // what a redirect's body says is of no interest
    if (readable && is_redirect(answer.response.status) && redirect(call, answer.response)) return;
    if (failed) {
        answer.failure->message = call->url.origin() + ": " + answer.failure->message;
        return fail(call, std::move(*answer.failure));
    }
    answer.response.url = call->url.text();
    finish(call, std::move(answer.response));
}

/// Goes where the answer points. False when it points nowhere: then it is the answer.
bool Client::Impl::redirect(const std::shared_ptr<Call>& call, const ClientResponse& response) {
    const auto location = response.headers.get("location");
    if (!location) return false;
    const std::string from = call->url.origin();
    if (call->hops >= call->request.redirects) {
        fail(call, {Failure::Kind::too_many_redirects,
                    fmt::format("{}: answers {} after {} redirects, which is all that may be followed", from,
                                response.status, call->hops),
                    true});
        return true;
    }
    const auto target = resolve_location(call->url, *location);
    if (!target) {
        fail(call, {Failure::Kind::protocol,
                    fmt::format("{}: redirects to what is {}", from, target.error().message), true});
        return true;
    }
    std::string body = call->outgoing->body;
    call->request.body = std::move(body);
    follow_redirect(call->request, response.status, call->url, *target);
    if (call->url.tls && !target->tls && !call->request.body.empty()) {
        fail(call,
             {Failure::Kind::protocol, fmt::format("{}: redirects a body from https to http", from), true});
        return true;
    }
    ++call->hops;
    call->retried = false;
    call->url = *target;
    body = std::move(call->request.body);
    prepare(*call, std::move(body));
    launch(call);
    return true;
}

}  // namespace tappet::http
