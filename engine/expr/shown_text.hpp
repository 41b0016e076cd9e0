#pragma once
#include <string>

#include "expr/value.hpp"

namespace tappet {

/// A value in a line for people: a string as it is, a secret as ••••, all else as JSON in which secrets are
/// the same.
std::string shown_text(const Value& value);

}  // namespace tappet
