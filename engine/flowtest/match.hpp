#pragma once
#include <string>
#include <vector>

#include "expr/value.hpp"
#include "flow/yaml.hpp"
#include "flowtest/result.hpp"

namespace tappet::flowtest {

/// Compares a value with what is wanted of it, and says each place where it differs. Of maps, what is named
/// must be there; lists have the same length; null is also what is not there (`got` is null then); numbers
/// are equal by value.
void match(const flow::YamlNode& wanted, const Value* got, const std::string& path,
           std::vector<Failure>& out);

/// A value as a failure shows it: JSON, secrets as "••••", cut where it is long.
std::string shown(const Value& value);

}  // namespace tappet::flowtest
