// demo_service ADDRESS_FILE [DELAY_MS]: the application on a free port of 127.0.0.1. Writes its address into
// the file once it takes requests, answers each after a short while, and ends with SIGTERM or SIGINT.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "application.hpp"

namespace demo {
namespace asio = boost::asio;
namespace {

class Service {
public:
    Service(asio::io_context& loop, std::chrono::milliseconds delay)
        : loop_(loop),
          delay_(delay),
          acceptor_(loop, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
        asio::co_spawn(loop_, accept(), asio::detached);
    }

    std::string url() const {
        return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
    }

private:
    Task<> accept() {
        while (true) {
            Socket socket(loop_);
            boost::system::error_code error;
            co_await acceptor_.async_accept(socket, asio::redirect_error(asio::use_awaitable, error));
            if (error) co_return;
            asio::co_spawn(loop_, serve(std::move(socket)), asio::detached);
        }
    }

    Task<> serve(Socket socket) {
        std::string rest;
        bool good = true;
        while (good) {
            const std::optional<Request> request = co_await read_request(socket, rest);
            if (!request) break;
            const Outcome outcome = application_.take(*request);
            if (!outcome.key.empty()) co_await pause();
            if (outcome.silent)
                good = co_await leave_waiting(socket);
            else
                good = co_await write_answer(socket, outcome.answer);
            if (good && !outcome.key.empty()) ledger_.delivered(outcome.key);
        }
    }

    Task<> pause() {
        asio::steady_timer timer(loop_, delay_);
        boost::system::error_code ignored;
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }

    /// Says nothing until the caller is gone.
    Task<bool> leave_waiting(Socket& socket) {
        ledger_.held(+1);
        boost::system::error_code ignored;
        co_await socket.async_wait(Socket::wait_read, asio::redirect_error(asio::use_awaitable, ignored));
        ledger_.held(-1);
        co_return false;
    }

    asio::io_context& loop_;
    std::chrono::milliseconds delay_;
    asio::ip::tcp::acceptor acceptor_;
    Ledger ledger_;
    Application application_{ledger_};
};

/// Whoever looks for the file finds it whole.
void write_whole(const std::string& path, const std::string& text) {
    std::ofstream(path + ".new") << text << "\n";
    std::filesystem::rename(path + ".new", path);
}

}  // namespace
}  // namespace demo

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: demo_service ADDRESS_FILE [DELAY_MS]\n");
        return 2;
    }
    try {
        boost::asio::io_context loop(1);
        const demo::Service service(loop, std::chrono::milliseconds(argc > 2 ? std::atoi(argv[2]) : 0));
        boost::asio::signal_set signals(loop, SIGTERM, SIGINT);
        signals.async_wait([&loop](const boost::system::error_code&, int) { loop.stop(); });
        demo::write_whole(argv[1], service.url());
        loop.run();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "demo_service: %s\n", error.what());
        return 1;
    }
    return 0;
}
