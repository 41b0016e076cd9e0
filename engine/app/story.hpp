#pragma once
#include <string>

#include "app/console.hpp"
#include "expr/value.hpp"

namespace tappet::app {

/// A run with its steps, drawn over time: one line a step, its bar where it ran. `story` is {run, steps,
/// response} of PRODUCT.md section 8. What has not ended goes on until `now`.
std::string waterfall(const Console& console, const Value& story, TimeMs now);
/// One step as a line: mark, path, attempts, time, error.
std::string step_line(const Console& console, const Value& step);

}  // namespace tappet::app
