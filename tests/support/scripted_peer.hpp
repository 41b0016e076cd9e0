#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tappet::test {

/// What a scripted peer does once it has read a request.
struct Reply {
    enum class Then { keep, close, cut, reset };

    Reply(std::string b, Then t = Then::keep) : bytes(std::move(b)), then(t) {}
    Reply(const char* b, Then t = Then::keep) : bytes(b), then(t) {}

    std::string bytes;  ///< sent as they are; none: nothing is sent
    Then
        then;  ///< afterwards: wait for the next request, close in order, close without TLS's farewell, reset
};

/// A peer on loopback that reads requests, keeps their bytes, and sends what its script says. It knows just
/// enough HTTP to see where a request ends. Lives on the test's loop; destroy it before the loop.
class ScriptedPeer {
public:
    /// Where a request arrived: which connection, and which request on it, both from 0.
    struct Place {
        std::size_t connection;
        std::size_t request;
    };
    using Script = std::function<Reply(const std::string& request, Place place)>;
    using tcp = boost::asio::ip::tcp;

    ScriptedPeer(boost::asio::io_context& loop, Script script,
                 std::shared_ptr<boost::asio::ssl::context> tls = nullptr,
                 const std::string& address = "127.0.0.1")
        : state_(std::make_shared<State>(loop, std::move(script), std::move(tls), address)) {
        accept(state_);
    }
    ~ScriptedPeer() {
        boost::system::error_code ignored;
        state_->acceptor.close(ignored);
        for (const auto& weak : state_->sessions)
            if (const auto session = weak.lock()) session->socket.close(ignored);
    }
    ScriptedPeer(const ScriptedPeer&) = delete;
    ScriptedPeer& operator=(const ScriptedPeer&) = delete;

    std::uint16_t port() const { return state_->acceptor.local_endpoint().port(); }
    std::string address() const { return "127.0.0.1:" + std::to_string(port()); }
    std::string url(const std::string& target) const {
        return (state_->tls ? "https://" : "http://") + address() + target;
    }
    const std::vector<std::string>& requests() const { return state_->requests; }
    std::size_t connections() const { return state_->sessions.size(); }
    /// How many connections the other side has ended.
    std::size_t ended() const { return state_->ended; }

private:
    struct Session {
        explicit Session(tcp::socket s) : socket(std::move(s)) {}
        tcp::socket socket;
        std::optional<boost::asio::ssl::stream<tcp::socket&>> tls;
        std::size_t number = 0, count = 0;
        std::string in, out;
        char piece[8192];
    };
    struct State {
        State(boost::asio::io_context& loop, Script s, std::shared_ptr<boost::asio::ssl::context> t,
              const std::string& address)
            : script(std::move(s)),
              tls(std::move(t)),
              acceptor(loop, tcp::endpoint(boost::asio::ip::make_address(address), 0)) {}
        Script script;
        std::shared_ptr<boost::asio::ssl::context> tls;
        tcp::acceptor acceptor;
        std::vector<std::string> requests;
        std::vector<std::weak_ptr<Session>> sessions;
        std::size_t ended = 0;
    };
    using StatePtr = std::shared_ptr<State>;
    using SessionPtr = std::shared_ptr<Session>;

    static void accept(const StatePtr& state) {
        state->acceptor.async_accept([state](const auto& error, tcp::socket socket) {
            if (error) return;
            const auto session = std::make_shared<Session>(std::move(socket));
            session->number = state->sessions.size();
            state->sessions.push_back(session);
            accept(state);
            if (!state->tls) return read(state, session);
            session->tls.emplace(session->socket, *state->tls);
            session->tls->async_handshake(boost::asio::ssl::stream_base::server,
                                          [state, session](const auto& bad) {
                                              if (bad)
                                                  ++state->ended;
                                              else
                                                  read(state, session);
                                          });
        });
    }

    static void read(const StatePtr& state, const SessionPtr& session) {
        const auto on_read = [state, session](const auto& error, std::size_t n) {
            if (error) {
                ++state->ended;
                return;
            }
            session->in.append(session->piece, n);
            serve(state, session);
        };
        if (session->tls)
            session->tls->async_read_some(boost::asio::buffer(session->piece), on_read);
        else
            session->socket.async_read_some(boost::asio::buffer(session->piece), on_read);
    }

    /// The length of the first complete request in the bytes, 0 when there is none yet.
    static std::size_t request_length(const std::string& in) {
        const auto end = in.find("\r\n\r\n");
        if (end == std::string::npos) return 0;
        const auto field = in.find("content-length: ");
        const std::size_t body = field < end ? std::stoul(in.substr(field + 16)) : 0;
        return in.size() >= end + 4 + body ? end + 4 + body : 0;
    }

    static void serve(const StatePtr& state, const SessionPtr& session) {
        const std::size_t length = request_length(session->in);
        if (length == 0) return read(state, session);
        const std::string request = session->in.substr(0, length);
        session->in.erase(0, length);
        state->requests.push_back(request);
        const Reply reply = state->script(request, {session->number, session->count++});
        session->out = reply.bytes;
        const auto written = [state, session, then = reply.then](const auto& error, std::size_t) {
            if (!error) after(state, session, then);
        };
        if (session->tls)
            boost::asio::async_write(*session->tls, boost::asio::buffer(session->out), written);
        else
            boost::asio::async_write(session->socket, boost::asio::buffer(session->out), written);
    }

    static void after(const StatePtr& state, const SessionPtr& session, Reply::Then then) {
        boost::system::error_code ignored;
        if (then == Reply::Then::keep) return serve(state, session);
        if (then == Reply::Then::reset)
            session->socket.set_option(boost::asio::socket_base::linger(true, 0), ignored);
        if (then == Reply::Then::close && session->tls)
            return session->tls->async_shutdown([session](const auto&) {
                boost::system::error_code unimportant;
                session->socket.close(unimportant);
            });
        session->socket.close(ignored);
    }

    StatePtr state_;
};

}  // namespace tappet::test
