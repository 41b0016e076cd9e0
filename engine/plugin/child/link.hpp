#pragma once
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace tappet::plugin::child {

/// What a frame says. Numbers travel between two processes of the same executable only.
enum class FrameType : std::uint8_t {
    hello,   ///< child: the plugin is loaded
    call,    ///< parent: a call
    cancel,  ///< parent: a call should stop
    answer,  ///< child: a call is completed
    log,     ///< child: a line
    metric,  ///< child: a figure
    ask,     ///< child: something of the engine's
    drop,    ///< child: an ask is of no interest any more
    reply,   ///< parent: to an ask
};

struct LinkLimits {
    std::size_t frame = 64u << 20;   ///< bytes of one frame; over it the link ends
    std::size_t values = 1'000'000;  ///< in one frame, each item and each key of a map one; senders see to it
    std::size_t backlog =
        256u << 20;  ///< bytes that wait to be read by the other side; over it nothing is taken
};

/// Frames between parent and child over a stream socket: length (u32, little endian), type, payload. What is
/// sent within one turn of the loop leaves in one write. Loop thread but for what says otherwise.
class Link : public std::enable_shared_from_this<Link> {
public:
    using OnFrame = std::function<void(FrameType, std::string_view)>;
    using OnEnd = std::function<void(const std::string& why)>;

    /// Takes the socket.
    Link(boost::asio::io_context& loop, int socket, LinkLimits limits);
    /// Reads from now on. `end` comes once, unless close() came before; no frame comes after it.
    void start(OnFrame frame, OnEnd end);
    /// False when the frame is over a limit, or the link has ended: then nothing is sent. It leaves at the
    /// end of the loop's turn. Any thread.
    bool send(FrameType type, std::string_view payload);
    /// The same, and what waits is with the system when this returns, as far as that takes it: the other side
    /// reads it even where this process ends in the next moment. Never blocks. Any thread.
    bool send_at_once(FrameType type, std::string_view payload);
    void close();
    const LinkLimits& limits() const { return limits_; }
    bool open() const { return open_; }  ///< the other side has not ended it, nor have we

private:
    void read();
    void take(std::size_t bytes);
    bool put(FrameType type, std::string_view payload);
    void flush_later();
    int write_out();
    void flush();
    void ended(const std::string& why);

    boost::asio::local::stream_protocol::socket socket_;
    LinkLimits limits_;
    OnFrame frame_;
    OnEnd end_;
    std::string in_;  ///< room for what is read; the first `filled_` bytes are
    std::size_t filled_ = 0;
    std::mutex mutex_;     // of what follows, and of the socket's end
    std::string out_;      ///< waits to be written
    std::string writing_;  ///< is being written
    std::size_t written_ = 0;
    bool flushing_ = false;
    std::atomic<bool> open_{true};
};

}  // namespace tappet::plugin::child
