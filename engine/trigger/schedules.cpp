#include "trigger/schedules.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/log.hpp"
#include "base/time_text.hpp"
#include "trigger/admission.hpp"
#include "trigger/event.hpp"

namespace tappet::trigger {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLookAgain{5'000};   ///< while the engine takes no events
constexpr milliseconds kLongestNap{5'000};  ///< the clock may be set meanwhile; below kOnTime

/// Nothing is accounted for before its time: a `last` further beyond now than this is of another clock.
constexpr milliseconds kClockAhead{10'000};

std::string source_of(const flow::TriggerPlan& trigger, const SchedulePlan& plan) {
    return trigger.spec->name + "\n" + plan.definition;
}

std::optional<TimeMs> read_time(std::string_view text) {
    TimeMs out;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out.ms);
    if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return out;
}

/// trigger.body of an instant.
Value body_of(const SchedulePlan& plan, const DueInstant& instant) {
    return Value::object({{"scheduledFor", Value::string(to_rfc3339(instant.at))},
                          {"timezone", Value::string(plan.table.zone().name())},
                          {"missed", Value::boolean(instant.missed)},
                          {"backfill", Value::boolean(instant.backfill)}});
}

Error no_schedule(const TriggerKey& key) {
    return Error::not_found("there is no schedule " + std::get<1>(key) + "." + std::get<2>(key));
}

}  // namespace

Schedules::Schedules(boost::asio::io_context& loop, runtime::Runtime& runtime, runtime::Flows& flows,
                     runtime::ConfigVars& vars, store::Store& store, Pauses& pauses, const Clock& clock,
                     RejectedBook* rejected)
    : runtime_(runtime),
      flows_(flows),
      vars_(vars),
      store_(store),
      pauses_(pauses),
      clock_(clock),
      rejected_(rejected),
      alarms_(loop, clock) {}

std::vector<std::string> Schedules::reload() {
    std::vector<std::string> problems;
    if (stopped_) return problems;
    std::map<Key, ItemPtr> items;
    for (const runtime::FlowHandle& flow : flows_.all()) {
        for (const flow::TriggerPlan& trigger : flow->plan->triggers) {
            if (!trigger.spec || trigger.spec->kind != flow::TriggerKind::schedule) continue;
            const Key key{flow->tenant, flow->plan->flow, trigger.id};
            const ItemPtr item = make(key, flow, trigger);
            if (!item->problem.empty())
                problems.push_back("trigger " + trigger.id + " of flow " + flow->plan->flow +
                                   " does not fire: " + item->problem);
            items.emplace(key, item);
        }
    }
    for (auto& [key, before] : std::exchange(items_, std::move(items))) {
        if (before->alarm) alarms_.remove(*before->alarm);
        const auto now = items_.find(key);
        if (now != items_.end()) now->second->told_ahead = before->told_ahead;
    }
    for (const auto& [key, item] : items_) look(item, key);
    for (const std::string& problem : problems) log::error("{}", problem);
    return problems;
}

void Schedules::stop() {
    stopped_ = true;
    alarms_.clear();
}

Schedules::ItemPtr Schedules::make(const Key& key, const runtime::FlowHandle& flow,
                                   const flow::TriggerPlan& trigger) {
    auto item = std::make_shared<Item>();
    item->flow = flow;
    item->trigger = &trigger;
    item->name = std::get<0>(key) + "\n" + std::get<1>(key) + "\n" + std::get<2>(key);
    auto config = vars_.of(*flow);
    auto settings = config ? settings_of(*flow, trigger, *config, nullptr) : Result<Value>(config.error());
    auto plan = settings ? read_schedule(*settings) : Result<SchedulePlan>(settings.error());
    if (!plan) {
        item->problem = plan.error().message;
        return item;
    }
    item->config = std::move(*config);
    item->plan = std::move(*plan);
    return item;
}

void Schedules::again(const ItemPtr& item, const Key& key, milliseconds wait) {
    if (item->alarm) alarms_.remove(*item->alarm);
    item->alarm = alarms_.after(wait, [this, item, key] { look(item, key); });
}

/// False when it cannot be read now. `fresh`: the schedule was not there before.
bool Schedules::read_last(Item& item, const Key& key, bool& fresh) {
    if (item.last) return true;
    const auto& [tenant, flow, trigger] = key;
    const auto stored = store_.cursor(tenant, flow, trigger);
    if (!stored) {
        log::error("trigger {} of flow {} does not fire: {}", trigger, flow, stored.error().message);
        return false;
    }
    if (*stored && (*stored)->source == source_of(*item.trigger, *item.plan))
        item.last = read_time((*stored)->data);
    fresh = !item.last;
    if (fresh) item.last = clock_.now();
    return true;
}

void Schedules::look(const ItemPtr& item, const Key& key) {
    item->alarm.reset();
    if (stopped_ || busy_.contains(key) || !item->plan) return;
    bool fresh = false;
    if (!read_last(*item, key, fresh)) return again(item, key, kLookAgain);
    if (pauses_.since(key)) {
        if (fresh) item->last.reset();
        return;
    }
    // From here on the schedule counts, also where the process ends before its first instant.
    if (fresh) return commit(item, key, {}, *std::exchange(item->last, std::nullopt));
    tell_ahead(*item, key);
    const TimeMs now = clock_.now();
    const Due found = due(*item->plan, item->name, *item->last, now);
    if (found.until > *item->last) return fire(item, key, found);
    const auto next = next_due(*item->plan, item->name, *item->last);
    if (next) again(item, key, std::clamp(*next - now, milliseconds(0), kLongestNap));
}

/// Says once of a schedule that it is silent until a time that a wrong clock has set.
void Schedules::tell_ahead(Item& item, const Key& key) {
    if (*item.last - clock_.now() <= kClockAhead || item.told_ahead == item.last) return;
    item.told_ahead = item.last;
    const auto& [tenant, flow, trigger] = key;
    log::warn(
        "trigger {} of flow {} of tenant {} fires nothing until {}: it is accounted for up to then, by a "
        "clock that was ahead; now it is {}. Where that is right, `tappet schedule pause {} {}` and `tappet "
        "schedule resume {} {}` let it begin now",
        trigger, flow, tenant, to_rfc3339(*item.last), to_rfc3339(clock_.now()), flow, trigger, flow,
        trigger);
}

void Schedules::fire(const ItemPtr& item, const Key& key, const Due& found) {
    if (runtime_.refusing()) return again(item, key, kLookAgain);
    const auto& [tenant, flow, trigger] = key;
    if (found.dropped > 0)
        log::warn("trigger {} of flow {}: instants before {} were missed and do not fire", trigger, flow,
                  to_rfc3339(found.fire.empty() ? found.until : found.fire.front().at));
    stats_.dropped += found.dropped;
    std::vector<runtime::Start> starts;
    for (const DueInstant& instant : found.fire)
        if (auto start = start_of(item, key, instant)) starts.push_back(std::move(*start));
    commit(item, key, std::move(starts), found.until);
}

std::optional<runtime::Start> Schedules::start_of(const ItemPtr& item, const Key& key,
                                                  const DueInstant& instant, Backfilled* count) {
    const auto& [tenant, flow, trigger] = key;
    runtime::Start start;
    start.id = runtime_.new_id();
    start.flow = item->flow;
    start.trigger = trigger;
    start.config = item->config;
    start.event = make_event(start.id.text(), body_of(*item->plan, instant), clock_.now());
    Admission admission = admit(*item->flow, *item->trigger, start.event, item->config,
                                "instant\n" + std::to_string(instant.at.ms), clock_.now());
    if (admission.verdict == Admission::Verdict::filtered) {
        ++stats_.filtered;
        if (count) ++count->filtered;
        return std::nullopt;
    }
    if (admission.problem) {
        ++stats_.refused;
        if (count) ++count->refused;
        if (const Value* body = start.event.find("body"); body && rejected_)
            rejected_->event({start.id, tenant, flow, trigger, clock_.now()}, item->trigger->spec->name,
                             *body, *admission.problem, Redactor());
        log::error("trigger {} of flow {}: {} starts nothing: {}", trigger, flow, to_rfc3339(instant.at),
                   admission.problem->detail);
        return std::nullopt;
    }
    stats_.missed += instant.missed ? 1 : 0;
    start.claim = std::move(admission.claim);
    return start;
}

store::SourceCursor Schedules::cursor_of(const Item& item, const Key& key, TimeMs until) const {
    const auto& [tenant, flow, trigger] = key;
    return {tenant,      flow, trigger, source_of(*item.trigger, *item.plan), std::to_string(until.ms),
            clock_.now()};
}

void Schedules::commit(const ItemPtr& item, const Key& key, std::vector<runtime::Start> starts,
                       TimeMs until) {
    busy_.insert(key);
    runtime_.start_together(
        std::move(starts), cursor_of(*item, key, until),
        [this, item, key, until, alive = alive_](const Result<std::vector<runtime::Accepted>>& result) {
            if (!*alive) return;
            busy_.erase(key);
            if (result)
                for (const auto& accepted : *result)
                    ++(accepted.duplicate ? stats_.duplicates : stats_.started);
            const auto now = items_.find(key);
            if (now == items_.end()) return;
            // One that was loaded again meanwhile goes on behind it.
            if (now->second != item) return look(now->second, key);
            if (result) item->last = until;
            // Not durable: the engine is full, stops, or cannot write. It is due still.
            again(item, key, result ? milliseconds(0) : kLookAgain);
        });
}

std::vector<Schedules::Entry> Schedules::entries() const {
    std::vector<Entry> out;
    for (const auto& [key, item] : items_) out.push_back(entry_of(key, *item));
    return out;
}

std::optional<Schedules::Entry> Schedules::entry(const TriggerKey& key) const {
    const auto found = items_.find(key);
    if (found == items_.end()) return std::nullopt;
    return entry_of(key, *found->second);
}

Schedules::Entry Schedules::entry_of(const Key& key, const Item& item) const {
    Entry entry;
    std::tie(entry.tenant, entry.flow, entry.trigger) = key;
    entry.last = item.last;
    entry.problem = item.problem;
    entry.paused = pauses_.since(key);
    if (!item.plan) return entry;
    entry.zone = item.plan->table.zone().name();
    if (!entry.paused) entry.next = item.plan->table.next(item.last.value_or(clock_.now()));
    return entry;
}

void Schedules::pause(const TriggerKey& key, Changed done) {
    if (!items_.contains(key)) return done(no_schedule(key));
    pauses_.begin(key, clock_.now(),
                  [this, key, done = std::move(done), alive = alive_](const Result<bool>& begun) {
                      if (!*alive) return;
                      const auto found = items_.find(key);
                      if (begun && found != items_.end() && found->second->alarm) {
                          alarms_.remove(*found->second->alarm);
                          found->second->alarm.reset();
                      }
                      done(begun ? Result<void>() : begun.error());
                  });
}

void Schedules::resume(const TriggerKey& key, Changed done) {
    const auto found = items_.find(key);
    if (found == items_.end()) return done(no_schedule(key));
    const ItemPtr item = found->second;
    const bool paused = pauses_.since(key).has_value();
    if (paused && !item->plan)
        return done(Error::conflict("the settings of " + std::get<1>(key) + "." + std::get<2>(key) +
                                    " cannot be read: " + item->problem + "; correct them, then resume it"));
    if (paused && busy_.contains(key))
        return done(Error::unavailable("what it fired before the pause is not on disk yet; try again"));
    const TimeMs now = clock_.now(), last = item->last.value_or(now);
    const TimeMs until = last - now > kClockAhead ? now : std::max(last, now);
    pauses_.end(key, item->plan ? std::optional(cursor_of(*item, key, until)) : std::nullopt,
                [this, item, key, until, done = std::move(done), alive = alive_](const Result<bool>& ended) {
                    if (!*alive) return;
                    if (ended && *ended) resumed(item, key, until);
                    done(ended ? Result<void>() : ended.error());
                });
}

/// Its pause has ended. One that was loaded again meanwhile reads where it goes on.
void Schedules::resumed(const ItemPtr& before, const Key& key, TimeMs until) {
    const auto found = items_.find(key);
    if (found == items_.end()) return;
    const ItemPtr item = found->second;
    item->last = item == before ? std::optional(until) : std::nullopt;
    look(item, key);
}

}  // namespace tappet::trigger
