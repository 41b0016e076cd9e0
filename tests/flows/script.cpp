#include "script.hpp"

#include <algorithm>
#include <stdexcept>

#include "base/time_text.hpp"
#include "expr/json.hpp"

namespace tappet::flows {
namespace {

flow::RunError error_of(const Value& value) {
    flow::RunError error;
    const Value* name = value.find("class");
    const auto parsed = name ? flow::parse_error_class(name->as_string()) : std::nullopt;
    if (!parsed) throw std::runtime_error("an error of a call needs a `class` of the closed list");
    error.error_class = *parsed;
    error.message = "scripted";
    if (const Value* message = value.find("message")) error.message = message->as_string();
    if (const Value* code = value.find("code")) error.code = code->as_string();
    if (const Value* status = value.find("status")) error.status = static_cast<int>(status->as_integer());
    return error;
}

ScriptedAnswer answer_of(const Value& value) {
    ScriptedAnswer answer;
    for (const MapEntry& entry : value.entries()) {
        const std::string_view key = entry.key.as_string();
        if (key == "results") {
            answer.outcome = entry.value;
        } else if (key == "error") {
            answer.outcome = error_of(entry.value);
            if (const Value* after = entry.value.find("retryAfter")) answer.retry_after = duration_of(*after);
        } else if (key == "after") {
            answer.after = duration_of(entry.value);
        } else if (key == "never") {
            answer.never = true;
        } else {
            throw std::runtime_error("a call answers with results, error, after or never, not with " +
                                     std::string(key));
        }
    }
    return answer;
}

}  // namespace

std::chrono::milliseconds duration_of(const Value& text) {
    const auto parsed = text.is(Kind::string) ? parse_duration(text.as_string()) : std::nullopt;
    if (!parsed) throw std::runtime_error("a duration is a text such as 20s");
    return *parsed;
}

Script::Script(const Value& calls) {
    for (const MapEntry& entry : calls.entries()) {
        auto& answers = answers_[std::string(entry.key.as_string())];
        if (!entry.value.is(Kind::list)) {
            answers.push_back(answer_of(entry.value));
            continue;
        }
        for (const Value& item : entry.value.items()) answers.push_back(answer_of(item));
    }
}

ScriptedAnswer Script::answer(const run::CallAction& call) const {
    auto found = answers_.find(call.step);
    if (found == answers_.end()) found = answers_.find(call.step.substr(call.step.rfind('.') + 1));
    if (found != answers_.end())
        return found->second[std::min<std::size_t>(call.attempt, found->second.size()) - 1];
    ScriptedAnswer answer;
    if (call.action->name == "core/map")
        if (const Value* value = call.input.find("value")) answer.outcome = *value;
    if (call.action->name.starts_with("core/") && call.action->name != "core/http") return answer;
    throw std::runtime_error("the script says nothing of a call of " + call.step);
}

}  // namespace tappet::flows
