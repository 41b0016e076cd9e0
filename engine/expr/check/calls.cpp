#include <algorithm>
#include <vector>

#include "base/encoding.hpp"
#include "expr/check/checker.hpp"
#include "expr/functions/function.hpp"
#include "expr/functions/regex.hpp"

namespace tappet::expr {
namespace {

bool fits(const Signature& signature, std::size_t count) {
    return signature.variadic ? count >= signature.arguments.size() : count == signature.arguments.size();
}

bool takes(const Signature& signature, const std::vector<Type>& given) {
    for (std::size_t i = 0; i < given.size(); ++i) {
        const Type& asked = signature.arguments[std::min(i, signature.arguments.size() - 1)];
        if (!asked.accepts(given[i])) return false;
    }
    return true;
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
    report(here.at, "unknown-function", "unknown function \"" + here.name + "\"", closest(here.name, names));
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
        const std::size_t wanted = signatures.front().arguments.size() - own;
        return report(here.at, "wrong-arguments",
                      here.name + "() takes " + std::to_string(wanted) +
                          (wanted == 1 ? " argument, not " : " arguments, not ") +
                          std::to_string(given.size() - own));
    }
    here.function = function;
    std::vector<Type> results;
    for (const Signature& signature : signatures)
        if (fits(signature, given.size()) && takes(signature, given))
            results.push_back(result_type(signature.result, given));
    if (!results.empty()) {
        here.type = Type::one_of(std::move(results));
    } else {
        const std::size_t wrong = [&] {
            for (std::size_t i = 0; i < given.size(); ++i) {
                const bool ever =
                    std::any_of(signatures.begin(), signatures.end(), [&](const Signature& signature) {
                        return fits(signature, given.size()) &&
                               signature.arguments[std::min(i, signature.arguments.size() - 1)].accepts(
                                   given[i]);
                    });
                if (!ever) return i;
            }
            return given.size();
        }();
        std::string message = here.name + "() does not take these arguments together";
        if (wrong < given.size())
            message = here.name + (wrong == 0 && here.member ? "() is a function of " : "() takes ") +
                      choices(signatures, wrong) + ", not " + given[wrong].text();
        const bool on_argument = wrong < given.size() && !(here.member && wrong == 0);
        report(on_argument ? node(here.children[wrong]).span : here.at, "no-overload", std::move(message));
    }
    if (function->name != "matches") return;
    const Node& pattern = node(here.children[1]);
    if (pattern.kind != NodeKind::constant || !pattern.value.is(Kind::string)) return;
    const std::string problem = regex_problem(pattern.value.as_string());
    if (!problem.empty()) report(pattern.span, "bad-pattern", "the pattern does not parse: " + problem);
}

}  // namespace tappet::expr
