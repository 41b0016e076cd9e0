#include "http/client.hpp"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <utility>

#include "http/client_impl.hpp"
#include "http/client_request.hpp"

namespace tappet::http {

using Kind = Failure::Kind;

Client::Client(boost::asio::io_context& loop, ClientOptions options)
    : impl_(std::make_shared<Impl>(loop, std::move(options))) {
    const std::string& text = impl_->options.proxy;
    if (text.empty()) return;
    const auto proxy = parse_url(text);
    if (!proxy)
        impl_->broken_proxy = proxy.error().message;
    else if (proxy->tls)
        impl_->broken_proxy = "only http proxies are spoken to";
    else
        impl_->proxy = *proxy;
}

Client::~Client() { impl_->shutdown(); }
Client::Ticket Client::send(ClientRequest request, Done done) {
    return impl_->send(std::move(request), std::move(done));
}
void Client::cancel(Ticket ticket) { impl_->cancel(ticket); }

Client::Ticket Client::Impl::send(ClientRequest request, Done done) {
    auto call = std::make_shared<Call>();
    call->ticket = ++last_ticket;
    call->request = std::move(request);
    call->done = std::move(done);
    const auto now = std::chrono::steady_clock::now();
    // A timeout of centuries would overflow the clock.
    call->deadline =
        now + std::min<std::chrono::milliseconds>(call->request.timeout, std::chrono::hours(24 * 365));
    calls.emplace(call->ticket, call);
    deadlines.emplace(call->deadline, call->ticket);
    arm(call->deadline);

    const auto url = parse_url(call->request.url);
    if (!url) {
        fail_later(call, {Kind::bad_request, url.error().message, false});
    } else if (auto problem = request_problem(call->request)) {
        fail_later(call, {Kind::bad_request, std::move(*problem), false});
    } else if (!broken_proxy.empty()) {
        fail_later(call, {Kind::connect, "the proxy's setting: " + broken_proxy, false});
    } else {
        call->url = *url;
        std::string body = std::move(call->request.body);
        call->request.body.clear();
        prepare(*call, std::move(body));
        launch(call);
    }
    return call->ticket;
}

/// Writes the head for the call's request and URL.
void Client::Impl::prepare(Call& call, std::string body) {
    const bool absolute = proxy && !call.url.tls;
    auto outgoing = std::make_shared<Outgoing>();
    call.request.body = std::move(body);
    outgoing->head = request_head(call.request, call.url, absolute, options.user_agent);
    outgoing->body = std::move(call.request.body);
    call.request.body.clear();
    call.outgoing = std::move(outgoing);
}

void Client::Impl::launch(const std::shared_ptr<Call>& call) {
    if (call->url.tls && !tls) {
        auto made = make_tls_context(options.ca_file);
        if (!made) return fail_later(call, {Kind::tls, made.error().message, call->sent});
        tls = std::move(*made);
    }
    acquire(call);
}

void Client::Impl::forget(Call& call) {
    calls.erase(call.ticket);
    deadlines.erase({call.deadline, call.ticket});
}

void Client::Impl::finish(const std::shared_ptr<Call>& call,
                          boost::system::result<ClientResponse, Failure> result) {
    if (!call->done) return;
    forget(*call);
    const Done done = std::exchange(call->done, nullptr);
    done(std::move(result));
}

void Client::Impl::fail(const std::shared_ptr<Call>& call, Failure failure) {
    failure.request_may_have_arrived = call->sent;
    finish(call, std::move(failure));
}

void Client::Impl::fail_later(const std::shared_ptr<Call>& call, Failure failure) {
    boost::asio::post(
        loop, [self = shared_from_this(), call, failure = std::move(failure)] { self->fail(call, failure); });
}

void Client::Impl::cancel(Ticket ticket) {
    const auto found = calls.find(ticket);
    if (found == calls.end()) return;
    const auto call = found->second;
    forget(*call);
    detach(*call);
    Failure failure{Kind::cancelled, "the request was cancelled", call->sent};
    const auto done = std::exchange(call->done, nullptr);  // nothing that is posted already ends it otherwise
    boost::asio::post(loop, [done, failure = std::move(failure)] { done(failure); });
}

void Client::Impl::shutdown() {
    stopped = true;
    timer.cancel();
    while (!calls.empty()) cancel(calls.begin()->first);
    lookups->close();  // connectors that end later have a share of it
    for (auto& [key, pool] : pools)
        for (const auto& connection : pool.idle) connection->close();
    pools.clear();
}

void Client::Impl::arm(SteadyTime when) {
    if (stopped || (armed && *armed <= when)) return;
    armed = when;
    timer.expires_at(when);
    timer.async_wait([weak = weak_from_this()](const auto& error) {
        const auto self = weak.lock();
        if (self && !error && !self->stopped) self->on_timer();
    });
}

void Client::Impl::on_timer() {
    armed.reset();
    const auto now = std::chrono::steady_clock::now();
    while (!stopped && !deadlines.empty() && deadlines.begin()->first <= now) {
        const auto call = calls.at(deadlines.begin()->second);
        detach(*call);
        const std::string where = call->outgoing ? call->url.origin() + ": " : "";
        fail(call,
             {Kind::timeout,
              fmt::format("{}no complete answer within {} ms", where, call->request.timeout.count()), false});
    }
    if (stopped) return;
    const auto idle_due = sweep_idle(now);
    if (idle_due) arm(*idle_due);
    if (!deadlines.empty()) arm(deadlines.begin()->first);
}

}  // namespace tappet::http
