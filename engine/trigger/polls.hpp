#pragma once
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "plugin/host.hpp"
#include "run/sealer.hpp"
#include "runtime/config_vars.hpp"
#include "runtime/flows.hpp"
#include "runtime/runtime.hpp"
#include "store/store.hpp"
#include "trigger/alarms.hpp"
#include "trigger/offload.hpp"
#include "trigger/pauses.hpp"
#include "trigger/rejected_book.hpp"
#include "trigger/settings.hpp"
#include "trigger/source_calls.hpp"
#include "trigger/told.hpp"

namespace tappet::trigger {

struct PollOptions {
    std::chrono::milliseconds call{300'000};  ///< that a plugin may take for one poll
    RejectedBook* rejected = nullptr;  ///< keeps events that are refused, and outlives the polls; may be null
    Offload offload = at_once;         ///< for what waits for the disk
};

struct PollStats {
    std::uint64_t polls = 0, failed = 0, started = 0, duplicates = 0, filtered = 0, refused = 0;
};

/// Asks the sources of triggers of kind poll, each every so often, and starts runs of what they tell. The
/// cursor of a poll is durable with the runs that it caused, in one transaction: a crash at any point repeats
/// a poll or does not, and neither loses nor doubles an event. No poll of a trigger overlaps another.
///
/// An event that the trigger refuses (schema, filter or key that fails, a body that is too large) starts
/// nothing and is logged; those beside it go on. On the loop's thread.
class Polls {
public:
    static constexpr std::size_t kMaxCursor = 1u << 20;  ///< bytes, encoded
    static constexpr std::chrono::milliseconds kLongestBackoff{900'000};

    Polls(boost::asio::io_context& loop, runtime::Runtime& runtime, runtime::Flows& flows,
          runtime::ConfigVars& vars, store::Store& store, Pauses& pauses, plugin::TriggerCaller& caller,
          const Clock& clock, Random& random, const run::Sealer* sealer, FindSecret secret,
          PollOptions options);
    ~Polls() { *alive_ = false; }

    /// Begins with the sources of the current flows, goes on with those that are known, ends the others;
    /// after any change of flows. A cursor stays with its tenant, flow and trigger, for as long as the
    /// trigger's `uses` is the same.
    void reload();
    /// Asks nothing any more; what is told from here on starts nothing.
    void stop();
    /// Does what is due by the clock; for tests that move it.
    void tick() { alarms_.tick(); }
    const PollStats& stats() const { return stats_; }

    struct Entry {
        std::string tenant, flow, trigger;
        std::string uses;
        std::chrono::milliseconds every{0};
        std::optional<TimeMs> paused;  ///< since when
        unsigned failures = 0;         ///< since the last poll that went well
        std::string problem;           ///< of the last failure; empty: there is none
    };
    std::vector<Entry> entries() const;  ///< in order of tenant, flow, trigger
    std::optional<Entry> entry(const TriggerKey& key) const;

    using Changed = std::function<void(const Result<void>&)>;
    /// Asks nothing from when that is durable on, also after restarts; then `done` is called. The cursor
    /// stays; what is under way then starts nothing any more, and is told again after the pause. not_found:
    /// there is no such poll; conflict: it is being resumed.
    void pause(const TriggerKey& key, Changed done);
    /// Asks at once, when that is durable. not_found; conflict: it is being paused.
    void resume(const TriggerKey& key, Changed done);

    struct Cursor {
        Value value;                 ///< null: the source is asked from its beginning
        std::optional<TimeMs> time;  ///< when it was written; none: it never was
    };
    /// Where the source goes on, as it is on disk; `done` is called once, when it is read. not_found;
    /// corrupt.
    void cursor(const TriggerKey& key, std::function<void(Result<Cursor>)> done) const;
    /// Lets the source go on elsewhere; null: at its beginning. What is under way starts nothing any more,
    /// and its cursor counts for nothing; what it had told before is kept, and the given cursor wins. `done`
    /// is called once, when it is durable, or failed: not_found; invalid: it is larger than kMaxCursor;
    /// conflict: another one is being set; unavailable.
    void set_cursor(const TriggerKey& key, Value value, std::function<void(Result<void>)> done);

private:
    struct Setting;
    using Key = TriggerKey;
    struct Source {
        runtime::FlowHandle flow;  ///< null: the trigger is gone, and what is under way has not ended
        const flow::TriggerPlan* trigger = nullptr;
        std::string uses;
        Value cursor;
        bool cursor_read = false;
        bool busy = false;      ///< asked, or what it told is not durable yet
        bool asking = false;    ///< asked, and has told nothing yet
        bool outdated = false;  ///< what is under way was asked of another source
        SourceCalls::Id call = 0;
        plugin::Caller::Ticket asked = 0;  ///< of the last call
        std::optional<Alarms::Key> alarm;
        unsigned failures = 0;
        flow::ErrorClass failure = flow::ErrorClass::internal;  ///< the last one that was logged
        std::string problem;                                    ///< the same, in words
        std::shared_ptr<Setting> setting;                       ///< a cursor that is given, not durable yet
    };

    static Error no_poll(const Key& key);
    Source* find(const Key& key);
    Entry entry_of(const Key& key, const Source& source) const;
    Result<Cursor> shown(const Key& key, const Result<std::optional<store::SourceCursor>>& stored) const;
    Result<Value> decode(const Key& key, const store::SourceCursor& stored) const;
    Result<store::SourceCursor> encode(const Key& key, const Source& source, const Value& cursor) const;
    void write_setting(const Key& key, const std::shared_ptr<Setting>& setting);
    void set(const Key& key, const std::shared_ptr<Setting>& setting, Result<void> result);
    void drop_call(Source& source);
    void begin(const Key& key, Source& source, std::chrono::milliseconds wait);
    void poll(const Key& key);
    Result<void> read_cursor(const Key& key, Source& source);
    /// What a call was made with.
    struct Asked {
        Value config, input;
    };
    void told(const Key& key, const Asked& asked, plugin::CallOutcome outcome);
    void start(const Key& key, Source& source, const Asked& asked, PollTold told);
    void durable(const Key& key, const std::string& uses, const Value& cursor, bool at_once,
                 const Result<std::vector<runtime::Accepted>>& result);
    bool released(const Key& key, Source& source);
    void failed(const Key& key, Source& source, const plugin::CallError& why);
    void went_well(Source& source);
    std::chrono::milliseconds interval(const Source& source);

    runtime::Runtime& runtime_;
    runtime::Flows& flows_;
    runtime::ConfigVars& vars_;
    store::Store& store_;
    Pauses& pauses_;
    const Clock& clock_;
    Random& random_;
    plugin::TriggerCaller& caller_;
    const run::Sealer* sealer_;
    FindSecret secret_;
    PollOptions options_;
    PollStats stats_;
    std::map<Key, Source> sources_;
    Alarms alarms_;
    SourceCalls calls_;
    bool stopped_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace tappet::trigger
