#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace tappet::test {

/// A blocking TCP client that sends exactly the bytes it is given and reads what comes, for tests of a
/// server's outside. Connects to 127.0.0.1. A read that brings nothing for a minute throws, so that a hanging
/// server fails a test instead of stopping it.
class RawClient {
public:
    /// `address` as Server::address() says it: "127.0.0.1:PORT".
    explicit RawClient(const std::string& address) {
        socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
        if (socket_ < 0) throw std::runtime_error("no socket");
        const timeval patience{60, 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
        ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
        sockaddr_in peer{};
        peer.sin_family = AF_INET;
        peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        peer.sin_port =
            htons(static_cast<std::uint16_t>(std::atoi(address.substr(address.rfind(':') + 1).c_str())));
        if (::connect(socket_, reinterpret_cast<const sockaddr*>(&peer), sizeof(peer)) != 0) {
            ::close(socket_);
            throw std::runtime_error("cannot connect to " + address);
        }
    }
    RawClient(RawClient&& other) noexcept
        : socket_(std::exchange(other.socket_, -1)), buffer_(std::move(other.buffer_)) {}
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;
    ~RawClient() { close(); }

    /// False when the peer no longer takes bytes.
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t n = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (n <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(n));
        }
        return true;
    }
    /// Says that nothing more is sent; answers can still be read.
    void finish() { ::shutdown(socket_, SHUT_WR); }
    void close() {
        if (socket_ >= 0) ::close(std::exchange(socket_, -1));
    }
    /// Closes so that the peer sees a reset, not an end.
    void reset() {
        const linger now{1, 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
        close();
    }

    /// One answer: head and, by its Content-Length, body. Less when the peer closes before; empty at once
    /// closed.
    std::string read_answer(bool head_request = false) {
        std::size_t end = std::string::npos;
        while ((end = buffer_.find("\r\n\r\n")) == std::string::npos && fill()) {
        }
        if (end == std::string::npos) return std::exchange(buffer_, {});
        std::size_t size = end + 4;
        const std::size_t field = buffer_.find("Content-Length: ");
        if (field < end && !head_request)
            size += static_cast<std::size_t>(std::atoll(buffer_.c_str() + field + 16));
        while (buffer_.size() < size && fill()) {
        }
        std::string answer = buffer_.substr(0, size);
        buffer_.erase(0, size);
        return answer;
    }
    /// Everything until the peer closes or resets.
    std::string read_all() {
        while (fill()) {
        }
        return std::exchange(buffer_, {});
    }

private:
    bool fill() {
        char bytes[16384];
        const ssize_t n = ::recv(socket_, bytes, sizeof(bytes), 0);
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            throw std::runtime_error("the server does not answer");
        if (n <= 0) return false;
        buffer_.append(bytes, static_cast<std::size_t>(n));
        return true;
    }

    int socket_ = -1;
    std::string buffer_;
};

}  // namespace tappet::test
