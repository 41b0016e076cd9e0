#include <algorithm>
#include <array>
#include <set>

#include "base/closest.hpp"
#include "flow/compiler.hpp"
#include "flow/names.hpp"
#include "flow/verify_settings.hpp"

namespace tappet::flow {
namespace {

constexpr std::array<std::string_view, 5> kKeys{"id", "on", "url", "secrets", "include"};
constexpr std::array<std::string_view, 3> kOn{"end", "failure", "wait"};
constexpr std::array<std::string_view, 2> kInclude{"outputs", "labels"};
constexpr std::string_view kOnlyId = "notify";  ///< of a flow's only address, where none is written

/// Which of the choices a list names; nothing when it is no such list, which is said.
template <std::size_t N>
std::optional<std::set<std::string_view>> read_choices(Compiler& c, const YamlPair& pair,
                                                       const std::array<std::string_view, N>& known) {
    if (!pair.value.is(YamlKind::sequence)) {
        c.findings.error(pair.value.range, "wrong-type",
                         "`" + pair.key + "` must be a list of " + choices(known) + ", this is " +
                             std::string(kind_text(pair.value)));
        return std::nullopt;
    }
    std::set<std::string_view> out;
    for (const YamlNode& item : pair.value.items) {
        const bool text = item.is(YamlKind::string);
        const auto found = std::find(known.begin(), known.end(), text ? item.text : std::string());
        if (found != known.end())
            out.insert(*found);
        else
            c.findings.error(item.range, "wrong-value", "`" + pair.key + "` may hold " + choices(known),
                             text ? closest(item.text, known) : std::string_view{});
    }
    return out;
}

void read_on(Compiler& c, const YamlPair* pair, NotifyPlan& plan) {
    if (!pair) {
        plan.on_end = true;
        return;
    }
    const auto on = read_choices(c, *pair, kOn);
    if (!on) return;
    if (pair->value.items.empty())
        c.findings.error(pair->value.range, "wrong-value", "`on` names nothing: nothing would be sent");
    plan.on_end = on->contains("end");
    plan.on_failure = on->contains("failure");
    plan.on_wait = on->contains("wait");
}

void read_url(Compiler& c, const Fields& fields, NotifyPlan& plan) {
    const YamlPair* pair = fields.need("url");
    if (!pair) return;
    const YamlNode& value = pair->value;
    const std::string_view text = value.is(YamlKind::string) ? std::string_view(value.text) : "";
    if (!text.starts_with("https://") && !text.starts_with("http://") && !text.starts_with("${{")) {
        c.findings.error(value.range, value.is(YamlKind::string) ? "wrong-value" : "wrong-type",
                         "`url` must be an http or https address, which may hold expressions");
        return;
    }
    plan.url = compile_value(c, value, SecretUse::allowed);
}

void read_secrets(Compiler& c, const Fields& fields, NotifyPlan& plan) {
    const YamlPair* pair = fields.need("secrets");
    if (!pair) return;
    const YamlNode& list = pair->value;
    if (!list.is(YamlKind::sequence) || list.items.empty() || list.items.size() > kMaxNotifySecrets) {
        c.findings.error(list.range, "wrong-value",
                         "`secrets` must be a list of one secret, or of two while one replaces the other");
        return;
    }
    for (const YamlNode& item : list.items) {
        if (!item.is(YamlKind::string) || item.text.empty()) {
            c.findings.error(item.range, "wrong-type",
                             "a secret is a string, such as \"${{ secrets.NAME }}\"");
            continue;
        }
        Dynamic dynamic;
        plan.secrets.push_back(compile_value(c, item, SecretUse::allowed, &dynamic));
        if (dynamic.empty())
            c.findings.warning(item.range, "plain-secret",
                               "a secret written into the file is no secret: use ${{ secrets.NAME }}");
    }
}

/// An id of its own kind: it names the address among the flow's, and no expression sees it.
void read_id(Compiler& c, const Fields& fields, bool alone, NotifyPlan& plan) {
    const YamlPair* pair = alone ? fields.get("id") : fields.need("id");
    if (!pair) {
        plan.id = kOnlyId;
        return;
    }
    const auto id = plain_text(c.findings, *pair);
    if (!id) return;
    if (!is_identifier(*id))
        c.findings.error(pair->value.range, "unfit-id",
                         "`" + *id +
                             "` cannot be the id of an address: it has letters, digits and "
                             "underscores, and begins with no digit");
    for (const NotifyPlan& other : c.plan->notify)
        if (other.id == *id)
            c.findings.error(pair->value.range, "duplicate-id",
                             "the id `" + *id + "` is taken since line " +
                                 std::to_string(other.position.line) + ": ids of `notify` are unique");
    plan.id = *id;
}

void read_one(Compiler& c, const YamlNode& node, bool alone) {
    const Fields fields(c.findings, node, "an address of `notify`", kKeys);
    if (!fields.valid()) return;
    NotifyPlan plan;
    plan.position = node.range.begin;
    read_id(c, fields, alone, plan);
    read_on(c, fields.get("on"), plan);
    read_url(c, fields, plan);
    read_secrets(c, fields, plan);
    if (const YamlPair* include = fields.get("include"))
        if (const auto parts = read_choices(c, *include, kInclude)) {
            plan.outputs = parts->contains("outputs");
            plan.labels = parts->contains("labels");
        }
    c.plan->notify.push_back(std::move(plan));
}

}  // namespace

void compile_notify(Compiler& c, const YamlNode& node) {
    if (!node.is(YamlKind::sequence) || node.items.empty() || node.items.size() > kMaxNotify) {
        c.findings.error(node.range, node.is(YamlKind::sequence) ? "wrong-value" : "wrong-type",
                         "`notify` must be a list of 1 to " + std::to_string(kMaxNotify) + " addresses");
        return;
    }
    c.reach.set_trigger(expr::Type::dyn());
    c.reach.hide_run("an address is made up when a message is sent: it sees configVars and secrets alone");
    for (const YamlNode& item : node.items) read_one(c, item, node.items.size() == 1);
    c.reach.show_run();
}

}  // namespace tappet::flow
