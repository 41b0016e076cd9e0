#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "expr/type.hpp"
#include "expr/value.hpp"

namespace tappet::flow {

/// One place where a value breaks a schema.
struct SchemaProblem {
    std::string pointer;     ///< JSON pointer (RFC 6901) into the value; "" is the whole
    std::string detail;      ///< "is required", "must be a string, is a number"
    std::string keyword;     ///< the schema keyword that failed
    std::string suggestion;  ///< for an enum or an unknown property: the closest that is allowed
};

/// A JSON Schema (2020-12, and draft 7 where `$schema` says so), compiled once. Immutable, any thread.
/// $ref reaches into the same document only ($defs, definitions, anchors, ids); `pattern` is RE2.
class Schema {
public:
    struct Impl;
    struct CompileError {
        std::string pointer;  ///< into the schema
        std::string detail;
    };
    /// Compiles; on errors the schema is null and `errors` says why.
    static std::shared_ptr<const Schema> compile(const Value& schema, std::vector<CompileError>& errors);

    bool accepts(const Value& value) const;
    /// Every problem, at most `limit`.
    std::vector<SchemaProblem> problems(const Value& value, std::size_t limit = 20) const;
    /// The value with `default`s filled into absent object members, at any depth; the same value where none
    /// is missing.
    Value with_defaults(const Value& value) const;
    /// As far as the schema tells; for the expression checker.
    const expr::Type& type() const;
    const Value& json() const;  ///< the source

    explicit Schema(std::unique_ptr<const Impl> impl);
    ~Schema();

private:
    std::unique_ptr<const Impl> impl_;
};

}  // namespace tappet::flow
