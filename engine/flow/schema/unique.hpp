#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <utility>

#include "expr/value.hpp"

namespace tappet::flow::schema {

/// The first two equal items, by place; nothing where all differ. Takes units of work from `left`, about one
/// for each value that is looked at; gives up, with none left, where they do not suffice.
std::optional<std::pair<std::size_t, std::size_t>> first_equal(std::span<const Value> items,
                                                               std::size_t& left);

}  // namespace tappet::flow::schema
