#pragma once
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "flow/template.hpp"

namespace tappet::run {

/// What an event is called by, from what the expression `what` gives ("the flow's concurrency key"): its
/// value as JSON, a number without a fraction as an integer, since 1 and 1.0 are equal in expressions. Fails
/// as invalid, with a sentence, where there is no value, and for null and an empty string, list or map.
Result<std::string> key_of(const flow::TemplateResult& value, std::string_view what);

}  // namespace tappet::run
