#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "expr/value.hpp"

namespace tappet::app {

/// The type that a JSON Schema asks for, as people write it: `string`, `"a" | "b"`, `list of string`.
std::string type_of(const Value& schema);
/// What else it asks for: `0 to 50`, `at least 1 character, pattern ^a`; empty where that is nothing.
std::string bounds_of(const Value& schema);

/// A member of an object schema, at any depth. A view of the schema.
struct SchemaMember {
    std::string path;  ///< `to.street`, `items[].price`, `extra.*.a`
    const Value* schema = nullptr;
    bool required = false;  ///< where what holds it is there
};
/// The members in the order of the schema, those inside after what holds them; a few hundred at most.
std::vector<SchemaMember> members_of(const Value& schema);

}  // namespace tappet::app
