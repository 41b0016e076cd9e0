// What triggers promise: docs/ABI.md, "Hooks" and "Polls".
#include "plugin/check/stage.hpp"

namespace tappet::plugin::check {
namespace {

Value request(std::string_view body, const Value& settings) {
    return Value::object({{"method", Value::string("POST")},
                          {"path", Value::string("/")},
                          {"query", Value::object({})},
                          {"headers", Value::object({{"content-type", Value::string("application/json")}})},
                          {"body", Value::bytes(body)},
                          {"receivedAt", Value::timestamp(1'700'000'000, 0)},
                          {"settings", settings}});
}

const std::string kGarbage[] = {"",
                                "{",
                                "null",
                                "[]",
                                "{\"a\": 1}",
                                std::string(1u << 20, 'x'),
                                std::string("\0\xff\xfe", 3),
                                std::string(5'000, '[')};

/// A result of a hook or poll without its events is none.
bool has_events(const Value& result) {
    const Value* events = result.find("events");
    return !events || events->is(Kind::list);
}

}  // namespace

Outcome garbage_at_hooks(const std::string& file) {
    Stage stage(file);
    std::vector<std::string> faults;
    std::size_t hooks = 0;
    const auto play = [&](std::size_t index, const std::string& name, const Value& settings) {
        ++hooks;
        for (const std::string& body : kGarbage) {
            const CallOutcome outcome = stage.call(TAPPET_CALL_HOOK, index, request(body, settings));
            const auto* result = std::get_if<Value>(&outcome);
            if (result && !has_events(*result)) faults.push_back(name + ": its `events` are no list");
            const auto* error = std::get_if<CallError>(&outcome);
            if (error && error->error.error_class == flow::ErrorClass::internal) {
                faults.push_back(
                    name + " fails as internal for a request that it cannot read: " + error->error.message);
                break;
            }
        }
        stage.call(TAPPET_CALL_HOOK, index,
                   Value());  // an engine never asks so; it must be borne all the same
    };
    for (const auto& trigger : stage.manifest().triggers)
        if (trigger->handles)
            play(trigger->index, trigger->name, made_for(trigger->settings).value_or(Value::object({})));
    if (stage.manifest().app) play(TAPPET_APP, "/hooks/@" + stage.manifest().name, Value::object({}));
    if (hooks == 0) return skipped("there is no trigger that handles its hook");
    return outcome_of(faults);
}

Outcome polls_within_limit(const std::string& file) {
    Stage stage(file);
    std::vector<std::string> faults;
    std::size_t polls = 0;
    for (const auto& trigger : stage.manifest().triggers) {
        if (trigger->kind != flow::TriggerKind::poll) continue;
        ++polls;
        const Value input =
            Value::object({{"cursor", Value()},
                           {"settings", made_for(trigger->settings).value_or(Value::object({}))},
                           {"limit", Value::integer(1)}});
        const CallOutcome outcome = stage.call(TAPPET_CALL_POLL, trigger->index, input);
        if (const auto* result = std::get_if<Value>(&outcome)) {
            const Value* events = result->find("events");
            if (!has_events(*result)) faults.push_back(trigger->name + ": its `events` are no list");
            if (events && events->size() > 1)
                faults.push_back(trigger->name + " yields " + std::to_string(events->size()) +
                                 " events where one was asked for");
        } else if (const auto& error = std::get<CallError>(outcome).error;
                   error.error_class == flow::ErrorClass::internal) {
            faults.push_back(trigger->name + " fails as internal without a cursor: " + error.message);
        }
    }
    if (polls == 0) return skipped("there is no trigger that polls");
    return outcome_of(faults);
}

}  // namespace tappet::plugin::check
