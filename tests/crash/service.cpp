#include "service.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace tappet::crash {
namespace asio = boost::asio;
namespace {

constexpr Milliseconds kHoldStep{5};
constexpr std::string_view kSuccess =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{\"ok\":true}";

std::string unavailable(int retry_after_s) {
    return "HTTP/1.1 503 Service Unavailable\r\nRetry-After: " + std::to_string(retry_after_s) +
           "\r\nContent-Length: 0\r\n\r\n";
}

}  // namespace

Service::Service(asio::io_context& loop, Effects& effects)
    : loop_(loop),
      effects_(effects),
      acceptor_(loop, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
    asio::co_spawn(loop_, accept(), asio::detached);
}

std::string Service::url() const {
    return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
}

void Service::release() { released_ = true; }

Task<> Service::accept() {
    while (true) {
        Socket socket(loop_);
        boost::system::error_code error;
        co_await acceptor_.async_accept(socket, asio::redirect_error(asio::use_awaitable, error));
        if (error) co_return;
        asio::co_spawn(loop_, serve(std::move(socket), life_), asio::detached);
    }
}

Task<> Service::serve(Socket socket, unsigned life) {
    ++connections_;
    std::string rest;
    bool good = true;
    while (good) {
        const std::optional<Message> request = co_await read_message(socket, rest);
        if (!request) break;
        good = co_await answer(socket, *request, life);
    }
    --connections_;
}

Task<bool> Service::answer(Socket& socket, const Message& request, unsigned life) {
    const std::string path(request.word(1));
    const Answer what =
        effects_.arrived(path, request.field("idempotency-key"), life, std::chrono::steady_clock::now());
    if (what.delay.count() > 0) co_await pause(loop_, what.delay);
    while (what.kind == Answer::Kind::hold && !released_) {
        co_await pause(loop_, kHoldStep);
        if (life != life_) co_return false;  // the caller is dead
    }
    if (what.kind == Answer::Kind::unavailable) {
        const std::string refusal = unavailable(what.retry_after_s);
        co_return co_await write_all(socket, refusal);
    }
    // Counted before it is sent: from here on the engine may know.
    effects_.succeeded(path, life);
    co_return co_await write_all(socket, kSuccess);
}

}  // namespace tappet::crash
