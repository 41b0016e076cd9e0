#pragma once
#include <string>
#include <string_view>

#include "expr/value.hpp"

namespace tappet::app {

/// The type that a JSON Schema asks for, as people write it: `string`, `"a" | "b"`, `list of string`.
std::string type_of(const Value& schema);
/// Whether an object schema requires a member.
bool is_required(const Value& schema, std::string_view name);

}  // namespace tappet::app
