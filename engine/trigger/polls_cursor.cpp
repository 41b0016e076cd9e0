#include <utility>

#include "trigger/polls.hpp"

namespace tappet::trigger {

/// A cursor that is given, until it is durable.
struct Polls::Setting {
    Value value;
    store::SourceCursor row;
    std::function<void(Result<void>)> done;
};

void Polls::cursor(const TriggerKey& key, std::function<void(Result<Cursor>)> done) const {
    using Stored = Result<std::optional<store::SourceCursor>>;
    const auto stored = std::make_shared<Stored>(std::nullopt);
    options_.offload(
        [&store = store_, key, stored] {
            const auto& [tenant, flow, trigger] = key;
            *stored = store.cursor(tenant, flow, trigger);
        },
        [this, key, stored, done = std::move(done), alive = alive_] {
            if (*alive) done(shown(key, *stored));
        });
}

Result<Polls::Cursor> Polls::shown(const Key& key,
                                   const Result<std::optional<store::SourceCursor>>& stored) const {
    const auto found = sources_.find(key);
    if (found == sources_.end() || !found->second.flow) return no_poll(key);
    if (!stored) return stored.error();
    if (!*stored || (*stored)->source != found->second.uses) return Cursor();
    auto value = decode(key, **stored);
    if (!value) return value.error();
    Cursor out;
    out.value = std::move(*value);
    out.time = (*stored)->time;
    return out;
}

void Polls::set_cursor(const TriggerKey& key, Value value, std::function<void(Result<void>)> done) {
    Source* source = find(key);
    if (!source) return done(no_poll(key));
    if (source->setting) return done(Error::conflict("another cursor is being set; try again"));
    auto row = encode(key, *source, value);
    if (!row) return done(row.error());
    drop_call(*source);
    source->setting = std::make_shared<Setting>(Setting{std::move(value), std::move(*row), std::move(done)});
    // What was told already is durable before it, so that the given one is the last.
    if (!source->busy || source->asking) write_setting(key, source->setting);
}

void Polls::write_setting(const Key& key, const std::shared_ptr<Setting>& setting) {
    runtime_.start_together({}, setting->row, [this, key, setting, alive = alive_](const auto& result) {
        if (*alive) set(key, setting, result ? Result<void>() : result.error());
    });
}

void Polls::set(const Key& key, const std::shared_ptr<Setting>& setting, Result<void> result) {
    if (const auto found = sources_.find(key); found != sources_.end() && found->second.setting == setting) {
        Source& source = found->second;
        source.setting = nullptr;
        if (result && source.uses == setting->row.source) {
            source.cursor = setting->value;
            source.cursor_read = true;
            source.failures = 0;
            source.problem.clear();
        }
        if (!source.busy && !source.flow)
            sources_.erase(found);
        else if (!source.busy && !stopped_)
            begin(key, source, std::chrono::milliseconds(0));
    }
    setting->done(std::move(result));
}

}  // namespace tappet::trigger
