#pragma once
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "http/message.hpp"

namespace tappet::http {

/// Answers one request, once. Move-only; dropping it unanswered sends 500 and closes. Call on the loop's
/// thread.
class Responder {
public:
    /// The connection's side of a Responder; a test of a handler brings its own. Used on the loop's thread.
    class Target {
    public:
        virtual ~Target() = default;
        virtual void answer(Response response) = 0;  ///< called at most once, then the target is let go
        virtual void abandon() = 0;                  ///< instead of answer: nobody will answer
    };

    Responder() = default;
    explicit Responder(std::shared_ptr<Target> target);
    Responder(Responder&&) noexcept = default;
    Responder& operator=(Responder&&) noexcept;
    ~Responder();
    void send(Response response);
    explicit operator bool() const { return static_cast<bool>(target_); }

private:
    std::shared_ptr<Target> target_;
};

/// What the server does with requests. Called on the loop's thread; must not throw (a throw answers 500).
class Handler {
public:
    virtual ~Handler() = default;
    /// The largest body to accept for this head, in bytes; asked before the body is read. Over it: 413, from
    /// Content-Length before reading, from a chunked body as soon as it is passed.
    virtual std::uint64_t body_limit(const Request& head) = 0;
    virtual void handle(Request request, Responder respond) = 0;
    /// The answer to a request that never reaches handle (400, 408, 413, 417, 431, 505), to a connection over
    /// the cap (429; Retry-After is added when absent), or when handle threw or dropped its responder (500):
    /// its body and headers.
    virtual Response refuse(int status, const std::string& detail) = 0;
    /// The same where the body is longer than its limit (413): of the request there is all but the body.
    virtual Response refuse_body(const Request& head, const std::string& detail) {
        (void)head;
        return refuse(413, detail);
    }
};

struct ServerOptions {
    std::string listen = "127.0.0.1:8420";     ///< host:port, [v6]:port; port 0 picks a free one
    std::size_t max_connections = 4096;        ///< over it: answer 429 with Retry-After at once and close
    std::size_t max_header_bytes = 16 * 1024;  ///< request line and fields; over it 431
    /// Bytes of bodies in memory, of all requests that are being received or wait for their answer: what goes
    /// over it is answered 429 with Retry-After and its connection closed. One body may not be longer (413).
    std::uint64_t max_bodies_bytes = 256u << 20;
    std::chrono::milliseconds header_timeout{
        10'000};  ///< from accept or first byte to the end of the head: 408
    std::chrono::milliseconds body_timeout{30'000};  ///< for the whole body: 408
    std::chrono::milliseconds idle_timeout{60'000};  ///< keep-alive without a request: closed silently
    std::chrono::milliseconds write_timeout{
        30'000};                     ///< without the peer taking a byte of its answers: closed
    std::size_t max_pipelined = 16;  ///< requests read ahead of their answers on one connection
    /// Bytes read and thrown away behind a request that is refused or the last one, so that a peer that sends
    /// all before it reads gets its answer. They may take as long as a body, and a second more.
    std::size_t max_discarded_bytes = 64u << 20;
};

struct ServerStats {
    std::uint64_t connections_open = 0, connections_total = 0, connections_refused = 0, requests_total = 0;
    std::uint64_t bodies_bytes = 0;    ///< in memory
    std::uint64_t bodies_refused = 0;  ///< requests given up over max_bodies_bytes
};

/// Whether a server can be told to listen there: host:port or [v6]:port with an IP address or localhost.
bool is_listen_address(const std::string& text);

/// An HTTP/1.1 server on one loop. Every method is called on the loop's thread, or before it runs; the
/// handler outlives the server. Timeouts are coarse: they strike up to a quarter of the shortest one late.
///
/// Requests pipelined on a connection are handed over as they arrive and answered in their order.
/// Strict framing: folded headers, bare CR or LF, whitespace before a colon, several or conflicting lengths,
/// Content-Length together with Transfer-Encoding, unknown transfer codings, control characters in the
/// target, a missing or doubled Host in HTTP/1.1 are 400 and close the connection. HEAD, Expect: 100-continue
/// and HTTP/1.0 are honoured.
class Server {
public:
    Server(boost::asio::io_context& loop, Handler& handler, ServerOptions options);
    ~Server();
    /// Binds and starts to accept. Fails with the address and the reason (in use, not permitted, not an
    /// address).
    Result<void> start();
    /// host:port as bound.
    std::string address() const;
    /// Stops accepting; requests under way are answered with Connection: close, idle connections are closed.
    /// `done` is called when the last connection has ended.
    void drain(std::function<void()> done);
    /// Closes everything now.
    void stop();
    const ServerStats& stats() const;

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace tappet::http
