#include <algorithm>

#include "flow/compiler.hpp"
#include "flow/template_text.hpp"

namespace tappet::flow {
namespace {

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}
bool begins_code_point(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

std::size_t code_points(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_code_point));
}

/// The names in `secrets.NAME`, outside strings.
std::vector<std::string> secret_names(std::string_view text) {
    std::vector<std::string> names;
    constexpr std::string_view kPrefix = "secrets";
    for (std::size_t at = 0; at < text.size();) {
        if (const std::size_t after = skip_cel_string(text, at); after != at) {
            at = after;
            continue;
        }
        const bool begins = at == 0 || (!is_word(text[at - 1]) && text[at - 1] != '.');
        if (!begins || !text.substr(at).starts_with(kPrefix)) {
            ++at;
            continue;
        }
        at += kPrefix.size();
        while (at < text.size() && (text[at] == ' ' || text[at] == '\n')) ++at;
        if (at >= text.size() || text[at] != '.') continue;
        ++at;
        while (at < text.size() && (text[at] == ' ' || text[at] == '\n' || text[at] == '?')) ++at;
        const std::size_t begin = at;
        while (at < text.size() && is_word(text[at])) ++at;
        if (at > begin) names.emplace_back(text.substr(begin, at - begin));
    }
    return names;
}

/// Declares the secrets that an expression names, as this place may use them.
void declare_secrets(Compiler& c, std::string_view text, SecretUse use) {
    for (const std::string& name : secret_names(text)) {
        std::string denied, warning;
        if (use == SecretUse::denied)
            denied = "a secret may be used in `with`, `verify` and `notify` only";
        else if (c.options.secret_is_set && !c.options.secret_is_set(name))
            warning = "secret `" + name + "` is not set: set TAPPET_SECRET_" + name;
        const std::string said = denied + "|" + warning;
        const auto known = c.secrets.find(name);
        if (known != c.secrets.end() && known->second == said) continue;
        c.secrets[name] = said;
        c.reach.set_secret(name, denied, warning);
    }
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r\n";
    const std::size_t begin = text.find_first_not_of(kSpace);
    if (begin == std::string_view::npos) return text.substr(0, 0);
    return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

/// Finds the places of a scalar's characters when the first finding asks for them.
class Places {
public:
    Places(const Compiler& c, const YamlNode& scalar) : c_(c), scalar_(scalar) {}
    Position at(std::size_t code_point) {
        if (places_.empty()) places_ = text_positions(c_.source, scalar_);
        if (places_.empty()) return scalar_.range.begin;
        return places_[std::min(code_point, places_.size() - 1)];
    }
    /// The end of a range whose last character is just before `code_point`: where the next one begins, or
    /// just after it when that is on another line.
    Position end(std::size_t code_point) {
        if (code_point == 0) return at(0);
        Position last = at(code_point - 1);
        const Position next = at(code_point);
        if (next.line == last.line && next.column > last.column) return next;
        ++last.column;
        return last;
    }

private:
    const Compiler& c_;
    const YamlNode& scalar_;
    std::vector<Position> places_;
};

/// The places of a text's characters, unless they stand side by side.
std::shared_ptr<const std::vector<Position>> scattered(Places& places, std::size_t begin, std::size_t count) {
    std::vector<Position> out;
    bool apart = false;
    for (std::size_t i = 0; i < count; ++i) {
        out.push_back(places.at(begin + i));
        const Position beside{out.front().line, out.front().column + static_cast<std::uint32_t>(i)};
        apart = apart || out.back() != beside;
    }
    return apart ? std::make_shared<const std::vector<Position>>(std::move(out)) : nullptr;
}

/// Compiles one expression that stands at `offset` bytes in a scalar's text.
std::optional<Expression> compile_at(Compiler& c, const YamlNode& scalar, std::string_view written,
                                     std::size_t offset, SecretUse secrets, Places& places) {
    const std::string_view text = trimmed(written);
    offset += text.empty() ? 0 : static_cast<std::size_t>(text.data() - written.data());
    declare_secrets(c, text, secrets);
    expr::Compiled compiled = expr::compile(text, c.reach.env());
    const std::size_t base = code_points(std::string_view(scalar.text).substr(0, offset));
    for (const expr::Finding& finding : compiled.findings) {
        const Range at{places.at(base + finding.begin),
                       places.end(base + std::max(finding.end, finding.begin + 1))};
        if (finding.severity == expr::Finding::Severity::error)
            c.findings.error(at, finding.code, finding.message, finding.suggestion);
        else
            c.findings.warning(at, finding.code, finding.message, finding.suggestion);
    }
    if (!compiled.program) return std::nullopt;
    return Expression{std::move(*compiled.program), places.at(base),
                      scattered(places, base, code_points(text))};
}

void say_unclosed(Compiler& c, const YamlNode& node, std::size_t offset, Places& places) {
    const std::size_t at = code_points(std::string_view(node.text).substr(0, offset));
    c.findings.error({places.at(at), places.end(at + 3)}, "unclosed-expression",
                     "`${{` has no `}}`; for the characters themselves write ${{ '${{' }}");
}

bool has_text(const expr::Type& type) {
    using K = expr::Type::Kind;
    switch (type.kind()) {
        case K::null:
        case K::list:
        case K::map:
        case K::object:
        case K::optional:
        case K::type:
            return false;
        case K::one_of:
            return std::any_of(type.options().begin(), type.options().end(), has_text);
        default:
            return true;
    }
}

bool may_be_null(const expr::Type& type) {
    using K = expr::Type::Kind;
    return type.kind() == K::one_of && std::any_of(type.options().begin(), type.options().end(),
                                                   [](const auto& t) { return t.kind() == K::null; });
}

/// Whether an expression is names and dots alone: nothing in it can have turned null into something else.
bool is_bare_path(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char ch) {
        return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') ||
               ch == '_' || ch == '.';
    });
}

