#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "expr/program.hpp"
#include "expr/syntax/ast.hpp"
#include "expr/syntax/findings.hpp"
#include "expr/syntax/lexer.hpp"

namespace tappet::expr {

/// Recursive descent over the tokens of one expression, macros expanded on the way. Nesting beyond
/// CompileOptions::max_depth and more than max_nodes nodes are findings, so that recursion is bounded.
/// Used once; the source outlives it.
class Parser {
public:
    Parser(std::string_view source, Findings& findings, const CompileOptions& options)
        : findings_(findings), options_(options), tokens_(lex(source, findings)) {}

    /// The tree, or nothing when a finding says why.
    std::optional<Ast> run();

private:
    struct Broken {};  ///< thrown at the first syntax error, caught in run()

    const Token& now() const { return tokens_[at_]; }
    const Token& next() const { return tokens_[at_ + 1 < tokens_.size() ? at_ + 1 : at_]; }
    Token take() { return tokens_[at_ + 1 < tokens_.size() ? at_++ : at_]; }
    bool skip(std::string_view symbol);
    Span expect(std::string_view symbol, std::string_view where);
    [[noreturn]] void fail(Span at, std::string message, std::string suggestion = {});
    [[noreturn]] void unexpected(std::string_view wanted);

    Node& node(NodeId id) { return ast_.nodes[id]; }
    NodeId add(Node made);
    NodeId constant(Value value, Span span);
    Span join(NodeId first, NodeId last) const {
        return {ast_.nodes[first].span.begin, ast_.nodes[last].span.end};
    }

    NodeId expression();
    NodeId logic(bool any);
    NodeId relation();
    NodeId sum();
    NodeId product();
    NodeId unary();
    NodeId member();
    NodeId primary();
    NodeId number(bool negative);
    NodeId list();
    NodeId map();
    NodeId binary(Operator op, NodeId left, NodeId right, Span at);
    NodeId after_dot(NodeId target);
    NodeId after_bracket(NodeId target);
    std::vector<NodeId> arguments();

    // macros.cpp
    NodeId call(std::optional<NodeId> target, std::string name, Span at, std::vector<NodeId> arguments);
    void macro(Node& call);
    bool has_macro(Node& call);
    bool loop_macro(Node& call);
    bool bind_macro(Node& call);
    bool optional_macro(Node& call);
    std::string variable(NodeId argument, std::string_view macro);
    [[noreturn]] void misuse(const Node& call, std::string_view shape);

    Findings& findings_;
    const CompileOptions& options_;
    std::vector<Token> tokens_;
    std::size_t at_ = 0;
    std::size_t depth_ = 0;
    Ast ast_;
};

}  // namespace tappet::expr
