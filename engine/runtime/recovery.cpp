#include <algorithm>
#include <boost/asio/post.hpp>

#include "base/log.hpp"
#include "run/history.hpp"
#include "run/journal.hpp"
#include "runtime/runtime.hpp"

namespace tappet::runtime {
namespace {

Result<std::vector<run::Entry>> decode_all(const RunId& id, const std::vector<std::string>& rows,
                                           const run::Sealer* sealer) {
    std::vector<run::Entry> entries;
    for (const std::string& row : rows) {
        auto part = run::decode_row(id, row, sealer);
        if (!part) return part.error();
        std::move(part->begin(), part->end(), std::back_inserter(entries));
    }
    if (entries.empty() || !std::holds_alternative<run::RunStarted>(entries.front().body))
        return Error::corrupt("run " + id.text() + ": its journal has no beginning");
    return entries;
}

}  // namespace

Result<std::unique_ptr<run::RunState>> fold_journal(const RunId& id, const std::vector<std::string>& rows,
                                                    Flows& flows, const run::Sealer* sealer,
                                                    FlowHandle* flow) {
    auto entries = decode_all(id, rows, sealer);
    if (!entries) return entries.error();
    const auto& start = std::get<run::RunStarted>(entries->front().body);
    auto handle = flows.version(start.tenant, start.flow, start.version);
    if (!handle) return handle.error();
    if (flow) *flow = *handle;
    return run::fold((*handle)->plan, *entries);
}

bool journal_ends(const RunId& id, const std::vector<std::string>& rows, const run::Sealer* sealer) {
    const auto entries = decode_all(id, rows, sealer);
    return entries && std::any_of(entries->rbegin(), entries->rend(), [](const run::Entry& entry) {
               return std::holds_alternative<run::RunFinished>(entry.body);
           });
}

/// Makes one stored run live again, or says why it can't be.
Result<void> Runtime::take_up(store::OpenRun&& stored, const std::vector<PastCrash>& crashes,
                              const std::function<OnAccept()>& counts) {
    auto run = std::make_unique<LiveRun>(stored.id, sealer_);
    auto state = fold_journal(stored.id, stored.journal, flows_, sealer_, &run->flow);
    if (!state) return state.error();
    run->state = std::move(*state);
    run->next_seq = stored.journal.size();
    run->waits = run::visible_status(*run->state) == run::RunStatus::waiting;
    store_.project(row_of(*run, Journaled::whole));  // the list may not know yet how far it had come
    if (run::is_final(run->state->status)) return {};
    if (run->state->answer)
        run->answered = Outcome{run->state->status, run->state->answer, run->state->error};
    for (const PastCrash& past : crashes) {
        if (past.run == stored.id && past.crash.at > run->state->crashed_at)
            run->inbox.push_back(run::Crashed{past.crash});
    }
    if (!run->inbox.empty()) run->accept = counts();
    run->inbox.push_back(run::Resume{});
    for (const std::string& row : stored.journal) count_bytes(*run, row.size());
    rejoin_lane(*run);
    runs_.emplace(stored.id, std::move(run));
    return {};
}

Result<std::size_t> Runtime::recover(const std::vector<PastCrash>& crashes, std::function<void()> counted) {
    std::size_t unfit = 0;
    const auto left = std::make_shared<std::size_t>(1);  // reading itself is one of what is waited for
    const auto one_is_done = [left, counted = std::move(counted)] {
        if (--*left == 0 && counted) counted();
    };
    const std::function<OnAccept()> counts = [&]() -> OnAccept {
        ++*left;
        return [one_is_done](const Result<Accepted>& written) {
            if (written) one_is_done();
        };
    };
    auto read = store_.open_runs([&](store::OpenRun stored) {
        const RunId id = stored.id;
        ids_.follow(id);  // the order of ids is that of the queue
        if (auto taken = take_up(std::move(stored), crashes, counts); !taken) {
            ++unfit;
            if (std::ranges::find(crashes, id, &PastCrash::run) != crashes.end())
                ++*left;  // for good: the next start counts it
            log::error("run {} stays as it is, not resumed: {}", id.text(), taken.error().message);
        }
        return true;
    });
    if (!read) return read.error();
    stats_.recovered = runs_.size();
    if (unfit > 0) log::error("{} open runs could not be resumed; the next start tries again", unfit);
    recover_lanes();
    // In turns, so that the loop serves others meanwhile.
    for (const auto& [id, run] : runs_)
        boost::asio::post(loop_, [this, id = id, alive = alive_] {
            LiveRun* found = *alive ? find(id) : nullptr;
            if (found && !found->driving) drive(*found);
        });
    one_is_done();
    return stats_.recovered;
}

}  // namespace tappet::runtime
