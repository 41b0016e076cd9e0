#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>

#include "base/clock.hpp"

namespace tappet::trigger {

/// What is to happen when, by the clock's monotonic time. On the loop's thread.
class Alarms {
public:
    using Key = std::pair<std::int64_t, std::uint64_t>;
    Alarms(boost::asio::io_context& loop, const Clock& clock) : clock_(clock), timer_(loop) {}
    ~Alarms() { *alive_ = false; }

    /// Calls `act` once, from the loop, when `wait` has passed.
    Key after(std::chrono::milliseconds wait, std::function<void()> act);
    /// Forgets one; of a key that has fired, nothing.
    void remove(const Key& key) { items_.erase(key); }
    void clear() { items_.clear(); }
    /// Does what is due. Called by the own timer; by tests that move the clock.
    void tick();

private:
    std::int64_t now() const;
    void arm();

    const Clock& clock_;
    boost::asio::steady_timer timer_;
    std::map<Key, std::function<void()>> items_;
    std::uint64_t asked_ = 0;
    std::int64_t armed_for_ = -1;  ///< steady ms; -1: the timer rests
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace tappet::trigger
