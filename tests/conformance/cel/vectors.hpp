#pragma once
#include <string>
#include <utility>
#include <vector>

#include "expr/value.hpp"

namespace cel {

/// One line of a vectors file.
struct Vector {
    std::string id;
    std::string expression;
    std::string container;
    std::vector<std::pair<std::string, tappet::Value>> bindings;
    std::vector<std::string> tags;
    bool macros = true;
    bool fails = false;      ///< the expression must fail in any way
    tappet::Value expected;  ///< where it does not fail

    bool tagged(std::string_view tag) const;
};

/// Reads a line; throws std::runtime_error that says what is wrong with it.
Vector read_vector(const std::string& line);

/// As the vectors mean "same": kinds are compared too, NaN is NaN, the order of a map is nothing.
bool same(const tappet::Value& a, const tappet::Value& b);

/// A value with its kinds, for people.
std::string describe(const tappet::Value& value);

}  // namespace cel
