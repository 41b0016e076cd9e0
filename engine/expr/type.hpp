#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tappet::expr {

/// A static type, as far as the schemas tell. Immutable and shared; dyn where nothing is known.
class Type {
public:
    enum class Kind {
        dyn,
        null,
        boolean,
        integer,
        uint,
        number,
        string,
        bytes,
        timestamp,
        duration,
        type,
        list,
        map,
        object,
        optional,
        one_of
    };

    struct Field;
    /// Fields of an object by name. closed: naming any other field is an error; open: it is dyn.
    struct ObjectSpec {
        std::map<std::string, Field, std::less<>> fields;
        bool closed = false;
        std::string title;  ///< for messages: "trigger.body", "the results of core/http"
    };

    Type() = default;  ///< dyn
    static Type dyn() { return {}; }
    static Type of(Kind scalar) { return Type(scalar); }
    static Type list(Type element);
    static Type map(Type key, Type value);
    static Type object(ObjectSpec spec);
    static Type optional(Type inner);
    /// Any of several (a nullable field, a schema with two types); one_of({}) is dyn, nested ones are
    /// flattened.
    static Type one_of(std::vector<Type> options);

    Kind kind() const { return kind_; }
    bool is_dyn() const { return kind_ == Kind::dyn; }
    const Type& element() const;               ///< of list and optional
    const Type& key() const;                   ///< of map
    const Type& value() const;                 ///< of map
    const ObjectSpec& spec() const;            ///< of object
    const std::vector<Type>& options() const;  ///< of one_of

    /// "int", "list(string)", "map(string, dyn)", "object", "int or null".
    std::string text() const;
    /// Whether a value of type `from` may be used where this one is asked for: dyn fits both ways, int and
    /// double fit each other, one_of fits when any option does.
    bool accepts(const Type& from) const;

private:
    explicit Type(Kind kind) : kind_(kind) {}
    struct Shape;
    Kind kind_ = Kind::dyn;
    std::shared_ptr<const Shape> shape_;
};

struct Type::Field {
    Type type;
    bool optional =
        true;  ///< may be absent: naming it unguarded is fine for the checker but may fail at run time
    /// Set for a field that only some members of a union have (several triggers): an unguarded use is a
    /// warning that says this text, such as "only trigger `installed` has it".
    std::string only_some;
};

}  // namespace tappet::expr