using Node = Template::Node;

/// Builds a value's nodes; what stays literal is folded on the way up.
class Builder {
public:
    Builder(Compiler& c, SecretUse secrets, Dynamic* dynamic) : c_(c), secrets_(secrets), dynamic_(dynamic) {}

    Node build(const YamlNode& node, const std::string& pointer) {
        switch (node.kind) {
            case YamlKind::string:
                return node.text.find("${{") == std::string::npos ? literal(node.scalar)
                                                                  : text(node, pointer);
            case YamlKind::sequence:
                return list(node, pointer);
            case YamlKind::mapping:
                return map(node, pointer);
            default:
                return literal(node.scalar);
        }
    }

private:
    static Node literal(Value value) {
        Node out;
        out.literal = std::move(value);
        return out;
    }

    static std::string below(const std::string& pointer, std::string_view key) {
        std::string out = pointer + "/";
        for (const char ch : key) {
            if (ch == '~')
                out += "~0";
            else if (ch == '/')
                out += "~1";
            else
                out += ch;
        }
        return out;
    }

    Node text(const YamlNode& node, const std::string& pointer) {
        const std::vector<TextPart> parts = split_text(node.text);
        Places places(c_, node);
        const bool mixed = parts.size() != 1;
        Node out;
        out.kind = Node::Kind::text;
        expr::Type type = mixed ? expr::Type::of(expr::Type::Kind::string) : expr::Type::dyn();
        for (const TextPart& part : parts) {
            if (!part.expression) {
                out.children.push_back(literal(Value::string(part.text)));
                continue;
            }
            auto expression = part.open ? unclosed(node, part, places)
                                        : compile_at(c_, node, part.text, part.offset, secrets_, places);
            if (!expression) continue;
            if (mixed && !has_text(expression->program.type()))
                c_.findings.error(range_of(node, part, places), "no-text",
                                  expression->program.type().text() +
                                      " cannot stand in the middle of a text: take a part of it, or make the "
                                      "expression the whole value");
            else if (mixed && may_be_null(expression->program.type()) && is_bare_path(trimmed(part.text)))
                may_fail(range_of(node, part, places), std::string(trimmed(part.text)));
            if (!mixed) type = expression->program.type();
            Node child;
            child.kind = Node::Kind::expression;
            child.expression = std::move(expression);
            out.children.push_back(std::move(child));
        }
        if (dynamic_) {
            const TextPart& part = parts.front();
            (*dynamic_)[pointer] = {type, mixed ? node.range : range_of(node, part, places)};
        }
        if (!mixed && out.children.size() == 1) return std::move(out.children.front());
        return out;
    }

    void may_fail(const Range& at, const std::string& path) {
        c_.findings.warning(at, "may-be-null",
                            path +
                                " may be null, which cannot stand in the middle of a text: say what stands "
                                "there then",
                            path + " == null ? '-' : " + path);
    }

    std::optional<Expression> unclosed(const YamlNode& node, const TextPart& part, Places& places) {
        say_unclosed(c_, node, part.offset, places);
        return std::nullopt;
    }

    /// An expression without the blanks around it.
    Range range_of(const YamlNode& node, const TextPart& part, Places& places) {
        const std::string_view inner = trimmed(part.text);
        const std::size_t lead =
            inner.empty() ? 0 : static_cast<std::size_t>(inner.data() - part.text.data());
        const std::size_t begin = code_points(std::string_view(node.text).substr(0, part.offset + lead));
        return {places.at(begin), places.end(begin + std::max<std::size_t>(code_points(inner), 1))};
    }

    Node list(const YamlNode& node, const std::string& pointer) {
        Node out;
        out.kind = Node::Kind::list;
        bool fixed = true;
        for (std::size_t i = 0; i < node.items.size(); ++i) {
            out.children.push_back(
                build(node.items[i], dynamic_ ? pointer + "/" + std::to_string(i) : pointer));
            fixed = fixed && out.children.back().kind == Node::Kind::literal;
        }
        return fixed ? literal(to_value(node)) : out;
    }

