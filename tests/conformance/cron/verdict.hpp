#pragma once
#include <string>

#include "expr/value.hpp"

namespace tappet::conformance {

std::string text_of(const Value& vector, std::string_view key);
bool has_tag(const Value& vector, std::string_view tag);
/// What is wrong with how the schedules take a vector; empty when nothing is.
std::string problem(const Value& vector);

}  // namespace tappet::conformance
