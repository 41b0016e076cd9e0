#include <fmt/format.h>

#include <map>

#include "api/frontend.hpp"

namespace tappet::api {
namespace {

/// One family of the exposition format: HELP, TYPE, then its samples.
class Family {
public:
    Family(std::string& out, std::string_view name, std::string_view type, std::string_view help)
        : out_(out), name_(name) {
        out_ += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
    }
    Family& sample(std::uint64_t value, std::string_view labels = {}) {
        out_ += labels.empty() ? fmt::format("{} {}\n", name_, value)
                               : fmt::format("{}{{{}}} {}\n", name_, labels, value);
        return *this;
    }

private:
    std::string& out_;
    std::string name_;
};

/// Crashes of plugins, all builds of one together.
void plugin_crashes(std::string& out, const Context& context) {
    struct Sum {
        std::uint64_t crashes = 0, aside = 0;
    };
    std::map<std::string, Sum> plugins;
    if (context.crashes)
        for (const store::PluginRecord* record : context.crashes->records()) {
            plugins[record->name].crashes += record->crashes;
            plugins[record->name].aside += record->quarantined.ms != 0 ? 1 : 0;
        }
    Family crashes(out, "tappet_plugin_crashes", "gauge",
                   "Crashes of plugins that are remembered, by plugin; releasing one forgets them.");
    for (const auto& [name, sum] : plugins) crashes.sample(sum.crashes, "plugin=\"" + name + "\"");
    Family aside(out, "tappet_plugin_builds_quarantined", "gauge", "Builds that are set aside, by plugin.");
    for (const auto& [name, sum] : plugins) aside.sample(sum.aside, "plugin=\"" + name + "\"");
}

void polls(std::string& out, const trigger::PollStats& stats) {
    Family(out, "tappet_polls_total", "counter", "Times that sources were asked what is new.")
        .sample(stats.polls);
    Family(out, "tappet_polls_failed_total", "counter", "Polls that failed, or could not begin.")
        .sample(stats.failed);
    Family(out, "tappet_poll_events_total", "counter", "Events that polls told of, by what became of them.")
        .sample(stats.started, "outcome=\"started\"")
        .sample(stats.duplicates, "outcome=\"duplicate\"")
        .sample(stats.filtered, "outcome=\"filtered\"")
        .sample(stats.refused, "outcome=\"refused\"");
}

void schedules(std::string& out, const trigger::ScheduleStats& stats) {
    Family(out, "tappet_schedule_instants_total", "counter", "Instants of schedules, by what became of them.")
        .sample(stats.started, "outcome=\"started\"")
        .sample(stats.duplicates, "outcome=\"duplicate\"")
        .sample(stats.filtered, "outcome=\"filtered\"")
        .sample(stats.refused, "outcome=\"refused\"")
        .sample(stats.dropped, "outcome=\"dropped\"");
    Family(out, "tappet_schedule_missed_started_total", "counter", "Runs that schedules started late.")
        .sample(stats.missed);
}

void refused_requests(std::string& out, const trigger::RejectedStats& stats) {
    Family(out, "tappet_hook_requests_rejected_total", "counter",
           "Refused requests by what became of them: kept for the hook's owner, only counted, or lost.")
        .sample(stats.kept, "outcome=\"kept\"")
        .sample(stats.counted, "outcome=\"counted\"")
        .sample(stats.lost, "outcome=\"lost\"");
}

void outgoing_messages(std::string& out, const outgoing::Stats& stats) {
    Family(out, "tappet_outgoing_attempts_total", "counter",
           "Attempts to deliver messages about runs, by what came of them.")
        .sample(stats.delivered, "outcome=\"delivered\"")
        .sample(stats.attempts_failed, "outcome=\"failed\"");
    Family(out, "tappet_outgoing_given_up_total", "counter", "Messages that failed for good.")
        .sample(stats.given_up);
    Family(out, "tappet_outgoing_under_way", "gauge", "Messages that are being sent.")
        .sample(stats.under_way);
    Family(out, "tappet_outgoing_endpoints", "gauge", "Addresses that messages were written for.")
        .sample(stats.addresses);
    Family(out, "tappet_outgoing_endpoints_disabled", "gauge", "Addresses that nothing is sent to any more.")
        .sample(stats.disabled);
}

}  // namespace

std::string metrics_text(const Context& context, const http::ServerStats& server,
                         const std::string& version) {
    const runtime::Stats runs = context.runtime.stats();
    const trigger::HookStats& hooks = context.hooks.stats();
    const store::StoreStats store = context.store.stats();
    std::string out;
    Family(out, "tappet_build_info", "gauge", "The version that runs.")
        .sample(1, "version=\"" + version + "\"");
    Family(out, "tappet_hook_events_total", "counter", "Requests to hooks by what became of them.")
        .sample(hooks.accepted, "outcome=\"accepted\"")
        .sample(hooks.replayed, "outcome=\"replayed\"")
        .sample(hooks.filtered, "outcome=\"filtered\"")
        .sample(hooks.refused, "outcome=\"refused\"")
        .sample(hooks.limited, "outcome=\"limited\"");
    Family(out, "tappet_hook_synchronous_failures_total", "counter",
           "Synchronous events whose run failed without an answer.")
        .sample(hooks.failed);
    if (context.rejected) refused_requests(out, context.rejected->stats());
    if (context.polls) polls(out, context.polls->stats());
    if (context.schedules) schedules(out, context.schedules->stats());
    if (context.outgoing) outgoing_messages(out, context.outgoing->stats());
    Family(out, "tappet_runs_started_total", "counter", "Runs begun, duplicates left out.")
        .sample(runs.started - runs.duplicates);
    Family(out, "tappet_runs_finished_total", "counter",
           "Runs ended since the start of the process, by status.")
        .sample(runs.succeeded, "status=\"succeeded\"")
        .sample(runs.failed, "status=\"failed\"")
        .sample(runs.cancelled, "status=\"cancelled\"")
        .sample(runs.quarantined, "status=\"quarantined\"");
    Family(out, "tappet_runs_recovered_total", "counter", "Runs taken up again at the start of the process.")
        .sample(runs.recovered);
    Family(out, "tappet_runs_put_aside_total", "counter",
           "Runs given up in this process after an internal fault.")
        .sample(runs.put_aside);
    Family(out, "tappet_runs_open", "gauge", "Runs that have not ended.").sample(runs.open);
    Family(out, "tappet_runs_open_bytes", "gauge",
           "Bytes of the journals of runs that have not ended, and of writes under way.")
        .sample(runs.open_bytes);
    Family(out, "tappet_action_calls_total", "counter", "Calls of actions begun.").sample(runs.calls);
    Family(out, "tappet_action_calls_under_way", "gauge", "Calls of actions that have not ended.")
        .sample(runs.calls_under_way);
    Family(out, "tappet_action_calls_waiting", "gauge", "Calls that wait for a free place.")
        .sample(runs.calls_waiting);
    Family(out, "tappet_runs_queued", "gauge", "Open runs that wait for their turn (concurrency).")
        .sample(runs.queued);
    Family(out, "tappet_timers", "gauge", "Retries and time limits that are armed.").sample(runs.timers);
    Family(out, "tappet_store_commits_total", "counter", "Boundaries made durable.").sample(store.commits);
    Family(out, "tappet_store_transactions_total", "counter", "Transactions that carried them.")
        .sample(store.batches);
    Family(out, "tappet_store_failures_total", "counter", "Transactions that failed.").sample(store.failed);
    Family(out, "tappet_store_queue", "gauge", "Boundaries that wait for the writer.").sample(store.queued);
    Family(out, "tappet_store_projection_backlog", "gauge", "Rows of the list of runs not yet written.")
        .sample(store.projection_backlog);
    Family(out, "tappet_http_connections", "gauge", "Connections open.").sample(server.connections_open);
    Family(out, "tappet_http_connections_total", "counter", "Connections accepted.")
        .sample(server.connections_total);
    Family(out, "tappet_http_connections_refused_total", "counter", "Connections over the limit.")
        .sample(server.connections_refused);
    Family(out, "tappet_http_bodies_bytes", "gauge", "Bytes of bodies received and not yet answered.")
        .sample(server.bodies_bytes);
    Family(out, "tappet_http_bodies_refused_total", "counter", "Requests over the limit of bodies.")
        .sample(server.bodies_refused);
    Family(out, "tappet_http_requests_total", "counter", "Requests read.").sample(server.requests_total);
    plugin_crashes(out, context);
    if (context.plugin_metrics) out += context.plugin_metrics->text();
    return out;
}

}  // namespace tappet::api
