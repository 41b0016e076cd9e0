#pragma once
#include <string>
#include <vector>

#include "flow/template.hpp"

namespace tappet::flow {

/// One node of a compiled value. What holds no expression is one literal, however deep.
struct Template::Node {
    enum class Kind { literal, expression, text, list, map };
    Kind kind = Kind::literal;
    Value literal;                         ///< literal
    std::optional<Expression> expression;  ///< expression
    std::vector<Node> children;  ///< text: literals and expressions in turn; list and map: the members
    std::vector<Value> keys;     ///< map: one for each child
};

}  // namespace tappet::flow
