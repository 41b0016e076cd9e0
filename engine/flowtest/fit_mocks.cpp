#include "flowtest/fit_mocks.hpp"

#include <algorithm>
#include <set>

#include "base/closest.hpp"
#include "flow/yaml_place.hpp"

namespace tappet::flowtest {
namespace {

using flow::ErrorClass;

/// Classes with which the engine ends a call of any action: it refuses inputs, ends calls, and sees them
/// crash.
bool any_call_may_end_with(ErrorClass error_class) {
    switch (error_class) {
        case ErrorClass::validation:
        case ErrorClass::timeout:
        case ErrorClass::plugin_crashed:
        case ErrorClass::cancelled:
        case ErrorClass::internal:
            return true;
        default:
            return false;
    }
}

void fit_results(const Value& results, const flow::YamlNode& written, const flow::ActionSpec& action,
                 flow::Findings& findings) {
    if (!action.output || action.output->accepts(results)) return;
    const std::string giver = "the results of " + action.name;
    for (const flow::SchemaProblem& problem : action.output->problems(results)) {
        const flow::YamlPlace place = flow::locate(written, problem.pointer);
        const auto& pairs = place.node->pairs;
        if (!place.whole) {
            findings.error(pairs.empty() ? place.node->range : pairs.front().key_range, "wrong-mock",
                           giver + " always have `" + problem.pointer.substr(1) + "`");
            continue;
        }
        const std::string where = problem.pointer.empty() ? "" : "`" + problem.pointer.substr(1) + "` of ";
        const bool about_key =
            problem.keyword == "additionalProperties" || problem.keyword == "unevaluatedProperties";
        findings.error(about_key && place.pair ? place.pair->key_range : place.node->range, "wrong-mock",
                       where + giver + " " + problem.detail, problem.suggestion);
    }
}

std::string text_of(const flow::DeclaredError& error) {
    return std::string(flow::to_string(error.error_class)) + (error.code.empty() ? "" : " " + error.code);
}

void fit_error(const flow::RunError& error, const flow::YamlNode& written, const flow::ActionSpec& action,
               flow::Findings& findings) {
    if (action.errors.empty()) return;
    std::vector<std::string_view> codes;
    std::set<std::string> known;
    bool class_known = false;
    for (const flow::DeclaredError& declared : action.errors) {
        known.insert(text_of(declared));
        if (declared.error_class != error.error_class) continue;
        class_known = true;
        if (error.code.empty() || declared.code.empty() || declared.code == error.code) return;
        codes.emplace_back(declared.code);
    }
    if (!class_known && error.code.empty() && any_call_may_end_with(error.error_class)) return;
    std::string all;
    for (const std::string& one : known) all += (all.empty() ? "" : ", ") + one;
    const flow::YamlPair* member = written.find(class_known ? "code" : "class");
    findings.error(member ? member->value.range : written.range, "wrong-mock",
                   action.name + " declares no error " + text_of({error.error_class, error.code}) +
                       "; it declares " + all,
                   class_known ? closest(error.code, codes) : std::string_view());
}

}  // namespace

void fit_mock(const Mock& mock, const flow::ActionSpec& action, flow::Findings& findings) {
    for (const MockAnswer& answer : mock.answers) {
        if (!answer.written) continue;
        if (const auto* error = std::get_if<flow::RunError>(&answer.outcome))
            fit_error(*error, *answer.written, action, findings);
        else
            fit_results(std::get<Value>(answer.outcome), *answer.written, action, findings);
    }
}

}  // namespace tappet::flowtest
