#pragma once
#include <span>
#include <string>
#include <string_view>

#include "expr/value.hpp"

namespace tappet::app {

// What commands read out of documents that came from elsewhere: a member of another kind than the one asked
// for is as good as absent.

/// A member as text: a string as it is, others as JSON; empty when absent or null.
std::string text_of(const Value& object, std::string_view name);
/// The same for people: without what could steer their terminal.
std::string shown_of(const Value& object, std::string_view name);
/// The same on one line: ends of lines are spaces.
std::string line_of(const Value& object, std::string_view name);
/// The items of a member that is a list. They live as long as the object.
std::span<const Value> items_of(const Value& object, std::string_view name);
/// A JSON:API resource as the plain object of PRODUCT.md section 8: id and attributes side by side.
Value plain(const Value& resource);

}  // namespace tappet::app
