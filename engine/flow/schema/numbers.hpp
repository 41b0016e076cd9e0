#pragma once
#include <compare>

#include "expr/value.hpp"

namespace tappet::flow::schema {

bool is_number(const Value& value);
/// Whether a number has no fraction; false for what is no number.
bool is_integral(const Value& value);
/// Compares two numbers of any kinds, exactly.
std::partial_ordering compare_numbers(const Value& a, const Value& b);
/// Whether `value` is a whole multiple of `step` (> 0), reading both as the decimals they are written as:
/// 0.0075 is one of 0.0001.
bool is_multiple(const Value& value, const Value& step);

}  // namespace tappet::flow::schema
