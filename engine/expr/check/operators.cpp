#include "expr/check/checker.hpp"

namespace tappet::expr {
namespace {

using K = Type::Kind;

bool is_number(K kind) { return kind == K::integer || kind == K::uint || kind == K::number; }

std::optional<Type> both(const Type& a, const Type& b, K kind) {
    if (a.kind() == kind && b.kind() == kind) return Type::of(kind);
    return std::nullopt;
}

/// int and double mix to double; uint stays with uint.
std::optional<Type> numbers(const Type& a, const Type& b) {
    if (a.kind() == b.kind() && is_number(a.kind())) return a;
    const bool mixed =
        is_number(a.kind()) && is_number(b.kind()) && a.kind() != K::uint && b.kind() != K::uint;
    return mixed ? std::optional(Type::of(K::number)) : std::nullopt;
}

std::optional<Type> add(const Type& a, const Type& b) {
    if (auto type = numbers(a, b)) return type;
    for (const K kind : {K::string, K::bytes, K::duration})
        if (auto type = both(a, b, kind)) return type;
    const bool a_point = a.kind() == K::timestamp, b_point = b.kind() == K::timestamp;
    if ((a_point && b.kind() == K::duration) || (a.kind() == K::duration && b_point))
        return Type::of(K::timestamp);
    if (a.kind() == K::list && b.kind() == K::list) return Type::list(common(a.element(), b.element()));
    return std::nullopt;
}

std::optional<Type> subtract(const Type& a, const Type& b) {
    if (auto type = numbers(a, b)) return type;
    if (a.kind() == K::timestamp && b.kind() == K::timestamp) return Type::of(K::duration);
    if (a.kind() == K::timestamp && b.kind() == K::duration) return a;
    return both(a, b, K::duration);
}

/// Whether an operand of this type can stand beside one of which nothing is known.
bool can(Operator op, K kind) {
    switch (op) {
        case Operator::add:
            return is_number(kind) || kind == K::string || kind == K::bytes || kind == K::list ||
                   kind == K::timestamp || kind == K::duration;
        case Operator::subtract:
            return is_number(kind) || kind == K::timestamp || kind == K::duration;
        case Operator::multiply:
        case Operator::divide:
        case Operator::modulo:
            return is_number(kind);
        default:
            return is_number(kind) || kind == K::boolean || kind == K::string || kind == K::bytes ||
                   kind == K::timestamp || kind == K::duration;
    }
}

std::optional<Type> beside_dyn(Operator op, const Type& known) {
    if (known.is_dyn()) return Type::dyn();
    if (!can(op, known.kind())) return std::nullopt;
    if (op == Operator::add && (known.kind() == K::string || known.kind() == K::bytes)) return known;
    if (op == Operator::add && known.kind() == K::list) return Type::list(Type::dyn());
    return Type::dyn();
}

bool comparable(const Type& a, const Type& b) {
    if (a.kind() == K::null || b.kind() == K::null) return true;
    if (is_number(a.kind()) && is_number(b.kind())) return true;
    return a.accepts(b) || b.accepts(a);
}

bool inside(const Type& item, const Type& in) {
    switch (in.kind()) {
        case K::dyn:
            return true;
        case K::list:
            return operate(Operator::equal, item, in.element()).has_value();
        case K::map:
            return operate(Operator::equal, item, in.key()).has_value();
        case K::object:
            return Type::of(K::string).accepts(item);
        default:
            return false;
    }
}

std::optional<Type> operate_plain(Operator op, const Type& a, const Type& b) {
    const Type yes = Type::of(K::boolean);
    if (op == Operator::equal || op == Operator::not_equal)
        return comparable(a, b) ? std::optional(yes) : std::nullopt;
    if (op == Operator::in) return inside(a, b) ? std::optional(yes) : std::nullopt;
    if (op >= Operator::less) {
        const bool known = (a.is_dyn() || can(op, a.kind())) && (b.is_dyn() || can(op, b.kind()));
        const bool alike =
            a.is_dyn() || b.is_dyn() || a.kind() == b.kind() || (is_number(a.kind()) && is_number(b.kind()));
        return known && alike ? std::optional(yes) : std::nullopt;
    }
    if (a.is_dyn() || b.is_dyn()) return beside_dyn(op, a.is_dyn() ? b : a);
    switch (op) {
        case Operator::add:
            return add(a, b);
        case Operator::subtract:
            return subtract(a, b);
        case Operator::modulo: {
            // A schema's "number" may well be a whole one when it comes.
            const auto type = numbers(a, b);
            return type && type->kind() == K::number ? std::optional(Type::of(K::integer)) : type;
        }
        default:
            return numbers(a, b);
    }
}

}  // namespace

std::optional<Type> operate(Operator op, const Type& left, const Type& right) {
    const bool choice = left.kind() == K::one_of || right.kind() == K::one_of;
    if (!choice) return operate_plain(op, left, right);
    const std::vector<Type> lefts = left.kind() == K::one_of ? left.options() : std::vector<Type>{left};
    const std::vector<Type> rights = right.kind() == K::one_of ? right.options() : std::vector<Type>{right};
    std::vector<Type> results;
    for (const Type& a : lefts)
        for (const Type& b : rights)
            if (auto type = operate_plain(op, a, b)) results.push_back(*type);
    if (results.empty()) return std::nullopt;
    return Type::one_of(std::move(results));
}

std::string_view symbol(Operator op) {
    static constexpr std::string_view kSymbols[] = {
        "+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "in"};
    return kSymbols[static_cast<std::size_t>(op)];
}

Type common(const Type& a, const Type& b) {
    if (a.is_dyn() || b.is_dyn()) return Type::dyn();
    if (a.kind() == b.kind()) {
        switch (a.kind()) {
            case K::list:
                return Type::list(common(a.element(), b.element()));
            case K::optional:
                return Type::optional(common(a.element(), b.element()));
            case K::map:
                return Type::map(common(a.key(), b.key()), common(a.value(), b.value()));
            case K::object:
                return Type::dyn();
            case K::one_of:
                return a.options().size() + b.options().size() > 16 ? Type::dyn() : Type::one_of({a, b});
            default:
                return a;
        }
    }
    if (a.kind() != K::uint && b.kind() != K::uint && is_number(a.kind()) && is_number(b.kind()))
        return Type::of(K::number);
    if (a.options().size() + b.options().size() > 16) return Type::dyn();
    return Type::one_of({a, b});
}

}  // namespace tappet::expr
