#pragma once
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "expr/program.hpp"
#include "expr/syntax/ast.hpp"
#include "expr/syntax/findings.hpp"

namespace tappet::expr {

struct Signature;

/// Resolves names and functions and gives every node its type. Says all that is wrong; a part with an error
/// is dyn from there on, so that one mistake is one finding. With check off it only resolves, and what cannot
/// be resolved is left to fail at run time.
class Checker {
public:
    Checker(Ast& ast, const Env& env, Findings& findings, bool check)
        : ast_(ast), env_(env), findings_(findings), check_(check) {
        for (const Env::Variable& variable : env.variables())
            longest_name_ = std::max(longest_name_, variable.name.size());
    }
    void run() { check(ast_.root); }

private:
    struct Local {
        std::string name;
        Type type;
    };
    enum class Access { plain, optional, test };  ///< a.b, a.?b, has(a.b)

    Node& node(NodeId id) { return ast_.nodes[id]; }
    void report(Span at, std::string_view code, std::string message, std::string suggestion = {});
    void warn(Span at, std::string_view code, std::string message);
    bool expect_bool(NodeId id, const std::string& where);

    void check(NodeId id);
    void after(NodeId id);
    void list(Node& node);
    void map(Node& node);
    void unary(Node& node);
    void binary(Node& node);
    void logic(Node& node);
    void choice(Node& node);
    void loop(Node& node);
    void bind(Node& node);
    void optional_map(Node& node);
    void or_else(Node& node);

    // names.cpp
    void resolve(NodeId id);
    void use_variable(NodeId id, std::uint32_t slot);
    std::optional<std::uint32_t> variable(const std::string& name, bool rooted) const;
    void unknown_name(const std::vector<NodeId>& chain);
    const Local* local(std::string_view name, std::uint32_t& place) const;
    bool take_namespace(NodeId id);

    // fields.cpp
    Type field(NodeId id, const Type& from, const std::string& name, Access access);
    Type item(const Node& node, const Type& from, const Type& key);
    void index(Node& node);
    std::string path(NodeId id);
    void facts(NodeId id, bool holds);

    // calls.cpp
    void call(Node& node);
    void unknown_function(const Node& node);
    void no_overload(const Node& node, const std::vector<Signature>& signatures,
                     const std::vector<Type>& given);

    Ast& ast_;
    const Env& env_;
    Findings& findings_;
    bool check_;
    std::size_t longest_name_ = 32;  ///< in bytes; at least that of the types' names
    std::vector<Local> locals_;
    std::vector<std::string> guarded_;  ///< paths that a has() ahead has made sure of
};

/// The type of a binary operator's result; nothing when the operands do not go together.
std::optional<Type> operate(Operator op, const Type& left, const Type& right);
std::string_view symbol(Operator op);
/// A type that both fit into.
Type common(const Type& a, const Type& b);

}  // namespace tappet::expr
