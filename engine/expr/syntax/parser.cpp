#include "expr/syntax/parser.hpp"

#include <limits>

#include "expr/reserved.hpp"

namespace tappet::expr {

std::optional<Ast> Parser::run() {
    if (findings_.has_errors()) return std::nullopt;
    try {
        ast_.root = expression();
        if (now().kind != TokenKind::end) unexpected("an operator");
        return std::move(ast_);
    } catch (const Broken&) {
        return std::nullopt;
    }
}

bool Parser::skip(std::string_view symbol) {
    if (!now().is(symbol)) return false;
    take();
    return true;
}

Span Parser::expect(std::string_view symbol, std::string_view where) {
    if (!now().is(symbol)) unexpected("\"" + std::string(symbol) + "\" " + std::string(where));
    return take().span;
}

void Parser::fail(Span at, std::string message, std::string suggestion) {
    findings_.error(at, "syntax", std::move(message), std::move(suggestion));
    throw Broken{};
}

void Parser::unexpected(std::string_view wanted) {
    const Token& token = now();
    const std::string want(wanted);
    if (token.kind == TokenKind::end) fail(token.span, "the expression ends where " + want + " is expected");
    if (token.is_word("and")) fail(token.span, "\"and\" is written \"&&\"", "&&");
    if (token.is_word("or")) fail(token.span, "\"or\" is written \"||\"", "||");
    fail(token.span, "unexpected \"" + std::string(token.text) + "\" where " + want + " is expected");
}

NodeId Parser::add(Node made) {
    if (ast_.nodes.size() >= options_.max_nodes) fail(made.span, "the expression has too many parts");
    ast_.nodes.push_back(std::move(made));
    return static_cast<NodeId>(ast_.nodes.size() - 1);
}

NodeId Parser::constant(Value value, Span span) {
    Node made;
    made.value = std::move(value);
    made.span = made.at = span;
    return add(std::move(made));
}

NodeId Parser::expression() {
    if (depth_ >= options_.max_depth) fail(now().span, "the expression is nested too deep");
    ++depth_;
    NodeId condition = logic(true);
    if (now().is("?")) {
        Node made;
        made.kind = NodeKind::choice;
        made.at = take().span;
        const NodeId then = logic(true);
        expect(":", "between the two results of \"?\"");
        const NodeId otherwise = expression();
        made.span = join(condition, otherwise);
        made.children = {condition, then, otherwise};
        condition = add(std::move(made));
    }
    --depth_;
    return condition;
}

NodeId Parser::logic(bool any) {
    const NodeId first = any ? logic(false) : relation();
    const std::string_view symbol = any ? "||" : "&&";
    if (!now().is(symbol)) return first;
    Node made;
    made.kind = any ? NodeKind::logic_or : NodeKind::logic_and;
    made.at = now().span;
    made.children.push_back(first);
    while (skip(symbol)) made.children.push_back(any ? logic(false) : relation());
    made.span = join(first, made.children.back());
    return add(std::move(made));
}

NodeId Parser::binary(Operator op, NodeId left, NodeId right, Span at) {
    Node made;
    made.kind = NodeKind::binary;
    made.op = op;
    made.at = at;
    made.span = join(left, right);
    made.children = {left, right};
    return add(std::move(made));
}

NodeId Parser::relation() {
    struct Entry {
        std::string_view text;
        Operator op;
    };
    static constexpr Entry kRelations[] = {{"==", Operator::equal},  {"!=", Operator::not_equal},
                                           {"<", Operator::less},    {"<=", Operator::less_equal},
                                           {">", Operator::greater}, {">=", Operator::greater_equal}};
    NodeId left = sum();
    for (;;) {
        const Entry* found = nullptr;
        for (const Entry& entry : kRelations)
            if (now().is(entry.text)) found = &entry;
        if (!found && !now().is_word("in")) return left;
        const Span at = take().span;
        const NodeId right = sum();
        left = binary(found ? found->op : Operator::in, left, right, at);
    }
}

NodeId Parser::sum() {
    NodeId left = product();
    while (now().is("+") || now().is("-")) {
        const Token token = take();
        const NodeId right = product();
        left = binary(token.text == "+" ? Operator::add : Operator::subtract, left, right, token.span);
    }
    return left;
}

NodeId Parser::product() {
    NodeId left = unary();
    while (now().is("*") || now().is("/") || now().is("%")) {
        const Token token = take();
        const Operator op = token.text == "*"   ? Operator::multiply
                            : token.text == "/" ? Operator::divide
                                                : Operator::modulo;
        const NodeId right = unary();
        left = binary(op, left, right, token.span);
    }
    return left;
}

NodeId Parser::unary() {
    std::vector<Token> signs;
    while (now().is("!") || now().is("-")) {
        const bool number_follows = next().kind == TokenKind::integer ||
                                    (next().kind == TokenKind::literal && next().value.is(Kind::number));
        if (now().is("-") && number_follows) break;
        signs.push_back(take());
    }
    NodeId operand = member();
    for (; !signs.empty(); signs.pop_back()) {
        Node made;
        made.kind = signs.back().text == "!" ? NodeKind::invert : NodeKind::negate;
        made.at = signs.back().span;
        made.span = {made.at.begin, node(operand).span.end};
        made.children = {operand};
        operand = add(std::move(made));
    }
    return operand;
}

NodeId Parser::member() {
    NodeId target = primary();
    for (;;) {
        if (now().is("."))
            target = after_dot(target);
        else if (now().is("["))
            target = after_bracket(target);
        else if (now().is("{") &&
                 (node(target).kind == NodeKind::name || node(target).kind == NodeKind::select))
            fail(now().span, "messages cannot be built; a map is written {\"name\": value}");
        else
            return target;
    }
}

NodeId Parser::after_dot(NodeId target) {
    Node made;
    made.kind = NodeKind::select;
    take();
    if (options_.optional_syntax && skip("?")) made.kind = NodeKind::optional_select;
    const Token token = now();
    if (token.kind != TokenKind::name && token.kind != TokenKind::quoted_name)
        unexpected("the name of a field");
    if (token.kind == TokenKind::name && is_literal_word(token.text))
        fail(token.span, "\"" + std::string(token.text) + "\" cannot follow a dot; write [\"" +
                             std::string(token.text) + "\"]");
    take();
    if (token.kind == TokenKind::name && made.kind == NodeKind::select && now().is("("))
        return call(target, std::string(token.text), token.span, arguments());
    made.name = token.text;
    made.at = token.span;
    made.span = {node(target).span.begin, token.span.end};
    made.children = {target};
    return add(std::move(made));
}

NodeId Parser::after_bracket(NodeId target) {
    Node made;
    made.kind = NodeKind::index;
    take();
    if (options_.optional_syntax && skip("?")) made.kind = NodeKind::optional_index;
    const NodeId key = expression();
    made.at = node(key).span;
    made.span = {node(target).span.begin, expect("]", "after an index").end};
    made.children = {target, key};
    return add(std::move(made));
}

std::vector<NodeId> Parser::arguments() {
    std::vector<NodeId> out;
    expect("(", "before the arguments");
    if (skip(")")) return out;
    do out.push_back(expression());
    while (skip(","));
    expect(")", "after the arguments");
    return out;
}

NodeId Parser::primary() {
    const Token token = now();
    if (token.kind == TokenKind::integer) return number(false);
    if (token.is("-")) return number(true);
    if (token.kind == TokenKind::literal) return constant(take().value, token.span);
    if (token.is("[")) return list();
    if (token.is("{")) return map();
    if (skip("(")) {
        const NodeId inner = expression();
        const Span end = expect(")", "to close the parenthesis");
        node(inner).span = {token.span.begin, end.end};
        return inner;
    }
    const bool rooted = skip(".");
    if (now().kind != TokenKind::name) unexpected("a value");
    const Token name = take();
    if (!rooted) {
        if (name.text == "true" || name.text == "false")
            return constant(Value::boolean(name.text == "true"), name.span);
        if (name.text == "null") return constant(Value::null(), name.span);
    }
    if (is_keyword(name.text))
        fail(name.span, "\"" + std::string(name.text) + "\" is a reserved word of CEL");
    if (now().is("(")) return call(std::nullopt, std::string(name.text), name.span, arguments());
    Node made;
    made.kind = NodeKind::name;
    made.name = name.text;
    made.rooted = rooted;
    made.at = name.span;
    made.span = {token.span.begin, name.span.end};
    return add(std::move(made));
}

NodeId Parser::number(bool negative) {
    Span span = now().span;
    if (negative) take();
    const Token token = take();
    span.end = token.span.end;
    if (token.value.is(Kind::number)) return constant(Value::number(-token.value.as_number()), span);
    constexpr std::uint64_t kMax = std::numeric_limits<std::int64_t>::max();
    const std::uint64_t magnitude = token.value.as_uint();
    if (magnitude > kMax + (negative ? 1 : 0)) fail(span, "a whole number beyond 64 bits");
    return constant(Value::integer(static_cast<std::int64_t>(negative ? 0 - magnitude : magnitude)), span);
}

NodeId Parser::list() {
    Node made;
    made.kind = NodeKind::list;
    made.at = take().span;
    bool marked = false;
    while (!now().is("]")) {
        const bool optional = options_.optional_syntax && skip("?");
        marked = marked || optional;
        made.optional.push_back(optional);
        made.children.push_back(expression());
        if (!skip(",")) break;
    }
    if (!marked) made.optional.clear();
    made.span = {made.at.begin, expect("]", "at the end of the list").end};
    return add(std::move(made));
}

NodeId Parser::map() {
    Node made;
    made.kind = NodeKind::map;
    made.at = take().span;
    bool marked = false;
    while (!now().is("}")) {
        const bool optional = options_.optional_syntax && skip("?");
        marked = marked || optional;
        made.optional.push_back(optional);
        const NodeId key = expression();
        if (now().is("}") || now().is(",")) {
            const Span at = node(key).span;
            fail(at, "an entry of a map needs a value: {\"name\": value}");
        }
        expect(":", "after the key of a map");
        made.children.push_back(key);
        made.children.push_back(expression());
        if (!skip(",")) break;
    }
    if (!marked) made.optional.clear();
    made.span = {made.at.begin, expect("}", "at the end of the map").end};
    return add(std::move(made));
}

}  // namespace tappet::expr
