#pragma once
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "http/client.hpp"

namespace tappet::test {

/// How a request ended.
struct Fetched {
    std::optional<http::ClientResponse> response;
    std::optional<http::Failure> failure;
};

/// Runs the loop until the condition holds. Fails the test when nothing comes for long.
inline void run_until(boost::asio::io_context& loop, const std::function<bool()>& reached) {
    loop.restart();
    while (!reached()) {
        if (loop.run_one_for(std::chrono::seconds(20)) == 0) {
            ADD_FAILURE() << "the loop ran dry";
            return;
        }
    }
}

/// Notes how a request ends in `into`, which must outlive it.
inline http::Client::Done note(std::optional<Fetched>& into) {
    return [&into](auto result) {
        ASSERT_FALSE(into.has_value()) << "done was called twice";
        Fetched fetched;
        if (result.has_value())
            fetched.response = *result;
        else
            fetched.failure = result.error();
        into = std::move(fetched);
    };
}

/// Sends a request and runs the loop until it has ended.
inline Fetched fetch(boost::asio::io_context& loop, http::Client& client, http::ClientRequest request) {
    std::optional<Fetched> fetched;
    client.send(std::move(request), note(fetched));
    EXPECT_FALSE(fetched.has_value()) << "done was called from inside send";
    run_until(loop, [&] { return fetched.has_value(); });
    return fetched.value_or(Fetched{});
}

inline http::ClientRequest get(const std::string& url) {
    http::ClientRequest request;
    request.url = url;
    return request;
}

inline http::ClientRequest post(const std::string& url, const std::string& body) {
    http::ClientRequest request;
    request.method = "POST";
    request.url = url;
    request.body = body;
    return request;
}

/// Options whose guard lets the addresses of tests through.
inline http::ClientOptions loopback_options() {
    http::ClientOptions options;
    options.guard = http::Guard::create({"127.0.0.0/8", "::1"}).value();
    return options;
}

/// An answer with a body of known length.
inline std::string answer(const std::string& body, const std::string& fields = "",
                          const std::string& status = "200 OK") {
    return "HTTP/1.1 " + status + "\r\n" + fields + "content-length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}

}  // namespace tappet::test
