#include "flow/action_input.hpp"

namespace tappet::flow {
namespace {
constexpr std::size_t kProblemsShown = 5;
}

std::string fit_input(const ActionSpec& action, Value& input) {
    if (!action.input) return {};
    input = action.input->with_defaults(input);
    if (action.input->accepts(input)) return {};
    std::string out = "the input does not fit " + action.name + ": ";
    bool first = true;
    for (const auto& problem : action.input->problems(input, kProblemsShown)) {
        if (!first) out += "; ";
        first = false;
        out += "with" + problem.pointer + " " + problem.detail;
        if (!problem.suggestion.empty()) out += " (did you mean \"" + problem.suggestion + "\"?)";
    }
    return out;
}

}  // namespace tappet::flow
