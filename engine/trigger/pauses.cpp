#include "trigger/pauses.hpp"

#include <utility>

namespace tappet::trigger {

Result<void> Pauses::load() {
    auto stored = store_.pauses();
    if (!stored) return stored.error();
    since_.clear();
    for (const store::PausedTrigger& pause : *stored)
        since_.emplace(TriggerKey{pause.tenant, pause.flow, pause.trigger}, pause.since);
    return {};
}

std::optional<TimeMs> Pauses::since(const TriggerKey& key) const {
    const auto found = since_.find(key);
    return found == since_.end() ? std::nullopt : std::optional(found->second);
}

bool Pauses::enter(const TriggerKey& key, bool begins, Done done) {
    if (const auto under_way = changes_.find(key); under_way != changes_.end()) {
        if (under_way->second.begins == begins)
            under_way->second.done.push_back(std::move(done));
        else
            done(
                Error::conflict(begins ? "it is being resumed; try again" : "it is being paused; try again"));
        return false;
    }
    if (since_.contains(key) == begins) {
        done(false);
        return false;
    }
    changes_[key] = {begins, {std::move(done)}};
    return true;
}

void Pauses::write(const TriggerKey& key, std::function<Result<void>()> work, std::optional<TimeMs> since) {
    const auto written = std::make_shared<Result<void>>();
    offload_([work = std::move(work), written] { *written = work(); },
             [this, key, since, written, alive = alive_] {
                 if (!*alive) return;
                 const Change change = std::move(changes_.extract(key).mapped());
                 if (*written && since) since_.emplace(key, *since);
                 if (*written && !since) since_.erase(key);
                 bool made = true;
                 for (const Done& done : change.done)
                     done(*written ? Result<bool>(std::exchange(made, false)) : written->error());
             });
}

void Pauses::begin(const TriggerKey& key, TimeMs now, Done done) {
    if (!enter(key, true, std::move(done))) return;
    const auto& [tenant, flow, trigger] = key;
    write(
        key,
        [&store = store_, pause = store::PausedTrigger{tenant, flow, trigger, now}] {
            return store.begin_pause(pause);
        },
        now);
}

void Pauses::end(const TriggerKey& key, std::optional<store::SourceCursor> cursor, Done done) {
    if (!enter(key, false, std::move(done))) return;
    write(
        key,
        [&store = store_, key, cursor = std::move(cursor)] {
            const auto& [tenant, flow, trigger] = key;
            return store.end_pause(tenant, flow, trigger, cursor);
        },
        std::nullopt);
}

}  // namespace tappet::trigger
