#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <deque>
#include <map>
#include <vector>

#include "plugin/http_door.hpp"

namespace tappet::testing {

/// Answers plugins' requests from a script, in order; holds back what it has no answer for.
class ScriptedDoor final : public plugin::HttpDoor {
public:
    using Outcome = boost::system::result<http::ClientResponse, http::Failure>;
    explicit ScriptedDoor(boost::asio::io_context& loop) : loop_(loop) {}

    http::Client::Ticket send(http::ClientRequest request, http::Client::Done done) override {
        requests.push_back(std::move(request));
        const http::Client::Ticket ticket = ++last_;
        open_[ticket] = std::move(done);
        if (!answers.empty()) {
            finish(ticket, std::move(answers.front()));
            answers.pop_front();
        }
        return ticket;
    }
    void cancel(http::Client::Ticket ticket) override {
        if (!open_.count(ticket)) return;
        ++cancelled;
        http::Failure failure;
        failure.kind = http::Failure::Kind::cancelled;
        failure.message = "cancelled";
        finish(ticket, std::move(failure));
    }
    /// Answers a request that was held back; tickets count from 1.
    void reply(http::Client::Ticket ticket, int status) {
        http::ClientResponse response;
        response.status = status;
        finish(ticket, std::move(response));
    }
    void answer(int status, http::Headers headers = {}, std::string body = {}) {
        http::ClientResponse response;
        response.status = status;
        response.headers = std::move(headers);
        response.body = std::move(body);
        answers.emplace_back(std::move(response));
    }
    void fail(http::Failure::Kind kind, std::string message) {
        http::Failure failure;
        failure.kind = kind;
        failure.message = std::move(message);
        answers.emplace_back(std::move(failure));
    }

    std::vector<http::ClientRequest> requests;
    std::deque<Outcome> answers;
    int cancelled = 0;

private:
    void finish(http::Client::Ticket ticket, Outcome outcome) {
        auto done = std::move(open_[ticket]);
        open_.erase(ticket);
        boost::asio::post(loop_, [done = std::move(done), outcome = std::move(outcome)]() mutable {
            done(std::move(outcome));
        });
    }
    boost::asio::io_context& loop_;
    std::map<http::Client::Ticket, http::Client::Done> open_;
    http::Client::Ticket last_ = 0;
};

}  // namespace tappet::testing
