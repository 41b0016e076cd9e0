#include "trigger/rejected_book.hpp"

#include <algorithm>
#include <utility>

#include "base/log.hpp"

namespace tappet::trigger {
namespace {

/// How long a trigger is remembered that refuses nothing: its rate is whole again.
constexpr std::chrono::seconds kRemembered{60};

}  // namespace

RejectedBook::RejectedBook(boost::asio::io_context& loop, const Clock& clock, Write write,
                           RejectedLimits limits)
    : clock_(clock),
      write_(std::move(write)),
      limits_(limits),
      last_write_(clock.steady() - kBetween),
      alarms_(loop, clock) {}

bool RejectedBook::takes(const RejectedAt& at, const Problem& problem) {
    if (limits_.keep == 0 || closed_ || !is_kept(problem)) return false;
    const Key key{at.tenant, at.flow, at.trigger};
    const auto now = clock_.steady();
    const auto known = triggers_.find(key);
    if (known == triggers_.end() && triggers_.size() >= kMaxTriggers) {
        ++stats_.counted;
        return false;
    }
    Trigger& trigger = known == triggers_.end() ? triggers_[key] : known->second;
    trigger.seen = now;
    arm();
    Tenant& tenant = tenants_[at.tenant];
    tenant.seen = now;
    if (pending_.has_room(at.tenant) && trigger.rate.take(now) && tenant.rate.take(now)) return true;
    ++stats_.counted;
    count(key, 1, at.time);
    return false;
}

void RejectedBook::count(const Key& key, std::uint64_t more, TimeMs time) {
    Trigger& trigger = triggers_[key];
    trigger.unkept += more;
    trigger.last = std::max(trigger.last, time);
}

void RejectedBook::request(RejectedAt at, const http::Request& request, const Problem& problem,
                           const Redactor& redactor) {
    if (!takes(at, problem)) return;
    wait(rejected_request(std::move(at), request, problem, redactor, limits_.body));
}

void RejectedBook::event(RejectedAt at, std::string_view source, const Value& event, const Problem& problem,
                         const Redactor& redactor) {
    if (!takes(at, problem)) return;
    wait(rejected_event(std::move(at), source, event, problem, redactor, limits_.body));
}

void RejectedBook::wait(store::Rejected row) {
    const auto out = pending_.add(std::move(row));
    if (!out) return;
    ++stats_.counted;
    count({out->tenant, out->flow, out->trigger}, 1, out->time);
}

void RejectedBook::arm() {
    unwritten_ = true;
    if (armed_ || writing_ || closed_) return;
    armed_ = true;
    const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.steady() - last_write_);
    alarms_.after(std::max(kFirst, kBetween - since), [this] {
        armed_ = false;
        if (unwritten_ && !writing_) write();
    });
}

store::RejectedBatch RejectedBook::take() {
    store::RejectedBatch batch;
    batch.keep = limits_.keep;
    const auto now = clock_.steady();
    auto taken = pending_.take([&] { return all_.take(now); });
    batch.requests = std::move(taken.requests);
    stats_.counted += taken.left_out.size();
    for (const store::Rejected& one : taken.left_out) count({one.tenant, one.flow, one.trigger}, 1, one.time);
    for (auto at = triggers_.begin(); at != triggers_.end();) {
        auto& [key, trigger] = *at;
        if (trigger.unkept > 0)
            batch.unkept.push_back({std::get<0>(key), std::get<1>(key), std::get<2>(key),
                                    std::exchange(trigger.unkept, 0), trigger.last});
        at = now - trigger.seen > kRemembered ? triggers_.erase(at) : std::next(at);
    }
    std::erase_if(tenants_, [&](const auto& tenant) { return now - tenant.second.seen > kRemembered; });
    unwritten_ = false;
    return batch;
}

void RejectedBook::write() {
    writing_ = true;
    last_write_ = clock_.steady();
    settled_now_ = std::exchange(settled_next_, {});
    auto batch = take();
    auto copy = std::make_shared<store::RejectedBatch>();  // what is counted should the write fail
    copy->unkept = batch.unkept;
    for (const store::Rejected& one : batch.requests)
        copy->unkept.push_back({one.tenant, one.flow, one.trigger, 1, one.time});
    const std::size_t kept = batch.requests.size();
    write_(std::move(batch), [this, copy, kept, alive = alive_](const Result<void>& result) {
        if (!*alive) return;
        (result ? stats_.kept : stats_.lost) += kept;
        written(*copy, result);
    });
}

void RejectedBook::written(const store::RejectedBatch& batch, const Result<void>& result) {
    writing_ = false;
    if (!result) {
        if (!failing_) log::warn("refused requests could not be kept: {}", result.error().message);
        for (const auto& one : batch.unkept)
            if (const Key key{one.tenant, one.flow, one.trigger}; triggers_.contains(key))
                count(key, one.count, one.time);
    }
    failing_ = !result;
    for (const auto& then : std::exchange(settled_now_, {})) then();
    if (!settled_next_.empty() && !writing_) return write();
    if (unwritten_) arm();
}

void RejectedBook::settle(std::function<void()> then) {
    if (!unwritten_ && !writing_) return then();
    if (!unwritten_) return settled_now_.push_back(std::move(then));
    settled_next_.push_back(std::move(then));
    if (!writing_) write();
}

store::RejectedBatch RejectedBook::close() {
    closed_ = true;
    alarms_.clear();
    return take();
}

}  // namespace tappet::trigger
