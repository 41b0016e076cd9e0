#pragma once
#include <memory>

#include "expr/code/code.hpp"
#include "expr/syntax/ast.hpp"
#include "expr/syntax/findings.hpp"

namespace tappet::expr {

/// Writes the code of a checked tree. Subtrees without variables are evaluated on the spot (a failing one
/// becomes a warning and is left to run time).
class Emitter {
public:
    Emitter(const Ast& ast, const Env& env, Findings& findings);
    std::shared_ptr<const Program::Impl> run(std::string_view source, bool fold);

private:
    const Node& node(NodeId id) const { return ast_.nodes[id]; }
    std::uint32_t here() const { return static_cast<std::uint32_t>(out_->code.size()); }
    std::uint32_t put(Op op, Span at, std::uint16_t a = 0, std::uint32_t b = 0, std::uint32_t c = 0,
                      std::uint8_t n = 0);
    void push(int count = 1);
    void pop(int count = 1) { height_ -= count; }
    std::uint32_t key(std::string_view name, Span at);
    std::uint32_t constant(Value value);
    std::uint32_t slot(std::uint32_t place);
    std::uint32_t pending() { return out_->pendings++; }
    void handle(std::uint32_t begin, std::uint32_t target, std::uint32_t pending);

    void emit(NodeId id);
    void after(NodeId id);  ///< writes a node once the first child of a chain has its value on the stack
    bool fold(NodeId id);
    void find_constants();

    void select(const Node& node);
    void call(const Node& node);
    void logic(const Node& node);
    void choice(const Node& node);
    void loop(const Node& node);
    void optional_map(const Node& node);
    void or_else(const Node& node);

    const Ast& ast_;
    const Env& env_;
    Findings& findings_;
    std::shared_ptr<Program::Impl> out_;
    std::vector<bool> constant_;  ///< per node: it depends on no variable
    bool folding_ = true;
    std::uint64_t fold_budget_ = 100'000;  ///< units of work that all the folding of one expression may take
    int height_ = 0;
};

}  // namespace tappet::expr
