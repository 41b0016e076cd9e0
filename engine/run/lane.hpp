#pragma once
#include <string>

#include "base/result.hpp"
#include "run/activation.hpp"

namespace tappet::run {

/// Names the runs that the flow's `concurrency` lets take turns: by tenant, flow and the value of its key for
/// this event. The flow has a `concurrency`. Fails as invalid where the key cannot be evaluated.
Result<std::string> lane_of(const std::shared_ptr<const flow::Plan>& plan, const RunStarted& start,
                            const Surroundings& around);

/// The same of a key's value; what `admit` checks before there is a run. Fails as key_of does.
Result<std::string> lane_key(const flow::TemplateResult& value);

}  // namespace tappet::run
