#include "http/server_connection.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <utility>

#include "base/log.hpp"

namespace tappet::http::server {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kMaxUnsent =
    256 * 1024;  // bytes of answers a slow reader may let pile up before we stop reading
constexpr std::uint64_t kMaxReserve = 1024 * 1024;  // bytes of body believed before they arrive

std::string address_of(const Socket& socket) {
    boost::system::error_code failed;
    const auto peer = socket.remote_endpoint(failed);
    if (failed) return {};
    const asio::ip::address address = peer.address();
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
    }
    return address.to_string();
}

}  // namespace

void log_lost_connection(const std::string& fault) { log::error("a connection is given up: {}", fault); }

Connection::Connection(std::shared_ptr<Shared> shared, Socket socket)
    : shared_(std::move(shared)),
      socket_(std::move(socket)),
      remote_(address_of(socket_)),
      head_(shared_->options.max_header_bytes) {
    boost::system::error_code ignored;  // a socket that is dead already says so at the first read
    socket_.non_blocking(true, ignored);
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
}

void Connection::start() {
    place_ = shared_->connections.insert(shared_->connections.end(), shared_from_this());
    settle();
}

void Connection::turn_away() {
    place_ = shared_->connections.insert(shared_->connections.end(), shared_from_this());
    turned_away_ = true;
    ++shared_->turned_away;
    guarded([&] {
        refuse(429, "the server has as many connections as it takes");
        work();
    });
}

void Connection::drain() {
    if (!working_) settle();
}

void Connection::close() {
    if (!std::exchange(open_, false)) return;
    boost::system::error_code ignored;
    socket_.close(ignored);
    read_place_.leave();
    write_place_.leave();
    stage_ = Stage::ended;
    drop_body();
    in_ = {};
    out_ = {};
    sent_ = 0;
    if (turned_away_) --shared_->turned_away;
    const auto self = shared_from_this();
    shared_->connections.erase(place_);
    if (shared_->on_closed) shared_->on_closed();
}

void Connection::timed_out(Wait wait) {
    if (wait != Wait::header && wait != Wait::body) return close();
    guarded([&] {
        refuse(408, wait == Wait::header ? "the head of the request did not arrive in time"
                                         : "the body of the request did not arrive in time");
        work();
    });
}

bool Connection::accepting() const {
    return open_ && stage_ != Stage::ended && unanswered_ < shared_->options.max_pipelined &&
           out_.size() - sent_ < kMaxUnsent;
}

bool Connection::between_requests() const { return stage_ == Stage::head && !head_.begun() && in_.empty(); }

bool Connection::discards() const { return discarded_ < shared_->options.max_discarded_bytes; }

void Connection::arm_read() {
    const bool wanted = stage_ == Stage::ended ? discards() : accepting();
    if (reading_ || !wanted || peer_closed_) return;
    reading_ = true;
    socket_.async_wait(Socket::wait_read,
                       [self = shared_from_this()](const boost::system::error_code& failed) {
                           self->reading_ = false;
                           if (failed && self->open_) return self->close();
                           if (self->open_) self->guarded([&] { self->on_readable(); });
                       });
}

void Connection::on_readable() {
    boost::system::error_code failed;
    auto& input = shared_->input;
    const std::size_t size = socket_.read_some(asio::buffer(input), failed);
    if (failed == asio::error::would_block) return arm_read();
    if (failed == asio::error::eof) return on_end_of_input();
    if (failed) return close();
    const std::string_view bytes(input.data(), size);
    working_ = true;
    if (in_.empty()) {
        const std::size_t used = consume(bytes);
        if (open_) in_.assign(bytes.substr(used));
    } else {
        in_.append(bytes);
    }
    work();
}

void Connection::on_end_of_input() {
    peer_closed_ = true;
    if (lingering_) return close();
    if (stage_ != Stage::ended && !between_requests() && accepting()) {
        refuse(400, "the request ends before it is complete");
    }
    work();
}

/// Reads on in what is there and writes what is ready, until neither goes further.
void Connection::work() {
    bool further = true;
    while (open_ && further) {
        working_ = true;
        std::size_t used = 0;
        if (!in_.empty()) {
            used = consume(in_);
            if (open_) in_.erase(0, used);
        }
        put_ready();
        working_ = false;
        flush();
        further = used > 0 && !in_.empty() && accepting();
    }
    working_ = false;
    settle();
}

/// Ends the connection where nothing is left to do, else waits for what comes next.
void Connection::settle() {
    if (!open_) return;
    const bool all_sent = first_ == nullptr && out_.empty();
    if (closing_ && out_.empty()) {
        finish_sending();
        if (!open_) return;
    } else if (all_sent && (peer_closed_ || (shared_->draining && between_requests()))) {
        return close();
    }
    if (in_.empty() && in_.capacity() > sizeof(shared_->input)) in_ = {};
    arm_read();
    set_read_timeout();
}

void Connection::set_read_timeout() {
    if (lingering_) return linger_on();
    const bool answering = first_ != nullptr || !out_.empty();
    Wait wait = Wait::header;
    if (!accepting() || (answering && between_requests())) {
        read_wait_set_ = false;
        return read_place_.leave();
    }
    if (stage_ != Stage::head) {
        wait = Wait::body;
    } else if (between_requests() && used_before_) {
        wait = Wait::idle;
    }
    if (read_wait_set_ && wait == read_wait_) return;
    read_wait_set_ = true;
    read_wait_ = wait;
    shared_->timeouts(wait).join(read_place_, std::chrono::steady_clock::now());
}

