#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "expr/value.hpp"

namespace tappet {

/// A hash under the key of the process: values that compare equal have the same one, whatever kind of number
/// they are and whatever order their entries have. Of the whole value, at any depth, without recursion; who
/// does not know the key cannot choose values that collide.
std::uint64_t hash_of(const Value& value);
/// As that of Value::string(text).
std::uint64_t hash_of(std::string_view text);
/// As hash_of, for values that may be too large to look at: takes one unit from `left` for each part and one
/// for each 64 bytes of a text. Nothing, and none left, when the units do not suffice.
std::optional<std::uint64_t> hash_of(const Value& value, std::size_t& left);

}  // namespace tappet
