#pragma once
#include <span>
#include <string_view>

namespace tappet::flow::schema {

/// Of `known` the name that `name` was probably meant to be; empty when none is near enough.
std::string_view closest(std::string_view name, std::span<const std::string_view> known);
/// What closest() takes for so many names, in the checker's units of work.
std::size_t closest_work(std::string_view name, std::size_t known);

}  // namespace tappet::flow::schema
