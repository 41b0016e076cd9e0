// Runs that take turns: what a flow's `concurrency` makes of its further runs.
#include <boost/asio/post.hpp>

#include "base/log.hpp"
#include "run/lane.hpp"
#include "runtime/runtime.hpp"

namespace tappet::runtime {
namespace {

bool supersedes(const flow::Plan& plan) { return plan.concurrency->on_limit == flow::OnLimit::supersede; }

}  // namespace

std::optional<Error> Runtime::find_lane(Start& start) const {
    const auto& concurrency = start.flow->plan->concurrency;
    if (!concurrency) return std::nullopt;
    run::RunStarted facts;
    facts.id = start.id;
    facts.tenant = start.flow->tenant;
    facts.flow = start.flow->plan->flow;
    facts.version = start.flow->version;
    facts.trigger = start.trigger;
    facts.event = start.event;
    facts.config = start.config;
    auto lane = run::lane_of(start.flow->plan, facts, around_);
    if (!lane) return lane.error();
    start.lane = std::move(*lane);
    return std::nullopt;
}

bool Runtime::take_turn(const LiveRun& run) {
    if (run.lane.empty()) return true;
    if (lanes_.full(run.lane, run.flow->plan->concurrency->limit)) {
        lanes_.queue(run.lane, run.id);
        return false;
    }
    lanes_.enter(run.lane, run.id);
    return true;
}

void Runtime::leave_lane(const LiveRun& run) {
    if (run.lane.empty()) return;
    lanes_.leave(run.lane, run.id);
    give_turns(run.lane);
}

void Runtime::give_turns(const std::string& lane) {
    if (draining_ || storage_error_) return;
    while (const auto id = lanes_.next(lane)) {
        const LiveRun* run = find(*id);
        if (run && lanes_.active(lane) >= run->flow->plan->concurrency->limit) return;
        lanes_.enter(lane, *id);
        boost::asio::post(loop_, [this, id = *id, alive = alive_] {
            if (LiveRun* next = *alive ? find(id) : nullptr) post_event(*next, run::Release{});
        });
    }
}

/// What comes later is not durable yet, and may be a repeated delivery: it supersedes nothing so far.
void Runtime::supersede(const LiveRun& by) {
    if (!supersedes(*by.flow->plan)) return;
    const std::string reason = "superseded by run " + by.id.text();
    for (const RunId& id : lanes_.beyond(by.lane, by.flow->plan->concurrency->limit, by.id))
        cancel(id, reason, [](const Result<void>&) {});
}

/// A run that was open when the process before ended. What had begun goes on, whatever the limit is now.
void Runtime::rejoin_lane(LiveRun& run) {
    if (!run.flow->plan->concurrency) return;
    auto lane = run::lane_of(run.flow->plan, run.state->start, around_);
    if (!lane) log::error("run {} goes on without its turn: {}", run.id.text(), lane.error().message);
    if (lane) run.lane = std::move(*lane);
    if (run.state->status != run::RunStatus::queued)
        return run.lane.empty() ? void() : lanes_.enter(run.lane, run.id);
    if (run.lane.empty())
        run.inbox.push_back(run::Release{});
    else
        lanes_.queue(run.lane, run.id);
}

void Runtime::recover_lanes() {
    for (const std::string& lane : lanes_.names()) {
        const RunId newest = *lanes_.last(lane);
        const flow::Plan& plan = *find(newest)->flow->plan;
        if (supersedes(plan))
            for (const RunId& id : lanes_.beyond(lane, plan.concurrency->limit, newest))
                find(id)->inbox.push_front(run::CancelRequested{"superseded by run " + newest.text()});
        give_turns(lane);
    }
}

}  // namespace tappet::runtime
