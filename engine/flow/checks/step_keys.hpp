#pragma once
#include <optional>
#include <string_view>

#include "flow/fields.hpp"
#include "flow/plan.hpp"

namespace tappet::flow {

/// The fields of a step, and its kind by the key that says it. Says what is unknown, misplaced, or missing;
/// nothing where the kind is not clear.
struct StepKeys {
    Fields fields;
    std::optional<StepKind> kind;
};
StepKeys read_step_keys(Findings& findings, const YamlNode& node);

}  // namespace tappet::flow
