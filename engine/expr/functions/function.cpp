#include "expr/functions/function.hpp"

#include <algorithm>
#include <map>

#include "expr/functions/utf8.hpp"
#include "expr/text.hpp"

namespace tappet::expr {
namespace {

using Table = std::map<std::string_view, const Function*, std::less<>>;

Table collect(bool member) {
    Table out;
    for (const auto table :
         {core_functions(), conversion_functions(), string_functions(), format_functions(), list_functions(),
          math_functions(), time_functions(), optional_functions(), encoder_functions()})
        for (const Function& function : table)
            if (function.member == member) out.emplace(function.name, &function);
    return out;
}

const Table& functions(bool member) {
    static const Table members = collect(true);
    static const Table globals = collect(false);
    return member ? members : globals;
}

Type argument_type(char letter) {
    using K = Type::Kind;
    switch (letter) {
        case 'b':
            return Type::of(K::boolean);
        case 'i':
            return Type::of(K::integer);
        case 'u':
            return Type::of(K::uint);
        case 'd':
            return Type::of(K::number);
        case 's':
            return Type::of(K::string);
        case 'y':
            return Type::of(K::bytes);
        case 't':
            return Type::of(K::timestamp);
        case 'r':
            return Type::of(K::duration);
        case 'T':
            return Type::of(K::type);
        case 'n':
            return Type::of(K::null);
        case 'N':
            return Type::one_of({Type::of(K::integer), Type::of(K::uint), Type::of(K::number)});
        case 'L':
            return Type::list(Type::dyn());
        case 'M':
            return Type::map(Type::dyn(), Type::dyn());
        case 'O':
            return Type::optional(Type::dyn());
        case 'S':
            return Type::list(Type::of(K::string));
        case 'I':
            return Type::list(Type::of(K::integer));
        default:
            return Type::dyn();
    }
}

}  // namespace

const Function* find_function(std::string_view name, bool member) {
    const Table& table = functions(member);
    const auto found = table.find(name);
    return found == table.end() ? nullptr : found->second;
}

std::vector<std::string_view> function_names(bool member) {
    std::vector<std::string_view> out;
    for (const auto& [name, function] : functions(member)) out.push_back(name);
    return out;
}

bool is_function_namespace(std::string_view word) {
    const auto& table = functions(false);
    return std::any_of(table.begin(), table.end(), [&](const auto& entry) {
        return entry.first.size() > word.size() && entry.first.starts_with(word) &&
               entry.first[word.size()] == '.';
    });
}

std::vector<Signature> read_signatures(const Function& function) {
    std::vector<Signature> out(1);
    bool result = false;
    for (const char c : function.signatures) {
        if (c == ' ') {
            out.emplace_back();
            result = false;
        } else if (c == '>') {
            result = true;
        } else if (result) {
            out.back().result = c;
        } else if (c == '*') {
            out.back().variadic = true;
        } else if (c != '.' && c != ',') {
            out.back().arguments.push_back(argument_type(c));
        }
    }
    return out;
}

Type result_type(char letter, const std::vector<Type>& arguments) {
    const Type first = arguments.empty() ? Type::dyn() : arguments.front();
    switch (letter) {
        case '=':
            return first;
        case '#':
            return first.element();
        case 'o':
            return Type::optional(first);
        case '?':
            return Type::optional(first.element());
        case 'l':
            return Type::list(first);
        case '&':
            return Type::one_of(arguments);
        case '+':
            return Type::one_of({first.element(), arguments.size() > 1 ? arguments[1] : Type::dyn()});
        default:
            return argument_type(letter);
    }
}

Value Call::no_overload() {
    std::string kinds;
    for (const Value& argument : arguments) {
        if (!kinds.empty()) kinds += ", ";
        kinds += type_name(argument);
    }
    return fail("no such overload: " + std::string(function.name) + "(" + kinds + ")");
}

std::string shown(const Value& value) {
    if (value.holds_secret()) return "\u2022\u2022\u2022\u2022";
    switch (value.kind()) {
        case Kind::string: {
            const std::string_view text = value.as_string();
            const std::size_t cut = utf8_offset(text, 40);
            return "\"" + std::string(text.substr(0, cut)) + (cut < text.size() ? "\u2026\"" : "\"");
        }
        case Kind::integer:
        case Kind::uint:
        case Kind::number:
        case Kind::boolean:
            return key_text(value);
        case Kind::null:
            return "null";
        case Kind::timestamp:
            return timestamp_text(value.seconds(), value.nanos());
        case Kind::duration:
            return duration_text(value.seconds(), value.nanos());
        default:
            return std::string(named(value.kind()));
    }
}

std::string_view named(Kind kind) {
    switch (kind) {
        case Kind::null:
            return "null";
        case Kind::boolean:
            return "a bool";
        case Kind::integer:
            return "an int";
        case Kind::uint:
            return "a uint";
        case Kind::number:
            return "a double";
        case Kind::string:
            return "a string";
        case Kind::bytes:
            return "bytes";
        case Kind::list:
            return "a list";
        case Kind::map:
            return "a map";
        case Kind::timestamp:
            return "a timestamp";
        case Kind::duration:
            return "a duration";
        case Kind::type:
            return "a type";
        case Kind::optional:
            return "an optional";
    }
    return "a value";
}

bool Meter::broke() {
    failed_ = final_ = true;
    left_ = 0;
    message_ = "cost budget of " + std::to_string(cost_) + " exceeded";
    return false;
}

bool Meter::fits(std::size_t bytes) {
    if (bytes <= bytes_) return true;
    failed_ = final_ = true;
    message_ = "a result of more than " + std::to_string(bytes_) + " bytes";
    return false;
}

bool Meter::spend_deep(const Value& value) {
    if (value.is(Kind::string) || value.is(Kind::bytes)) return spend_bytes(value.size());
    if (!value.is(Kind::list) && !value.is(Kind::map) && !value.is(Kind::optional)) return true;
    std::vector<const Value*> open{&value};
    while (!open.empty()) {
        const Value* next = open.back();
        open.pop_back();
        if (!spend(1 + (next->is(Kind::string) || next->is(Kind::bytes) ? next->size() / 10 : 0)))
            return false;
        if (next->is(Kind::list)) {
            for (const Value& item : next->items()) open.push_back(&item);
        } else if (next->is(Kind::map)) {
            for (const MapEntry& entry : next->entries()) {
                if (!spend_key(entry.key)) return false;
                open.push_back(&entry.value);
            }
        } else if (next->is(Kind::optional) && next->optional_value()) {
            open.push_back(next->optional_value());
        }
    }
    return true;
}

Value Meter::fail(std::string message) {
    if (!failed_) message_ = std::move(message);
    failed_ = true;
    return {};
}

}  // namespace tappet::expr
