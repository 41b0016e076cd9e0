#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "expr/program.hpp"
#include "expr/value.hpp"
#include "flow/diagnostic.hpp"

namespace tappet::flow {

/// An expression that could not be evaluated: where it stands in the file and why.
struct TemplateError {
    std::string message;  ///< with the place: "line 12, column 8: no such key: companyId"
    Position position;
};

struct TemplateResult {
    bool ok = false;
    Value value;
    TemplateError error;
};

/// A YAML value with ${{ expressions }} in it, compiled: literals stay literals, a value that is exactly one
/// expression keeps its type, mixed text is rendered. Immutable, any thread. An empty Template yields null.
class Template {
public:
    struct Node;
    Template() = default;
    explicit Template(std::shared_ptr<const Node> root) : root_(std::move(root)) {}
    static Template literal(Value value);
    static Template expression(expr::Program program, Position position);

    /// Evaluates every expression and brings the result through the JSON border (expr/json.hpp
    /// to_json_value).
    TemplateResult evaluate(const expr::Activation& activation) const;
    /// The value when no expression is in it.
    std::optional<Value> constant() const;
    explicit operator bool() const { return root_ != nullptr; }

private:
    std::shared_ptr<const Node> root_;
};

/// A field that is always an expression (if, filter, forEach, key), with the place it stands at.
struct Expression {
    expr::Program program;
    Position position;  ///< of the expression's first character in the file
    /// Of each of its characters, where they do not stand side by side on one line; null where they do.
    std::shared_ptr<const std::vector<Position>> places = nullptr;
    /// Evaluates; the error's message carries line and column in the file.
    TemplateResult evaluate(const expr::Activation& activation) const;
};

}  // namespace tappet::flow
