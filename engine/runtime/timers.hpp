#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "run/decide.hpp"

namespace tappet::runtime {

/// What is to happen to runs at given times, in order of time, then of being asked for.
class Timers {
public:
    using Key = std::pair<std::int64_t, std::uint64_t>;  ///< names a timer
    struct Item {
        RunId run;
        run::TimerFired fires;
    };
    Key add(TimeMs at, RunId run, run::TimerFired fires);
    void remove(const Key& key) { items_.erase(key); }
    /// The next one that is due at `now`, taken out.
    std::optional<Item> take_due(TimeMs now);
    std::optional<TimeMs> next() const;
    std::size_t size() const { return items_.size(); }

private:
    std::map<Key, Item> items_;
    std::uint64_t asked_ = 0;
};

}  // namespace tappet::runtime
