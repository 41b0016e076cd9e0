#pragma once
#include <benchmark/benchmark.h>

#include <functional>
#include <string>

#include "expr/value.hpp"

namespace tappet::bench {

/// A value whose JSON has about so many bytes: a map of 20 entries for 1 KB, a list of such maps for more.
Value sample(std::size_t kilobytes);
/// What the action test/walk does, done here: looks at every value once.
Value walk(const Value& value);

/// Registers every measurement; names are "row/what/KB".
void register_calls();

}  // namespace tappet::bench
