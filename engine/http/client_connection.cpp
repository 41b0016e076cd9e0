#include "http/client_connection.hpp"

#include <array>
#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <cstring>

namespace tappet::http {
namespace {
constexpr std::size_t kFirstBuffer = 4 * 1024;
constexpr std::size_t kLargestBuffer = 128 * 1024;  // twice what the parser may leave unused
}  // namespace

Connection::Connection(std::unique_ptr<Transport> transport, std::weak_ptr<Owner> owner)
    : transport_(std::move(transport)), owner_(std::move(owner)), buffer_(kFirstBuffer) {}

void Connection::begin(std::shared_ptr<const Outgoing> request, bool is_head, std::uint64_t max_body) {
    parser_.emplace(is_head, max_body);
    written_ = false;
    const std::array<asio::const_buffer, 2> bytes{asio::buffer(request->head), asio::buffer(request->body)};
    // A failed write is left to the read: the peer may have answered before it closed.
    transport_->write(bytes, [self = shared_from_this(), request](const auto& error, std::size_t) {
        if (!error) self->written_ = true;
    });
    read();
}

void Connection::close() {
    closed_ = true;
    parser_.reset();
    transport_->close();
}

void Connection::read() {
    if (reading_) return;
    reading_ = true;
    if (filled_ == buffer_.size() && buffer_.size() < kLargestBuffer) buffer_.resize(buffer_.size() * 2);
    const auto into = asio::buffer(buffer_.data() + filled_, buffer_.size() - filled_);
    transport_->read_some(into, [self = shared_from_this()](const auto& error, std::size_t n) {
        self->reading_ = false;
        if (!self->closed_) self->on_read(error, n);
    });
}

void Connection::on_read(const boost::system::error_code& error, std::size_t n) {
    if (!parser_) {
        close();
        if (const auto owner = owner_.lock()) owner->on_idle_lost(shared_from_this());
        return;
    }
    if (error) return on_end(error);
    const bool full = filled_ + n == buffer_.size();
    const std::size_t have = filled_ + n;
    const std::size_t eaten = parser_->feed({buffer_.data(), have});
    filled_ = have - eaten;
    if (eaten != 0 && filled_ != 0) std::memmove(buffer_.data(), buffer_.data() + eaten, filled_);
    if (parser_->state() != ResponseParser::State::more) return settle();
    if (full && buffer_.size() < kLargestBuffer) buffer_.resize(buffer_.size() * 2);
    read();
}

void Connection::on_end(const boost::system::error_code& error) {
    const bool in_order = error == asio::error::eof;  // over TLS: the peer said so, it was not cut off
    if (in_order) {
        parser_->end();
        if (parser_->state() == ResponseParser::State::done) return settle();
    }
    Answer answer;
    answer.began = parser_->began();
    Failure failure;
    const bool cut = in_order || error == asio::ssl::error::stream_truncated;
    if (in_order && answer.began)
        failure.message = parser_->message();
    else if (cut)
        failure.message = answer.began ? "the connection was cut before the answer was complete"
                                       : "the peer closed without an answer";
    else
        failure.message = error.message();
    if (parser_->state() == ResponseParser::State::failed && answer.began) failure.kind = parser_->failure();
    answer.failure = std::move(failure);
    close();
    if (const auto owner = owner_.lock()) owner->on_answer(shared_from_this(), std::move(answer));
}

void Connection::settle() {
    Answer answer;
    answer.began = true;
    answer.has_head = parser_->has_head();
    if (parser_->state() == ResponseParser::State::failed) {
        Failure failure;
        failure.kind = parser_->failure();
        failure.message = "the answer cannot be taken: " + parser_->message();
        answer.failure = std::move(failure);
    }
    answer.response = std::move(parser_->response());
    answer.reusable = parser_->keep_alive() && written_ && filled_ == 0;
    used = true;
    if (answer.reusable) {
        parser_.reset();
        if (buffer_.size() > 4 * kFirstBuffer) buffer_ = std::vector<char>(kFirstBuffer);
        read();
    } else {
        close();
    }
    if (const auto owner = owner_.lock()) owner->on_answer(shared_from_this(), std::move(answer));
}

}  // namespace tappet::http
