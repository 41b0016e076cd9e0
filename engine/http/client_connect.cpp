#include "http/client_connect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/post.hpp>

namespace tappet::http {
namespace {

constexpr std::size_t kMaxTunnelAnswer = 8 * 1024;
constexpr const char* kRefused =
    "the address may not be reached: it is not public, and http.allow (--allow-http) does not name it";
using Kind = Failure::Kind;

/// Alternates between the families, beginning with the one that comes first, so that one broken family costs
/// one try.
std::vector<tcp::endpoint> interleave(const std::vector<tcp::endpoint>& in) {
    std::vector<tcp::endpoint> first, second, out;
    for (const auto& e : in)
        (e.address().is_v4() == in.front().address().is_v4() ? first : second).push_back(e);
    for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
        if (i < first.size()) out.push_back(first[i]);
        if (i < second.size()) out.push_back(second[i]);
    }
    return out;
}

bool is_localhost(std::string host) {
    if (!host.empty() && host.back() == '.') host.pop_back();
    constexpr std::string_view kTail = ".localhost";
    return host == "localhost" ||
           (host.size() > kTail.size() && std::string_view(host).substr(host.size() - kTail.size()) == kTail);
}

}  // namespace

Connector::Connector(asio::io_context& loop, Destination to, std::shared_ptr<Lookups> lookups, Done done)
    : loop_(loop), to_(std::move(to)), done_(std::move(done)), lookups_(std::move(lookups)) {}

void Connector::cancel() {
    done_ = nullptr;
    lookups_->forget(lookup_);
    if (dialer_) dialer_->cancel();
    if (transport_) transport_->close();
}

void Connector::fail(Kind kind, std::string what) {
    const Done done = std::move(done_);
    cancel();
    Failure failure{kind, fmt::format("{}: {}", to_.origin.origin(), what), false};
    done(std::move(failure));
}

void Connector::fail_later(Kind kind, std::string what) {
    asio::post(loop_, [self = shared_from_this(), kind, what = std::move(what)] {
        if (self->done_) self->fail(kind, what);
    });
}

bool Connector::guard_refuses_name() {
    const std::string& host = to_.origin.host;
    if (is_localhost(host)) return !to_.guard.allows(host, "127.0.0.1");
    boost::system::error_code no_number;
    const auto numbers = tcp::resolver(loop_).resolve(
        host, "0", tcp::resolver::numeric_host | tcp::resolver::numeric_service, no_number);
    if (no_number) return false;
    return std::any_of(numbers.begin(), numbers.end(), [&](const auto& entry) {
        return !to_.guard.allows(host, entry.endpoint().address().to_string());
    });
}

void Connector::start() {
    if (!proxied()) return resolve(to_.origin.host, to_.origin.port);
    if (guard_refuses_name()) return fail_later(Kind::refused_address, kRefused);
    resolve(to_.proxy->host, to_.proxy->port);
}

void Connector::resolve(const std::string& host, std::uint16_t port) {
    boost::system::error_code is_name;
    const auto address = asio::ip::make_address(host, is_name);
    if (!is_name) return dial({tcp::endpoint(address, port)});
    // Loopback by definition (RFC 6761, 6.3), also where no hosts file says so.
    if (is_localhost(host))
        return dial({tcp::endpoint(asio::ip::address_v4::loopback(), port),
                     tcp::endpoint(asio::ip::address_v6::loopback(), port)});
    const auto found = [self = shared_from_this(), port](const Lookups::Addresses& addresses) {
        if (self->done_) self->on_resolved(addresses, port);
    };
    lookup_ = lookups_->look_up(host, found);
}

void Connector::on_resolved(const Lookups::Addresses& found, std::uint16_t port) {
    lookup_ = 0;
    const char* whose = proxied() ? "the proxy's name" : "the name";
    if (!found)
        return fail(Kind::resolve, fmt::format("{} does not resolve: {}", whose, found.error().message));
    if (found->empty()) return fail(Kind::resolve, fmt::format("{} has no address", whose));
    std::vector<tcp::endpoint> candidates;
    for (const auto& address : *found) candidates.emplace_back(address, port);
    dial(interleave(candidates));
}

