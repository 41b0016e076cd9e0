#include <algorithm>
#include <utility>

#include "trigger/schedules.hpp"

namespace tappet::trigger {

/// One that is under way.
struct Schedules::Backfill {
    Key key;
    std::string definition;  ///< of the schedule whose instants these are
    std::vector<TimeMs> instants;
    std::size_t next = 0;  ///< instants before it are dealt with
    Backfilled result;
    OnBackfilled done;

    void fail(Error error) {
        if (next > 0)
            error.message += "; " + std::to_string(next) + " of " + std::to_string(instants.size()) +
                             " instants are dealt with, the same range again goes on with the rest";
        done(std::move(error));
    }
};

Result<std::vector<TimeMs>> Schedules::backfill_instants(const TriggerKey& key,
                                                         const BackfillRange& range) const {
    const auto found = items_.find(key);
    const std::string name = std::get<1>(key) + "." + std::get<2>(key);
    if (found == items_.end()) return Error::not_found("there is no schedule " + name);
    const Item& item = *found->second;
    if (!item.plan) return Error::conflict("the settings of " + name + " cannot be read: " + item.problem);
    return trigger::backfill_instants(*item.plan, range, clock_.now(), item.trigger->dedupe_window);
}

void Schedules::backfill(const TriggerKey& key, const BackfillRange& range, OnBackfilled done) {
    auto instants = backfill_instants(key, range);
    if (!instants) return done(instants.error());
    auto task = std::make_shared<Backfill>();
    task->key = key;
    task->definition = items_.at(key)->plan->definition;
    task->result.instants = instants->size();
    task->instants = std::move(*instants);
    task->done = std::move(done);
    backfill_batch(task);
}

void Schedules::backfill_batch(const std::shared_ptr<Backfill>& task) {
    if (stopped_) return task->fail(Error::unavailable("the engine stops"));
    const auto found = items_.find(task->key);
    if (found == items_.end() || !found->second->plan || found->second->plan->definition != task->definition)
        return task->fail(Error::conflict("the schedule was changed meanwhile"));
    std::vector<runtime::Start> starts;
    std::size_t end = task->next;
    while (starts.empty() && end < task->instants.size())
        for (const std::size_t batch = std::min(end + kBackfillBatch, task->instants.size()); end < batch;
             ++end)
            if (auto start =
                    start_of(found->second, task->key, {task->instants[end], false, true}, &task->result))
                starts.push_back(std::move(*start));
    if (starts.empty()) return task->done(task->result);
    runtime_.start_together(
        std::move(starts), std::nullopt,
        [this, task, end, alive = alive_](const Result<std::vector<runtime::Accepted>>& result) {
            if (!*alive) return;
            if (!result) return task->fail(result.error());
            for (const auto& accepted : *result) {
                ++(accepted.duplicate ? stats_.duplicates : stats_.started);
                ++(accepted.duplicate ? task->result.duplicates : task->result.started);
            }
            task->next = end;
            backfill_batch(task);
        });
}

}  // namespace tappet::trigger
