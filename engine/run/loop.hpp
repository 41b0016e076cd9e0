#pragma once
#include <optional>
#include <string>

#include "run/state.hpp"

namespace tappet::run {

/// The items of a forEach, worked out from the state; nothing when its expression fails or gives no list
/// (then `why` says so, with the place). The same state gives the same items: that is why the journal does
/// not hold them.
std::optional<Value> loop_items(const RunState& run, const ScopeState& scope, const flow::StepPlan& step,
                                std::string* why = nullptr);

/// { item, status, results: { <stepId>: … }, error? } of an item; `scope` is null for one that never began.
Value item_result(const Value& item, StepStatus status, const flow::ScopePlan& body, const ScopeState* scope,
                  const std::optional<flow::RunError>& error);

/// What the loop yields: an array in order of items; those that never ran are cancelled.
Value loop_results(const LoopState& loop, const flow::ScopePlan& body);

}  // namespace tappet::run
