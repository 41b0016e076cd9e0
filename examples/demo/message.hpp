#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace demo {

template <class T = void>
using Task = boost::asio::awaitable<T>;
using Socket = boost::asio::ip::tcp::socket;

/// An HTTP/1.1 request with a Content-Length, or without a body.
struct Request {
    std::string method, path, query;
    std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
    std::string body;

    std::string_view header(std::string_view name) const;  ///< empty when there is none
};

struct Answer {
    int status = 200;
    std::string body = {};    ///< JSON; empty with 204
    int retry_after_s = 0;    ///< 0: the answer has no Retry-After
    bool remembered = false;  ///< says in a header that nothing was done this time
};

/// The next request; nothing when the peer is gone before it is complete, or sends what is no request.
/// `rest` keeps what came beyond it.
Task<std::optional<Request>> read_request(Socket& socket, std::string& rest);
/// False when the peer no longer takes bytes.
Task<bool> write_answer(Socket& socket, Answer answer);

}  // namespace demo
