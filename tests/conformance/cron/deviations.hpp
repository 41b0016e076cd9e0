#pragma once
#include <string>

#include "expr/value.hpp"

namespace tappet::conformance {

/// Why a vector that is not core is not followed; empty where there is no reason.
std::string deviation(const Value& vector);

}  // namespace tappet::conformance
