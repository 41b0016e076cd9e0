#pragma once
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "runtime/config_vars.hpp"
#include "runtime/flows.hpp"
#include "runtime/runtime.hpp"
#include "store/store.hpp"
#include "trigger/alarms.hpp"
#include "trigger/pauses.hpp"
#include "trigger/rejected_book.hpp"
#include "trigger/schedule_plan.hpp"
#include "trigger/settings.hpp"

namespace tappet::trigger {

struct ScheduleStats {
    std::uint64_t started = 0, missed = 0, dropped = 0, duplicates = 0, filtered = 0, refused = 0;
};

/// Starts the runs of triggers of kind schedule. How far a trigger is accounted for is durable with the runs
/// that it started, in one transaction: each instant fires at most once, whatever the process or the clock
/// does. A schedule begins when it is first seen; one that is changed begins anew. On the loop's thread.
class Schedules {
public:
    /// `rejected` keeps instants that are refused, and outlives the schedules; may be null.
    Schedules(boost::asio::io_context& loop, runtime::Runtime& runtime, runtime::Flows& flows,
              runtime::ConfigVars& vars, store::Store& store, Pauses& pauses, const Clock& clock,
              RejectedBook* rejected = nullptr);
    ~Schedules() { *alive_ = false; }

    /// Takes up the schedules of the current flows and ends the others; after any change of flows or
    /// variables. Problems (settings that cannot be read) are logged and returned: these do not fire.
    std::vector<std::string> reload();
    /// Starts nothing any more.
    void stop();
    /// Does what is due by the clock; for tests that move it.
    void tick() { alarms_.tick(); }
    const ScheduleStats& stats() const { return stats_; }

    struct Entry {
        std::string tenant, flow, trigger, zone;
        std::optional<TimeMs> next;  ///< without its jitter; none while it is paused
        std::optional<TimeMs> last;  ///< accounted for up to here
        std::string problem;
        std::optional<TimeMs> paused;  ///< since when
    };
    std::vector<Entry> entries() const;  ///< in order of tenant, flow, trigger
    std::optional<Entry> entry(const TriggerKey& key) const;

    using Changed = std::function<void(const Result<void>&)>;
    /// Fires nothing from when that is durable on, also after restarts; then `done` is called. not_found:
    /// there is no such schedule; conflict: it is being resumed.
    void pause(const TriggerKey& key, Changed done);
    /// Goes on: what was due up to now does not fire. One that is accounted for until later than now, since
    /// the clock was ahead, begins at now all the same; what it fired by that clock starts nothing again, as
    /// long as its dedupe window knows. `done` is called when that is durable. not_found; conflict: its
    /// settings cannot be read, or it is being paused; unavailable: what it fired before the pause is not
    /// durable yet.
    void resume(const TriggerKey& key, Changed done);

    struct Backfilled {
        std::size_t instants = 0, started = 0, duplicates = 0, filtered = 0, refused = 0;
    };
    using OnBackfilled = std::function<void(Result<Backfilled>)>;
    /// The instants that backfill() takes. not_found; conflict: the settings cannot be read; invalid as
    /// backfill_instants().
    Result<std::vector<TimeMs>> backfill_instants(const TriggerKey& key, const BackfillRange& range) const;
    /// Starts a run for each instant of the range that has not fired: kBackfillBatch instants in one
    /// transaction after the other. It is no part of what the schedule does by itself: a paused one is
    /// backfilled as others are. `done` is called once. Fails as above, or as starting a run does: then what
    /// came before stands, and the same range again goes on with the rest.
    void backfill(const TriggerKey& key, const BackfillRange& range, OnBackfilled done);
    static constexpr std::size_t kBackfillBatch = 250;

private:
    struct Backfill;
    using Key = TriggerKey;
    struct Item {
        runtime::FlowHandle flow;
        const flow::TriggerPlan* trigger = nullptr;
        Value config;
        std::optional<SchedulePlan> plan;  ///< none: `problem` says why
        std::string problem, name;
        std::optional<TimeMs> last;  ///< none: not read yet
        std::optional<Alarms::Key> alarm;
        std::optional<TimeMs> told_ahead;  ///< the `last` beyond now that is in the log
    };
    using ItemPtr = std::shared_ptr<Item>;

    ItemPtr make(const Key& key, const runtime::FlowHandle& flow, const flow::TriggerPlan& trigger);
    void look(const ItemPtr& item, const Key& key);
    void tell_ahead(Item& item, const Key& key);
    void again(const ItemPtr& item, const Key& key, std::chrono::milliseconds wait);
    bool read_last(Item& item, const Key& key, bool& fresh);
    /// The run of an instant; nothing where the trigger filters or refuses it, which is counted.
    std::optional<runtime::Start> start_of(const ItemPtr& item, const Key& key, const DueInstant& instant,
                                           Backfilled* count = nullptr);
    void backfill_batch(const std::shared_ptr<Backfill>& task);
    void fire(const ItemPtr& item, const Key& key, const Due& due);
    Entry entry_of(const Key& key, const Item& item) const;
    void resumed(const ItemPtr& before, const Key& key, TimeMs until);
    store::SourceCursor cursor_of(const Item& item, const Key& key, TimeMs until) const;
    void commit(const ItemPtr& item, const Key& key, std::vector<runtime::Start> starts, TimeMs until);

    runtime::Runtime& runtime_;
    runtime::Flows& flows_;
    runtime::ConfigVars& vars_;
    store::Store& store_;
    Pauses& pauses_;
    const Clock& clock_;
    RejectedBook* rejected_;
    ScheduleStats stats_;
    std::map<Key, ItemPtr> items_;
    std::set<Key> busy_;  ///< what they fired is not durable yet, also of those that are gone since
    Alarms alarms_;
    bool stopped_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace tappet::trigger
