#include "slow_clients.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <string_view>

namespace tappet::bench {
namespace {

constexpr std::string_view kHead =
    "POST /hooks/default/overload/received HTTP/1.1\r\nHost: slow.test\r\nX-Slow: ";
constexpr std::chrono::milliseconds kRound{1'000};  ///< in which each connection sends one byte

int connect_to(const std::string& address) {
    const std::size_t colon = address.rfind(':');
    sockaddr_in peer{};
    peer.sin_family = AF_INET;
    peer.sin_port = htons(static_cast<std::uint16_t>(std::atoi(address.c_str() + colon + 1)));
    ::inet_pton(AF_INET, address.substr(0, colon).c_str(), &peer.sin_addr);
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket >= 0 && ::connect(socket, reinterpret_cast<const sockaddr*>(&peer), sizeof peer) == 0) {
        ::fcntl(socket, F_SETFL, O_NONBLOCK);
        return socket;
    }
    if (socket >= 0) ::close(socket);
    return -1;
}

/// Whether the peer has closed; what it sent is dropped.
bool is_over(int socket) {
    char bytes[512];
    while (true) {
        const ssize_t got = ::recv(socket, bytes, sizeof bytes, MSG_DONTWAIT);
        if (got == 0) return true;
        if (got < 0) return errno != EAGAIN && errno != EWOULDBLOCK;
    }
}

}  // namespace

SlowClients::SlowClients(const std::string& address, std::size_t count)
    : address_(address), sockets_(count, -1), sent_(count, 0), thread_([this] { work(); }) {}

SlowClients::~SlowClients() {
    stop_ = true;
    thread_.join();
    for (const int socket : sockets_)
        if (socket >= 0) ::close(socket);
}

void SlowClients::work() {
    const auto pause = std::chrono::duration_cast<std::chrono::nanoseconds>(kRound) / sockets_.size();
    auto next = std::chrono::steady_clock::now();
    for (std::size_t i = 0; !stop_; i = (i + 1) % sockets_.size()) {
        std::this_thread::sleep_until(next += pause);
        int& socket = sockets_[i];
        if (socket >= 0 && is_over(socket)) {
            ::close(socket);
            socket = -1;
            --open_;
            ++closed_;
        }
        if (socket < 0) {
            socket = connect_to(address_);
            sent_[i] = 0;
            if (socket >= 0) ++open_;
        }
        if (socket < 0) continue;
        const char byte = sent_[i] < kHead.size() ? kHead[sent_[i]] : 'x';
        if (::send(socket, &byte, 1, MSG_NOSIGNAL) == 1) ++sent_[i];
    }
}

}  // namespace tappet::bench