void Connector::dial(std::vector<tcp::endpoint> candidates) {
    if (!proxied()) {
        std::erase_if(candidates, [this](const tcp::endpoint& e) {
            return !to_.guard.allows(to_.origin.host, e.address().to_string());
        });
        if (candidates.empty()) return fail_later(Kind::refused_address, kRefused);
    }
    const auto dialed = [self = shared_from_this()](const auto& error, tcp::socket socket) {
        if (self->done_) self->on_dialed(error, std::move(socket));
    };
    dialer_ = std::make_shared<Dialer>(loop_, std::move(candidates), dialed);
    dialer_->start();
}

void Connector::on_dialed(const boost::system::error_code& error, tcp::socket socket) {
    const char* whom = proxied() ? "cannot connect to the proxy" : "cannot connect";
    if (error) return fail(Kind::connect, fmt::format("{}: {}", whom, error.message()));
    boost::system::error_code bad;
    const auto peer = socket.remote_endpoint(bad);
    if (bad) return fail(Kind::connect, fmt::format("{}: {}", whom, bad.message()));
    if (!proxied() && !to_.guard.allows(to_.origin.host, peer.address().to_string()))
        return fail(Kind::refused_address, kRefused);
    socket.set_option(tcp::no_delay(true), bad);
    transport_ = std::make_unique<Transport>(std::move(socket));
    if (proxied() && to_.origin.tls) return tunnel();
    handshake();
}

void Connector::tunnel() {
    const std::string authority = to_.origin.authority();
    tunnel_ = fmt::format("CONNECT {} HTTP/1.1\r\nhost: {}\r\n\r\n", authority, authority);
    transport_->write(asio::buffer(tunnel_), [self = shared_from_this()](const auto& error, std::size_t) {
        if (!self->done_) return;
        if (error) return self->fail(Kind::connect, fmt::format("the proxy closed: {}", error.message()));
        self->tunnel_.assign(kMaxTunnelAnswer, '\0');
        self->read_tunnel();
    });
}

void Connector::read_tunnel() {
    const auto into = asio::buffer(tunnel_.data() + tunnel_used_, tunnel_.size() - tunnel_used_);
    transport_->read_some(into, [self = shared_from_this()](const auto& error, std::size_t n) {
        if (self->done_) self->on_tunnel_bytes(error, n);
    });
}

void Connector::on_tunnel_bytes(const boost::system::error_code& error, std::size_t n) {
    if (error) return fail(Kind::connect, fmt::format("the proxy closed: {}", error.message()));
    tunnel_used_ += n;
    const auto answer = std::string_view(tunnel_).substr(0, tunnel_used_);
    const auto end = answer.find("\r\n\r\n");
    if (end == std::string_view::npos) {
        if (tunnel_used_ < tunnel_.size()) return read_tunnel();
        return fail(Kind::connect, "the proxy's answer has no end");
    }
    const bool http = answer.substr(0, 7) == "HTTP/1." && answer.size() > 12 && answer[8] == ' ';
    if (!http) return fail(Kind::connect, "the proxy does not answer in HTTP");
    if (answer[9] != '2')
        return fail(Kind::connect, fmt::format("the proxy answers {}", answer.substr(9, 3)));
    if (end + 4 != answer.size()) return fail(Kind::connect, "the proxy speaks before it is spoken to");
    handshake();
}

void Connector::handshake() {
    if (!to_.origin.tls) {
        const Done done = std::move(done_);
        done_ = nullptr;
        return done(std::move(transport_));
    }
    auto& stream = transport_->secure(*to_.tls);
    if (!expect_host(stream, to_.origin.host)) return fail(Kind::tls, "the host cannot be asked for in TLS");
    stream.async_handshake(asio::ssl::stream_base::client,
                           [self = shared_from_this(), &stream](const auto& error) {
                               if (!self->done_) return;
                               if (error) return self->fail(Kind::tls, handshake_problem(stream, error));
                               const Done done = std::move(self->done_);
                               self->done_ = nullptr;
                               done(std::move(self->transport_));
                           });
}

}  // namespace tappet::http
