#pragma once
#include <array>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/server.hpp"
#include "http/server_answer.hpp"
#include "http/server_budget.hpp"
#include "http/server_chunked.hpp"
#include "http/server_head.hpp"
#include "http/server_timeouts.hpp"

namespace tappet::http::server {

using Executor =
    boost::asio::io_context::executor_type;  // not any_io_executor: it costs an allocation per wait
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;

/// What a connection waits for, with a limit in time.
enum class Wait { header, body, idle, linger, write };

/// What the connections of one server share. Kept alive by them; the handler is not touched once all are
/// closed.
struct Shared {
    Shared(boost::asio::io_context& io, Handler& h, ServerOptions o);
    TimeoutList& timeouts(Wait wait) { return *lists[static_cast<std::size_t>(wait)]; }

    boost::asio::io_context& loop;
    Handler& handler;
    const ServerOptions options;
    BodyBudget bodies;
    ServerStats stats;
    std::array<std::unique_ptr<TimeoutList>, 5> lists;
    DateText date;
    bool draining = false;
    std::list<std::shared_ptr<Connection>> connections;
    std::size_t turned_away =
        0;  ///< of the connections, those that were over the cap and are on their way out
    std::function<void()> on_closed;  ///< called behind each connection's end
    std::array<char, 64 * 1024>
        input;  ///< what one read brings; only what is left of it is kept per connection
};

/// One client. Reads requests into the handler, as many ahead as the options allow, and writes the answers in
/// their order, those that are ready together in one write. Lives in Shared::connections until closed, then
/// until the last Responder is gone. One thread, the loop's.
///
/// Invariant: outside of work() either a wait for input is pending, or something else is (an answer of the
/// handler, the socket's readiness to write, a timeout) whose end calls work() or close().
class Connection : public std::enable_shared_from_this<Connection> {
public:
    Connection(std::shared_ptr<Shared> shared, Socket socket);
    /// Begins to read requests.
    void start();
    /// Answers 429 and ends: the server is at its cap.
    void turn_away();
    /// Answers what was read and ends; at once when nothing is under way.
    void drain();
    /// Ends now. Answers not written yet are lost.
    void close();
    void timed_out(Wait wait);

private:
    struct Slot;
    enum class Stage { head, fixed_body, chunked_body, ended };

    // server_connection.cpp: from bytes to requests
    void on_readable();
    void on_end_of_input();
    void work();
    void settle();
    void arm_read();
    void set_read_timeout();
    bool accepting() const;
    bool discards() const;
    bool between_requests() const;
    std::size_t consume(std::string_view in);
    bool take_head(std::string_view in, std::size_t& used);
    bool take_fixed_body(std::string_view in, std::size_t& used);
    bool take_chunked_body(std::string_view in, std::size_t& used);
    bool begin_body(bool body_has_arrived);
    bool body_fits(std::size_t size_before);
    void drop_body();
    void dispatch();
    void refuse(int status, const std::string& detail);
    /// Runs a step; what it throws (memory, above all) costs this connection alone.
    template <class Step>
    void guarded(Step step);

    // server_connection_write.cpp: from answers to bytes
    Slot& add_slot(AnswerForm form);
    void release(Slot& slot);
    void fail(Slot& slot);
    void answer(Slot& slot, Response response);
    void put(Slot& slot, const Response& response);
    void put_ready();
    void put_continue();
    void flush();
    void on_writable();
    void finish_sending();
    void linger_on();
    Response refusal(int status, const std::string& detail);

    std::shared_ptr<Shared> shared_;
    Socket socket_;
    std::string remote_;
    std::list<std::shared_ptr<Connection>>::iterator place_;

    Stage stage_ = Stage::head;
    HeadReader head_;
    ChunkedReader chunked_;
    std::uint64_t body_left_ = 0;
    BodyBudget::Share body_share_;  ///< of the body being received
    std::string in_;                ///< read, not yet consumed
    std::size_t discarded_ = 0;     ///< bytes that came behind the last request
    std::chrono::steady_clock::time_point
        discard_until_{};  ///< further bytes prolong the wait for the peer's end

    std::vector<std::unique_ptr<Slot>> slots_;
    Slot* free_ = nullptr;
    Slot* first_ = nullptr;  ///< the requests without a written answer, oldest first
    Slot* last_ = nullptr;
    std::size_t unanswered_ = 0;
    std::string out_;       ///< answers on their way
    std::size_t sent_ = 0;  ///< how much of out_ the socket has taken

    TimeoutList::Place read_place_{this};
    TimeoutList::Place write_place_{this};
    Wait read_wait_ = Wait::header;
    bool read_wait_set_ = false;
    bool used_before_ = false;  ///< a request was taken: silence is idleness from now on
    bool open_ = true;
    bool working_ = false;
    bool reading_ = false;  ///< a wait for input is pending
    bool writing_ = false;  ///< a wait for room in the socket is pending
    bool owes_continue_ = false;
    bool closing_ = false;    ///< the last answer is in out_
    bool lingering_ = false;  ///< everything is sent; waiting for the peer to close
    bool peer_closed_ = false;
    bool heard_ = false;  ///< bytes came behind the last request since the wait for the peer's end was set
    bool turned_away_ = false;
};

/// What the exception being handled says.
std::string describe_fault() noexcept;
void log_lost_connection(const std::string& fault);

template <class Step>
void Connection::guarded(Step step) {
    try {
        step();
    } catch (...) {
        log_lost_connection(describe_fault());
        close();
    }
}

/// A request that waits for its answer, the target of its Responder. Owned by the connection and used again.
struct Connection::Slot final : Responder::Target {
    explicit Slot(Connection& c) : connection(c) {}
    void answer(Response r) override { connection.answer(*this, std::move(r)); }
    void abandon() override;

    Connection& connection;
    Slot* next = nullptr;
    Response response;
    AnswerForm form;
    BodyBudget::Share body_share;  ///< until the request is answered
    std::uint64_t turn = 0;        ///< counts the uses
    bool answered = false;
    bool held = false;  ///< a Responder points here
    bool queued = false;
};

}  // namespace tappet::http::server
