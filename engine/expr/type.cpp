#include "expr/type.hpp"

#include <algorithm>

namespace tappet::expr {

struct Type::Shape {
    Type first;   ///< element, inner, or a map's key
    Type second;  ///< a map's value
    ObjectSpec object;
    std::vector<Type> options;
    void hold(Type& place, Type inner);
    std::size_t depth = 1;  ///< of lists, maps and optionals in each other
};

namespace {

const Type& dyn_type() {
    static const Type type;
    return type;
}

// A type that is deeper, or a choice between more, is known as dyn only: what walks over types stays bounded.
constexpr std::size_t kMaxDepth = 64;
constexpr std::size_t kMaxOptions = 32;

bool is_real(Type::Kind kind) { return kind == Type::Kind::integer || kind == Type::Kind::number; }

}  // namespace

void Type::Shape::hold(Type& place, Type inner) {
    const std::size_t below = inner.shape_ ? inner.shape_->depth : 0;
    if (below >= kMaxDepth) return;  // stays dyn
    depth = std::max(depth, below + 1);
    place = std::move(inner);
}

Type Type::list(Type element) {
    Type out(Kind::list);
    auto shape = std::make_shared<Shape>();
    shape->hold(shape->first, std::move(element));
    out.shape_ = std::move(shape);
    return out;
}

Type Type::map(Type key, Type value) {
    Type out(Kind::map);
    auto shape = std::make_shared<Shape>();
    shape->hold(shape->first, std::move(key));
    shape->hold(shape->second, std::move(value));
    out.shape_ = std::move(shape);
    return out;
}

Type Type::object(ObjectSpec spec) {
    Type out(Kind::object);
    auto shape = std::make_shared<Shape>();
    shape->object = std::move(spec);
    out.shape_ = std::move(shape);
    return out;
}

Type Type::optional(Type inner) {
    Type out = list(std::move(inner));
    out.kind_ = Kind::optional;
    return out;
}

Type Type::one_of(std::vector<Type> options) {
    std::vector<Type> flat;
    const auto add = [&](const Type& type) {
        const bool scalar = !type.shape_;
        const bool known = scalar && std::any_of(flat.begin(), flat.end(), [&](const Type& other) {
                               return other.kind_ == type.kind_;
                           });
        if (!known) flat.push_back(type);
    };
    for (const Type& option : options) {
        if (option.is_dyn()) return dyn();
        if (option.kind_ != Kind::one_of)
            add(option);
        else
            for (const Type& inner : option.options()) add(inner);
    }
    if (flat.empty() || flat.size() > kMaxOptions) return dyn();
    if (flat.size() == 1) return flat.front();
    Type out(Kind::one_of);
    auto shape = std::make_shared<Shape>();
    for (const Type& option : flat)
        if (option.shape_) shape->depth = std::max(shape->depth, option.shape_->depth);
    shape->options = std::move(flat);
    out.shape_ = std::move(shape);
    return out;
}

const Type& Type::element() const {
    return kind_ == Kind::list || kind_ == Kind::optional ? shape_->first : dyn_type();
}
const Type& Type::key() const { return kind_ == Kind::map ? shape_->first : dyn_type(); }
const Type& Type::value() const { return kind_ == Kind::map ? shape_->second : dyn_type(); }

const Type::ObjectSpec& Type::spec() const {
    static const ObjectSpec none;
    return kind_ == Kind::object ? shape_->object : none;
}

const std::vector<Type>& Type::options() const {
    static const std::vector<Type> none;
    return kind_ == Kind::one_of ? shape_->options : none;
}

std::string Type::text() const {
    switch (kind_) {
        case Kind::dyn:
            return "dyn";
        case Kind::null:
            return "null";
        case Kind::boolean:
            return "bool";
        case Kind::integer:
            return "int";
        case Kind::uint:
            return "uint";
        case Kind::number:
            return "double";
        case Kind::string:
            return "string";
        case Kind::bytes:
            return "bytes";
        case Kind::timestamp:
            return "timestamp";
        case Kind::duration:
            return "duration";
        case Kind::type:
            return "type";
        case Kind::list:
            return "list(" + element().text() + ")";
        case Kind::map:
            return "map(" + key().text() + ", " + value().text() + ")";
        case Kind::object:
            return "object";
        case Kind::optional:
            return "optional(" + element().text() + ")";
        case Kind::one_of:
            break;
    }
    std::string out;
    const auto& all = options();
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (i > 0) out += i + 1 == all.size() ? " or " : ", ";
        out += all[i].text();
    }
    return out;
}

bool Type::accepts(const Type& from) const {
    if (is_dyn() || from.is_dyn()) return true;
    const auto& offered = from.options();
    if (from.kind_ == Kind::one_of)
        return std::any_of(offered.begin(), offered.end(),
                           [&](const Type& option) { return accepts(option); });
    const auto& asked = options();
    if (kind_ == Kind::one_of)
        return std::any_of(asked.begin(), asked.end(),
                           [&](const Type& option) { return option.accepts(from); });
    if (is_real(kind_) && is_real(from.kind_)) return true;
    if (kind_ == Kind::map && from.kind_ == Kind::object) return key().accepts(of(Kind::string));
    if (kind_ == Kind::object && from.kind_ == Kind::map) return from.key().accepts(of(Kind::string));
    if (kind_ != from.kind_) return false;
    switch (kind_) {
        case Kind::list:
        case Kind::optional:
            return element().accepts(from.element());
        case Kind::map:
            return key().accepts(from.key()) && value().accepts(from.value());
        default:
            return true;
    }
}

}  // namespace tappet::expr
