#pragma once
#include <tappet/testing/mock_host.hpp>

#include <algorithm>

namespace tappet::sdk::mock {

inline Host::~Host() {
    while (work_once()) {
    }
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [id, call] : calls_)
            if (!call->outcome) problems_.push_back("call " + std::to_string(id) + " was never completed");
        for (const std::string& line : http.missing()) problems_.push_back(line);
        ended_ = true;
    }
    if (plugin_ && instance_) plugin_->destroy(instance_);
    tell_problems();
}

inline void Host::tell_problems() {
    std::vector<std::string> problems;
    {
        const std::lock_guard lock(mutex_);
        problems.swap(problems_);
    }
    for (const std::string& problem : problems) report_("mock host at " + where_ + ": " + problem);
}

inline void Host::keep_manifest(const tappet_plugin* plugin) {
    const std::optional<Value> read = JsonReader::read(text_of(plugin->manifest));
    if (!read || !read->is_map()) return report("the manifest is no JSON object");
    manifest_ = *read;
    for (const char* required : {"name", "version"})
        if (manifest_[required].string().empty()) report(std::string("the manifest lacks ") + required);
    for (const Value& action : manifest_["actions"].items())
        for (const Value& sample : action["samples"].items()) {
            const std::string place = "sample of " + action["name"].string();
            if (auto wrong = misfit(action["input"], sample["input"], place + ": input")) report(*wrong);
            if (auto wrong = misfit(action["output"], sample["results"], place + ": results")) report(*wrong);
        }
}

inline std::optional<std::uint32_t> Host::index_of(const char* list, std::string_view name) const {
    const std::vector<Value>& entries = manifest_[list].items();
    for (std::size_t i = 0; i < entries.size(); ++i)
        if (entries[i]["name"].string() == name) return static_cast<std::uint32_t>(i);
    return std::nullopt;
}

inline void Host::report_missing(const char* what, const char* list, std::string_view name) {
    std::string known;
    for (const Value& entry : manifest_[list].items())
        known += (known.empty() ? "; it has " : ", ") + entry["name"].string();
    report("the plugin has no " + std::string(what) + " " + std::string(name) +
           (known.empty() ? "; it has none" : known));
}

/// A call that the engine itself fails.
inline Host::Ticket Host::refuse(Error error) {
    const std::lock_guard lock(mutex_);
    auto call = std::make_unique<Call>();
    call->outcome = Outcome(std::move(error));
    calls_[++last_call_] = std::move(call);
    return last_call_;
}

inline Host::Ticket Host::start(std::string_view action, Value input) {
    const auto index = index_of("actions", action);
    if (!index) {
        report_missing("action", "actions", action);
        tell_problems();
        return refuse(Error::internal("no such action"));
    }
    const Value& schema = manifest_["actions"][*index]["input"];
    input = with_defaults(schema, std::move(input));
    if (const auto wrong = misfit(schema, input, "with")) return refuse(Error::validation(*wrong));
    return start_raw(TAPPET_CALL_ACTION, *index, std::move(input));
}

inline Outcome Host::hook(std::string_view trigger, const HookInput& request) {
    if (trigger == app) return finish(start_raw(TAPPET_CALL_HOOK, TAPPET_APP, request.value(now_ms)));
    const auto index = index_of("triggers", trigger);
    if (index) return finish(start_raw(TAPPET_CALL_HOOK, *index, request.value(now_ms)));
    report_missing("trigger", "triggers", trigger);
    return finish(refuse(Error::internal("no such trigger")));
}

inline Outcome Host::poll(std::string_view trigger, Value cursor, Value settings, std::int64_t limit) {
    Value input = Value::object();
    input.set("cursor", std::move(cursor)).set("settings", std::move(settings)).set("limit", limit);
    if (const auto index = index_of("triggers", trigger))
        return finish(start_raw(TAPPET_CALL_POLL, *index, std::move(input)));
    report_missing("trigger", "triggers", trigger);
    return finish(refuse(Error::internal("no such trigger")));
}

