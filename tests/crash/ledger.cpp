#include "ledger.hpp"

#include "flows.hpp"

namespace tappet::crash {
namespace {
constexpr std::size_t kMostTold = 20;  ///< of one fault there may be thousands
}

Event& Ledger::add(std::string flow) {
    Event event;
    event.id = flow + "-" + std::to_string(events_.size());
    event.flow = std::move(flow);
    Event& kept = events_.emplace_back(std::move(event));
    by_id_[kept.id] = &kept;
    return kept;
}

const Event* Ledger::find(const std::string& id) const {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : found->second;
}

void Ledger::acknowledged(Event& event, std::string_view run, bool replayed) {
    if (event.run.empty()) {
        ++acked;
        if (event.flow == kAsking) ++answered;
        event.run = run;
    } else if (event.run != run) {
        broken("event " + event.id + " was answered with run " + event.run + " and with run " +
               std::string(run));
    }
    if (replayed) {
        ++replays;
    } else if (++event.started > 1) {
        broken("event " + event.id + " was accepted twice as new");
    }
}

void Ledger::broken(std::string what) {
    ++broken_count_;
    if (broken_.size() < kMostTold) broken_.push_back(std::move(what));
}

}  // namespace tappet::crash
