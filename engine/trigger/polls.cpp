#include "trigger/polls.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "expr/binary.hpp"
#include "trigger/admission.hpp"
#include "trigger/event.hpp"

namespace tappet::trigger {
namespace {

using std::chrono::milliseconds;

constexpr double kJitter = 0.1;                    ///< of the interval, both ways
constexpr milliseconds kLookAgain{5'000};          ///< while the engine takes no events
constexpr milliseconds kLongestAsked{86'400'000};  ///< that a source may be told to be left alone

plugin::CallError plugin_error(flow::ErrorClass error, std::string message) {
    plugin::CallError out;
    out.error.error_class = error;
    out.error.message = std::move(message);
    return out;
}

std::string associated(const std::string& tenant, const std::string& flow, const std::string& trigger) {
    return "cursor\n" + tenant + "\n" + flow + "\n" + trigger;
}

}  // namespace

Polls::Polls(boost::asio::io_context& loop, runtime::Runtime& runtime, runtime::Flows& flows,
             runtime::ConfigVars& vars, store::Store& store, Pauses& pauses, plugin::TriggerCaller& caller,
             const Clock& clock, Random& random, const run::Sealer* sealer, FindSecret secret,
             PollOptions options)
    : runtime_(runtime),
      flows_(flows),
      vars_(vars),
      store_(store),
      pauses_(pauses),
      clock_(clock),
      random_(random),
      caller_(caller),
      sealer_(sealer),
      secret_(std::move(secret)),
      options_(options),
      alarms_(loop, clock),
      calls_(caller, alarms_) {}

void Polls::reload() {
    if (stopped_) return;
    std::map<Key, std::pair<runtime::FlowHandle, const flow::TriggerPlan*>> wanted;
    for (const runtime::FlowHandle& flow : flows_.all())
        for (const flow::TriggerPlan& trigger : flow->plan->triggers)
            if (trigger.spec && trigger.poll)
                wanted.emplace(Key{flow->tenant, flow->plan->flow, trigger.id}, std::pair(flow, &trigger));
    for (auto at = sources_.begin(); at != sources_.end();) {
        Source& source = at->second;
        if (wanted.contains(at->first)) {
            ++at;
            continue;
        }
        if (source.alarm) alarms_.remove(*source.alarm);
        source.alarm.reset();
        source.flow = nullptr;
        source.trigger = nullptr;
        if (source.call != 0) calls_.cancel(source.call);
        at = source.busy || source.setting ? std::next(at) : sources_.erase(at);
    }
    for (const auto& [key, found] : wanted) {
        const auto& [flow, trigger] = found;
        Source& source = sources_[key];
        const bool fresh = !source.flow;
        const bool other = source.uses != trigger->spec->name;
        const bool changed = fresh || source.flow->version != flow->version;
        source.flow = flow;
        source.trigger = trigger;
        source.uses = trigger->spec->name;
        if (other) {
            source.cursor_read = false;
            source.failures = 0;
        }
        if (other || fresh) source.outdated = source.busy;
        if (source.busy) {
            if (source.outdated && source.call != 0) calls_.cancel(source.call);
        } else if (changed) {
            begin(key, source, milliseconds(0));
        }
    }
}

void Polls::stop() {
    stopped_ = true;
    for (auto& [key, source] : sources_) {
        if (source.alarm) alarms_.remove(*source.alarm);
        source.alarm.reset();
        if (source.call != 0) calls_.cancel(source.call);
    }
}

/// What is under way starts nothing any more. What was told before becomes durable.
void Polls::drop_call(Source& source) {
    if (!source.asking) return;
    source.outdated = true;
    if (source.call != 0) calls_.cancel(source.call);
}

void Polls::begin(const Key& key, Source& source, milliseconds wait) {
    if (source.alarm) alarms_.remove(*source.alarm);
    source.alarm = alarms_.after(wait, [this, key] { poll(key); });
}

milliseconds Polls::interval(const Source& source) {
    const double spread = 1 - kJitter + 2 * kJitter * random_.unit();
    return milliseconds(
        static_cast<std::int64_t>(static_cast<double>(source.trigger->poll->every.count()) * spread));
}

Result<void> Polls::read_cursor(const Key& key, Source& source) {
    if (source.cursor_read) return {};
    const auto& [tenant, flow, trigger] = key;
    auto stored = store_.cursor(tenant, flow, trigger);
    if (!stored) return stored.error();
    source.cursor = Value();
    if (*stored && (*stored)->source == source.uses) {
        auto read = decode(key, **stored);
        if (!read) return read.error();
        source.cursor = std::move(*read);
    }
    source.cursor_read = true;
    return {};
}

Result<Value> Polls::decode(const Key& key, const store::SourceCursor& stored) const {
    const auto& [tenant, flow, trigger] = key;
    const std::string bound = associated(tenant, flow, trigger);
    BinaryReader reader(stored.data, sealer_, bound);
    Value out = reader.value();
    if (!reader.ok() || !reader.at_end())
        return Error::corrupt("the cursor in the table poll_cursor does not read back");
    return out;
}

Result<store::SourceCursor> Polls::encode(const Key& key, const Source& source, const Value& cursor) const {
    const auto& [tenant, flow, trigger] = key;
    const std::string bound = associated(tenant, flow, trigger);
    BinaryWriter writer(sealer_, bound);
    writer.value(cursor);
    if (writer.size() > kMaxCursor)
        return Error::invalid("the cursor has " + std::to_string(writer.size()) +
                              " bytes, the most is 1048576");
    return store::SourceCursor{tenant, flow, trigger, source.uses, writer.take(), clock_.now()};
}

void Polls::poll(const Key& key) {
    const auto found = sources_.find(key);
    if (found == sources_.end() || stopped_) return;
    Source& source = found->second;
    source.alarm.reset();
    if (source.busy || !source.flow || source.setting || pauses_.since(key)) return;
    if (runtime_.refusing()) return begin(key, source, kLookAgain);
    // A call that did not stop when it was told to was given up, and may be at it still.
    if (source.asked != 0 && caller_.under_way(source.asked)) return begin(key, source, kLookAgain);
    if (auto read = read_cursor(key, source); !read)
        return failed(key, source, plugin_error(flow::ErrorClass::internal, read.error().message));
    auto config = vars_.of(*source.flow);
    if (!config)
        return failed(key, source, plugin_error(flow::ErrorClass::unavailable, config.error().message));
    auto settings = settings_of(*source.flow, *source.trigger, *config, secret_);
    if (!settings)
        return failed(key, source, plugin_error(flow::ErrorClass::validation, settings.error().message));
    source.busy = source.asking = true;
    source.outdated = false;
    ++stats_.polls;
    Value input = Value::object({{"cursor", source.cursor},
                                 {"settings", std::move(*settings)},
                                 {"limit", Value::integer(source.trigger->poll->limit)}});
    plugin::CallContext context;
    context.tenant = std::get<0>(key);
    context.flow = std::get<1>(key);
    context.step = std::get<2>(key);
    context.deadline = clock_.now() + options_.call;
    const auto spec = source.trigger->spec;
    const Asked asked{std::move(*config), input};
    const SourceCalls::Begin ask = [&](plugin::TriggerCaller& caller, plugin::Caller::Done done) {
        const auto ticket = caller.poll(*spec, std::move(input), std::move(context), std::move(done));
        if (const auto asking = sources_.find(key); asking != sources_.end()) asking->second.asked = ticket;
        return ticket;
    };
    const auto call =
        calls_.run(options_.call, SourceCalls::Late::when_it_ended, ask,
                   [this, key, asked](plugin::CallOutcome outcome) { told(key, asked, std::move(outcome)); });
    // It may have ended within run().
    if (const auto again = sources_.find(key); again != sources_.end() && again->second.asking)
        again->second.call = call;
}

/// Whether what was under way counts for nothing: the trigger is gone, paused, or asks another source.
bool Polls::released(const Key& key, Source& source) {
    source.busy = false;
    source.call = 0;
    if (stopped_) return true;
    if (!source.flow) {
        if (!source.setting) sources_.erase(key);
        return true;
    }
    if (!source.outdated) return false;
    begin(key, source, milliseconds(0));
    return true;
}

void Polls::told(const Key& key, const Asked& asked, plugin::CallOutcome outcome) {
    const auto found = sources_.find(key);
    if (found == sources_.end()) return;
    Source& source = found->second;
    source.asking = false;
    if (stopped_ || !source.flow || source.outdated) {
        (void)released(key, source);
        return;
    }
    source.call = 0;
    if (const auto* error = std::get_if<plugin::CallError>(&outcome)) return failed(key, source, *error);
    auto read = read_poll(std::get<Value>(outcome), source.trigger->poll->limit);
    if (!read)
        return failed(key, source,
                      plugin_error(flow::ErrorClass::internal,
                                   "the result is not what docs/ABI.md says: " + read.error().message));
    start(key, source, asked, std::move(*read));
}

void Polls::start(const Key& key, Source& source, const Asked& asked, PollTold told) {
    const auto& [tenant, flow, trigger] = key;
    auto cursor = encode(key, source, told.cursor);
    if (!cursor) return failed(key, source, plugin_error(flow::ErrorClass::internal, cursor.error().message));
    const bool moved = !(told.cursor == source.cursor);
    std::vector<runtime::Start> starts;
    std::optional<Redactor> redactor;  ///< of what is refused
    for (ToldEvent& event : told.events) {
        runtime::Start start;
        start.id = runtime_.new_id();
        start.flow = source.flow;
        start.trigger = trigger;
        start.config = asked.config;
        start.event = make_event(start.id.text(), std::move(event.body), clock_.now());
        Admission admission = admit(*source.flow, *source.trigger, start.event, asked.config,
                                    plugin_key(event.id), clock_.now());
        std::string why = admission.problem ? admission.problem->detail : "";
        if (admission.problem)
            for (const auto& place : admission.problem->errors)
                why += "; " + place.pointer + " " + place.detail;
        if (const auto size = runtime_.oversize(start); why.empty() && size) {
            why = size->message;
            admission.problem = refusal(*size);
        }
        if (admission.verdict == Admission::Verdict::filtered) {
            ++stats_.filtered;
        } else if (!why.empty()) {
            ++stats_.refused;
            if (!redactor) redactor = Redactor({}, Value::list({asked.input, told.cursor}), "");
            if (const Value* body = start.event.find("body"); body && options_.rejected)
                options_.rejected->event({start.id, tenant, flow, trigger, clock_.now()}, source.uses, *body,
                                         *admission.problem, *redactor);
            log::error("trigger {} of flow {}: an event of {} starts nothing{}: {}", trigger, flow,
                       source.uses,
                       event.id.empty()  ? ""
                       : event.secret_id ? " (id ••••)"
                                         : " (id " + redactor->text(event.id) + ")",
                       redactor->text(why));
        } else {
            start.claim = std::move(admission.claim);
            starts.push_back(std::move(start));
        }
    }
    const bool at_once = told.more && moved;
    if (starts.empty() && !moved) {
        source.busy = false;
        went_well(source);
        return begin(key, source, interval(source));
    }
    runtime_.start_together(std::move(starts), std::move(*cursor),
                            [this, key, uses = source.uses, next = told.cursor, at_once,
                             alive = alive_](const Result<std::vector<runtime::Accepted>>& result) {
                                if (*alive) durable(key, uses, next, at_once, result);
                            });
}

void Polls::durable(const Key& key, const std::string& uses, const Value& cursor, bool at_once,
                    const Result<std::vector<runtime::Accepted>>& result) {
    if (result)
        for (const auto& accepted : *result) ++(accepted.duplicate ? stats_.duplicates : stats_.started);
    const auto found = sources_.find(key);
    if (found == sources_.end()) return;
    Source& source = found->second;
    if (result && source.uses == uses) source.cursor = cursor;
    if (source.setting) write_setting(key, source.setting);
    if (released(key, source)) return;
    if (!result) {
        // Nothing of it is durable, and it is told again: the engine is full, stops, or cannot write.
        if (result.error().code == ErrorCode::internal)
            return failed(key, source, plugin_error(flow::ErrorClass::internal, result.error().message));
        return begin(key, source, kLookAgain);
    }
    went_well(source);
    begin(key, source, at_once ? milliseconds(0) : interval(source));
}

void Polls::went_well(Source& source) {
    source.problem.clear();
    if (std::exchange(source.failures, 0) > 0)
        log::info("trigger {} of flow {}: polls of {} work again", source.trigger->id,
                  source.flow->plan->flow, source.uses);
}

void Polls::failed(const Key& key, Source& source, const plugin::CallError& why) {
    source.busy = false;
    ++stats_.failed;
    const auto error = why.error.error_class;
    if (source.failures == 0 || source.failure != error)
        log::error("trigger {} of flow {}: a poll of {} failed, further ones wait longer each time: {}: {}",
                   source.trigger->id, source.flow->plan->flow, source.uses, flow::to_string(error),
                   why.error.message);
    source.failure = error;
    source.problem = std::string(flow::to_string(error)) + ": " + why.error.message;
    const milliseconds every = interval(source);
    const auto doubled = every * (std::int64_t{1} << std::min(source.failures, 20u));
    ++source.failures;
    milliseconds wait = std::min(doubled, std::max(kLongestBackoff, every));
    if (why.retry_after) wait = std::max(wait, std::min(*why.retry_after, kLongestAsked));
    begin(key, source, wait);
}

Error Polls::no_poll(const Key& key) {
    return Error::not_found("there is no poll " + std::get<1>(key) + "." + std::get<2>(key));
}

Polls::Source* Polls::find(const Key& key) {
    const auto found = sources_.find(key);
    return found == sources_.end() || !found->second.flow ? nullptr : &found->second;
}

Polls::Entry Polls::entry_of(const Key& key, const Source& source) const {
    Entry entry;
    std::tie(entry.tenant, entry.flow, entry.trigger) = key;
    entry.uses = source.uses;
    entry.every = source.trigger->poll->every;
    entry.paused = pauses_.since(key);
    entry.failures = source.failures;
    entry.problem = source.problem;
    return entry;
}

std::vector<Polls::Entry> Polls::entries() const {
    std::vector<Entry> out;
    for (const auto& [key, source] : sources_)
        if (source.flow) out.push_back(entry_of(key, source));
    return out;
}

std::optional<Polls::Entry> Polls::entry(const TriggerKey& key) const {
    const auto found = sources_.find(key);
    if (found == sources_.end() || !found->second.flow) return std::nullopt;
    return entry_of(key, found->second);
}

void Polls::pause(const TriggerKey& key, Changed done) {
    if (!find(key)) return done(no_poll(key));
    pauses_.begin(key, clock_.now(),
                  [this, key, done = std::move(done), alive = alive_](const Result<bool>& begun) {
                      if (!*alive) return;
                      if (Source* source = find(key); begun && source) {
                          if (source->alarm) alarms_.remove(*source->alarm);
                          source->alarm.reset();
                          drop_call(*source);
                      }
                      done(begun ? Result<void>() : begun.error());
                  });
}

void Polls::resume(const TriggerKey& key, Changed done) {
    if (!find(key)) return done(no_poll(key));
    pauses_.end(key, std::nullopt,
                [this, key, done = std::move(done), alive = alive_](const Result<bool>& ended) {
                    if (!*alive) return;
                    if (Source* source = find(key); ended && *ended && source && !source->busy && !stopped_)
                        begin(key, *source, milliseconds(0));
                    done(ended ? Result<void>() : ended.error());
                });
}

}  // namespace tappet::trigger
