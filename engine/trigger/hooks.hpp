#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "http/server.hpp"
#include "runtime/config_vars.hpp"
#include "runtime/flows.hpp"
#include "runtime/runtime.hpp"
#include "trigger/alarms.hpp"
#include "trigger/handshake.hpp"
#include "trigger/incoming.hpp"
#include "trigger/owners.hpp"
#include "trigger/problem.hpp"
#include "trigger/rate.hpp"
#include "trigger/redactor.hpp"
#include "trigger/rejected_book.hpp"
#include "trigger/settings.hpp"
#include "trigger/source_calls.hpp"
#include "trigger/told.hpp"
#include "trigger/verify.hpp"

namespace tappet::trigger {

struct HookOptions {
    std::uint64_t max_body = 10u << 20;      ///< bytes; over it 413
    std::size_t max_events = 1'000;          ///< of one request; over it 413
    std::size_t max_starts = 10'000;         ///< runs that one request starts; over it 413
    double rate = 0;                         ///< requests a second of each hook; over it 429; 0: no limit
    std::chrono::milliseconds call{10'000};  ///< that a plugin may take to read a request; then 429
    std::string base_url;                    ///< "http://127.0.0.1:8420": what runs' addresses begin with
    RejectedBook* rejected = nullptr;  ///< keeps what is refused, and outlives the hooks; null: nothing is
};

/// Plugins that read requests themselves; all outlive the hooks.
struct HookPlugins {
    plugin::TriggerCaller& caller;
    const Owners& owners;
    /// plugins.settings.<name> of the configuration, secrets marked; fails where one of them is not set.
    std::function<Result<Value>(std::string_view plugin)> settings;
};

struct HookStats {
    std::uint64_t accepted = 0, replayed = 0, filtered = 0, refused = 0, limited = 0, failed = 0;
};

/// The addresses under /hooks: an event passes verify → parse → filter → schema → dedupe → commit → answer
/// (PRODUCT.md section 2). On the loop's thread.
class Hooks {
public:
    Hooks(boost::asio::io_context& loop, runtime::Runtime& runtime, runtime::Flows& flows,
          runtime::ConfigVars& vars, const Clock& clock, FindSecret secret, HookPlugins plugins,
          HookOptions options);
    ~Hooks();

    /// Lays the addresses anew from the current flows; after any change of flows or variables. A trigger's
    /// own address, by flow and id, is always its own; a `path` that is another trigger's address is not
    /// served, and of two equal paths that of the first flow by name is. This and other problems (a secret
    /// that is not set, for which the address refuses everything) are logged and returned.
    std::vector<std::string> reload();
    /// Until it is told that the engine is ready, every address answers 429, never 404.
    void set_ready(bool ready) { ready_ = ready; }

    /// Tells everybody who still waits for a synchronous answer to come back for it (202): the engine stops,
    /// and their runs go on at its next start.
    void send_waiting_away();

    std::uint64_t body_limit() const { return options_.max_body; }
    /// The answer to a request whose body is longer than that, and was not read.
    http::Response refuse_body(const http::Request& head, const std::string& detail);
    /// Answers a request whose path begins with /hooks/.
    void handle(http::Request request, http::Responder respond);
    /// Does what is due by the clock; for tests that move it.
    void tick() { alarms_.tick(); }
    const HookStats& stats() const { return stats_; }
    /// Method and address of each hook, with its flow and trigger; for people.
    struct Address {
        std::string path, methods, tenant, flow, trigger, verify;
    };
    std::vector<Address> addresses() const;
    /// The path that senders of the trigger use: its own `path` where that is served, else by flow and id.
    std::string path_of(const runtime::Flow& flow, const flow::TriggerPlan& trigger) const;

private:
    struct Route {
        runtime::FlowHandle flow;
        const flow::TriggerPlan* trigger = nullptr;
        Value config;
        std::unique_ptr<Verifier> verifier;
        Handshake handshake;
        Value settings;           ///< where the plugin reads the requests
        std::string problem;      ///< why every request is refused; empty when none is
        bool unreadable = false;  ///< the problem is the store's: it is asked again for each request
        std::shared_ptr<Rate> rate;
        Redactor redactor;  ///< of what is kept of refused requests
    };
    struct Waiting {
        RunId run;
        runtime::Runtime::WaiterId waiter = 0;
        std::shared_ptr<http::Responder> respond;
        std::string location;
        bool replayed = false;  ///< by a repeated delivery
    };
    using RoutePtr = std::shared_ptr<const Route>;

