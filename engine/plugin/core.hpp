#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

#include "plugin/call_table.hpp"
#include "plugin/host.hpp"
#include "plugin/services/blob.hpp"
#include "plugin/services/clock.hpp"
#include "plugin/services/connection.hpp"
#include "plugin/services/http.hpp"
#include "plugin/services/metrics.hpp"
#include "plugin/services/state.hpp"
#include "plugin/workers.hpp"

namespace tappet::plugin {

/// What a call is made to.
struct Target {
    const std::shared_ptr<Provider>& provider;
    std::uint32_t kind = TAPPET_CALL_ACTION;
    std::uint32_t index = 0;
    bool non_blocking = false;  ///< as the manifest declares
    bool at_once() const { return non_blocking || provider->returns_at_once(); }
};

/// Runs calls: where they run, how they end. The state of the host that completions from any thread may
/// reach.
///
/// A call is opened on the loop, runs there or on a worker, is completed from any thread, and finished on the
/// loop: only the loop hands outcomes out. Everything that reaches the loop from elsewhere goes through one
/// inbox.
class Core : public std::enable_shared_from_this<Core> {
public:
    Core(boost::asio::io_context& loop, HttpDoor& http, const Clock& clock, Doors doors, HostOptions options);
    ~Core();

    Caller::Ticket start(const Target& target, Value input, CallContext context, Caller::Done done);
    void cancel(std::uint64_t id);
    /// Ends all calls, their done dropped. False when one did not obey within the grace: then the core must
    /// be leaked, and what its plugins still ask for touches nothing that the core does not own. Again: the
    /// same answer.
    bool close();

    /// Ends a call. False when it has ended already. Any thread.
    bool complete(std::uint64_t id, CallOutcome outcome);
    bool cancelled(std::uint64_t id) const;
    /// Whether a call has not been completed, also where it was given up. Loop thread.
    bool under_way(std::uint64_t id) const;
    /// Runs f on the loop, later. Any thread.
    void to_loop(std::function<void()> f);
    /// Runs plugin code on the loop, for a run, then what it caused. Loop thread.
    void deliver(const Whose& whose, const std::function<void()>& f);
    bool on_loop() const;
    bool closing() const { return closing_.load(std::memory_order_relaxed); }
    void changed();  ///< wakes close(). Any thread
    void write_log(LogLine line) const;

    TimeMs now() const;                       ///< any thread
    std::chrono::nanoseconds steady() const;  ///< any thread
    /// What one access to a door gives, or `gone` where the doors are. Any thread.
    template <class Access, class T>
    T reach(const Access& access, T gone) const {
        const std::shared_lock lock(outside_);
        return left_ ? std::move(gone) : access();
    }
    /// Takes a plugin's figure; false when it is left out. Any thread.
    bool record(const std::string& plugin, const MetricUpdate& update);
    /// What a call knows that may hold secrets: its input, and the connection that it was given. Any thread,
    /// with a pin.
    Value told(const OpenCall& call) const;

    boost::asio::io_context& loop;
    const HostOptions options;
    HttpDoor& http_door;  ///< loop thread; as the doors, for what serves plugins of another process
    const Doors doors;    ///< through reach() alone
    CallTable calls;
    HttpService http;
    ClockService clock;
    StateService state;
    PluginMetrics metrics;
    ConnectionService connection;
    BlobService blob;

private:
    Caller::Ticket refuse(bool at_once, Caller::Done done, CallError error);
    void open(OpenCall& call, const Target& target, Value input, CallContext context, Caller::Done done);
    void run_on_worker(std::uint64_t id);
    void finish(OpenCall& call);
    void give_up(std::uint64_t id);
    void run_inbox();
    bool end_calls();
    void leave(bool at_rest);

    MetricsDoor* metrics_door_;
    const Clock& clock_;
    mutable std::shared_mutex outside_;  ///< held to use what the core does not own: clock, state, log
    bool left_ = false;                  ///< what the core was given may be gone
    bool at_rest_ = false;               ///< no call went on then that did not obey
    bool closed_ = false;
    std::atomic<const void*> loop_thread_{nullptr};
    std::atomic<bool> closing_{false};
    std::mutex mutex_;  // of the inbox
    std::condition_variable wake_;
    std::vector<std::function<void()>> inbox_;
    bool posted_ = false;
    bool changed_ = false;
    std::unordered_map<std::uint64_t, boost::asio::steady_timer> grace_;

public:
    Workers workers;  // the last member: its threads end before what they use
};

}  // namespace tappet::plugin