inline Outcome Host::check(std::string_view connection_type) {
    if (const auto index = index_of("connections", connection_type))
        return finish(start_raw(TAPPET_CALL_CHECK, *index, Value()));
    report_missing("connection type", "connections", connection_type);
    return finish(refuse(Error::internal("no such connection type")));
}

inline Host::Ticket Host::start_raw(std::uint32_t kind, std::uint32_t index, Value input) {
    if (!instance_) return refuse(Error::internal("the plugin could not start"));
    auto owned = std::make_unique<Call>();
    Call& call = *owned;
    call.given = std::make_unique<Given>();
    Given& given = *call.given;
    given.input = std::move(input);
    given.tenant = tenant, given.flow = flow, given.step = step, given.key = idempotency_key;
    call.kind = kind;
    call.index = index;
    call.non_blocking = kind == TAPPET_CALL_ACTION && manifest_["actions"][index]["nonBlocking"].boolean();
    learn_secrets(call, given.input);
    tappet_call_info& info = given.info;
    info.size = sizeof info;
    info.kind = kind;
    info.index = index;
    info.attempt = attempt;
    info.input = handle_of(&given.input);
    info.deadline_ms = deadline_ms;
    info.tenant = to_text(given.tenant);
    info.flow = to_text(given.flow);
    info.step = to_text(given.step);
    if (kind == TAPPET_CALL_ACTION) {
        for (std::uint8_t i = 0; i < 16; ++i) info.run[i] = static_cast<std::uint8_t>(i + 1);
        info.idempotency_key = to_text(given.key);
    }
    Ticket ticket = 0;
    {
        const std::lock_guard lock(mutex_);
        ticket = info.call = ++last_call_;
        calls_[ticket] = std::move(owned);
    }
    plugin_->call(instance_, &info);
    return ticket;
}

inline bool Host::work_once() {
    std::function<void()> next;
    {
        const std::lock_guard lock(mutex_);
        if (work_.empty()) return false;
        next = std::move(work_.front());
        work_.pop_front();
    }
    next();
    return true;
}

inline bool Host::wake_next() {
    std::int64_t wait = 0;
    {
        const std::lock_guard lock(mutex_);
        if (sleepers_.empty()) return false;
        const auto first = std::min_element(sleepers_.begin(), sleepers_.end(),
                                            [](const Sleeper& a, const Sleeper& b) { return a.at < b.at; });
        wait = std::max<std::int64_t>(0, first->at - now_ms);
    }
    advance(wait);
    return true;
}

inline void Host::advance(std::int64_t ms) {
    {
        const std::lock_guard lock(mutex_);
        now_ms += ms;
        std::stable_sort(sleepers_.begin(), sleepers_.end(),
                         [](const Sleeper& a, const Sleeper& b) { return a.at < b.at; });
        while (!sleepers_.empty() && sleepers_.front().at <= now_ms) {
            const Sleeper due = sleepers_.front();
            sleepers_.erase(sleepers_.begin());
            post([due] { due.done(due.context, 1); });
        }
    }
    while (work_once()) {
    }
}

inline bool Host::completed(Ticket ticket) {
    while (work_once()) {
    }
    tell_problems();
    const std::lock_guard lock(mutex_);
    const auto found = calls_.find(ticket);
    return found != calls_.end() && found->second->outcome.has_value();
}

inline Outcome Host::finish(Ticket ticket) {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (!completed(ticket)) {
        if (wake_next()) continue;
        std::unique_lock lock(mutex_);
        const bool more = changed_.wait_until(lock, until, [&] {
            const auto found = calls_.find(ticket);
            return found == calls_.end() || found->second->outcome || !work_.empty() || !sleepers_.empty();
        });
        if (more) continue;
        lock.unlock();
        report("call " + std::to_string(ticket) + " was not completed, and nothing is left to wait for");
        complete(ticket, Outcome(Error::internal("never completed")));
    }
    const std::lock_guard lock(mutex_);
    return *calls_.at(ticket)->outcome;
}

