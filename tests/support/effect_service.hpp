#pragma once
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "expr/json.hpp"
#include "http/server.hpp"

namespace tappet::test {

/// What has arrived under one Idempotency-Key.
struct Effect {
    std::string run;                     ///< who sent it, as the body says
    std::string step;
    int order = 0;                       ///< the step's place in its run
    int calls = 0;
    int done = 0;                        ///< answered with 200
    int last_done_in = -1;               ///< generation of the latest such answer
};

/// A small service that effects land on: it counts by Idempotency-Key and says what no engine may do. Bodies are
/// { run, step, order }. Paths: /effect answers after a random short time; /flaky the same, but each key's first
/// call gets a 503; /hold 503 with Retry-After while it holds. On a thread of its own.
class EffectService final : public http::Handler {
public:
    explicit EffectService(std::chrono::microseconds most_delay = std::chrono::milliseconds(3))
        : most_delay_(most_delay), random_(7), server_(loop_, *this, options()) {
        if (auto started = server_.start(); !started) throw std::runtime_error(started.error().message);
        address_ = server_.address();
        thread_ = std::thread([this] { loop_.run(); });
    }
    ~EffectService() override {
        loop_.stop();
        thread_.join();
        server_.stop();
    }

    std::string url() const { return "http://" + address_; }
    /// The engine has been killed: calls that were under way may come again. Waits until what it had sent is read.
    void next_generation() {
        while (open_connections() > 0) std::this_thread::sleep_for(std::chrono::microseconds(200));
        ++generation_;
    }
    void hold(bool on) { hold_ = on; }
    std::map<std::string, Effect> effects() const {
        const std::lock_guard lock(mutex_);
        return effects_;
    }
    std::vector<std::string> broken() const {
        const std::lock_guard lock(mutex_);
        return broken_;
    }
    std::uint64_t held() const { return held_; }

    std::uint64_t body_limit(const http::Request&) override { return 1u << 20; }
    http::Response refuse(int status, const std::string& detail) override { return {status, {}, detail}; }

    void handle(http::Request request, http::Responder respond) override {
        const auto key = request.headers.get("idempotency-key");
        const JsonParsed body = parse_json(request.body);
        if (!key || !body.ok) return respond.send({400, {}, "no key or no JSON"});
        const std::string_view path = request.path();
        const bool refused = note(std::string(*key), body.value, path);
        if (refused) {
            http::Response answer{503, {}, ""};
            answer.headers.add("retry-after", path == "/hold" ? "3" : "0");
            return respond.send(std::move(answer));
        }
        auto later = std::make_shared<boost::asio::steady_timer>(loop_);
        later->expires_after(most_delay_ * static_cast<int>(random_.next() % 16) / 16);
        auto shared = std::make_shared<http::Responder>(std::move(respond));
        later->async_wait([this, later, shared, key = std::string(*key)](const boost::system::error_code&) {
            finish(key);
            http::Response answer{200, {}, R"({"ok":true})"};
            answer.headers.add("content-type", "application/json");
            shared->send(std::move(answer));
        });
    }

private:
    static http::ServerOptions options() {
        http::ServerOptions out;
        out.listen = "127.0.0.1:0";
        out.max_connections = 10'000;
        return out;
    }
    static std::string text_of(const Value& body, std::string_view name) {
        const Value* value = body.find(name);
        return value && value->is(Kind::string) ? std::string(value->as_string()) : std::string();
    }

    std::uint64_t open_connections() {
        std::promise<std::uint64_t> open;
        boost::asio::post(loop_, [&] { open.set_value(server_.stats().connections_open); });
        return open.get_future().get();
    }

    /// Counts a call; whether it is answered with 503.
    bool note(const std::string& key, const Value& body, std::string_view path) {
        const std::lock_guard lock(mutex_);
        Effect& effect = effects_[key];
        const std::string run = text_of(body, "run"), step = text_of(body, "step");
        const Value* order = body.find("order");
        if (effect.calls++ == 0) {
            effect.run = run;
            effect.step = step;
            effect.order = order && order->is(Kind::integer) ? static_cast<int>(order->as_integer()) : 0;
        } else if (effect.run != run || effect.step != step) {
            broken_.push_back("key " + key + " came from " + effect.run + " " + effect.step + " and from " + run + " " + step);
        }
        if (effect.last_done_in == generation_) broken_.push_back("step " + step + " of " + run + " was called again without a kill");
        int& reached = reached_[run];
        if (effect.order < reached) broken_.push_back("step " + step + " of " + run + " was called again after a later one had begun");
        reached = std::max(reached, effect.order);
        if (path == "/hold" && hold_) return ++held_, true;
        return path == "/flaky" && effect.calls == 1;
    }
    void finish(const std::string& key) {
        const std::lock_guard lock(mutex_);
        Effect& effect = effects_[key];
        ++effect.done;
        effect.last_done_in = generation_;
    }

    std::chrono::microseconds most_delay_;
    SeededRandom random_;
    mutable std::mutex mutex_;
    std::map<std::string, Effect> effects_;
    std::map<std::string, int> reached_;
    std::vector<std::string> broken_;
    std::atomic<int> generation_{0};
    std::atomic<bool> hold_{true};
    std::atomic<std::uint64_t> held_{0};
    boost::asio::io_context loop_{1};
    http::Server server_;
    std::string address_;
    std::thread thread_;
};

}  // namespace tappet::test
