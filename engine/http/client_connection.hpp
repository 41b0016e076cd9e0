#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/client.hpp"
#include "http/client_parser.hpp"
#include "http/client_transport.hpp"

namespace tappet::http {

struct Call;
struct Pool;

/// The bytes of one request. Shared, since a write may outlive the call that wanted it.
struct Outgoing {
    std::string head;
    std::string body;
};

/// One connection: one exchange at a time, a read always waiting, so that a peer that closes while nothing is
/// asked is noticed at once. On the loop's thread.
class Connection : public std::enable_shared_from_this<Connection> {
public:
    /// How an exchange ended.
    struct Answer {
        std::optional<Failure> failure;
        ClientResponse response;  ///< complete without a failure; the head alone where has_head
        bool has_head = false;
        bool began = false;     ///< whether any byte of it came
        bool reusable = false;  ///< whether the connection can take another exchange
    };
    /// Who is told. Held weakly.
    class Owner {
    public:
        virtual ~Owner() = default;
        virtual void on_answer(const std::shared_ptr<Connection>& connection, Answer answer) = 0;
        /// It closed, or spoke, while no exchange was under way. Already closed.
        virtual void on_idle_lost(const std::shared_ptr<Connection>& connection) = 0;
    };

    Connection(std::unique_ptr<Transport> transport, std::weak_ptr<Owner> owner);
    /// Sends a request and waits for its answer. Nothing is under way.
    void begin(std::shared_ptr<const Outgoing> request, bool is_head, std::uint64_t max_body);
    /// Ends it; nobody is told.
    void close();

    // The pool's notes.
    Pool* pool = nullptr;
    std::shared_ptr<Call> call;  ///< whose exchange is under way
    bool used = false;           ///< has answered before
    std::chrono::steady_clock::time_point idle_since;

private:
    void read();
    void on_read(const boost::system::error_code& error, std::size_t n);
    void on_end(const boost::system::error_code& error);
    void settle();

    std::unique_ptr<Transport> transport_;
    std::weak_ptr<Owner> owner_;
    std::optional<ResponseParser> parser_;  // while an exchange is under way
    std::vector<char> buffer_;
    std::size_t filled_ = 0;  // bytes in buffer_ that the parser has not used yet
    bool reading_ = false;
    bool written_ = false;
    bool closed_ = false;
};

}  // namespace tappet::http
