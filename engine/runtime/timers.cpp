#include "runtime/timers.hpp"

namespace tappet::runtime {

Timers::Key Timers::add(TimeMs at, RunId run, run::TimerFired fires) {
    const Key key{at.ms, ++asked_};
    items_.emplace(key, Item{run, std::move(fires)});
    return key;
}

std::optional<Timers::Item> Timers::take_due(TimeMs now) {
    if (items_.empty() || items_.begin()->first.first > now.ms) return std::nullopt;
    Item item = std::move(items_.begin()->second);
    items_.erase(items_.begin());
    return item;
}

std::optional<TimeMs> Timers::next() const {
    if (items_.empty()) return std::nullopt;
    return TimeMs{items_.begin()->first.first};
}

}  // namespace tappet::runtime
