#pragma once
#include <string>

#include "flow/catalog.hpp"

namespace tappet::flow {

/// Fills the defaults of an action's schema into an input. What still does not fit, for people, each problem
/// with its place in `with`; empty when the action may be called with it.
std::string fit_input(const ActionSpec& action, Value& input);

}  // namespace tappet::flow
