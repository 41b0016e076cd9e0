#include "flow/template.hpp"

#include <algorithm>

#include "expr/json.hpp"
#include "expr/text.hpp"
#include "flow/template_node.hpp"

namespace tappet::flow {
namespace {

using Node = Template::Node;

TemplateResult failed(std::string message, Position at) {
    TemplateResult out;
    out.error = {"line " + std::to_string(at.line) + ", column " + std::to_string(at.column) + ": " +
                     std::move(message),
                 at};
    return out;
}

TemplateResult succeeded(Value value) {
    TemplateResult out;
    out.ok = true;
    out.value = std::move(value);
    return out;
}

TemplateResult run_json(const Expression& expression, const expr::Activation& activation) {
    TemplateResult out = expression.evaluate(activation);
    if (!out.ok) return out;
    auto json = to_json_value(out.value);
    if (!json)
        return failed("the result cannot be written as JSON: " + json.error().message, expression.position);
    out.value = std::move(*json);
    return out;
}

/// Appends what one part of a mixed text renders as; false for what has no text.
bool append_text(std::string& out, const Value& value) {
    switch (value.kind()) {
        case Kind::string:
            out += value.as_string();
            return true;
        case Kind::boolean:
            out += value.as_boolean() ? "true" : "false";
            return true;
        case Kind::integer:
            out += std::to_string(value.as_integer());
            return true;
        case Kind::uint:
            out += std::to_string(value.as_uint());
            return true;
        case Kind::number:
            out += number_text(value.as_number());
            return true;
        default:
            return false;
    }
}

TemplateResult evaluate_text(const Node& node, const expr::Activation& activation) {
    std::string text;
    bool secret = false;
    for (const Node& part : node.children) {
        if (part.kind == Node::Kind::literal) {
            text += part.literal.as_string();
            continue;
        }
        TemplateResult result = run_json(*part.expression, activation);
        if (!result.ok) return result;
        if (!append_text(text, result.value))
            return failed((result.value.is_null() ? "null" : "a " + std::string(type_name(result.value))) +
                              " cannot stand in the middle of a text",
                          part.expression->position);
        secret = secret || result.value.holds_secret();
    }
    Value value = Value::string(text);
    return succeeded(secret ? value.as_secret() : value);
}

TemplateResult evaluate_node(const Node& node, const expr::Activation& activation) {
    switch (node.kind) {
        case Node::Kind::literal:
            return succeeded(node.literal);
        case Node::Kind::expression:
            return run_json(*node.expression, activation);
        case Node::Kind::text:
            return evaluate_text(node, activation);
        case Node::Kind::list: {
            std::vector<Value> items;
            items.reserve(node.children.size());
            for (const Node& child : node.children) {
                TemplateResult result = evaluate_node(child, activation);
                if (!result.ok) return result;
                items.push_back(std::move(result.value));
            }
            return succeeded(Value::list(std::move(items)));
        }
        case Node::Kind::map: {
            std::vector<MapEntry> entries;
            entries.reserve(node.children.size());
            for (std::size_t i = 0; i < node.children.size(); ++i) {
                TemplateResult result = evaluate_node(node.children[i], activation);
                if (!result.ok) return result;
                entries.push_back({node.keys[i], std::move(result.value)});
            }
            return succeeded(Value::map(std::move(entries)));
        }
    }
    return succeeded({});
}

}  // namespace

Template Template::literal(Value value) {
    auto node = std::make_shared<Node>();
    node->literal = std::move(value);
    return Template(std::move(node));
}

Template Template::expression(expr::Program program, Position position) {
    auto node = std::make_shared<Node>();
    node->kind = Node::Kind::expression;
    node->expression = Expression{std::move(program), position};
    return Template(std::move(node));
}

TemplateResult Template::evaluate(const expr::Activation& activation) const {
    return root_ ? evaluate_node(*root_, activation) : succeeded({});
}

std::optional<Value> Template::constant() const {
    if (!root_) return Value::null();
    if (root_->kind != Node::Kind::literal) return std::nullopt;
    return root_->literal;
}

TemplateResult Expression::evaluate(const expr::Activation& activation) const {
    expr::EvalResult result = program.run(activation);
    if (result.ok) return succeeded(std::move(result.value));
    Position at = position;
    if (places)
        at = places->at(std::min(result.error.begin, places->size() - 1));
    else
        at.column += static_cast<std::uint32_t>(result.error.begin);
    return failed(std::move(result.error.message), at);
}

}  // namespace tappet::flow
