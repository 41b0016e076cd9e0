#pragma once
#include "flow/catalog.hpp"
#include "flow/findings.hpp"
#include "flowtest/suite.hpp"

namespace tappet::flowtest {

/// Tells what of a mock's answers no call of the action can give: results that break its output schema, and
/// errors that it does not declare where it declares any. Classes that the engine itself gives fit always.
void fit_mock(const Mock& mock, const flow::ActionSpec& action, flow::Findings& findings);

}  // namespace tappet::flowtest
