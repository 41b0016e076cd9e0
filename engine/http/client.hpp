#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "http/message.hpp"

namespace tappet::http {

/// Decides which addresses may be reached. Private, loopback, link-local, unique-local, shared (100.64/10),
/// benchmark, multicast, unspecified, documentation and v4-mapped forms of them are refused unless allowed.
class Guard {
public:
    /// Entries are CIDR ("10.0.0.0/8", "::1/128"), single addresses, or host names ("app.internal",
    /// "*.internal"), which allow whatever that name resolves to. Fails on an entry that is none of these,
    /// naming it.
    static Result<Guard> create(const std::vector<std::string>& allow);
    Guard() = default;
    /// Whether the address (text form) may be connected to for this host name. Decided on the address that is
    /// really connected to, never on the name alone.
    bool allows(const std::string& host, const std::string& address) const;

private:
    struct Rules;
    std::shared_ptr<const Rules> rules_;
};

struct ClientRequest {
    std::string method = "GET";
    std::string url;  ///< absolute, http or https; user info is refused
    Headers headers;  ///< host, content-length, accept-encoding, user-agent are added when absent
    std::string body;
    std::chrono::milliseconds timeout{30'000};  ///< for everything, redirects and body included
    int redirects = 5;                   ///< how many to follow; beyond: the 3xx answer itself is an error
    std::uint64_t max_body = 10u << 20;  ///< bytes after decompression; over it: Failure::too_large
};

struct ClientResponse {
    int status = 0;
    Headers headers;   ///< names in lower case; content-encoding removed when undone
    std::string body;  ///< gzip and deflate undone
    std::string url;   ///< where it came from, after redirects
};

/// Why there is no response.
struct Failure {
    enum class Kind {
        bad_request,
        refused_address,
        resolve,
        connect,
        tls,
        protocol,
        too_large,
        too_many_redirects,
        timeout,
        cancelled
    };
    Kind kind = Kind::protocol;
    std::string message;  ///< what and where, never credentials or query strings
    bool request_may_have_arrived = false;
};

struct ClientOptions {
    Guard guard;
    std::string ca_file;            ///< PEM; empty: the system's store
    std::string proxy;              ///< http://host:port, for all requests; empty: none
    std::size_t max_per_host = 64;  ///< connections; requests over it wait in order
    std::size_t max_idle_per_host = 16;
    std::size_t max_waiting = 10'000;  ///< requests queued in all; over it: connect failure
    std::chrono::milliseconds idle_timeout{30'000};
    std::string user_agent = "tappet";
    /// Turns a name into addresses; blocks, on any thread. Null: the system is asked. For tests.
    std::function<Result<std::vector<boost::asio::ip::address>>(const std::string& host)> resolve;
};

/// Fails where ClientOptions::ca_file cannot be this file.
Result<void> check_authorities(const std::string& file);

/// An HTTP/1.1 client on one loop: keep-alive pools per origin, TLS 1.2+ with verification of chain and host
/// name, redirects (303 and POST 301/302 become GET; credentials are dropped when the origin changes; the
/// guard is asked again for each), gzip and deflate with the size cap applied while inflating. An idempotent
/// request on a reused connection that turns out closed before any byte of the answer is sent once more on a
/// fresh one. Called on the loop's thread.
class Client {
public:
    using Done = std::function<void(boost::system::result<ClientResponse, Failure>)>;
    /// Names a request under way. 0 names none.
    using Ticket = std::uint64_t;

    Client(boost::asio::io_context& loop, ClientOptions options);
    ~Client();  ///< requests under way end as cancelled, later, on the loop
    /// Starts a request. `done` is called once, on the loop's thread, never from inside send.
    Ticket send(ClientRequest request, Done done);
    /// Ends a request as Failure::cancelled; nothing when it is done already.
    void cancel(Ticket ticket);

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace tappet::http