    Node map(const YamlNode& node, const std::string& pointer) {
        Node out;
        out.kind = Node::Kind::map;
        bool fixed = true;
        for (const YamlPair& pair : node.pairs) {
            if (pair.key.find("${{") != std::string::npos)
                c_.findings.error(pair.key_range, "no-expression-here",
                                  "keys are fixed: an expression may stand in values only");
            out.keys.push_back(Value::string(pair.key));
            out.children.push_back(build(pair.value, dynamic_ ? below(pointer, pair.key) : pointer));
            fixed = fixed && out.children.back().kind == Node::Kind::literal;
        }
        return fixed ? literal(to_value(node)) : out;
    }

    Compiler& c_;
    SecretUse secrets_;
    Dynamic* dynamic_;
};

/// Whether a comment follows a plain scalar on its line.
bool comment_follows(std::string_view source, const YamlNode& node) {
    if (node.style != ScalarStyle::plain) return false;
    std::string_view rest = source.substr(std::min(node.offset, source.size()));
    rest = rest.substr(0, rest.find('\n'));
    return rest.find(" #") != std::string_view::npos;
}

/// Where a ${{ stands outside CEL strings; npos when none does.
std::size_t find_delimiter(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        if (const std::size_t after = skip_cel_string(text, at); after != at)
            at = after;
        else if (text.substr(at).starts_with("${{"))
            return at;
        else
            ++at;
    }
    return std::string_view::npos;
}

/// Takes ${{ }} off when it stands around the whole text. False when it stands anywhere else, which is said.
bool take_delimiters(Compiler& c, const YamlNode& node, const std::string& key, std::string_view& text,
                     std::size_t& offset, Places& places) {
    if (text.starts_with("${{")) {
        const auto parts = split_text(text);
        if (parts.front().open) {
            say_unclosed(c, node, offset + parts.front().offset, places);
            return false;
        }
        if (parts.size() == 1) {
            offset += parts.front().offset;
            text = parts.front().text;
            return true;
        }
    }
    const std::size_t found = find_delimiter(text);
    if (found == std::string_view::npos) return true;
    const std::size_t at = code_points(std::string_view(node.text).substr(0, offset + found));
    c.findings.error(
        {places.at(at), places.end(at + 3)}, "misplaced-delimiter",
        "`" + key + "` is one expression: leave `${{` and `}}` out, or put them around the whole");
    return false;
}

std::optional<Expression> constant_of(const Compiler& c, bool value, Position at) {
    auto compiled = expr::compile(value ? "true" : "false", c.reach.env());
    return Expression{std::move(*compiled.program), at, nullptr};
}

}  // namespace

Template compile_value(Compiler& c, const YamlNode& node, SecretUse secrets, Dynamic* dynamic) {
    Builder builder(c, secrets, dynamic);
    return Template(std::make_shared<const Node>(builder.build(node, "")));
}

std::optional<Expression> compile_expression(Compiler& c, const YamlPair& pair, const expr::Type& wanted) {
    const YamlNode& node = pair.value;
    const std::string name = "`" + pair.key + "`";
    if (node.is(YamlKind::boolean) && wanted.accepts(expr::Type::of(expr::Type::Kind::boolean)))
        return constant_of(c, node.scalar.as_boolean(), node.range.begin);
    if (!node.is(YamlKind::string)) {
        const bool collection = !node.is_scalar();
        c.findings.error(node.range, collection ? "quote-it" : "wrong-type",
                         name + " must be an expression in a string, YAML reads this as " +
                             std::string(kind_text(node)) + (collection ? ": quote it" : ""));
        return std::nullopt;
    }
    std::string_view text = trimmed(node.text);
    std::size_t offset = static_cast<std::size_t>(text.data() - node.text.data());
    Places places(c, node);
    if (!take_delimiters(c, node, pair.key, text, offset, places)) return std::nullopt;
    const std::size_t before = c.findings.count();
    auto expression = compile_at(c, node, text, offset, SecretUse::denied, places);
    if (!expression) {
        if (c.findings.has("syntax", before) && comment_follows(c.source, node))
            c.findings.error(node.range, "quote-it", name + " ends where ` #` begins a comment: quote it");
        return std::nullopt;
    }
    if (!wanted.accepts(expression->program.type())) {
        const std::string_view inner = trimmed(text);
        const std::size_t begin =
            code_points(std::string_view(node.text).substr(0, offset)) +
            code_points(text.substr(0, static_cast<std::size_t>(inner.data() - text.data())));
        c.findings.error({places.at(begin), places.end(begin + std::max<std::size_t>(code_points(inner), 1))},
                         "wrong-type",
                         name + " must be " + wanted.text() + ", this expression gives " +
                             expression->program.type().text());
        return std::nullopt;
    }
    return expression;
}

}  // namespace tappet::flow
