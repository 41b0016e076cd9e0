#include <algorithm>
#include <set>
#include <vector>

#include "base/closest.hpp"
#include "expr/check/checker.hpp"
#include "expr/functions/function.hpp"
#include "expr/functions/regex.hpp"

namespace tappet::expr {
namespace {

bool fits(const Signature& signature, std::size_t count) {
    return signature.variadic ? count >= signature.arguments.size() : count == signature.arguments.size();
}

const Type& argument(const Signature& signature, std::size_t i) {
    return signature.arguments[std::min(i, signature.arguments.size() - 1)];
}

bool takes(const Signature& signature, const std::vector<Type>& given) {
    for (std::size_t i = 0; i < given.size(); ++i)
        if (!argument(signature, i).accepts(given[i])) return false;
    return true;
}

/// Not just because int and double fit each other.
bool takes_exactly(const Signature& signature, const std::vector<Type>& given) {
    for (std::size_t i = 0; i < given.size(); ++i)
        if (argument(signature, i).kind() != given[i].kind()) return false;
    return true;
}

/// "1 argument", "1 or 2 arguments", "1 or more arguments": not counting what the function is called on.
std::string counts(const std::vector<Signature>& signatures, std::size_t own) {
    std::set<std::size_t> known;
    bool more = false;
    for (const Signature& signature : signatures) {
        known.insert(signature.arguments.size() - own);
        more = more || signature.variadic;
    }
    std::string out;
    for (const std::size_t count : known) out += (out.empty() ? "" : " or ") + std::to_string(count);
    if (more) out += " or more";
    return out + (out == "1" ? " argument" : " arguments");
}

/// "string, bytes or list": what the argument at one place may be.
std::string choices(const std::vector<Signature>& signatures, std::size_t at) {
    std::vector<Type> types;
    for (const Signature& signature : signatures)
        if (at < signature.arguments.size()) types.push_back(signature.arguments[at]);
    return Type::one_of(std::move(types)).text();
}

}  // namespace

void Checker::unknown_function(const Node& here) {
    if (!check_) return;
    const std::string call = here.name + "()";
    if (find_function(here.name, !here.member)) {
        return report(here.at, "unknown-function",
                      here.member ? call + " is no function of a value; write " + here.name + "(value)"
                                  : call + " is called on a value: value." + here.name + "(\u2026)");
    }
    std::vector<std::string_view> names = function_names(here.member);
    for (const std::string_view macro : {"all", "exists", "exists_one", "map", "filter", "transformList",
                                         "transformMap", "sortBy", "optMap", "orValue"})
        if (here.member) names.push_back(macro);
    report(here.at, "unknown-function", "unknown function \"" + here.name + "\"",
           std::string(closest(here.name, names)));
}

void Checker::call(Node& here) {
    for (std::size_t i = 1; i < here.children.size(); ++i) check(here.children[i]);
    const Function* function = find_function(here.name, here.member);
    if (!function) return unknown_function(here);
    const std::vector<Signature> signatures = read_signatures(*function);
    std::vector<Type> given;
    for (const NodeId child : here.children) given.push_back(node(child).type);
    const bool count_fits =
        std::any_of(signatures.begin(), signatures.end(),
                    [&](const Signature& signature) { return fits(signature, given.size()); });
    if (!count_fits) {
        const std::size_t own = here.member ? 1 : 0;
        return report(here.at, "wrong-arguments",
                      here.name + "() takes " + counts(signatures, own) + ", not " +
                          std::to_string(given.size() - own));
    }
    here.function = function;
    std::vector<Type> results, exact;
    for (const Signature& signature : signatures) {
        if (!fits(signature, given.size()) || !takes(signature, given)) continue;
        results.push_back(result_type(signature.result, given));
        if (takes_exactly(signature, given)) exact.push_back(results.back());
    }
    if (results.empty()) return no_overload(here, signatures, given);
    here.type = Type::one_of(exact.empty() ? std::move(results) : std::move(exact));
    if (function->name != "matches") return;
    const Node& pattern = node(here.children[1]);
    if (pattern.kind != NodeKind::constant || !pattern.value.is(Kind::string)) return;
    const std::string problem = regex_problem(pattern.value.as_string());
    if (!problem.empty()) report(pattern.span, "bad-pattern", "the pattern does not parse: " + problem);
}

/// Says which argument no overload takes, or that they do not go together.
void Checker::no_overload(const Node& here, const std::vector<Signature>& signatures,
                          const std::vector<Type>& given) {
    std::size_t wrong = 0;
    const auto taken = [&](const Signature& signature) {
        return fits(signature, given.size()) && argument(signature, wrong).accepts(given[wrong]);
    };
    while (wrong < given.size() && std::any_of(signatures.begin(), signatures.end(), taken)) ++wrong;
    if (wrong == given.size())
        return report(here.at, "no-overload", here.name + "() does not take these arguments together");
    const bool on_target = here.member && wrong == 0;
    report(on_target ? here.at : node(here.children[wrong]).span, "no-overload",
           here.name + (on_target ? "() is a function of " : "() takes ") + choices(signatures, wrong) +
               ", not " + given[wrong].text());
}

}  // namespace tappet::expr
