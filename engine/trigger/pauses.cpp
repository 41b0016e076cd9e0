#include "trigger/pauses.hpp"

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

Result<void> Pauses::begin(const TriggerKey& key, TimeMs now) {
    if (since_.contains(key)) return {};
    const auto& [tenant, flow, trigger] = key;
    if (auto written = store_.begin_pause({tenant, flow, trigger, now}); !written) return written;
    since_.emplace(key, now);
    return {};
}

Result<void> Pauses::end(const TriggerKey& key, const std::optional<store::SourceCursor>& cursor) {
    if (!since_.contains(key)) return {};
    const auto& [tenant, flow, trigger] = key;
    if (auto written = store_.end_pause(tenant, flow, trigger, cursor); !written) return written;
    since_.erase(key);
    return {};
}

}  // namespace tappet::trigger
