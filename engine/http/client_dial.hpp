#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <vector>

namespace tappet::http {

/// Connects to the first of several addresses that answers (in the manner of RFC 8305): one after the other,
/// without waiting longer than a quarter of a second for one before the next is tried beside it. One use; on
/// the loop's thread.
class Dialer : public std::enable_shared_from_this<Dialer> {
public:
    using Socket = boost::asio::ip::tcp::socket;
    using Endpoint = boost::asio::ip::tcp::endpoint;
    /// The connected socket, or the last error. Never called from inside start, nor after cancel.
    using Done = std::function<void(boost::system::error_code, Socket)>;

    /// `addresses` are tried in this order; at least one.
    Dialer(boost::asio::io_context& loop, std::vector<Endpoint> addresses, Done done);
    void start() { try_next(); }
    void cancel();

private:
    void try_next();
    void on_connect(std::size_t attempt, const boost::system::error_code& error);
    void finish(const boost::system::error_code& error, Socket socket);

    boost::asio::io_context& loop_;
    std::vector<Endpoint> addresses_;
    Done done_;
    std::vector<std::unique_ptr<Socket>> sockets_;  // one per address tried
    std::size_t open_ = 0;
    boost::asio::steady_timer stagger_;
};

}  // namespace tappet::http
