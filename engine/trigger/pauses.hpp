#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "base/clock.hpp"
#include "store/store.hpp"
#include "trigger/offload.hpp"

namespace tappet::trigger {

using TriggerKey = std::tuple<std::string, std::string, std::string>;  ///< tenant, flow, trigger

/// Which schedules and polls are paused; durable, by their names: a pause outlives its flow. On the loop's
/// thread, but for the disk.
class Pauses {
public:
    /// Called once, on the loop's thread, when the change is durable and since() tells it, or has failed.
    /// Whether this call made it: false where it was so before, or another call had asked for the same.
    using Done = std::function<void(const Result<bool>&)>;

    explicit Pauses(store::Store& store, Offload offload = at_once)
        : store_(store), offload_(std::move(offload)) {}
    ~Pauses() { *alive_ = false; }

    /// Reads what is paused; before anything starts. Blocks for a disk access.
    Result<void> load();
    /// Since when it is paused; nothing where it is not.
    std::optional<TimeMs> since(const TriggerKey& key) const;
    /// One that is paused already keeps its time. conflict: it is being resumed.
    void begin(const TriggerKey& key, TimeMs now, Done done);
    /// `cursor`: where the trigger goes on, durable with the end. conflict: it is being paused.
    void end(const TriggerKey& key, std::optional<store::SourceCursor> cursor, Done done);

private:
    /// A change that is not durable yet, and who waits for it.
    struct Change {
        bool begins = false;
        std::vector<Done> done;
    };

    /// Whether the caller is to write a change: none of the trigger is under way. `done` is kept or called.
    bool enter(const TriggerKey& key, bool begins, Done done);
    void write(const TriggerKey& key, std::function<Result<void>()> work, std::optional<TimeMs> since);

    store::Store& store_;
    Offload offload_;
    std::map<TriggerKey, TimeMs> since_;
    std::map<TriggerKey, Change> changes_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace tappet::trigger
