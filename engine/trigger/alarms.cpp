#include "trigger/alarms.hpp"

#include <algorithm>

namespace tappet::trigger {

std::int64_t Alarms::now() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(clock_.steady()).count();
}

Alarms::Key Alarms::after(std::chrono::milliseconds wait, std::function<void()> act) {
    const Key key{now() + std::max<std::int64_t>(0, wait.count()), ++asked_};
    items_.emplace(key, std::move(act));
    arm();
    return key;
}

void Alarms::tick() {
    const std::int64_t at = now();
    while (!items_.empty() && items_.begin()->first.first <= at) {
        const auto act = std::move(items_.begin()->second);
        items_.erase(items_.begin());
        act();
    }
}

void Alarms::arm() {
    if (items_.empty()) return;
    const std::int64_t next = items_.begin()->first.first;
    if (armed_for_ >= 0 && armed_for_ <= next) return;
    armed_for_ = next;
    timer_.expires_after(std::chrono::milliseconds(std::max<std::int64_t>(0, next - now())));
    timer_.async_wait([this, alive = alive_](const boost::system::error_code& error) {
        if (error || !*alive) return;
        armed_for_ = -1;
        tick();
        if (*alive) arm();
    });
}

}  // namespace tappet::trigger
