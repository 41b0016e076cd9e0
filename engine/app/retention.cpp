#include "app/retention.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/log.hpp"

namespace tappet::app {
namespace {

/// What could not be deleted, and why.
std::vector<std::string> purge_all(store::Store& store, const Keep& keep, TimeMs now) {
    std::vector<std::string> problems;
    const auto note = [&](const char* what, const auto& purged) {
        if (!purged)
            problems.push_back("old " + std::string(what) +
                               " could not be deleted: " + purged.error().message);
    };
    std::optional<TimeMs> runs_before;
    if (keep.runs.count() > 0) runs_before = now + -keep.runs;
    note("refused requests", store.purge_rejected(runs_before.value_or(now + -Retention::kKeepRejected)));
    if (keep.messages.count() > 0) note("messages", store.purge_outgoing(now + -keep.messages));
    note("runs", store.purge(now, runs_before));
    return problems;
}

}  // namespace

Retention::Retention(boost::asio::io_context& loop, store::Store& store, const Clock& clock,
                     trigger::Offload offload, Keep keep)
    : store_(store), clock_(clock), offload_(std::move(offload)), keep_(keep), alarms_(loop, clock) {}

void Retention::stop() {
    stopped_ = true;
    alarms_.clear();
}

void Retention::await(std::chrono::milliseconds wait) {
    if (!stopped_) alarms_.after(wait, [this] { purge(); });
}

void Retention::purge() {
    const auto problems = std::make_shared<std::vector<std::string>>();
    offload_([&store = store_, keep = keep_, now = clock_.now(),
              problems] { *problems = purge_all(store, keep, now); },
             [this, problems, alive = alive_] {
                 if (!*alive) return;
                 if (!stopped_)
                     for (const std::string& problem : *problems) log::warn("{}", problem);
                 await(keep_.runs.count() > 0 ? std::clamp(keep_.runs / 10, kLeast, kMost) : kMost);
             });
}

}  // namespace tappet::app
