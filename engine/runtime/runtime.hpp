#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/random.hpp"
#include "plugin/host.hpp"
#include "run/activation.hpp"
#include "run/sealer.hpp"
#include "runtime/background.hpp"
#include "runtime/flows.hpp"
#include "runtime/lanes.hpp"
#include "runtime/live_run.hpp"
#include "runtime/timers.hpp"
#include "store/store.hpp"

namespace tappet::runtime {

struct Options {
    std::size_t max_open_runs = 100'000;        ///< over it, events are refused as exhausted
    std::uint64_t max_open_bytes = 512u << 20;  ///< that their journals take, and rows under way; over it too
    std::size_t max_row_bytes = 64u << 20;      ///< of one journal row; what needs a larger one fails
    std::size_t full_row_bytes = 4u << 20;      ///< a row of this size, or of a quarter of the most, is sent
    std::size_t max_calls = 1'024;              ///< calls of actions under way; further ones wait in order
    std::size_t max_log_lines = 1'000;          ///< kept of one run; further ones are dropped and counted
    std::size_t max_decisions = 1'024;          ///< of one run before others have their turn
    std::chrono::milliseconds cautious{600'000};  ///< after an unclean end: how long nothing rides
    std::uint32_t max_crashes = 3;                ///< of one run; the last of them ends it as quarantined
    std::string base_url;                         ///< what run.url begins with
    std::function<std::optional<Value>(std::string_view tenant, std::string_view name)> secret;
    std::size_t max_message = 256u << 10;  ///< bytes of what is told about a run
    /// Called when a message about a run is durable. Null: none is written.
    std::function<void(const store::OutgoingAddress& to, const Uuid& id)> told;
};

/// A call for a run took the process before this one down.
struct PastCrash {
    RunId run;
    run::RunCrashed crash;
};

/// An event that is to start a run.
struct Start {
    RunId id;  ///< from new_id()
    FlowHandle flow;
    std::string trigger;
    Value event;  ///< {id, body, headers, query, method, path, receivedAt}
    Value config;
    std::optional<store::DedupeClaim> claim;
    bool synchronous = false;
    std::uint32_t attempt = 1;
    std::string lane;  ///< the runtime's own: which runs it takes turns with
};

struct Stats {
    std::uint64_t started = 0, duplicates = 0, refused = 0, recovered = 0;
    std::uint64_t succeeded = 0, failed = 0, cancelled = 0, quarantined = 0, put_aside = 0;
    std::uint64_t calls = 0, commits = 0, log_lines_dropped = 0;
    std::uint64_t open_bytes = 0;  ///< what max_open_bytes bounds
    std::size_t open = 0, calls_under_way = 0, calls_waiting = 0, timers = 0;
    std::size_t queued = 0;  ///< open runs that wait for their turn
};

/// Drives runs: decides, commits, performs, in that order. Everything on the loop's thread; no lock, no
/// blocking.
///
/// Entries that follow from pure steps ride in the next commit; whatever touches the world, answers a sender
/// or waits is done only when the entries it follows from are durable. After a failed commit nothing is
/// acknowledged or performed any more (P9): the process has to be started again.
class Runtime {
public:
    Runtime(boost::asio::io_context& loop, store::Store& store, plugin::Caller& caller, Flows& flows,
            Background& background, const Clock& clock, Random& random, const run::Sealer* sealer,
            Options options);
    ~Runtime();

    /// Takes up every run that had not ended; call once, before the first start. Blocks while it reads.
    /// `crashes` are counted for their runs before anything of these is called; `counted` is called once,
    /// when that is durable for all of them. One of no open run counts for nobody; one of a run that cannot
    /// be taken up is not counted yet, and neither is `counted` called.
    Result<std::size_t> recover(const std::vector<PastCrash>& crashes = {},
                                std::function<void()> counted = nullptr);

    RunId new_id() { return ids_.next(); }
    /// Whether a further event would be accepted now; the reason when not. Costs nothing.
    std::optional<Error> refusing() const;
    /// The same for several at once. What is more than the bound alone is accepted while no run is open, so
    /// that it does not wait for ever.
    std::optional<Error> refusing(std::size_t events) const;
    /// Why the event is too large to be kept; nothing when it is not.
    std::optional<Error> oversize(const Start& start) const;
    /// Starts a run. An event that has its run is told as a duplicate, also where the flow takes no further
    /// run. `done` is called once, when the event is durable, or refused (exhausted, unavailable;
    /// invalid when the event is larger than a row of the journal may be).
    void start(Start start, OnAccept done);
    /// Starts several runs in one transaction, and writes a cursor with it: all of it is durable or nothing.
    /// An event that is another run's starts none and is told as a duplicate. `done` and refusals as with
    /// start(), for all at once.
    void start_together(std::vector<Start> starts, std::optional<store::SourceCursor> cursor,
                        OnAcceptAll done);

    using WaiterId = std::uint64_t;
    /// Tells once how a run answered or ended, from memory or from the store. Fails as not_found for an
    /// unknown run, invalid for one that has ended under a version of its flow that no longer compiles,
    /// unavailable for one that has not ended and is not under way.
    WaiterId await_outcome(const RunId& run, OnOutcome done);
    /// Drops a waiter of an open run; its callback is not called any more. One that is told from the store is
    /// told still.
    void forget(const RunId& run, WaiterId waiter);

    /// Ends a run as cancelled; conflict when it is not open: it has ended, or there is none of that id.
    void cancel(const RunId& run, std::string reason, std::function<void(Result<void>)> done);
    bool is_open(const RunId& run) const { return runs_.contains(run); }

    /// A line that an action logged: goes into its run's journal; one of no open run is dropped. Any thread.
    void log(plugin::LogLine line);

