#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tappet::crash {

template <class T = void>
using Task = boost::asio::awaitable<T>;
using Socket = boost::asio::ip::tcp::socket;
using Milliseconds = std::chrono::milliseconds;
using SteadyTime = std::chrono::steady_clock::time_point;

/// An HTTP/1.1 message as it came: a request or an answer with a Content-Length, or without a body.
struct Message {
    std::string start;                                        ///< the first line
    std::vector<std::pair<std::string, std::string>> fields;  ///< names in lower case
    std::string body;

    std::string_view field(std::string_view name) const;  ///< empty when there is none
    std::string_view word(std::size_t number) const;      ///< of the first line, from 0
    int status() const;                                   ///< of an answer; 0 where it has none
};

/// The next message; nothing when the peer is gone before it is complete. `rest` keeps what came beyond it.
Task<std::optional<Message>> read_message(Socket& socket, std::string& rest);
/// False when the peer no longer takes bytes.
Task<bool> write_all(Socket& socket, std::string_view bytes);
/// Lets others run meanwhile.
Task<> pause(boost::asio::io_context& loop, std::chrono::microseconds time);

/// A keep-alive connection of ours to the engine; opens itself anew after a failure.
class Connection {
public:
    explicit Connection(boost::asio::io_context& loop) : loop_(loop), socket_(loop) {}
    /// The answer to a request, or nothing when the engine died, or was not there, before it was complete.
    Task<std::optional<Message>> exchange(std::string address, std::string method, std::string target,
                                          std::string body);

private:
    Task<bool> open(const std::string& address);
    void close();

    boost::asio::io_context& loop_;
    Socket socket_;
    std::string address_, rest_;
};

}  // namespace tappet::crash
