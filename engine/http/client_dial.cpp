#include "http/client_dial.hpp"

namespace tappet::http {

namespace {
constexpr std::chrono::milliseconds kStagger{250};
}

Dialer::Dialer(boost::asio::io_context& loop, std::vector<Endpoint> addresses, Done done)
    : loop_(loop), addresses_(std::move(addresses)), done_(std::move(done)), stagger_(loop) {}

void Dialer::cancel() {
    done_ = nullptr;
    stagger_.cancel();
    boost::system::error_code ignored;
    for (auto& socket : sockets_) socket->close(ignored);
}

void Dialer::try_next() {
    const std::size_t attempt = sockets_.size();
    sockets_.push_back(std::make_unique<Socket>(loop_));
    ++open_;
    sockets_.back()->async_connect(
        addresses_[attempt],
        [self = shared_from_this(), attempt](const auto& error) { self->on_connect(attempt, error); });
    if (sockets_.size() == addresses_.size()) return;
    stagger_.expires_after(kStagger);
    stagger_.async_wait([self = shared_from_this(), attempt](const auto& error) {
        const bool still_last = self->sockets_.size() == attempt + 1;
        if (!error && self->done_ && still_last) self->try_next();
    });
}

void Dialer::on_connect(std::size_t attempt, const boost::system::error_code& error) {
    if (!done_) return;
    --open_;
    if (!error) return finish({}, std::move(*sockets_[attempt]));
    if (sockets_.size() < addresses_.size()) {
        if (attempt + 1 == sockets_.size())
            try_next();  // an earlier one that fails late does not hurry the next
        return;
    }
    if (open_ == 0) finish(error, Socket(loop_));
}

void Dialer::finish(const boost::system::error_code& error, Socket socket) {
    const Done done = std::move(done_);
    cancel();
    done(error, std::move(socket));
}

}  // namespace tappet::http