inline void Host::cancel(Ticket ticket) {
    std::vector<Sleeper> ended;
    {
        const std::lock_guard lock(mutex_);
        Call& call = *calls_.at(ticket);
        if (call.outcome || std::exchange(call.cancelled, true)) return;
        for (const Sleeper& sleeper : sleepers_)
            if (sleeper.call == ticket) ended.push_back(sleeper);
        std::erase_if(sleepers_, [&](const Sleeper& sleeper) { return sleeper.call == ticket; });
        for (const Sleeper& sleeper : ended) post([sleeper] { sleeper.done(sleeper.context, 0); });
    }
    plugin_->cancel(instance_, ticket);
    while (work_once()) {
    }
}

inline Host::Call* Host::open_call(std::uint64_t id, const char* what) {
    if (ended_) {
        report(std::string(what) + " after destroy");
        return nullptr;
    }
    const auto found = calls_.find(id);
    if (found != calls_.end() && !found->second->outcome) return found->second.get();
    report(std::string(what) + " for call " + std::to_string(id) +
           (found == calls_.end() ? ", which there is not" : ", which is completed"));
    return nullptr;
}

inline bool Host::complete(std::uint64_t id, Outcome outcome) {
    const std::lock_guard lock(mutex_);
    Call* const call = open_call(id, "a completion");
    if (!call) return false;
    if (outcome.ok())
        if (const auto refused = check_result(*call, outcome.value())) outcome = Outcome(*refused);
    if (!outcome.ok()) look_for_secrets(call, outcome.message() + outcome.code(), "the error");
    call->outcome = std::move(outcome);
    for (const Sleeper& sleeper : sleepers_)
        if (sleeper.call == id) post([sleeper] { sleeper.done(sleeper.context, 0); });
    std::erase_if(sleepers_, [&](const Sleeper& sleeper) { return sleeper.call == id; });
    call->given.reset();
    changed_.notify_all();
    return true;
}

/// The error that the engine makes of a result that it does not take.
inline std::optional<Error> Host::check_result(const Call& call, const Value& value) {
    if (call.kind == TAPPET_CALL_ACTION) {
        const Value& action = manifest_["actions"][call.index];
        if (auto wrong = misfit(action["output"], value, "the result of " + action["name"].string()))
            report(*wrong);
    }
    if (call.kind == TAPPET_CALL_HOOK || call.kind == TAPPET_CALL_POLL) {
        const std::int64_t most =
            call.kind == TAPPET_CALL_POLL ? call.given->input["limit"].integer() : kMostHookEvents;
        if (const auto wrong = misfit_told(call.kind, value, most)) {
            report(*wrong);
            return Error::internal("the result is not what docs/ABI.md says: " + *wrong);
        }
        if (call.index == TAPPET_APP) return std::nullopt;
        const Value& body = manifest_["triggers"][call.index]["body"];
        for (const Value& event : value["events"].items())
            if (auto wrong = misfit(body, event["body"], "an event's body")) report(*wrong);
    }
    return std::nullopt;
}

inline void Host::post(std::function<void()> work) {
    const std::lock_guard lock(mutex_);
    work_.push_back(std::move(work));
    changed_.notify_all();
}

inline void Host::learn_secrets(Call& call, const Value& value) {
    static constexpr std::size_t kShortest = 4;  // shorter ones are found by chance
    if (!value.holds_secret()) return;
    if (value.is_secret() && value.is_text() && value.size() >= kShortest)
        call.secrets.push_back(value.string());
    for (Value item : value.items()) {
        if (value.is_secret()) item.mark_secret();
        learn_secrets(call, item);
    }
}

inline void Host::look_for_secrets(const Call* call, std::string_view text, const char* where) {
    if (!call) return;
    for (const std::string& secret : call->secrets)
        if (text.find(secret) != std::string_view::npos)
            return report(std::string("a secret stands in ") + where + "; leave it out");
}

}  // namespace tappet::sdk::mock
