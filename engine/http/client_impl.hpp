#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

#include "http/client.hpp"
#include "http/client_connect.hpp"
#include "http/client_connection.hpp"
#include "http/client_lookup.hpp"
#include "http/url.hpp"

namespace tappet::http {

using SteadyTime = std::chrono::steady_clock::time_point;

/// One request from send to done, over all its redirects. It is in one place at a time.
struct Call {
    enum class Place { nowhere, waiting, connecting, exchanging };

    Client::Ticket ticket = 0;
    ClientRequest request;  // its body lives in `outgoing` once that is made
    Client::Done done;      // empty once called
    SteadyTime deadline;
    Url url;
    std::shared_ptr<const Outgoing> outgoing;
    int hops = 0;
    bool retried = false;  // sent again already, after a stale connection
    bool sent = false;     // bytes of it, or of an earlier hop, have gone out

    Place place = Place::nowhere;
    Pool* pool = nullptr;
    std::list<std::shared_ptr<Call>>::iterator waiting_at;  // while waiting
    std::shared_ptr<Connector> connector;                   // while connecting
    std::shared_ptr<Connection> connection;                 // while exchanging
};

/// The connections to one origin, and who waits for one.
struct Pool {
    std::string key;
    std::size_t open = 0;                          // connections that exist or are being made
    std::deque<std::shared_ptr<Connection>> idle;  // oldest first; taken from the back
    std::list<std::shared_ptr<Call>> waiting;      // in order of arrival
};

struct Client::Impl : Connection::Owner, std::enable_shared_from_this<Client::Impl> {
    Impl(boost::asio::io_context& l, ClientOptions o)
        : loop(l), options(std::move(o)), lookups(std::make_shared<Lookups>(l, options.resolve)), timer(l) {}

    // client.cpp: calls, their ends and their deadlines
    Ticket send(ClientRequest request, Done done);
    void cancel(Ticket ticket);
    void shutdown();
    void launch(const std::shared_ptr<Call>& call);
    void prepare(Call& call, std::string body);
    void finish(const std::shared_ptr<Call>& call, boost::system::result<ClientResponse, Failure> result);
    void fail(const std::shared_ptr<Call>& call, Failure failure);
    void fail_later(const std::shared_ptr<Call>& call, Failure failure);
    void forget(Call& call);
    void arm(SteadyTime when);
    void on_timer();

    // client_pool.cpp: who gets which connection
    void acquire(const std::shared_ptr<Call>& call);
    void connect(const std::shared_ptr<Call>& call, Pool& pool);
    void on_connected(const std::shared_ptr<Call>& call, std::unique_ptr<Transport> transport);
    void exchange(const std::shared_ptr<Call>& call, std::shared_ptr<Connection> connection);
    void release(const std::shared_ptr<Connection>& connection, bool reusable);
    void detach(Call& call);     // takes it from where it is; its connection is lost
    void free_slot(Pool& pool);  // a connection is gone: who waits longest may make another
    void drop_if_unused(Pool& pool);
    std::optional<SteadyTime> sweep_idle(SteadyTime now);  // returns when the next one is due
    void on_idle_lost(const std::shared_ptr<Connection>& connection) override;

    // client_answer.cpp: what an answer leads to
    void on_answer(const std::shared_ptr<Connection>& connection, Connection::Answer answer) override;
    bool redirect(const std::shared_ptr<Call>& call, const ClientResponse& response);

    boost::asio::io_context& loop;
    ClientOptions options;
    std::optional<Url> proxy;
    std::string broken_proxy;                 // why options.proxy cannot be used, if so
    std::shared_ptr<asio::ssl::context> tls;  // made for the first https request
    std::shared_ptr<Lookups> lookups;
    bool stopped = false;

    Ticket last_ticket = 0;
    std::unordered_map<Ticket, std::shared_ptr<Call>> calls;
    std::set<std::pair<SteadyTime, Ticket>> deadlines;
    std::unordered_map<std::string, Pool> pools;
    std::size_t waiting = 0;
    boost::asio::steady_timer timer;  // one for all: the earliest deadline, or the oldest idle connection
    std::optional<SteadyTime> armed;
};

}  // namespace tappet::http
