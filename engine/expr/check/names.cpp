#include "expr/check/checker.hpp"

#include <set>

#include "base/closest.hpp"
#include "expr/functions/function.hpp"

namespace tappet::expr {
namespace {

bool is_type_name(std::string_view name) {
    static constexpr std::string_view kTypes[] = {"bool",
                                                  "int",
                                                  "uint",
                                                  "double",
                                                  "string",
                                                  "bytes",
                                                  "list",
                                                  "map",
                                                  "null_type",
                                                  "type",
                                                  "optional_type",
                                                  "google.protobuf.Timestamp",
                                                  "google.protobuf.Duration"};
    for (const std::string_view type : kTypes)
        if (type == name) return true;
    return false;
}

}  // namespace

const Checker::Local* Checker::local(std::string_view name, std::uint32_t& place) const {
    for (std::size_t i = locals_.size(); i > 0; --i) {
        if (locals_[i - 1].name != name) continue;
        place = static_cast<std::uint32_t>(i - 1);
        return &locals_[i - 1];
    }
    return nullptr;
}

/// The slot of a name, tried in the container and in what is around it first.
std::optional<std::uint32_t> Checker::variable(const std::string& name, bool rooted) const {
    std::string_view around = rooted ? std::string_view{} : std::string_view(env_.container());
    while (!around.empty()) {
        if (const auto slot = env_.find(std::string(around) + "." + name)) return slot;
        const std::size_t dot = around.rfind('.');
        around = dot == std::string_view::npos ? std::string_view{} : around.substr(0, dot);
    }
    return env_.find(name);
}

/// Turns the longest part of "a.b.c" that is a known name into that variable; the rest stay selections.
void Checker::resolve(NodeId id) {
    std::vector<NodeId> chain;  // from the outermost selection to the name
    for (NodeId next = id;; next = node(next).children[0]) {
        const NodeKind kind = node(next).kind;
        const bool selects = kind == NodeKind::select || (kind == NodeKind::has && next == id);
        if (!selects && kind != NodeKind::name) return;
        chain.push_back(next);
        if (kind == NodeKind::name) break;
    }
    Node& first = node(chain.back());
    std::uint32_t place = 0;
    const Local* own = first.rooted ? nullptr : local(first.name, place);
    if (own) {
        first.kind = NodeKind::local;
        first.place = place;
        first.type = own->type;
        return;
    }
    // names[i]: the whole name up to chain[i]; empty where it is longer than any that is known
    std::vector<std::string> names(chain.size());
    std::string joined;
    for (std::size_t i = chain.size(); i > 0 && joined.size() <= longest_name_; --i) {
        joined += (joined.empty() ? "" : ".") + node(chain[i - 1]).name;
        names[i - 1] = joined;
    }
    for (std::size_t i = 0; i < chain.size(); ++i) {
        if (names[i].empty()) continue;
        if (const auto slot = variable(names[i], first.rooted)) return use_variable(chain[i], *slot);
        if (is_type_name(names[i]) && node(chain[i]).kind != NodeKind::has) {
            Node& type = node(chain[i]);
            type.kind = NodeKind::constant;
            type.value = Value::type(names[i]);
            type.children.clear();
            return;
        }
    }
    unknown_name(chain);
    first.kind = NodeKind::broken;
}

void Checker::use_variable(NodeId id, std::uint32_t slot) {
    Node& here = node(id);
    const Env::Variable& variable = env_.variables()[slot];
    here.kind = here.kind == NodeKind::has ? NodeKind::has_slot : NodeKind::slot;
    here.children.clear();
    here.place = slot;
    here.type = variable.type;
    here.at = here.span;
    if (!variable.denied.empty())
        report(here.span, "not-allowed", variable.denied);
    else if (!variable.warning.empty())
        warn(here.span, "questionable-name", variable.warning);
}

/// Says which part of the chain is not known, and what it may have been.
void Checker::unknown_name(const std::vector<NodeId>& chain) {
    if (!check_) return;
    std::string known;
    for (std::size_t i = chain.size(); i > 0; --i) {
        const Node& part = node(chain[i - 1]);
        const std::string prefix = known.empty() ? "" : known + ".";
        std::set<std::string, std::less<>> next;
        for (const Env::Variable& variable : env_.variables()) {
            if (!std::string_view(variable.name).starts_with(prefix)) continue;
            const std::string rest = variable.name.substr(prefix.size());
            next.insert(rest.substr(0, rest.find('.')));
        }
        if (known.empty())
            for (const Local& own : locals_) next.insert(own.name);
        if (!next.contains(part.name)) {
            const Span at = part.at;
            if (known.empty() && (find_function(part.name, false) || is_function_namespace(part.name)))
                return report(at, "unknown-name", "\"" + part.name + "\" is a function; call it");
            return report(at, "unknown-name", "unknown name \"" + prefix + part.name + "\"",
                          std::string(closest(part.name, next)));
        }
        known = prefix + part.name;
    }
    report(node(chain.front()).span, "unknown-name",
           "\"" + known + "\" is no value by itself; name a part of it");
}

/// "math.least(…)" is a call of one function, not of least() on a value named math.
bool Checker::take_namespace(NodeId id) {
    Node& here = node(id);
    if (!here.member) return false;
    const Node& target = node(here.children[0]);
    std::uint32_t place = 0;
    if (target.kind != NodeKind::name || local(target.name, place) || variable(target.name, target.rooted))
        return false;
    if (!is_function_namespace(target.name)) return false;
    here.member = false;
    here.name = target.name + "." + here.name;
    here.at.begin = target.at.begin;
    here.children.erase(here.children.begin());
    return true;
}

}  // namespace tappet::expr
