#include <algorithm>
#include <array>

#include "flow/compiler.hpp"
#include "flow/yaml_place.hpp"

namespace tappet::flow {
namespace {

Range first_key(const YamlNode& node) {
    return node.pairs.empty() ? node.range : node.pairs.front().key_range;
}

bool is_below(std::string_view pointer, std::string_view above) {
    return pointer.size() > above.size() && pointer.starts_with(above) && pointer[above.size()] == '/';
}

/// Whether a problem may be there only because what an expression will give is not known yet.
bool undecided(const SchemaProblem& problem, const Dynamic& dynamic) {
    static constexpr std::array<std::string_view, 9> kCertain{
        "required",      "additionalProperties", "unevaluatedProperties", "dependentRequired",
        "propertyNames", "minProperties",        "maxProperties",         "minItems",
        "maxItems"};
    for (const auto& [pointer, unused] : dynamic) {
        if (is_below(problem.pointer, pointer)) return true;
        if (problem.pointer == pointer &&
            std::find(kCertain.begin(), kCertain.end(), problem.keyword) == kCertain.end())
            return true;
        if (is_below(pointer, problem.pointer) &&
            std::find(kCertain.begin(), kCertain.end(), problem.keyword) == kCertain.end() &&
            problem.keyword != "type")
            return true;
    }
    return false;
}

/// The type that a schema's type asks for at a pointer; dyn where it does not say.
expr::Type type_at(const expr::Type& type, std::string_view pointer) {
    if (pointer.empty()) return type;
    const std::string_view whole = pointer;
    pointer.remove_prefix(1);
    const std::size_t next = pointer.find('/');
    const std::string part = pointer_part(pointer.substr(0, next));
    const std::string_view rest = next == std::string_view::npos ? std::string_view() : pointer.substr(next);
    switch (type.kind()) {
        case expr::Type::Kind::object: {
            const auto field = type.spec().fields.find(part);
            return field == type.spec().fields.end() ? expr::Type::dyn() : type_at(field->second.type, rest);
        }
        case expr::Type::Kind::map:
            return type_at(type.value(), rest);
        case expr::Type::Kind::list:
            return type_at(type.element(), rest);
        case expr::Type::Kind::one_of: {
            // Of a nullable object the object counts; where several shapes have members nothing is certain.
            const expr::Type* shape = nullptr;
            for (const expr::Type& option : type.options()) {
                if (option.is_dyn()) return option;
                if (option.kind() != expr::Type::Kind::object && option.kind() != expr::Type::Kind::map &&
                    option.kind() != expr::Type::Kind::list)
                    continue;
                if (shape) return expr::Type::dyn();
                shape = &option;
            }
            return shape ? type_at(*shape, whole) : expr::Type::dyn();
        }
        default:
            return expr::Type::dyn();
    }
}

/// Timestamps, durations and bytes leave an expression as text.
expr::Type as_json(const expr::Type& type) {
    switch (type.kind()) {
        case expr::Type::Kind::timestamp:
        case expr::Type::Kind::duration:
        case expr::Type::Kind::bytes:
            return expr::Type::of(expr::Type::Kind::string);
        case expr::Type::Kind::uint:
            return expr::Type::of(expr::Type::Kind::integer);
        default:
            return type;
    }
}

}  // namespace

std::shared_ptr<const Schema> compile_schema(Compiler& c, const YamlNode& node) {
    if (!node.is(YamlKind::mapping) && !node.is(YamlKind::boolean)) {
        c.findings.error(node.range, "wrong-type", "a JSON Schema is a map, such as { type: string }");
        return nullptr;
    }
    std::vector<Schema::CompileError> errors;
    auto schema = Schema::compile(to_value(node), errors);
    for (const auto& error : errors) {
        const YamlPlace place = locate(node, error.pointer);
        c.findings.error(
            place.node->range, "bad-schema",
            "this is no JSON Schema: " + (place.pair ? "`" + place.pair->key + "` " : "it ") + error.detail);
    }
    return schema;
}

void check_value(Compiler& c, const YamlNode& node, const Dynamic& dynamic, const Schema& schema,
                 std::string_view what, Range missing_at) {
    const std::string taker(what);
    for (const SchemaProblem& problem : schema.problems(to_value(node), 50)) {
        if (undecided(problem, dynamic)) continue;
        const YamlPlace place = locate(node, problem.pointer);
        if (!place.whole) {
            const Range at = place.node == &node && node.pairs.empty() ? missing_at : first_key(*place.node);
            c.findings.error(at, "missing-input", taker + " needs `" + place.missing + "`");
            continue;
        }
        const bool about_key = problem.keyword == "additionalProperties" ||
                               problem.keyword == "unevaluatedProperties" ||
                               problem.keyword == "propertyNames";
        if (about_key && place.pair) {
            c.findings.error(place.pair->key_range, "unknown-input",
                             taker + " takes no `" + place.pair->key + "`", problem.suggestion);
            continue;
        }
        c.findings.error(
            place.node->range, "wrong-input",
            (place.pair ? "`" + place.pair->key + "` of " : "the input of ") + taker + " " + problem.detail,
            problem.suggestion);
    }
    for (const auto& [pointer, expression] : dynamic) {
        const expr::Type wanted = type_at(schema.type(), pointer);
        const expr::Type given = as_json(expression.first);
        if (wanted.accepts(given)) continue;
        const YamlPlace place = locate(node, pointer);
        c.findings.error(expression.second, "wrong-type",
                         (place.pair ? "`" + place.pair->key + "` of " : "the input of ") + taker +
                             " must be " + wanted.text() + ", this expression gives " + given.text());
    }
}

}  // namespace tappet::flow