    /// Begins no further calls and tells when those under way have ended and all is committed, or when
    /// `limit` has passed.
    void drain(std::chrono::milliseconds limit, std::function<void()> done);

    /// Fires what is due. Called by the runtime's own timer; by tests that move the clock.
    void tick();
    std::optional<TimeMs> next_due() const { return timers_.next(); }
    Stats stats() const;

private:
    static constexpr std::uint64_t kRunShare = 8;  ///< a run counts for an eighth of max_open_bytes at most

    LiveRun& begin(Start start, OnAccept accept);
    void drop_gathered(const std::vector<RunId>& ids);
    // concurrency.cpp
    std::optional<Error> find_lane(Start& start) const;
    /// Whether the run goes on at once; else it is queued.
    bool take_turn(const LiveRun& run);
    void leave_lane(const LiveRun& run);
    void give_turns(const std::string& lane);
    void supersede(const LiveRun& by);
    void rejoin_lane(LiveRun& run);
    void recover_lanes();
    // turned_away.cpp
    struct TurnedAway;
    /// Whether the flow refuses a further run beside those that are under way.
    bool turns_away(const Start& start) const;
    void ask_owners(std::vector<Start> starts, std::vector<std::size_t> away,
                    std::optional<store::SourceCursor> cursor, OnAcceptAll done);
    void start_others(const std::shared_ptr<TurnedAway>& asked);
    void drive(LiveRun& run);
    void decide_all(LiveRun& run);
    void record(LiveRun& run, const run::Entry& entry);
    void count_bytes(LiveRun& run, std::size_t more);
    void flush(LiveRun& run);
    /// How much of a run's state its journal has, with the row that is sent.
    enum class Journaled {
        whole,
        in_part,  ///< a decision's further entries follow: an end among them counts for nothing yet
    };
    static bool begins_to_wait(LiveRun& run, Journaled journaled);
    void send_row(LiveRun& run, LiveRun::Boundary boundary, Journaled journaled);
    /// Does something for a run; a fault puts the run aside and nothing else. The run may be gone afterwards,
    /// unless somebody drives it: then the fault is noted, for check_fault() to end that work with.
    void guarded(const RunId& id, const std::function<void(LiveRun&)>& act);
    void committed(const RunId& id, std::uint64_t seq, Result<store::Committed> result);
    void storage_failed(const Error& error);
    void give_up(LiveRun& run, const std::string& why);
    void perform(LiveRun& run, std::vector<run::Command>& commands);
    template <class Act>
    void driven(LiveRun& run, const Act& act);
    static void check_fault(const LiveRun& run);
    void call(LiveRun& run, run::CallAction command);
    void call_now(LiveRun& run, run::CallAction command);
    void call_done(const RunId& id, std::uint32_t call, plugin::CallOutcome outcome);
    void next_calls();
    void cancel_call(LiveRun& run, std::uint32_t call);
    void arm(LiveRun& run, const run::ArmTimer& command);
    void arm_alarm();
    void post_event(LiveRun& run, run::Event event);
    void end(LiveRun& run);
    void log_here(const plugin::LogLine& line);
    void keep_line(LiveRun& run, const plugin::LogLine& line);
    void check_drained();
    store::RunRow row_of(const LiveRun& run, Journaled journaled) const;
    LiveRun* find(const RunId& id);
    std::uint64_t open_bytes() const { return held_bytes_ + sent_bytes_; }
    bool may_ride() const { return clock_.now() >= cautious_until_; }
    Result<void> take_up(store::OpenRun&& stored, const std::vector<PastCrash>& crashes,
                         const std::function<OnAccept()>& counts);

    boost::asio::io_context& loop_;
    store::Store& store_;
    plugin::Caller& caller_;
    Flows& flows_;
    Background& background_;
    const Clock& clock_;
    Random& random_;
    const run::Sealer* sealer_;
    Options options_;
    IdSource ids_;
    run::Surroundings around_;

    std::unordered_map<RunId, std::unique_ptr<LiveRun>> runs_;
    struct WaitingCall {
        RunId run;
        run::CallAction command;
    };
    std::deque<WaitingCall> waiting_calls_;
    std::size_t calls_under_way_ = 0;
    bool calling_next_ = false;  ///< calls that answer at once begin further ones from one place, not nested
    Lanes lanes_;
    Timers timers_;
    boost::asio::steady_timer alarm_;
    std::optional<TimeMs> alarm_at_;
    TimeMs cautious_until_;
    WaiterId last_waiter_ = 0;
    std::vector<store::Commit> gathered_;  ///< rows of runs that begin together
    std::optional<Error> storage_error_;
    bool draining_ = false;
    std::function<void()> drained_;
    boost::asio::steady_timer drain_limit_;
    std::uint64_t held_bytes_ = 0;  ///< of the journals of open runs, of each its share at most
    std::uint64_t sent_bytes_ = 0;  ///< of rows that are not durable
    Stats stats_;
    std::shared_ptr<bool> alive_ =
        std::make_shared<bool>(true);  ///< for what is posted: false once this is gone
};

/// Folds a run's journal under the version of its flow that it started with; `flow` gets that version when it
/// is asked for. On the loop's thread, as Flows is.
Result<std::unique_ptr<run::RunState>> fold_journal(const RunId& id, const std::vector<std::string>& rows,
                                                    Flows& flows, const run::Sealer* sealer,
                                                    FlowHandle* flow = nullptr);
/// Whether a run's journal reads back and has the run's end; without the version of its flow.
bool journal_ends(const RunId& id, const std::vector<std::string>& rows, const run::Sealer* sealer);

}  // namespace tappet::runtime
