#include "http/client_lookup.hpp"

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>

namespace tappet::http {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

/// A thread has nobody above it to catch what is thrown.
Lookups::Addresses ask(const Lookups::Resolve& resolve, const std::string& host) {
    try {
        return resolve(host);
    } catch (const std::exception& fault) {
        return Error::internal(fault.what());
    }
}

}  // namespace

struct Lookups::Desk {
    Desk(asio::io_context& l, Resolve r, Lookups* o) : resolve(std::move(r)), owner(o), loop(l) {}

    const Resolve resolve;
    Lookups* owner;  ///< null once it is gone; of the loop's thread
    std::mutex mutex;
    asio::io_context& loop;         ///< may be gone once `closed`
    bool closed = false;            ///< nobody waits any more
    std::deque<std::string> queue;  ///< names that no thread has taken
    std::size_t threads = 0;
};

Lookups::Lookups(asio::io_context& loop, Resolve resolve)
    : desk_(std::make_shared<Desk>(loop, resolve ? std::move(resolve) : resolve_by_system, this)) {}

void Lookups::close() {
    desk_->owner = nullptr;
    const std::lock_guard lock(desk_->mutex);
    desk_->closed = true;
    desk_->queue.clear();
}

Lookups::Ticket Lookups::look_up(const std::string& host, Done done) {
    const Ticket ticket = ++last_;
    const auto [at, first] = asked_.try_emplace(host);
    at->second.emplace_back(ticket, std::move(done));
    if (!first) return ticket;
    const std::lock_guard lock(desk_->mutex);
    desk_->queue.push_back(host);
    if (desk_->threads >= kMaxLookups) return ticket;
    try {
        std::thread([desk = desk_] { work(desk); }).detach();
        ++desk_->threads;
    } catch (const std::system_error& failed) {
        if (desk_->threads > 0) return ticket;  // those that are there come to it
        desk_->queue.clear();
        asio::post(desk_->loop, [desk = desk_, host, why = std::string(failed.what())] {
            if (desk->owner) desk->owner->answer(host, Error::unavailable(why));
        });
    }
    return ticket;
}

void Lookups::forget(Ticket ticket) {
    for (auto asked = asked_.begin(); asked != asked_.end(); ++asked) {
        if (std::erase_if(asked->second, [&](const auto& one) { return one.first == ticket; }) == 0) continue;
        if (!asked->second.empty()) return;
        const std::lock_guard lock(desk_->mutex);
        auto& queue = desk_->queue;
        const auto waiting = std::find(queue.begin(), queue.end(), asked->first);
        if (waiting == queue.end()) return;  // under way: who asks next gets its answer
        queue.erase(waiting);
        asked_.erase(asked);
        return;
    }
}

void Lookups::work(const std::shared_ptr<Desk>& desk) {
    std::unique_lock lock(desk->mutex);
    while (!desk->queue.empty()) {
        const std::string host = std::move(desk->queue.front());
        desk->queue.pop_front();
        lock.unlock();
        auto found = std::make_shared<Addresses>(ask(desk->resolve, host));
        lock.lock();
        if (desk->closed) break;
        asio::post(desk->loop, [desk, host, found] {
            if (desk->owner) desk->owner->answer(host, *found);
        });
    }
    --desk->threads;
}

void Lookups::answer(const std::string& host, const Addresses& addresses) {
    const auto asked = asked_.extract(host);
    if (asked.empty()) return;
    for (const auto& [ticket, done] : asked.mapped()) done(addresses);
}

Lookups::Addresses resolve_by_system(const std::string& host) {
    asio::io_context own;
    boost::system::error_code failed;
    const auto results = tcp::resolver(own).resolve(host, "0", tcp::resolver::numeric_service, failed);
    if (failed) return Error::unavailable(failed.message());
    std::vector<asio::ip::address> out;
    for (const auto& entry : results) out.push_back(entry.endpoint().address());
    return out;
}

}  // namespace tappet::http
