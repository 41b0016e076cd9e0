#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "http/server.hpp"
#include "outgoing/deliverer.hpp"
#include "plugin/services/metrics.hpp"
#include "run/sealer.hpp"
#include "runtime/background.hpp"
#include "runtime/config_vars.hpp"
#include "runtime/crash_ledger.hpp"
#include "runtime/flows.hpp"
#include "runtime/runtime.hpp"
#include "store/store.hpp"
#include "trigger/hooks.hpp"
#include "trigger/polls.hpp"
#include "trigger/schedules.hpp"

namespace tappet::api {

/// What resources work with. References outlive the api.
struct Context {
    runtime::Runtime& runtime;
    runtime::Flows& flows;
    runtime::ConfigVars& vars;
    runtime::Background& background;
    store::Store& store;
    trigger::Hooks& hooks;
    const Clock& clock;
    const run::Sealer* sealer = nullptr;
    std::string base_url;                ///< "http://127.0.0.1:8420": what addresses in answers begin with
    const plugin::Host* host = nullptr;  ///< of /v2/plugins; there where requests are served
    runtime::CrashLedger* crashes = nullptr;                ///< the same
    const plugin::PluginMetrics* plugin_metrics = nullptr;  ///< what plugins count; may be null
    trigger::Polls* polls = nullptr;                        ///< there where requests are served
    trigger::Schedules* schedules = nullptr;                ///< there where requests are served
    trigger::RejectedBook* rejected = nullptr;              ///< the same
    outgoing::Deliverer* outgoing = nullptr;                ///< there where requests are served
};

/// A request to /v2/tenants/{tenant}/… or /v2/plugins…, taken apart.
struct Call {
    http::Request request;
    http::Responder respond;
    std::string tenant;             ///< empty: the whole engine's
    std::vector<std::string> path;  ///< decoded segments behind the tenant: {"runs", id, "steps"}
    Value query;                    ///< a map of strings (or lists where a name is repeated)

    std::optional<std::string_view> parameter(std::string_view name) const {
        const Value* value = query.find(name);
        if (!value || !value->is(Kind::string)) return std::nullopt;
        return value->as_string();
    }
};

// One file each: what a resource answers. The call is answered exactly once, now or later on the loop's
// thread.
void flows_resource(const Context& context, Call call);
void runs_resource(const Context& context, Call call);
void vars_resource(const Context& context, Call call);
void plugins_resource(const Context& context, Call call);
void schedules_resource(const Context& context, Call call);
void polls_resource(const Context& context, Call call);
void hook_requests_resource(const Context& context, Call call);
void outgoing_resource(const Context& context, Call call);
void outgoing_endpoints_resource(const Context& context, Call call);

/// Answers with the error's own status: not_found 404, conflict 409, invalid 422, exhausted and unavailable
/// 429.
http::Response failure_of(const http::Request& request, const Error& error);
/// 405 with Allow.
http::Response wrong_method(const http::Request& request, const std::string& allow);

}  // namespace tappet::api
