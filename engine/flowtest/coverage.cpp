#include "flowtest/coverage.hpp"

#include <algorithm>

namespace tappet::flowtest {

Coverage::Coverage(std::shared_ptr<const flow::Plan> plan) : plan_(std::move(plan)), names_(*plan_) {
    for (const flow::TriggerPlan& trigger : plan_->triggers) {
        if (!trigger.filter) continue;
        filters_[{trigger.id, true}] = branch(trigger.id + " filter true", trigger.position);
        filters_[{trigger.id, false}] = branch(trigger.id + " filter false", trigger.position);
    }
    for (const StepNames::Named& named : names_.all()) {
        const flow::StepPlan& step = *named.step;
        OfStep of;
        of.step = steps_.size();
        steps_.push_back({named.pattern, step.position});
        if (step.condition) {
            of.if_true = branch(named.pattern + " if true", step.position);
            of.if_false = branch(named.pattern + " if false", step.position);
        }
        if (step.on_error != flow::OnError::fail)
            of.on_error = branch(named.pattern + " onError", step.position);
        of_[&step] = of;
    }
    if (plan_->on_error && !plan_->on_error->steps.empty())
        flow_handler_ = branch("onError", plan_->on_error->steps.front()->position);
}

std::size_t Coverage::branch(std::string name, flow::Position at) {
    branches_.push_back({std::move(name), at});
    return branches_.size() - 1;
}

void Coverage::hit(std::size_t branch) {
    if (branch != kNone) branches_[branch].hit = true;
}

void Coverage::add(const Played& played) {
    for (const auto& filter : played.filters)
        if (const auto found = filters_.find(filter); found != filters_.end()) hit(found->second);
    for (const PlayedRun& run : played.runs)
        for (const run::Entry& entry : run.entries) take(*run.story.run, entry);
}

void Coverage::take(const run::RunState& run, const run::Entry& entry) {
    const auto step_of = [&](const run::StepAddress& at) { return run::step_at(*run.plan, at); };
    if (const auto* started = std::get_if<run::StepStarted>(&entry.body)) {
        began(step_of(started->at));
    } else if (const auto* succeeded = std::get_if<run::StepSucceeded>(&entry.body)) {
        began(step_of(succeeded->at));
    } else if (const auto* skipped = std::get_if<run::StepSkipped>(&entry.body)) {
        if (const flow::StepPlan* step = step_of(skipped->at)) hit(of_.at(step).if_false);
    } else if (const auto* failed = std::get_if<run::StepFailed>(&entry.body)) {
        const flow::StepPlan* step = step_of(failed->at);
        began(step);
        if (step && failed->retry_at.ms == 0) hit(of_.at(step).on_error);
    } else if (std::holds_alternative<run::RunFailing>(entry.body)) {
        hit(flow_handler_);
    }
}

void Coverage::began(const flow::StepPlan* step) {
    if (!step) return;
    const OfStep& of = of_.at(step);
    steps_[of.step].hit = true;
    hit(of.if_true);
}

std::size_t hits(const std::vector<Coverage::Point>& points) {
    return static_cast<std::size_t>(
        std::count_if(points.begin(), points.end(), [](const auto& point) { return point.hit; }));
}

double Coverage::percent() const {
    const std::size_t all = steps_.size() + branches_.size();
    if (all == 0) return 100;
    return 100.0 * static_cast<double>(hits(steps_) + hits(branches_)) / static_cast<double>(all);
}

}  // namespace tappet::flowtest
