#pragma once
#include <vector>

#include "rows.hpp"

namespace tappet::bench {

// Each measured on a fresh engine that has all processors but the last, which the load generators have.

/// Ten times what a hook takes, for a minute.
std::vector<Measure> overload_row(const Setup& setup);
/// Healthy senders beside 2,000 connections that never finish their request.
std::vector<Measure> slow_row(const Setup& setup);

}  // namespace tappet::bench
