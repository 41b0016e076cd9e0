#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/client.hpp"
#include "http/client_dial.hpp"
#include "http/client_lookup.hpp"
#include "http/client_transport.hpp"
#include "http/url.hpp"

namespace tappet::http {

/// Makes one connection to an origin: resolve, ask the guard about every address, connect, ask again about
/// the peer, get through the proxy, agree on TLS. One use; on the loop's thread. Through a proxy the guard
/// can judge only hosts that are addresses in some notation, or localhost: names are resolved, and answered
/// for, by the proxy.
class Connector : public std::enable_shared_from_this<Connector> {
public:
    using Done = std::function<void(boost::system::result<std::unique_ptr<Transport>, Failure>)>;
    struct Destination {
        Url origin;
        std::optional<Url> proxy;
        Guard guard;
        std::shared_ptr<asio::ssl::context> tls;  ///< set when the origin is https
    };

    Connector(asio::io_context& loop, Destination to, std::shared_ptr<Lookups> lookups, Done done);
    /// Begins. `done` is called once unless cancelled first, never from inside.
    void start();
    /// Ends it without calling `done`.
    void cancel();

private:
    void resolve(const std::string& host, std::uint16_t port);
    void on_resolved(const Lookups::Addresses& found, std::uint16_t port);
    void dial(std::vector<tcp::endpoint> candidates);
    void on_dialed(const boost::system::error_code& error, tcp::socket socket);
    void tunnel();
    void read_tunnel();
    void on_tunnel_bytes(const boost::system::error_code& error, std::size_t n);
    void handshake();
    bool proxied() const { return to_.proxy.has_value(); }
    bool guard_refuses_name();
    void fail(Failure::Kind kind, std::string what);
    void fail_later(Failure::Kind kind, std::string what);

    asio::io_context& loop_;
    Destination to_;
    Done done_;
    std::shared_ptr<Lookups> lookups_;
    Lookups::Ticket lookup_ = 0;
    std::shared_ptr<Dialer> dialer_;
    std::unique_ptr<Transport> transport_;
    std::string tunnel_;  // the request to the proxy, then its answer
    std::size_t tunnel_used_ = 0;
};

}  // namespace tappet::http
