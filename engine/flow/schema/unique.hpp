#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <utility>

#include "expr/value.hpp"

namespace tappet::flow::schema {

/// The first two equal items, by place; nothing where all differ. Linear for what is not made to collide.
std::optional<std::pair<std::size_t, std::size_t>> first_equal(std::span<const Value> items);

}  // namespace tappet::flow::schema
