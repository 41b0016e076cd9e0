#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "expr/value.hpp"

namespace tappet::flow::schema {

/// "a string or null", of a set of TypeBit.
std::string types_text(std::uint8_t types);
/// What the value is: "a number", "null".
std::string_view kind_text(const Value& value);
/// The value as JSON, shortened; secrets stay hidden.
std::string value_text(const Value& value);
/// "1 item", "3 items".
std::string counted(std::size_t n, std::string_view one, std::string_view many);
/// "\"a\", \"b\" or 3".
std::string choice_text(const std::vector<Value>& options);

}  // namespace tappet::flow::schema
