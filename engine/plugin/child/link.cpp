#include "plugin/child/link.hpp"

#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <cerrno>
#include <cstring>
#include <utility>

namespace tappet::plugin::child {
namespace {

constexpr std::size_t kHead = 5;          ///< length and type
constexpr std::size_t kRoom = 64u << 10;  ///< read at once
constexpr std::size_t kKept = 1u << 20;   ///< buffers over this size are given back once they are empty

std::uint32_t read_u32(const char* at) {
    std::uint32_t out = 0;
    for (int i = 0; i < 4; ++i) out |= std::uint32_t{static_cast<unsigned char>(at[i])} << (8 * i);
    return out;
}

}  // namespace

Link::Link(boost::asio::io_context& loop, int socket, LinkLimits limits)
    : socket_(loop, boost::asio::local::stream_protocol(), socket), limits_(limits), in_(kRoom, '\0') {
    socket_.non_blocking(true);
}

void Link::start(OnFrame frame, OnEnd end) {
    frame_ = std::move(frame);
    end_ = std::move(end);
    read();
}

void Link::read() {
    if (in_.size() - filled_ < kRoom / 2) in_.resize(filled_ + kRoom);
    socket_.async_read_some(
        boost::asio::buffer(in_.data() + filled_, in_.size() - filled_),
        [self = shared_from_this()](const boost::system::error_code& failed, std::size_t got) {
            if (!self->open_) return;
            if (failed) return self->ended(failed.message());
            self->take(got);
        });
}

void Link::take(std::size_t bytes) {
    filled_ += bytes;
    std::size_t at = 0;
    while (filled_ - at >= kHead) {
        const std::size_t length = read_u32(in_.data() + at);
        if (length > limits_.frame)
            return ended("a frame of " + std::to_string(length) + " bytes; the most is " +
                         std::to_string(limits_.frame));
        if (filled_ - at < kHead + length) {
            if (in_.size() < at + kHead + length) in_.resize(at + kHead + length);
            break;
        }
        const auto type = static_cast<FrameType>(static_cast<unsigned char>(in_[at + 4]));
        frame_(type, std::string_view(in_).substr(at + kHead, length));
        if (!open_) return;
        at += kHead + length;
    }
    if (at > 0) std::memmove(in_.data(), in_.data() + at, filled_ - at);
    filled_ -= at;
    if (filled_ == 0 && in_.size() > kKept) in_ = std::string(kRoom, '\0');
    read();
}

bool Link::send(FrameType type, std::string_view payload) {
    const std::lock_guard lock(mutex_);
    return put(type, payload) && (flush_later(), true);
}

bool Link::send_at_once(FrameType type, std::string_view payload) {
    const std::lock_guard lock(mutex_);
    if (!put(type, payload)) return false;
    if (write_out() != 0) flush_later();
    return true;
}

bool Link::put(FrameType type, std::string_view payload) {
    if (!open_ || payload.size() > limits_.frame ||
        out_.size() + writing_.size() + payload.size() > limits_.backlog)
        return false;
    char head[kHead];
    for (int i = 0; i < 4; ++i) head[i] = static_cast<char>(payload.size() >> (8 * i));
    head[4] = static_cast<char>(type);
    out_.append(head, kHead).append(payload);
    return true;
}

void Link::flush_later() {
    if (std::exchange(flushing_, true)) return;
    boost::asio::post(socket_.get_executor(), [self = shared_from_this()] { self->flush(); });
}

/// Why not all of it is with the system; 0 when it is. Under the lock.
int Link::write_out() {
    while (open_) {
        if (written_ == writing_.size()) {
            writing_.clear();
            written_ = 0;
            if (writing_.capacity() > kKept) writing_.shrink_to_fit();
            if (out_.empty()) return 0;
            std::swap(writing_, out_);
        }
        const ssize_t some = ::send(socket_.native_handle(), writing_.data() + written_,
                                    writing_.size() - written_, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (some >= 0)
            written_ += static_cast<std::size_t>(some);
        else if (errno != EINTR)
            return errno;
    }
    return 0;
}

void Link::flush() {
    const std::lock_guard lock(mutex_);
    const int why = write_out();
    flushing_ = why == EAGAIN || why == EWOULDBLOCK;
    if (!flushing_) return;  // whoever reads is told of another fault
    socket_.async_wait(socket_.wait_write,
                       [self = shared_from_this()](const boost::system::error_code&) { self->flush(); });
}

void Link::ended(const std::string& why) {
    if (!open_) return;
    const auto self = shared_from_this();
    const OnEnd end = std::move(end_);
    close();
    if (end) end(why);
}

void Link::close() {
    const std::lock_guard lock(mutex_);
    if (!open_.exchange(false)) return;
    boost::system::error_code ignored;
    socket_.close(ignored);
}

}  // namespace tappet::plugin::child
