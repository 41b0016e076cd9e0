// What calls promise.
#include <algorithm>
#include <cstddef>

#include "expr/json.hpp"
#include "plugin/check/stage.hpp"
#include "plugin/services/tables.hpp"
#include "plugin/values.hpp"

namespace tappet::plugin::check {
namespace {

std::string shown(const Value& value) {
    std::string out;
    append_json(out, value);
    return out.size() > 200 ? out.substr(0, 200) + "…" : out;
}

/// Ends the plugin first: a call that is over for us may be completed once more by what the plugin still
/// does.
void note_twice(Stage& stage, std::vector<std::string>& faults) {
    if (!stage.end()) faults.push_back("a call does not stop");
    if (Stage::completed_twice() > 0)
        faults.push_back("completed a call that was completed already, " +
                         std::to_string(Stage::completed_twice()) + " times");
}

/// Inputs that fit no schema, or hardly any.
std::vector<Value> malformed() {
    Value deep = Value::integer(1);
    for (int i = 0; i < 200; ++i) deep = Value::list({deep});
    return {Value(),
            Value::integer(7),
            Value::string("text"),
            Value::list({}),
            Value::object({}),
            Value::object({{"unknown", Value::boolean(true)}}),
            Value::string(std::string(1u << 20, 'x')),
            deep,
            Value::object({{std::string(10'000, 'k'), Value::bytes(std::string("\0\xff", 2))}})};
}

const void* no_service(const tappet_host*, tappet_text) { return nullptr; }
void without_services(Face& face) { face.service = no_service; }

/// Tables as an engine of later years has them: longer, with what today's plugins know at the front.
template <class T>
const T* longer(const T& table) {
    struct Longer {
        T known;
        void* more[16];
    };
    static Longer out;
    out.known = table;
    out.known.size = sizeof out;
    std::fill(std::begin(out.more), std::end(out.more), reinterpret_cast<void*>(0x5a5a5a5a5a5a));
    return &out.known;
}
const void* (*service_below)(const tappet_host*, tappet_text) = nullptr;
const void* longer_service(const tappet_host* host, tappet_text id) {
    const std::string_view name = from_text(id);
    if (name == "log/1") return longer(log_table());
    if (name == "clock/1") return longer(clock_table());
    if (name == "http/1") return longer(http_table());
    if (name == "state/1") return longer(state_table());
    if (name == "metrics/1") return longer(metrics_table());
    if (name == "connection/1") return longer(connection_table());
    if (name == "blob/1") return longer(blob_table());
    return service_below(host, id);  // a service that is newer than this check
}
void of_later_years(Face& face) {
    face.minor = 99;
    service_below = face.service;
    face.values = longer(*face.values);
    face.builders = longer(*face.builders);
    face.service = longer_service;
}

/// Each action with each of its inputs.
template <class Use>
void each(const Stage& stage, const Use& use) {
    for (const auto& action : stage.manifest().actions)
        for (Value& input : inputs_of(stage.manifest(), *action)) use(*action, std::move(input));
}

}  // namespace

Outcome samples_fit(const std::string& file) {
    Stage stage(file);
    std::vector<std::string> faults;
    std::size_t count = 0;
    for (const auto& action : stage.manifest().actions) {
        const Value& entry = stage.manifest().json.find("actions")->items()[action->index];
        const Value* samples = entry.find("samples");
        if (!samples || !samples->is(Kind::list)) continue;
        for (const Value& sample : samples->items()) {
            ++count;
            const Value* input = sample.find("input");
            const Value* results = sample.find("results");
            if (input && action->input && !action->input->accepts(*input))
                faults.push_back(action->name + ": a sample's input: " + problems_of(*action->input, *input));
            if (results && action->output && !action->output->accepts(*results))
                faults.push_back(action->name +
                                 ": a sample's results: " + problems_of(*action->output, *results));
            if (!input || !results || !action->pure) continue;
            Value whole = action->input ? action->input->with_defaults(*input) : *input;
            const CallOutcome outcome = stage.action(*action, std::move(whole));
            const auto* value = std::get_if<Value>(&outcome);
            if (!value || !(*value == *results))
                faults.push_back(action->name + " yields " +
                                 (value ? shown(*value) : std::get<CallError>(outcome).error.message) +
                                 ", not its sample's " + shown(*results));
        }
    }
    if (count == 0) return skipped("there are no samples");
    return outcome_of(faults);
}

Outcome results_fit(const std::string& file) {
    Stage stage(file);
    std::vector<std::string> faults;
    for (const auto& action : stage.manifest().actions) {
        const std::vector<Value> inputs = inputs_of(stage.manifest(), *action);
        if (inputs.empty())
            faults.push_back(action->name +
                             ": no input that fits its schema could be made; give it a sample");
        for (const Value& input : inputs) {
            const CallOutcome outcome = stage.action(*action, input);
            if (const auto* value = std::get_if<Value>(&outcome)) {
                if (action->output && !action->output->accepts(*value))
                    faults.push_back(action->name + ": its results: " + problems_of(*action->output, *value));
            } else if (const auto& error = std::get<CallError>(outcome).error;
                       error.error_class == flow::ErrorClass::internal) {
                faults.push_back(action->name +
                                 " fails as internal with an input that fits: " + error.message);
            }
        }
    }
    note_twice(stage, faults);
    return outcome_of(faults);
}

Outcome malformed_input(const std::string& file) {
    Stage stage(file);
    std::vector<std::string> faults;
    for (const auto& action : stage.manifest().actions)
        for (const Value& input : malformed()) stage.action(*action, input);
    note_twice(stage, faults);
    return outcome_of(faults);
}

Outcome cancel_at_once(const std::string& file) {
    Stage stage(file);
    std::vector<std::string> faults;
    each(stage, [&](const Action& action, Value input) {
        const CallOutcome outcome = stage.action(action, std::move(input), true);
        const auto* failed_with = std::get_if<CallError>(&outcome);
        if (failed_with && failed_with->error.message.find("did not stop in time") != std::string::npos)
            faults.push_back(action.name + " does not stop when it is asked to");
    });
    note_twice(stage, faults);
    return outcome_of(faults);
}

Outcome cancel_late(const std::string& file) {
    Stage stage(file);
    std::vector<std::string> faults;
    each(stage, [&](const Action& action, Value input) {
        stage.action(action, std::move(input));
        stage.cancel_last();
    });
    note_twice(stage, faults);
    return outcome_of(faults);
}

Outcome unknown_kind(const std::string& file) {
    Stage stage(file);
    const CallOutcome outcome = stage.call(4711, 0, Value::object({}));
    const auto* error = std::get_if<CallError>(&outcome);
    if (!error) return failed("a call of a kind that does not exist succeeds");
    if (error->error.error_class != flow::ErrorClass::internal)
        return failed("a call of a kind that does not exist fails as " +
                      std::string(flow::to_string(error->error.error_class)) + ", not as internal");
    return {};
}

Outcome older_engine(const std::string& file) {
    std::optional<Stage> stage;
    try {
        stage.emplace(file, without_services);
    } catch (const std::exception&) {
        return {};  // it says that it cannot start: as good
    }
    each(*stage, [&](const Action& action, Value input) { stage->action(action, std::move(input)); });
    return {};
}

Outcome newer_engine(const std::string& file) {
    Stage stage(file, of_later_years);
    std::vector<std::string> faults;
    each(stage, [&](const Action& action, Value input) {
        const CallOutcome outcome = stage.action(action, std::move(input));
        const auto* error = std::get_if<CallError>(&outcome);
        if (error && error->error.error_class == flow::ErrorClass::internal)
            faults.push_back(action.name + " fails as internal: " + error->error.message);
    });
    return outcome_of(faults);
}

namespace {

Value with_secrets(const Value& value) {
    static constexpr std::string_view kMark = "s3cret-of-the-check";
    if (value.is(Kind::string)) return Value::string(kMark).as_secret();
    if (value.is(Kind::map)) {
        std::vector<MapEntry> entries;
        for (const MapEntry& entry : value.entries())
            entries.push_back({entry.key, with_secrets(entry.value)});
        return Value::map(std::move(entries));
    }
    return value;
}

std::string seen_error;
int32_t (*fail_below)(const tappet_host*, uint64_t, const tappet_error*) = nullptr;
int32_t watched_fail(const tappet_host* host, uint64_t call, const tappet_error* error) {
    if (error) seen_error.append(from_text(error->message)).append(from_text(error->code));
    return fail_below(host, call, error);
}
void watch_errors(Face& face) {
    fail_below = face.fail;
    face.fail = watched_fail;
}

}  // namespace

Outcome secrets_stay(const std::string& file) {
    Stage stage(file, watch_errors);
    std::vector<std::string> faults;
    each(stage, [&](const Action& action, const Value& input) {
        seen_error.clear();
        stage.action(action, with_secrets(input));
        if (seen_error.find("s3cret-of-the-check") != std::string::npos)
            faults.push_back(action.name +
                             " puts a secret of its input into its error (the engine takes it out)");
    });
    return outcome_of(faults);
}

}  // namespace tappet::plugin::check
