#pragma once
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "flow/schema/pattern.hpp"
#include "flow/schema/schema.hpp"

namespace tappet::flow::schema {

enum class Dialect { draft7, draft2020 };

/// The types of JSON as a set. An integer is also a number; a number without a fraction is also an integer.
enum TypeBit : std::uint8_t {
    kNull = 1,
    kBoolean = 2,
    kInteger = 4,
    kNumber = 8,
    kString = 16,
    kArray = 32,
    kObject = 64
};

struct Node;

/// A schema with an identity of its own: the document, or a part that has an `$id`.
struct Resource {
    std::string uri;      ///< absolute where `$id` makes it so, without a fragment
    std::string pointer;  ///< of its root, in the document
    Value root;
    Dialect dialect = Dialect::draft2020;
    std::map<std::string, Node*, std::less<>> anchors;
    std::map<std::string, Node*, std::less<>> dynamic_anchors;
};

/// A bound on a count; the defaults allow anything.
struct Span {
    std::size_t least = 0;
    std::size_t most = std::numeric_limits<std::size_t>::max();
    bool unbounded() const { return least == 0 && most == std::numeric_limits<std::size_t>::max(); }
};

struct NumberRules {
    std::optional<Value> minimum, maximum, exclusive_minimum, exclusive_maximum, multiple_of;
};

struct StringRules {
    Span length;  ///< in code points
    std::shared_ptr<const Pattern> pattern;
};

struct ArrayRules {
    Span size;
    bool unique = false;
    std::vector<const Node*> prefix;
    const Node* rest = nullptr;  ///< of the items after the prefix
    const Node* contains = nullptr;
    Span matches{1, std::numeric_limits<std::size_t>::max()};  ///< how many items must fit `contains`
    bool contains_evaluates = true;  ///< whether those count as evaluated (not in draft 7)
};

/// A name that a schema knows: by `properties`, by `required`, or both.
struct Property {
    std::string name;
    const Node* node = nullptr;  ///< null: it is only required
    bool required = false;
};

struct ObjectRules {
    Span size;
    std::vector<Property> properties;                           ///< in the order of the schema
    std::unordered_map<std::string_view, std::uint32_t> index;  ///< into properties; keys live in them
    std::size_t required = 0;                                   ///< how many of properties are
    std::vector<std::pair<std::shared_ptr<const Pattern>, const Node*>> patterns;
    const Node* additional = nullptr;
    const Node* names = nullptr;
    std::vector<std::pair<std::string, std::vector<std::string>>> dependent_required;

    const Property* find(std::string_view name) const {
        auto it = index.find(name);
        return it == index.end() ? nullptr : &properties[it->second];
    }
    /// Whether every entry must be looked at, not only the known names.
    bool each_entry() const { return additional || names || !patterns.empty(); }
};

/// Schemas that apply to the same value, and what is left over after them.
struct InPlaceRules {
    const Node* ref = nullptr;
    const Node* dynamic_ref = nullptr;  ///< where it leads when no scope says otherwise
    std::string dynamic_name;           ///< empty: it is a plain reference
    std::vector<const Node*> all_of, any_of, one_of;
    const Node* not_ = nullptr;
    const Node* if_ = nullptr;
    const Node* then_ = nullptr;
    const Node* else_ = nullptr;
    std::vector<std::pair<std::string, const Node*>> dependent;
    const Node* unevaluated_properties = nullptr;
    const Node* unevaluated_items = nullptr;
};

enum class Verdict : std::uint8_t { check, accept, refuse };

/// One compiled schema. Immutable once the document is compiled.
struct Node {
    Verdict verdict = Verdict::check;  ///< of the schemas true and false; {} is true
    std::uint8_t types = 0;            ///< TypeBit; 0: any
    bool may_default = false;          ///< a default stands somewhere below
    bool has_enum = false;
    std::vector<Value> enumeration;
    Value words;  ///< the strings among a long enumeration, as the keys of a map; null of a short one
    std::optional<Value> constant;
    std::unique_ptr<NumberRules> number;
    std::unique_ptr<StringRules> string;
    std::unique_ptr<ArrayRules> array;
    std::unique_ptr<ObjectRules> object;
    std::unique_ptr<InPlaceRules> in_place;
    std::optional<Value> fallback;  ///< `default`
    const Resource* resource = nullptr;
    std::string pointer;  ///< in the document
};

/// What an expression may expect of a value that fits the node.
expr::Type type_of(const Node& root);
/// The value with defaults filled in; the same where there is nothing to fill.
Value fill_defaults(const Node& root, const Value& value);

}  // namespace tappet::flow::schema

namespace tappet::flow {

/// The compiled document: owns nodes and resources, which point at each other.
struct Schema::Impl {
    Value source;
    std::vector<std::unique_ptr<schema::Node>> nodes;
    std::vector<std::unique_ptr<schema::Resource>> resources;
    const schema::Node* root = nullptr;
    bool has_dynamic = false;  ///< some $dynamicRef needs the scopes that led to it
    expr::Type type;           ///< what an expression may expect
};

}  // namespace tappet::flow
