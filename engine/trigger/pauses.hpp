#pragma once
#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "base/clock.hpp"
#include "store/store.hpp"

namespace tappet::trigger {

using TriggerKey = std::tuple<std::string, std::string, std::string>;  ///< tenant, flow, trigger

/// Which schedules and polls are paused; durable, by their names: a pause outlives its flow. On the loop's
/// thread; changes block for a disk access.
class Pauses {
public:
    explicit Pauses(store::Store& store) : store_(store) {}

    /// Reads what is paused; before anything starts.
    Result<void> load();
    /// Since when it is paused; nothing where it is not.
    std::optional<TimeMs> since(const TriggerKey& key) const;
    /// One that is paused already keeps its time.
    Result<void> begin(const TriggerKey& key, TimeMs now);
    /// `cursor`: where the trigger goes on, durable with the end.
    Result<void> end(const TriggerKey& key, const std::optional<store::SourceCursor>& cursor = {});

private:
    store::Store& store_;
    std::map<TriggerKey, TimeMs> since_;
};

}  // namespace tappet::trigger
