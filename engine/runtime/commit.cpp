#include <algorithm>
#include <stdexcept>

#include "base/log.hpp"
#include "run/history.hpp"
#include "run/journal.hpp"
#include "runtime/messages.hpp"
#include "runtime/runtime.hpp"

namespace tappet::runtime {

store::RunRow Runtime::row_of(const LiveRun& run, Journaled journaled) const {
    const run::RunState& state = *run.state;
    store::RunRow row;
    row.id = state.start.id;
    row.tenant = state.start.tenant;
    row.flow = state.start.flow;
    row.version = state.start.version;
    row.trigger = state.start.trigger;
    row.created = state.created;
    row.started = state.started;
    row.labels = state.start.labels;
    if (journaled == Journaled::in_part && run::is_final(state.status)) {
        row.status = run::RunStatus::running;
        row.detail = run::encode_detail(state.start.id, {}, sealer_);
        return row;
    }
    row.status = run::visible_status(state);
    row.finished = state.finished;
    row.detail = run::encode_detail(state.start.id, {state.outputs, state.error}, sealer_);
    return row;
}

/// Puts an entry into the row that is sent next; a full one is sent before.
void Runtime::record(LiveRun& run, const run::Entry& entry) {
    if (run.row.size() >= options_.full_row_bytes) send_row(run, {}, Journaled::in_part);
    const std::size_t before = run.row.size();
    run.row.add(run.id, entry);
    if (run.row.size() > options_.max_row_bytes)
        throw std::length_error("a row of " + std::to_string(run.row.size()) +
                                " bytes for the journal; the most is " +
                                std::to_string(options_.max_row_bytes));
    if (std::holds_alternative<run::Responded>(entry.body)) run.answers = true;
    if (std::holds_alternative<run::RunFinished>(entry.body)) run.ends = true;
    count_bytes(run, run.row.size() - before);
}

/// A run counts for a share of the queue at most: its journal may hold a value many times that is in memory
/// once, and no run alone shuts out all others.
void Runtime::count_bytes(LiveRun& run, std::size_t more) {
    const std::uint64_t share = options_.max_open_bytes / kRunShare;
    held_bytes_ -= std::min(run.bytes, share);
    run.bytes += more;
    held_bytes_ += std::min(run.bytes, share);
}

/// Sends what was decided to the store; what follows from it waits for the commit.
void Runtime::flush(LiveRun& run) {
    if (run.row.empty()) {
        if (run.held.empty()) return;
        if (!run.commits.empty()) {
            auto& commands = run.commits.back().commands;
            std::move(run.held.begin(), run.held.end(), std::back_inserter(commands));
            run.held.clear();
            return;
        }
        std::vector<run::Command> commands = std::move(run.held);
        run.held.clear();
        return perform(run, commands);
    }
    LiveRun::Boundary boundary;
    boundary.commands = std::move(run.held);
    run.held.clear();
    boundary.last = run::is_final(run.state->status);
    if (boundary.last || run.answers)
        boundary.outcome = Outcome{run.state->status, run::answer_of(*run.state), run.state->error};
    run.answers = false;
    send_row(run, std::move(boundary), Journaled::whole);
}

/// Whether the row that is sent is the one from which on all that is open waits.
bool Runtime::begins_to_wait(LiveRun& run, Journaled journaled) {
    if (journaled == Journaled::in_part) return false;
    const bool waits = run::visible_status(*run.state) == run::RunStatus::waiting;
    return !std::exchange(run.waits, waits) && waits;
}

void Runtime::send_row(LiveRun& run, LiveRun::Boundary boundary, Journaled journaled) {
    store::Commit commit;
    commit.run = run.id;
    commit.seq = boundary.seq = run.next_seq++;
    commit.data = run.row.take();
    if (commit.seq == 0) commit.claim = run.claim;
    commit.row = row_of(run, journaled);
    const bool ends = std::exchange(run.ends, false);
    const bool waits = begins_to_wait(run, journaled);
    if ((ends || waits) && options_.told)
        commit.outgoing =
            messages_of(*run.state, clock_.now(), options_.base_url, options_.max_message, ids_);
    for (const store::OutgoingMessage& message : commit.outgoing)
        boundary.told.emplace_back(message.to, message.id);
    boundary.bytes = commit.bytes();
    commit.done = [this, id = run.id, seq = commit.seq, bytes = boundary.bytes,
                   alive = alive_](Result<store::Committed> result) {
        if (!*alive) return;
        sent_bytes_ -= bytes;
        committed(id, seq, std::move(result));
    };
    sent_bytes_ += boundary.bytes;
    run.bytes_sent += boundary.bytes;
    run.commits.push_back(std::move(boundary));
    ++stats_.commits;
    if (run.gathered)
        gathered_.push_back(std::move(commit));
    else
        store_.commit(std::move(commit));
}

void Runtime::committed(const RunId& id, std::uint64_t seq, Result<store::Committed> result) {
    if (!result) return storage_failed(result.error());
    LiveRun* run = find(id);
    if (!run || run->commits.empty() || run->commits.front().seq != seq) return;
    if (result->duplicate_of) {
        ++stats_.duplicates;
        const OnAccept accept = std::move(run->accept);
        run->dropped = true;
        end(*run);
        if (accept) accept(Accepted{*result->duplicate_of, true});
        return check_drained();
    }
    LiveRun::Boundary boundary = std::move(run->commits.front());
    run->commits.pop_front();
    run->bytes_sent -= boundary.bytes;
    for (const auto& [to, message] : boundary.told) options_.told(to, message);
    if (const OnAccept accept = std::exchange(run->accept, nullptr)) {
        accept(Accepted{id, false});
        run = find(id);  // whoever was told may have asked for anything
        if (!run) return;
    }
    if (seq == 0 && !run->lane.empty()) {
        supersede(*run);
        run = find(id);
        if (!run) return;
    }
    if (boundary.outcome) {
        run->answered = boundary.outcome;
        auto waiters = std::exchange(run->waiters, {});
        auto enders = boundary.last ? std::exchange(run->enders, {}) : std::vector<OnOutcome>();
        for (auto& [waiter, tell] : waiters) tell(*boundary.outcome);
        for (auto& tell : enders) tell(*boundary.outcome);
        run = find(id);
        if (!run) return;
    }
    guarded(id, [&](LiveRun& live) { perform(live, boundary.commands); });
    run = find(id);
    if (!run) return;
    if (std::exchange(run->stalled, false) && !run->driving) {
        drive(*run);
        run = find(id);
        if (!run) return;
    }
    if (boundary.last) {
        switch (run->state->status) {
            case run::RunStatus::succeeded:
                ++stats_.succeeded;
                break;
            case run::RunStatus::cancelled:
                ++stats_.cancelled;
                break;
            case run::RunStatus::quarantined:
                ++stats_.quarantined;
                break;
            default:
                ++stats_.failed;
                break;
        }
        end(*run);
    }
    check_drained();
}

/// Forgets a run that has ended, was a duplicate, or is given up. The run is gone afterwards.
void Runtime::end(LiveRun& run) {
    for (const Timers::Key& key : run.timers) timers_.remove(key);
    for (auto& [number, call] : run.calls) {
        if (call.timer) timers_.remove(*call.timer);
        if (call.queued) continue;
        if (call.ticket != 0) caller_.cancel(call.ticket);
    }
    held_bytes_ -= std::min(run.bytes, options_.max_open_bytes / kRunShare);
    leave_lane(run);
    runs_.erase(RunId(run.id));
}

/// Nothing is acknowledged or performed from here on: what is on disk is the truth, and the next start reads
/// it.
void Runtime::storage_failed(const Error& error) {
    if (storage_error_) return;
    storage_error_ = error;
    log::error(
        "storage failed, no event is accepted and no step performed until the engine is started again: {}",
        error.message);
    std::vector<OnAccept> accepts;
    std::vector<OnOutcome> outcomes;
    for (auto& [id, run] : runs_) {
        run->dropped = true;
        if (run->accept) accepts.push_back(std::exchange(run->accept, nullptr));
        for (auto& [waiter, tell] : run->waiters) outcomes.push_back(std::move(tell));
        run->waiters.clear();
        std::move(run->enders.begin(), run->enders.end(), std::back_inserter(outcomes));
        run->enders.clear();
    }
    const Error told = Error::unavailable("storage refuses writes: " + error.message);
    for (auto& accept : accepts) accept(told);
    for (auto& tell : outcomes) tell(told);
    check_drained();
}

}  // namespace tappet::runtime
