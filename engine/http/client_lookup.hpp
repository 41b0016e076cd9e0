#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace tappet::http {

/// Turns names into addresses away from the loop, since asking the system blocks: for half a minute where a
/// name server is silent. At most kMaxLookups at once, each on a thread that ends when nothing waits; further
/// ones wait in order. Who asks for a name that is being looked up gets the same answer. On the loop's
/// thread.
///
/// A lookup cannot be stopped, only forgotten: its thread goes on, outlives this object if need be, and then
/// touches nothing of it.
class Lookups {
public:
    using Addresses = Result<std::vector<boost::asio::ip::address>>;
    /// Blocks; called on any thread. An error says why in words that follow "does not resolve: ".
    using Resolve = std::function<Addresses(const std::string& host)>;
    using Done = std::function<void(const Addresses&)>;
    using Ticket = std::uint64_t;  ///< 0 names none

    /// The loop is there until this is closed. Without a `resolve` the system is asked.
    explicit Lookups(boost::asio::io_context& loop, Resolve resolve = nullptr);
    ~Lookups() { close(); }
    Lookups(const Lookups&) = delete;
    Lookups& operator=(const Lookups&) = delete;

    /// `done` is called once, on the loop's thread, unless it is forgotten first; never from inside.
    Ticket look_up(const std::string& host, Done done);
    void forget(Ticket ticket);
    /// Nothing is answered any more, and the loop may go.
    void close();

private:
    struct Desk;
    static void work(const std::shared_ptr<Desk>& desk);
    void answer(const std::string& host, const Addresses& addresses);

    std::shared_ptr<Desk> desk_;  ///< what the threads share
    std::map<std::string, std::vector<std::pair<Ticket, Done>>> asked_;
    Ticket last_ = 0;
};

inline constexpr std::size_t kMaxLookups = 8;

/// What the system says, in its order.
Lookups::Addresses resolve_by_system(const std::string& host);

}  // namespace tappet::http
