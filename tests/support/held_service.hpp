#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace tappet::test {

/// A service on loopback whose answers wait until the test lets them go, so that a test knows what is under
/// way elsewhere. One request a connection; every answer is the same, by default 200 with {"ok":true}, or
/// what a function makes of the request. Threads of its own.
class HeldService {
public:
    /// Gives the bytes that answer a request, when they are let go; called from any thread, one at a time.
    using Answering = std::function<std::string(const std::string& request)>;
    /// The bytes of an answer that ends its connection.
    static std::string answer(std::string_view type, std::string_view body) {
        return "HTTP/1.1 200 OK\r\nContent-Type: " + std::string(type) +
               "\r\nContent-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" +
               std::string(body);
    }

    explicit HeldService(std::string bytes = answer("application/json", R"({"ok":true})"))
        : HeldService([text = std::move(bytes)](const std::string&) { return text; }) {}
    explicit HeldService(Answering answering)
        : answering_(std::move(answering)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in here{};
        here.sin_family = AF_INET;
        here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof here;
        if (::bind(listener_, reinterpret_cast<const sockaddr*>(&here), size) != 0 ||
            ::listen(listener_, 64) != 0 ||
            ::getsockname(listener_, reinterpret_cast<sockaddr*>(&here), &size) != 0)
            throw std::runtime_error("no port to listen at");
        port_ = ntohs(here.sin_port);
        acceptor_ = std::thread([this] { accept(); });
    }
    ~HeldService() {
        release();
        ::shutdown(listener_, SHUT_RDWR);
        acceptor_.join();
        for (std::thread& session : sessions_) session.join();
        ::close(listener_);
    }
    HeldService(const HeldService&) = delete;
    HeldService& operator=(const HeldService&) = delete;

    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
    /// Requests that have come, whole.
    std::vector<std::string> requests() const {
        const std::lock_guard guard(lock_);
        return requests_;
    }
    /// Answers all who wait, and from now on at once.
    void release() {
        const std::lock_guard guard(lock_);
        released_ = true;
        changed_.notify_all();
    }

    /// Lets none go any more.
    void hold() {
        const std::lock_guard guard(lock_);
        released_ = false;
    }

private:
    void accept() {
        while (true) {
            const int peer = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            if (peer < 0) return;
            sessions_.emplace_back([this, peer] { serve(peer); });
        }
    }

    void serve(int peer) {
        std::string request, outgoing;
        char bytes[4096];
        while (!is_whole(request)) {
            const ssize_t got = ::recv(peer, bytes, sizeof bytes, 0);
            if (got <= 0) break;
            request.append(bytes, static_cast<std::size_t>(got));
        }
        {
            std::unique_lock guard(lock_);
            if (!request.empty()) requests_.push_back(request);
            changed_.wait(guard, [this] { return released_; });
            if (!request.empty()) outgoing = answering_(request);
        }
        for (std::string_view rest = outgoing; !rest.empty();) {
            const ssize_t sent = ::send(peer, rest.data(), rest.size(), MSG_NOSIGNAL);
            if (sent <= 0) break;
            rest.remove_prefix(static_cast<std::size_t>(sent));
        }
        ::close(peer);
    }

    static bool is_whole(const std::string& request) {
        const std::size_t end = request.find("\r\n\r\n");
        if (end == std::string::npos) return false;
        std::string head = request.substr(0, end);
        for (char& c : head)
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        const std::size_t field = head.find("content-length: ");
        const std::size_t size = field == std::string::npos ? 0 : std::stoul(head.substr(field + 16));
        return request.size() >= end + 4 + size;
    }

    const Answering answering_;
    int listener_;
    std::uint16_t port_ = 0;
    mutable std::mutex lock_;
    std::condition_variable changed_;
    bool released_ = false;
    std::vector<std::string> requests_;
    std::vector<std::thread> sessions_;  ///< added to by the acceptor alone
    std::thread acceptor_;
};

}  // namespace tappet::test
