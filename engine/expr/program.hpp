#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "expr/type.hpp"
#include "expr/value.hpp"

namespace tappet::expr {

/// Something to say about an expression, positioned inside it.
struct Finding {
    enum class Severity { error, warning };
    Severity severity = Severity::error;
    std::string code;  ///< stable, kebab-case: "unknown-name", "no-such-field", "no-overload", "syntax", …
    std::string message;     ///< one sentence, without the position
    std::string suggestion;  ///< "did you mean" replacement for the marked text; empty when there is none
    std::size_t begin = 0;   ///< code points from the start of the expression's text, from 0
    std::size_t end = 0;     ///< one past the last; at least begin + 1
};

/// The names an expression may use. A name may be qualified ("stepResults.a.results"): the longest declared
/// prefix of a chain of selections wins (CEL name resolution), the rest are field selections. Slots are
/// numbered in order of declaration and are what an Activation is asked for.
class Env {
public:
    struct Variable {
        std::string name;
        Type type;
        std::string
            denied;  ///< when set, using the name is an error that says this ("secrets may be used in …")
        std::string warning;  ///< when set, using it is a warning that says this
    };
    Env() = default;
    explicit Env(std::string container) : container_(std::move(container)) {}

    /// Returns the slot. A name declared again hides the earlier one.
    std::uint32_t declare(std::string name, Type type);
    std::uint32_t declare(Variable variable);
    const std::vector<Variable>& variables() const { return variables_; }
    /// The latest slot of a name, if declared.
    std::optional<std::uint32_t> find(std::string_view name) const;
    const std::string& container() const { return container_; }

private:
    std::vector<Variable> variables_;
    std::map<std::string, std::uint32_t, std::less<>> slots_;  ///< the latest slot of each name
    std::string container_;
};

/// Gives values to variables while a Program runs.
class Activation {
public:
    virtual ~Activation() = default;
    /// The value of a slot, or nothing when it is not there now (the expression then fails with "no such …").
    virtual std::optional<Value> get(std::uint32_t slot) const = 0;
    /// Why a map lacks a key, where more is to be said than "no such key"; the expression fails with it.
    virtual std::optional<std::string> why_absent(const Value& /*map*/, const Value& /*key*/) const {
        return std::nullopt;
    }
};

struct EvalError {
    std::string message;  ///< "no such key: companyId", "division by zero", "cost budget of 100000 exceeded"
    std::size_t begin = 0;  ///< code points inside the expression, as in Finding
    std::size_t end = 0;
};

struct EvalResult {
    bool ok = false;
    Value value;
    EvalError error;
};

struct EvalLimits {
    /// Units of work: about one per operator or call, plus one per 10 bytes or per item that a function walks
    /// over. A flow's expression that needs more fails; 1,000,000 takes about 50 ms.
    std::uint64_t cost = 1'000'000;
    /// Bytes a single string, bytes or list result may reach.
    std::uint64_t bytes = 64u << 20;
};

/// A compiled expression. Immutable; may run on any thread, many at a time.
class Program {
public:
    struct Impl;
    explicit Program(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

    EvalResult run(const Activation& activation, const EvalLimits& limits = {}) const;

    const Type& type() const;                         ///< of the result, as checked
    const std::vector<std::uint32_t>& slots() const;  ///< the variables it may read, ascending, each once
    const std::string& text() const;                  ///< the source
    std::optional<Value> constant() const;  ///< its value when it is a constant (folded at compile time)

private:
    std::shared_ptr<const Impl> impl_;
};

struct CompileOptions {
    /// Type-check and resolve names now. When off, unknown names and functions and operands of wrong types
    /// fail at run time only, where the expression reaches them (CEL's unchecked evaluation).
    bool check = true;
    bool macros = true;
    bool optional_syntax = true;         ///< a.?b, a[?b], {?"k": v}, optional.of, orValue
    std::size_t max_length = 64 * 1024;  ///< bytes of source
    std::size_t max_depth = 128;         ///< nesting
    std::size_t max_nodes = 20'000;
};

struct Compiled {
    std::optional<Program> program;  ///< absent when any finding is an error
    std::vector<Finding> findings;   ///< errors and warnings, in order of position
};

/// Lexes, parses, checks and compiles one CEL expression (google/cel-spec), without the surrounding ${{ }}.
/// Every finding at once as far as parsing allows. Pure; never throws for bad input.
Compiled compile(std::string_view source, const Env& env, const CompileOptions& options = {});

/// CEL keywords, reserved words, built-in function and type names: what may not be an identifier of ours.
bool is_reserved(std::string_view word);

}  // namespace tappet::expr
