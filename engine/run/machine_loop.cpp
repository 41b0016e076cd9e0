#include <algorithm>

#include "run/loop.hpp"
#include "run/machine.hpp"

namespace tappet::run {

using flow::OnItemError;
using flow::StepPlan;

void Machine::begin_loop(ScopeState& scope, const StepPlan& step) {
    std::string why;
    if (!loop_items(run_, scope, step, &why)) return fail_unfit(scope, step, 1, why);
    emit(StepStarted{address_of(scope, step), 1});
    fill_loop(scope, step);
}

void Machine::fill_loop(ScopeState& scope, const StepPlan& step) {
    const StepState& state = scope.of(step);
    LoopState& loop = *state.loop;
    const bool stopping = step.for_each->on_item_error == OnItemError::stop && loop.failed > 0;
    const std::size_t before = tasks_.size();
    while (!stopping && loop.next < loop.items.size() && loop.open.size() < step.for_each->max_parallel) {
        const std::uint32_t number = loop.next++;
        auto item = std::make_unique<ScopeState>(step.for_each->body, &scope, number);
        tasks_.push_back({item.get(), step.for_each->body->body, nullptr});
        loop.open.emplace(number, std::move(item));
    }
    // The last task is taken first: items begin in their order.
    std::reverse(tasks_.begin() + static_cast<std::ptrdiff_t>(before), tasks_.end());
    if (loop.open.empty() && finish_loop(scope, step)) tasks_.push_back({&scope, step.block, nullptr});
}

void Machine::finish_item(ScopeState& item, BlockEnd end) {
    const StepPlan& loop = *item.plan->owner;
    ItemFinished entry{address_of(*item.parent, loop), item.item, StepStatus::succeeded, {}};
    if (end == BlockEnd::cancelled) entry.status = StepStatus::cancelled;
    if (end == BlockEnd::failed) {
        entry.status = StepStatus::failed;
        if (const flow::RunError* error = error_of(item, *item.plan->body)) entry.error = *error;
    }
    std::erase_if(tasks_,
                  [&item](const Task& task) { return task.scope == &item; });  // it ends with the item
    emit(std::move(entry));
}

/// Ends the loop's step when no item is under way and none is to begin.
bool Machine::finish_loop(ScopeState& scope, const StepPlan& step) {
    const StepState& state = scope.of(step);
    if (is_final(state.status) || !state.loop) return false;
    const LoopState& loop = *state.loop;
    const OnItemError mode = step.for_each->on_item_error;
    const bool stopping = mode == OnItemError::stop && loop.failed > 0;
    if (!loop.open.empty() || (!stopping && loop.next < loop.items.size())) return false;
    const StepAddress address = address_of(scope, step);
    if (loop.failed == 0 || mode == OnItemError::go_on) {
        emit(StepSucceeded{address, 1, state.started, {}});
        return true;
    }
    flow::RunError error = loop.first_error.value_or(flow::RunError{});
    error.message = std::to_string(loop.failed) + " of " + std::to_string(loop.items.size()) +
                    " items failed; the first: " + error.message;
    emit(StepFailed{address, 1, state.started, std::move(error), {}});
    return true;
}

}  // namespace tappet::run
