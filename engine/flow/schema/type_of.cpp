#include <algorithm>
#include <set>

#include "flow/schema/node.hpp"

namespace tappet::flow {
namespace schema {
namespace {

using expr::Type;

/// Makes a Type of a node once; a node that holds itself is dyn inside itself.
class Typer {
public:
    Type of(const Node& node) {
        if (node.verdict != Verdict::check) return Type::dyn();
        if (auto known = made_.find(&node); known != made_.end()) return known->second;
        made_.emplace(&node, Type::dyn());
        Type type = make(node);
        made_[&node] = type;
        return type;
    }

private:
    Type make(const Node& node) {
        if (node.constant) return of_values({*node.constant});
        if (node.has_enum) return of_values(node.enumeration);
        std::vector<Type> parts;  // of the schemas that all apply
        parts.push_back(own(node));
        if (node.in_place) {
            if (node.in_place->ref) parts.push_back(of(*node.in_place->ref));
            for (const Node* part : node.in_place->all_of) parts.push_back(of(*part));
            for (const auto* options : {&node.in_place->any_of, &node.in_place->one_of}) {
                if (!options->empty()) parts.push_back(either(*options));
            }
        }
        return all(parts, node);
    }

    /// What the node's own `type` and its shape say.
    Type own(const Node& node) {
        std::uint8_t types = node.types;
        if (types == 0 && node.object && !node.object->properties.empty()) types = kObject;
        if (types == 0 && node.array && node.array->rest) types = kArray;
        std::vector<Type> options;
        if (types & kNull) options.push_back(Type::of(Type::Kind::null));
        if (types & kBoolean) options.push_back(Type::of(Type::Kind::boolean));
        if (types & kNumber) {
            options.push_back(Type::of(Type::Kind::number));
        } else if (types & kInteger) {
            options.push_back(Type::of(Type::Kind::integer));
        }
        if (types & kString) options.push_back(Type::of(Type::Kind::string));
        if (types & kArray) options.push_back(Type::list(element(node)));
        if (types & kObject) options.push_back(object(node));
        return options.size() == 1 ? options[0] : one_of(options);
    }

    Type element(const Node& node) {
        if (!node.array) return Type::dyn();
        const ArrayRules& rules = *node.array;
        if (rules.prefix.empty()) return rules.rest ? of(*rules.rest) : Type::dyn();
        std::vector<Type> options;
        for (const Node* item : rules.prefix) options.push_back(of(*item));
        if (!rules.rest) options.push_back(Type::dyn());
        if (rules.rest && rules.rest->verdict != Verdict::refuse) options.push_back(of(*rules.rest));
        return one_of(options);
    }

    Type object(const Node& node) {
        if (!node.object) return Type::map(Type::of(Type::Kind::string), Type::dyn());
        const ObjectRules& rules = *node.object;
        const bool refuses = rules.additional && rules.additional->verdict == Verdict::refuse;
        if (rules.properties.empty() && rules.patterns.empty() && !refuses) {
            return Type::map(Type::of(Type::Kind::string),
                             rules.additional ? of(*rules.additional) : Type::dyn());
        }
        Type::ObjectSpec spec;
        spec.closed = rules.patterns.empty() && (refuses || leaves_nothing(node));
        for (const Property& property : rules.properties) {
            Type::Field field;
            if (property.node) field.type = of(*property.node);
            field.optional = !property.required;
            spec.fields.emplace(property.name, std::move(field));
        }
        return Type::object(std::move(spec));
    }

    /// unevaluatedProperties: false, where no alternative could evaluate a name that is not seen here.
    static bool leaves_nothing(const Node& node) {
        if (!node.in_place || !node.in_place->unevaluated_properties) return false;
        const InPlaceRules& r = *node.in_place;
        return r.unevaluated_properties->verdict == Verdict::refuse && r.any_of.empty() && r.one_of.empty() &&
               !r.if_ && r.dependent.empty() && !r.dynamic_ref;
    }

    Type either(const std::vector<const Node*>& options) {
        std::vector<Type> types;
        for (const Node* option : options) types.push_back(of(*option));
        return one_of(types);
    }

    static Type one_of(const std::vector<Type>& types) {
        if (std::any_of(types.begin(), types.end(), [](const Type& t) { return t.is_dyn(); }))
            return Type::dyn();
        std::vector<Type> distinct;
        std::set<Type::Kind> scalars;
        for (const Type& type : types) {
            const bool scalar = type.kind() < Type::Kind::list;
            if (!scalar || scalars.insert(type.kind()).second) distinct.push_back(type);
        }
        return distinct.size() == 1 ? distinct[0] : Type::one_of(std::move(distinct));
    }

    static Type of_values(const std::vector<Value>& values) {
        std::vector<Type> types;
        for (const Value& value : values) {
            switch (value.kind()) {
                case Kind::null:
                    types.push_back(Type::of(Type::Kind::null));
                    break;
                case Kind::boolean:
                    types.push_back(Type::of(Type::Kind::boolean));
                    break;
                case Kind::integer:
                    types.push_back(Type::of(Type::Kind::integer));
                    break;
                case Kind::number:
                    types.push_back(Type::of(Type::Kind::number));
                    break;
                case Kind::string:
                    types.push_back(Type::of(Type::Kind::string));
                    break;
                default:
                    types.push_back(Type::dyn());
            }
        }
        return one_of(types);
    }

    /// Several types that hold at once: objects join their fields, otherwise the first that says something
    /// counts.
    static Type all(const std::vector<Type>& parts, const Node& node) {
        std::vector<const Type*> objects;
        const Type* first = nullptr;
        for (const Type& part : parts) {
            if (part.is_dyn()) continue;
            if (part.kind() == Type::Kind::object) objects.push_back(&part);
            if (!first || first->kind() == Type::Kind::map) first = &part;
        }
        if (!first) return Type::dyn();
        if (objects.empty() || first->kind() != Type::Kind::object) return *first;
        if (objects.size() == 1 && !leaves_nothing(node)) return *objects[0];
        Type::ObjectSpec spec;
        spec.closed = leaves_nothing(node) && (!node.object || node.object->patterns.empty());
        for (const Type* object : objects) {
            spec.closed |= object->spec().closed;
            for (const auto& [name, field] : object->spec().fields) {
                auto [it, fresh] = spec.fields.emplace(name, field);
                if (fresh) continue;
                it->second.optional &= field.optional;
                if (it->second.type.is_dyn()) it->second.type = field.type;
            }
        }
        return Type::object(std::move(spec));
    }

    std::unordered_map<const Node*, Type> made_;
};

}  // namespace

expr::Type type_of(const Node& root) { return Typer().of(root); }

}  // namespace schema

const expr::Type& Schema::type() const { return impl_->type; }

}  // namespace tappet::flow