/// Takes as many bytes as make sense now and says how many.
std::size_t Connection::consume(std::string_view in) {
    std::size_t at = 0;
    bool further = true;
    while (further && at < in.size() && accepting()) {
        std::size_t used = 0;
        const std::string_view rest = in.substr(at);
        switch (stage_) {
            case Stage::head:
                further = take_head(rest, used);
                break;
            case Stage::fixed_body:
                further = take_fixed_body(rest, used);
                break;
            case Stage::chunked_body:
                further = take_chunked_body(rest, used);
                break;
            case Stage::ended:
                break;
        }
        at += used;
    }
    if (stage_ != Stage::ended) return at;
    discarded_ += in.size() - at;
    heard_ = true;
    return in.size();
}

bool Connection::take_head(std::string_view in, std::size_t& used) {
    switch (head_.read(in, used)) {
        case HeadReader::Status::more:
            return false;
        case HeadReader::Status::refused:
            refuse(head_.refusal().status, head_.refusal().detail);
            return false;
        case HeadReader::Status::complete:
            break;
    }
    used_before_ = true;
    read_wait_set_ = false;  // the next head or body has a time of its own
    return begin_body(used < in.size());
}

bool Connection::begin_body(bool body_has_arrived) {
    const Framing& framing = head_.framing();
    head_.request().remote = remote_;
    if (!framing.chunked && framing.length == 0) {
        dispatch();
        return true;
    }
    std::uint64_t limit = 0;
    try {
        limit = shared_->handler.body_limit(head_.request());
    } catch (...) {
        log::error("the handler failed at the head of a request: {}", describe_fault());
        refuse(500, "the request could not be handled");
        return false;
    }
    if (!open_) return false;
    limit = std::min(limit, shared_->options.max_bodies_bytes);
    if (framing.length > limit) {
        refuse(413, "the body is longer than " + std::to_string(limit) + " bytes");
        return false;
    }
    body_share_ = BodyBudget::Share(shared_->bodies);
    if (framing.chunked) {
        chunked_.begin(limit, shared_->options.max_header_bytes);
        stage_ = Stage::chunked_body;
    } else {
        head_.request().body.reserve(static_cast<std::size_t>(std::min(framing.length, kMaxReserve)));
        body_left_ = framing.length;
        stage_ = Stage::fixed_body;
    }
    owes_continue_ = framing.expects_continue && !body_has_arrived;
    return true;
}

bool Connection::take_fixed_body(std::string_view in, std::size_t& used) {
    used = static_cast<std::size_t>(std::min<std::uint64_t>(body_left_, in.size()));
    const std::size_t before = head_.request().body.size();
    head_.request().body.append(in.substr(0, used));
    body_left_ -= used;
    if (!body_fits(before) || body_left_ > 0) return false;
    dispatch();
    return true;
}

bool Connection::take_chunked_body(std::string_view in, std::size_t& used) {
    const std::size_t before = head_.request().body.size();
    const ChunkedReader::Status status = chunked_.read(in, used, head_.request().body);
    if (!body_fits(before)) return false;
    switch (status) {
        case ChunkedReader::Status::more:
            return false;
        case ChunkedReader::Status::refused:
            refuse(chunked_.refusal().status, chunked_.refusal().detail);
            return false;
        case ChunkedReader::Status::complete:
            dispatch();
            return true;
    }
    return false;
}

/// Counts what the body has grown by; false when that was refused.
bool Connection::body_fits(std::size_t size_before) {
    if (body_share_.grow(head_.request().body.size() - size_before)) return true;
    ++shared_->stats.bodies_refused;
    refuse(429, "the bodies of all requests together are more than the server takes; send it again later");
    return false;
}

void Connection::drop_body() {
    head_.request().body = {};
    body_share_ = {};
}

void Connection::dispatch() {
    Framing framing = head_.framing();
    framing.keep_alive = framing.keep_alive && !shared_->draining;
    Request request = std::move(head_.request());
    head_.reset();
    stage_ = framing.keep_alive ? Stage::head : Stage::ended;
    owes_continue_ = false;
    read_wait_set_ = false;
    ++shared_->stats.requests_total;
    const AnswerForm form{request.method == "HEAD", framing.http10, !framing.keep_alive};
    Slot& slot = add_slot(form);
    slot.body_share = std::move(body_share_);
    slot.held = true;
    const std::uint64_t turn = slot.turn;
    try {
        Responder responder(std::shared_ptr<Responder::Target>(shared_from_this(), &slot));
        shared_->handler.handle(std::move(request), std::move(responder));
    } catch (...) {
        log::error("the handler failed: {}", describe_fault());
        if (open_ && slot.turn == turn && !slot.answered) fail(slot);
    }
}

/// Answers what cannot be taken in its turn and stops to read requests. What is left of the body may come as
/// long as a body may, unless it had that time already or the peer has no place here.
void Connection::refuse(int status, const std::string& detail) {
    if (status != 408 && !turned_away_)
        discard_until_ = std::chrono::steady_clock::now() + shared_->options.body_timeout;
    AnswerForm form{stage_ != Stage::head && head_.request().method == "HEAD", false, true};
    stage_ = Stage::ended;
    owes_continue_ = false;
    read_place_.leave();
    drop_body();
    Slot& slot = add_slot(form);
    slot.response = refusal(status, detail);
    slot.answered = true;
}

}  // namespace tappet::http::server
