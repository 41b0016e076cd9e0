#include "flowtest/step_names.hpp"

#include <algorithm>

namespace tappet::flowtest {
namespace {

constexpr std::string_view kAnyItem = "[*]";

std::string pattern_of(const flow::StepPlan& step) {
    std::string out = step.segment;
    for (const flow::ScopePlan* scope = step.block->scope; scope && scope->owner; scope = scope->parent)
        out.insert(0, std::string(scope->owner->segment).append(kAnyItem).append("."));
    return out;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool matches(std::string_view pattern, std::string_view path) {
    while (!pattern.empty()) {
        if (!pattern.starts_with(kAnyItem)) {
            if (path.empty() || path.front() != pattern.front()) return false;
            path.remove_prefix(1);
            pattern.remove_prefix(1);
            continue;
        }
        pattern.remove_prefix(kAnyItem.size());
        const std::size_t digits =
            path.starts_with('[')
                ? static_cast<std::size_t>(std::find_if_not(path.begin() + 1, path.end(), is_digit) -
                                           path.begin()) -
                      1
                : 0;
        if (digits == 0 || digits + 1 >= path.size() || path[digits + 1] != ']') return false;
        path.remove_prefix(digits + 2);
    }
    return path.empty();
}

}  // namespace

StepNames::StepNames(const flow::Plan& plan) {
    for (const auto& step : plan.step_storage) all_.push_back({step.get(), pattern_of(*step)});
    std::stable_sort(all_.begin(), all_.end(),
                     [](const Named& a, const Named& b) { return a.step->position < b.step->position; });
}

const flow::StepPlan* StepNames::find(std::string_view name) const {
    for (const Named& one : all_)
        if (!one.step->id.empty() && one.step->id == name) return one.step;
    const Named* named = at(name);
    return named ? named->step : nullptr;
}

const StepNames::Named* StepNames::at(std::string_view path) const {
    const auto found =
        std::find_if(all_.begin(), all_.end(), [&](const Named& one) { return matches(one.pattern, path); });
    return found == all_.end() ? nullptr : &*found;
}

std::vector<std::string_view> StepNames::known() const {
    std::vector<std::string_view> out;
    out.reserve(all_.size());
    for (const Named& one : all_) out.emplace_back(one.step->id.empty() ? one.pattern : one.step->id);
    return out;
}

}  // namespace tappet::flowtest
