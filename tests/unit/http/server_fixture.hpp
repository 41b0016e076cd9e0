#pragma once
#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "http/server.hpp"
#include "support/raw_client.hpp"

namespace tappet::http {

/// Answers at once or keeps requests for the test to answer, as the test says. Used on the loop's thread.
class ScriptedHandler final : public Handler {
public:
    std::uint64_t body_limit(const Request& head) override {
        if (head.target == "/throws-at-head") throw std::runtime_error("at head");
        return limit;
    }
    void handle(Request request, Responder respond) override {
        if (on_request) return on_request(std::move(request), std::move(respond));
        Response response;
        response.body = request.method + " " + request.target + " " + request.body;
        respond.send(std::move(response));
    }
    Response refuse(int status, const std::string& detail) override {
        if (refuse_throws) throw std::runtime_error("refuse");
        return Response{status, {{"content-type", "application/problem+json"}}, detail};
    }

    std::uint64_t limit = 1000;
    bool refuse_throws = false;
    std::function<void(Request, Responder)> on_request;  ///< empty: echoes method, target and body
};

/// A server on a thread of its own, on a free port of loopback.
class ServerFixture : public testing::Test {
protected:
    ServerFixture() { options.listen = "127.0.0.1:0"; }
    ~ServerFixture() override {
        if (!thread_.joinable()) return;
        on_loop([this] {
            held.clear();
            server.reset();
        });
        work_.reset();
        thread_.join();
    }

    void start() {
        server.emplace(loop, handler, options);
        const auto started = server->start();
        ASSERT_TRUE(started) << started.error().message;
        address = server->address();
        thread_ = std::thread([this] { loop.run(); });
    }
    test::RawClient client() { return test::RawClient(address); }
    /// Runs a function on the loop and waits for its end.
    template <class F>
    auto on_loop(F f) -> decltype(f()) {
        std::packaged_task<decltype(f())()> job(std::move(f));
        auto result = job.get_future();
        boost::asio::post(loop, [&job] { job(); });
        return result.get();
    }
    /// Asks on the loop until it holds; a failure when it does not within ten seconds.
    void await(const char* what, const std::function<bool()>& holds) {
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (!on_loop(holds)) ASSERT_LT(std::chrono::steady_clock::now(), until) << what;
    }
    /// The handler keeps responders in `held`; wait_held waits until there are so many.
    void hold_requests() {
        handler.on_request = [this](Request request, Responder respond) {
            const std::lock_guard lock(mutex_);
            held.emplace_back(std::move(request), std::move(respond));
            changed_.notify_all();
        };
    }
    void wait_held(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return held.size() >= count; });
    }
    void answer_held(std::size_t index, const std::string& body) {
        on_loop([&] {
            Response response;
            response.body = body;
            held[index].second.send(std::move(response));
        });
    }
    /// Sends bytes on a fresh connection and reads until the server closes.
    std::string exchange(std::string_view bytes) {
        auto peer = client();
        peer.send(bytes);
        return peer.read_all();
    }

    boost::asio::io_context loop{1};
    ScriptedHandler handler;
    ServerOptions options;
    std::optional<Server> server;
    std::string address;
    std::deque<std::pair<Request, Responder>> held;

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{loop.get_executor()};
    std::thread thread_;
};

inline std::string body_of(const std::string& answer) {
    const std::size_t end = answer.find("\r\n\r\n");
    return end == std::string::npos ? std::string() : answer.substr(end + 4);
}
inline int status_of(const std::string& answer) {
    return answer.substr(0, 9) == "HTTP/1.1 " ? std::atoi(answer.c_str() + 9) : 0;
}

}  // namespace tappet::http
