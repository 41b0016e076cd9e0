// What the HTTP server alone costs: answers every POST with 202 and 120 bytes. Drive it with
//   wrk -t1 -c64 -d10 -s tests/bench/http_server/post.lua http://ADDRESS/hooks/default/flow/trigger
#include <unistd.h>

#include <boost/asio/signal_set.hpp>
#include <cstdio>

#include "http/server.hpp"

namespace {

class Accepting final : public tappet::http::Handler {
public:
    std::uint64_t body_limit(const tappet::http::Request&) override { return 1 << 20; }
    void handle(tappet::http::Request, tappet::http::Responder respond) override {
        tappet::http::Response response;
        response.status = 202;
        response.headers.add("Content-Type", "application/json");
        response.body.assign(120, 'x');
        respond.send(std::move(response));
    }
    tappet::http::Response refuse(int status, const std::string& detail) override {
        return tappet::http::Response{status, {}, detail};
    }
};

}  // namespace

int main(int argc, char** argv) {
    boost::asio::io_context loop(1);
    Accepting handler;
    tappet::http::ServerOptions options;
    options.listen = argc > 1 ? argv[1] : "127.0.0.1:0";
    tappet::http::Server server(loop, handler, options);
    if (const auto started = server.start(); !started) {
        std::fprintf(stderr, "%s\n", started.error().message.c_str());
        return 1;
    }
    std::printf("%s\n", server.address().c_str());
    std::fflush(stdout);
    boost::asio::signal_set signals(loop, SIGINT, SIGTERM);
    const auto end = [&](const boost::system::error_code&, int) { server.drain([] {}); };
    signals.async_wait(end);
    loop.run();
    return 0;
}
