#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/result.hpp"

namespace tappet::http {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

/// A connected socket, with TLS over it once secured. Stays where it is: operations under way refer to it.
class Transport {
public:
    using TlsStream = asio::ssl::stream<tcp::socket&>;

    explicit Transport(tcp::socket socket) : socket_(std::move(socket)) {}
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;

    tcp::socket& socket() { return socket_; }
    /// Puts TLS over the socket; reads and writes go through it from now on. The handshake is still to be
    /// done.
    TlsStream& secure(asio::ssl::context& context) { return tls_.emplace(socket_, context); }

    template <class Handler>
    void read_some(asio::mutable_buffer into, Handler handler) {
        if (tls_)
            tls_->async_read_some(into, std::move(handler));
        else
            socket_.async_read_some(into, std::move(handler));
    }
    template <class Buffers, class Handler>
    void write(const Buffers& buffers, Handler handler) {
        if (tls_)
            asio::async_write(*tls_, buffers, std::move(handler));
        else
            asio::async_write(socket_, buffers, std::move(handler));
    }
    /// Ends it at once; operations under way end with operation_aborted.
    void close() {
        boost::system::error_code ignored;
        socket_.close(ignored);
    }

private:
    tcp::socket socket_;
    std::optional<TlsStream> tls_;
};

/// A client's TLS: version 1.2 or later, the peer's chain verified against `ca_file` (PEM), or the system's
/// store when that is empty. Fails when the file cannot be read.
Result<std::shared_ptr<asio::ssl::context>> make_tls_context(const std::string& ca_file);
/// Asks for this host by name (SNI) and has its certificate checked against it; a literal address is checked
/// as such. False when OpenSSL refuses the name.
bool expect_host(Transport::TlsStream& stream, const std::string& host);
/// Why a handshake failed, in words: the certificate's fault when there is one.
std::string handshake_problem(Transport::TlsStream& stream, const boost::system::error_code& error);

}  // namespace tappet::http
