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
#include "trigger/problem.hpp"
#include "trigger/rate.hpp"
#include "trigger/verify.hpp"

namespace tappet::trigger {

struct HookOptions {
    std::uint64_t max_body = 10u << 20;  ///< bytes; over it 413
    double rate = 0;                     ///< events a second of each hook; over it 429; 0: no limit
    std::string base_url;                ///< "http://127.0.0.1:8420": what runs' addresses begin with
};

struct HookStats {
    std::uint64_t accepted = 0, replayed = 0, filtered = 0, refused = 0, limited = 0, failed = 0;
};

/// The addresses under /hooks: an event passes verify → parse → filter → schema → dedupe → commit → answer
/// (PRODUCT.md section 2). On the loop's thread.
class Hooks {
public:
    Hooks(boost::asio::io_context& loop, runtime::Runtime& runtime, runtime::Flows& flows,
          runtime::ConfigVars& vars, const Clock& clock,
          std::function<std::optional<Value>(std::string_view tenant, std::string_view name)> secret,
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
    /// Answers a request whose path begins with /hooks/.
    void handle(http::Request request, http::Responder respond);
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
        std::string problem;      ///< why every request is refused; empty when none is
        bool unreadable = false;  ///< the problem is the store's: it is asked again for each request
        std::shared_ptr<Rate> rate;
    };
    struct Waiting {
        RunId run;
        runtime::Runtime::WaiterId waiter = 0;
        std::shared_ptr<http::Responder> respond;
        std::string location;
        bool replayed = false;  ///< by a repeated delivery
    };
    using RoutePtr = std::shared_ptr<const Route>;

    RoutePtr make_route(const runtime::FlowHandle& flow, const flow::TriggerPlan& trigger);
    RoutePtr route_to(const http::Request& request);
    void refuse(http::Responder& respond, const Problem& problem);
    void accepted(const RoutePtr& route, const Result<runtime::Accepted>& result, http::Responder respond);
    void await_answer(const RoutePtr& route, const RunId& run, bool replayed, http::Responder respond);
    void send_away(Waiting late);
    void arm();
    std::string location_of(const runtime::Flow& flow, const RunId& run) const;

    runtime::Runtime& runtime_;
    runtime::Flows& flows_;
    runtime::ConfigVars& vars_;
    const Clock& clock_;
    std::function<std::optional<Value>(std::string_view, std::string_view)> secret_;
    HookOptions options_;
    HookStats stats_;
    std::unordered_map<std::string, RoutePtr> routes_;    ///< by decoded path
    std::map<std::string, std::shared_ptr<Rate>> rates_;  ///< by canonical address; survive reloads
    std::map<std::pair<std::int64_t, std::uint64_t>, Waiting> waiting_;  ///< synchronous answers by steady ms
    std::uint64_t asked_ = 0;
    boost::asio::steady_timer alarm_;
    bool alarm_armed_ = false;
    bool ready_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace tappet::trigger