    /// A request that a plugin reads, or that holds several events, until it is answered.
    struct Asked {
        http::Request request;
        Value query;
        TimeMs received;
        http::Responder respond;
        std::string plugin;  ///< for the log: "crm/received of flow x"
        RoutePtr route;      ///< null at a plugin's own address
        std::string app;     ///< the plugin whose own address it is
        std::shared_ptr<Rate> rate;
    };
    using AskedPtr = std::shared_ptr<Asked>;
    /// What is to start for a request, and what came of its events.
    struct Batch {
        std::vector<runtime::Start> starts;
        std::vector<RoutePtr> routes;  ///< of each
        std::optional<run::Answer> answer;
        std::size_t events = 0, filtered = 0;
    };

    std::optional<Problem> read_query(const http::Request& request, Value& query) const;
    // hooks_plugin.cpp
    void ask_plugin(const RoutePtr& route, http::Request request, http::Responder respond);
    void ask_app(http::Request request, http::Responder respond);
    void ask(const AskedPtr& asked, const SourceCalls::Begin& begin);
    void read(const AskedPtr& asked, plugin::CallOutcome outcome);
    std::optional<Problem> add_listeners(Batch& batch, const Asked& asked, const ToldEvent& event);
    // hooks_batch.cpp
    void take_several(const RoutePtr& route, http::Request request, Value query, std::vector<Incoming> events,
                      http::Responder respond);
    /// A problem of one event of several, which the sender knows as one request: its places are below
    /// `list`, the event's number and `body`.
    static Problem of_event(Problem problem, std::size_t number, std::size_t count, std::string_view list,
                            std::string_view body);
    std::optional<Problem> add(Batch& batch, const Asked& asked, const RoutePtr& route, Incoming event);
    void start_batch(const AskedPtr& asked, Batch batch);
    void answer_batch(const AskedPtr& asked, const Batch& batch,
                      const std::vector<runtime::Accepted>& accepted);

    RoutePtr make_route(const runtime::FlowHandle& flow, const flow::TriggerPlan& trigger);
    RoutePtr route_to(const http::Request& request);
    void refuse(http::Responder& respond, const Problem& problem);
    /// The same, kept for the owner of the trigger; `challenge` is that of a 401.
    http::Response refusal_of(const Problem& problem, const Route* route, const http::Request& request);
    void refuse(http::Responder& respond, const Problem& problem, const Route* route,
                const http::Request& request, std::string challenge = {});
    void refuse(Asked& asked, const Problem& problem) {
        refuse(asked.respond, problem, asked.route.get(), asked.request);
    }
    /// Who sent an event, until it is durable. The request is there while it is looked at, and null then.
    struct Sender {
        http::Responder respond;
        const http::Request* request = nullptr;
    };
    void accepted(const RoutePtr& route, std::chrono::milliseconds patience,
                  const Result<runtime::Accepted>& result, Sender& sender);
    void await_answer(const RoutePtr& route, const RunId& run, bool replayed,
                      std::chrono::milliseconds patience, http::Responder respond);
    void send_away(Waiting late);
    void arm();
    std::string location_of(const runtime::Flow& flow, const RunId& run) const;

    runtime::Runtime& runtime_;
    runtime::Flows& flows_;
    runtime::ConfigVars& vars_;
    const Clock& clock_;
    FindSecret secret_;
    HookPlugins plugins_;
    HookOptions options_;
    HookStats stats_;
    std::unordered_map<std::string, RoutePtr> routes_;  ///< by decoded path
    std::map<std::string, std::vector<RoutePtr>, std::less<>>
        listeners_;  ///< by plugin: triggers that events at its own address may start
    std::map<std::string, std::shared_ptr<Rate>, std::less<>> app_rates_;  ///< by plugin
    Alarms alarms_;
    SourceCalls calls_;
    std::map<std::string, std::shared_ptr<Rate>> rates_;  ///< by canonical address; survive reloads
    std::map<std::pair<std::int64_t, std::uint64_t>, Waiting> waiting_;  ///< synchronous answers by steady ms
    std::uint64_t asked_ = 0;
    boost::asio::steady_timer alarm_;
    bool alarm_armed_ = false;
    bool ready_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace tappet::trigger
