#include "http/server.hpp"

#include <algorithm>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <charconv>
#include <utility>

#include "base/log.hpp"
#include "http/server_connection.hpp"

namespace tappet::http {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using Endpoint = asio::ip::tcp::endpoint;

constexpr milliseconds kLinger{1000};
constexpr milliseconds kAcceptPause{100};  // out of descriptors: until some may have been given back
constexpr std::size_t kMaxTurnedAway =
    64;  // connections over the cap that are answered; beyond they are just closed

Result<Endpoint> parse_listen(const std::string& listen) {
    const Error wrong = Error::invalid("cannot listen on '" + listen + "': not host:port or [v6]:port");
    const std::size_t colon = listen.rfind(':');
    if (colon == std::string::npos) return wrong;
    std::string host = listen.substr(0, colon);
    std::uint16_t port = 0;
    const char* end = listen.data() + listen.size();
    const auto read = std::from_chars(listen.data() + colon + 1, end, port);
    if (read.ec != std::errc() || read.ptr != end) return wrong;
    if (host == "localhost") host = "127.0.0.1";
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) host = host.substr(1, host.size() - 2);
    boost::system::error_code failed;
    const asio::ip::address address = asio::ip::make_address(host, failed);
    if (failed || address.is_v6() != bracketed) return wrong;
    return Endpoint(address, port);
}

std::string to_text(const Endpoint& endpoint) {
    const std::string host = endpoint.address().to_string();
    const std::string port = std::to_string(endpoint.port());
    return endpoint.address().is_v6() ? "[" + host + "]:" + port : host + ":" + port;
}

ServerOptions at_least(ServerOptions options) {
    for (milliseconds* length :
         {&options.header_timeout, &options.body_timeout, &options.idle_timeout, &options.write_timeout}) {
        *length = std::max(*length, milliseconds(1));
    }
    options.max_pipelined = std::max<std::size_t>(options.max_pipelined, 1);
    return options;
}

}  // namespace

bool is_listen_address(const std::string& text) { return parse_listen(text).has_value(); }

server::Shared::Shared(asio::io_context& io, Handler& h, ServerOptions o)
    : loop(io), handler(h), options(at_least(std::move(o))), bodies(options.max_bodies_bytes) {
    const std::array<milliseconds, 5> lengths = {options.header_timeout, options.body_timeout,
                                                 options.idle_timeout, kLinger, options.write_timeout};
    for (std::size_t i = 0; i < lists.size(); ++i) lists[i] = std::make_unique<TimeoutList>(lengths[i]);
}

Responder::Responder(std::shared_ptr<Target> target) : target_(std::move(target)) {}

Responder& Responder::operator=(Responder&& other) noexcept {
    std::shared_ptr<Target> old = std::exchange(target_, std::move(other.target_));
    Responder(std::move(old));  // goes out of scope, and with it the old promise to answer
    return *this;
}

Responder::~Responder() {
    if (!target_) return;
    try {
        target_->abandon();
    } catch (...) {
        log::error("a request could not be given up: {}", server::describe_fault());
    }
}

void Responder::send(Response response) {
    const std::shared_ptr<Target> target = std::move(target_);
    if (target) target->answer(std::move(response));
}

struct Server::Impl : std::enable_shared_from_this<Server::Impl> {
    using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, server::Executor>;
    using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                             asio::wait_traits<std::chrono::steady_clock>, server::Executor>;

    Impl(asio::io_context& loop, Handler& handler, ServerOptions options)
        : shared(std::make_shared<server::Shared>(loop, handler, std::move(options))),
          acceptor(loop),
          tick(loop),
          pause(loop) {
        const ServerOptions& o = shared->options;
        const milliseconds shortest =
            std::min({o.header_timeout, o.body_timeout, o.idle_timeout, o.write_timeout, kLinger});
        period = std::clamp(shortest / 4, milliseconds(1), milliseconds(1000));
    }

    Result<void> start();
    void accept();
    void take(server::Socket socket);
    void start_ticking();
    void on_tick();
    void on_closed();
    void stop_accepting();

    std::shared_ptr<server::Shared> shared;
    Acceptor acceptor;
    Timer tick;  ///< runs while there are connections
    Timer pause;
    milliseconds period{1000};
    bool ticking = false;
    std::function<void()> drained;
    std::string address;
};

