#include <boost/asio/buffer.hpp>
#include <utility>

#include "base/log.hpp"
#include "http/server_connection.hpp"

namespace tappet::http::server {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kKeptCapacity = 64 * 1024;  // bytes of buffer a connection keeps for its next answers

}  // namespace

std::string describe_fault() noexcept {
    try {
        throw;
    } catch (const std::exception& fault) {
        return fault.what();
    } catch (...) {
        return "something that is no std::exception";
    }
}

void Connection::Slot::abandon() {
    if (!connection.open_ || answered) return connection.answer(*this, Response());
    form.close = true;
    connection.answer(*this, connection.refusal(500, "the request was not answered"));
}

Connection::Slot& Connection::add_slot(AnswerForm form) {
    if (free_ == nullptr) free_ = slots_.emplace_back(std::make_unique<Slot>(*this)).get();
    Slot& slot = *std::exchange(free_, free_->next);
    slot.next = nullptr;
    slot.form = form;
    slot.answered = slot.held = false;
    slot.queued = true;
    (last_ == nullptr ? first_ : last_->next) = &slot;
    last_ = &slot;
    ++unanswered_;
    return slot;
}

/// Gives the slot back once neither the queue nor a Responder knows it.
void Connection::release(Slot& slot) {
    if (slot.held || slot.queued) return;
    ++slot.turn;
    slot.next = std::exchange(free_, &slot);
}

void Connection::answer(Slot& slot, Response response) {
    slot.held = false;
    slot.body_share = {};
    if (slot.answered || !open_ || closing_) return release(slot);
    slot.answered = true;
    const auto step = [&] {
        if (&slot == first_) {
            put(slot, response);
            put_ready();
        } else {
            slot.response = std::move(response);
        }
        if (!working_) work();
    };
    guarded(step);
}

/// The handler threw: answers for it. Its Responder may live on somewhere; what that says later is dropped.
void Connection::fail(Slot& slot) {
    slot.body_share = {};
    slot.form.close = true;
    slot.response = refusal(500, "the request could not be handled");
    slot.answered = true;
}

void Connection::put_ready() {
    while (first_ != nullptr && first_->answered && !closing_ && open_) {
        const Response response = std::move(first_->response);
        put(*first_, response);
    }
    if (first_ == nullptr && owes_continue_) put_continue();
}

/// Turns the first answer into bytes and takes its slot out of the queue.
void Connection::put(Slot& slot, const Response& response) {
    const bool last_of_drain = shared_->draining && slot.next == nullptr && between_requests();
    slot.form.close = slot.form.close || last_of_drain || asks_to_close(response);
    if (slot.form.close) {
        closing_ = true;
        stage_ = Stage::ended;
    }
    write_answer(out_, response, slot.form, shared_->date.at(std::chrono::system_clock::now()));
    first_ = slot.next;
    if (first_ == nullptr) last_ = nullptr;
    --unanswered_;
    slot.queued = false;
    release(slot);
}

void Connection::put_continue() {
    owes_continue_ = false;
    out_.append("HTTP/1.1 100 Continue\r\n\r\n");
}

void Connection::flush() {
    if (writing_ || !open_) return;
    while (sent_ < out_.size()) {
        boost::system::error_code failed;
        const auto rest = asio::buffer(out_.data() + sent_, out_.size() - sent_);
        const std::size_t size = socket_.write_some(rest, failed);
        if (failed == asio::error::would_block) break;
        if (failed) return close();
        sent_ += size;
    }
    if (sent_ == out_.size()) {
        write_place_.leave();
        out_.clear();
        if (out_.capacity() > kKeptCapacity) out_ = {};
        sent_ = 0;
        return;
    }
    shared_->timeouts(Wait::write).join(write_place_, std::chrono::steady_clock::now());
    writing_ = true;
    socket_.async_wait(Socket::wait_write,
                       [self = shared_from_this()](const boost::system::error_code& ended) {
                           self->writing_ = false;
                           if (!self->open_) return;
                           if (ended) return self->close();
                           self->guarded([&] { self->on_writable(); });
                       });
}

void Connection::on_writable() {
    flush();
    work();
}

/// Says that nothing more comes and waits for the peer to close: closing over unread input would reset the
/// answer away.
void Connection::finish_sending() {
    if (std::exchange(lingering_, true)) return;
    if (peer_closed_) return close();
    boost::system::error_code failed;
    socket_.shutdown(Socket::shutdown_send, failed);
    if (failed) return close();
    shared_->timeouts(Wait::linger).join(read_place_, std::chrono::steady_clock::now());
    heard_ = false;
}

/// Gives a peer further time that still sends what is refused.
void Connection::linger_on() {
    if (!std::exchange(heard_, false) || shared_->draining || !discards()) return;
    const auto now = std::chrono::steady_clock::now();
    if (now < discard_until_) shared_->timeouts(Wait::linger).join(read_place_, now);
}

/// 413 comes behind the head alone, whose body is dropped.
Response Connection::refusal(int status, const std::string& detail) {
    Response response;
    try {
        response = status == 413 ? shared_->handler.refuse_body(head_.request(), detail)
                                 : shared_->handler.refuse(status, detail);
    } catch (...) {
        log::error("the handler failed to word a refusal: {}", describe_fault());
        response = Response{0, {{"Content-Type", "text/plain"}}, detail};
    }
    response.status = status;
    if (status == 429 && response.headers.count("retry-after") == 0) response.headers.add("Retry-After", "1");
    return response;
}

}  // namespace tappet::http::server
