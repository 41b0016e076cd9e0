// Events that a flow takes no further run for, unless they are repeated deliveries: then they have theirs.
#include <algorithm>

#include "runtime/runtime.hpp"

namespace tappet::runtime {
namespace {

Error too_many(const flow::Plan& plan) {
    return Error::exhausted("as many runs of this flow " +
                            std::string(plan.concurrency->key ? "with this concurrency key " : "") +
                            "are under way as there may be: " + std::to_string(plan.concurrency->limit) +
                            " (concurrency)");
}

}  // namespace

/// What waits for the store to say which events have their runs.
struct Runtime::TurnedAway {
    std::vector<Start> starts;
    std::vector<std::size_t> away;
    std::vector<std::optional<RunId>> owners;  ///< by start
    std::optional<store::SourceCursor> cursor;
    OnAcceptAll done;
    Error refused;
};

bool Runtime::turns_away(const Start& start) const {
    const auto& concurrency = start.flow->plan->concurrency;
    return concurrency && concurrency->on_limit == flow::OnLimit::reject &&
           lanes_.full(start.lane, concurrency->limit);
}

/// The store is asked in its turn: a run whose beginning is under way to it is known then.
void Runtime::ask_owners(std::vector<Start> starts, std::vector<std::size_t> away,
                         std::optional<store::SourceCursor> cursor, OnAcceptAll done) {
    Error refused = too_many(*starts[away.front()].flow->plan);
    const auto has_claim = [&](std::size_t i) { return starts[i].claim.has_value(); };
    if (!std::ranges::all_of(away, has_claim)) {
        stats_.refused += starts.size();
        return done(std::move(refused));
    }
    const std::size_t count = starts.size();
    const auto asked = std::make_shared<TurnedAway>(
        TurnedAway{std::move(starts), std::move(away), std::vector<std::optional<RunId>>(count),
                   std::move(cursor), std::move(done), std::move(refused)});
    store::Together question;
    for (const std::size_t i : asked->away) {
        store::Commit commit;
        commit.asks = true;
        commit.run = asked->starts[i].id;
        commit.claim = asked->starts[i].claim;
        commit.row.tenant = asked->starts[i].flow->tenant;
        commit.done = [asked, i](const Result<store::Committed>& result) {
            if (result) asked->owners[i] = result->duplicate_of;
        };
        question.commits.push_back(std::move(commit));
    }
    question.done = [this, asked, alive = alive_](const Result<void>& result) {
        if (!*alive) return;
        if (!result) return asked->done(Error::unavailable(result.error().message));
        start_others(asked);
    };
    store_.commit_together(std::move(question));
}

/// Where all that is turned away has its run, the others start.
void Runtime::start_others(const std::shared_ptr<TurnedAway>& asked) {
    if (!std::ranges::all_of(asked->away, [&](std::size_t i) { return asked->owners[i].has_value(); })) {
        stats_.refused += asked->starts.size();
        return asked->done(asked->refused);
    }
    stats_.duplicates += asked->away.size();
    std::vector<Start> others;
    for (std::size_t i = 0; i < asked->starts.size(); ++i)
        if (!asked->owners[i]) others.push_back(std::move(asked->starts[i]));
    const auto merge = [asked](Result<std::vector<Accepted>> begun) {
        if (!begun) return asked->done(begun.error());
        std::vector<Accepted> all;
        for (auto next = begun->begin(); const auto& owner : asked->owners)
            all.push_back(owner ? Accepted{*owner, true} : *next++);
        asked->done(std::move(all));
    };
    if (others.empty() && !asked->cursor) return merge(std::vector<Accepted>());
    start_together(std::move(others), std::move(asked->cursor), merge);
}

}  // namespace tappet::runtime