Result<void> Server::Impl::start() {
    const std::string& listen = shared->options.listen;
    const Result<Endpoint> endpoint = parse_listen(listen);
    if (!endpoint) return endpoint.error();
    boost::system::error_code failed;
    acceptor.open(endpoint->protocol(), failed);
    if (!failed) acceptor.set_option(Acceptor::reuse_address(true), failed);
    if (!failed) acceptor.bind(*endpoint, failed);
    if (!failed) acceptor.listen(Acceptor::max_listen_connections, failed);
    if (failed) {
        boost::system::error_code ignored;
        acceptor.close(ignored);
        return Error::unavailable("cannot listen on '" + listen + "': " + failed.message());
    }
    address = to_text(acceptor.local_endpoint(failed));
    shared->on_closed = [weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->on_closed();
    };
    accept();
    return {};
}

void Server::Impl::accept() {
    acceptor.async_accept(
        [self = shared_from_this()](const boost::system::error_code& failed, server::Socket socket) {
            if (!self->acceptor.is_open()) return;
            if (!failed) {
                self->take(std::move(socket));
                return self->accept();
            }
            if (failed == asio::error::connection_aborted) return self->accept();
            log::warn("cannot accept a connection: {}", failed.message());
            self->pause.expires_after(kAcceptPause);
            self->pause.async_wait([self](const boost::system::error_code& ended) {
                if (!ended && self->acceptor.is_open()) self->accept();
            });
        });
}

void Server::Impl::take(server::Socket socket) {
    ServerStats& stats = shared->stats;
    const bool full = shared->connections.size() - shared->turned_away >= shared->options.max_connections;
    if (full) {
        ++stats.connections_refused;
        if (shared->turned_away >= kMaxTurnedAway) return;
    } else {
        ++stats.connections_total;
    }
    try {
        const auto connection = std::make_shared<server::Connection>(shared, std::move(socket));
        full ? connection->turn_away() : connection->start();
        start_ticking();
    } catch (const std::exception& fault) {
        log::error("a connection could not be taken: {}", fault.what());
    }
}

void Server::Impl::start_ticking() {
    if (ticking || shared->connections.empty()) return;
    ticking = true;
    tick.expires_after(period);
    tick.async_wait([self = shared_from_this()](const boost::system::error_code& ended) {
        self->ticking = false;
        ended ? self->start_ticking() : self->on_tick();
    });
}

void Server::Impl::on_tick() {
    using server::Wait;
    const auto now = std::chrono::steady_clock::now();
    for (const Wait wait : {Wait::header, Wait::body, Wait::idle, Wait::linger, Wait::write}) {
        while (server::Connection* due = shared->timeouts(wait).take_due(now)) {
            const auto connection = due->shared_from_this();
            connection->timed_out(wait);
        }
    }
    start_ticking();
}

void Server::Impl::on_closed() {
    if (!shared->connections.empty()) return;
    tick.cancel();
    if (drained) asio::post(shared->loop, std::exchange(drained, nullptr));
}

void Server::Impl::stop_accepting() {
    boost::system::error_code ignored;
    acceptor.close(ignored);
    pause.cancel();
}

Server::Server(asio::io_context& loop, Handler& handler, ServerOptions options)
    : impl_(std::make_shared<Impl>(loop, handler, std::move(options))) {}

Server::~Server() { stop(); }

Result<void> Server::start() { return impl_->start(); }

std::string Server::address() const { return impl_->address; }

void Server::drain(std::function<void()> done) {
    impl_->stop_accepting();
    impl_->shared->draining = true;
    impl_->drained = std::move(done);
    const auto connections = impl_->shared->connections;  // those that are idle leave the list meanwhile
    for (const auto& connection : connections) connection->drain();
    impl_->on_closed();
}

void Server::stop() {
    impl_->stop_accepting();
    const auto connections = impl_->shared->connections;
    for (const auto& connection : connections) connection->close();
}

const ServerStats& Server::stats() const {
    ServerStats& stats = impl_->shared->stats;
    stats.connections_open = impl_->shared->connections.size() - impl_->shared->turned_away;
    stats.bodies_bytes = impl_->shared->bodies.held();
    return stats;
}

}  // namespace tappet::http
