#include "flow/compile.hpp"

#include <array>

#include "flow/compiler.hpp"
#include "flow/names.hpp"

namespace tappet::flow {
namespace {

constexpr std::array<std::string_view, 13> kKeys{"flow",     "title",    "description", "labels", "config",
                                                 "policies", "triggers", "timeout",     "steps",  "onError",
                                                 "outputs",  "notify",   "concurrency"};
constexpr std::array<std::string_view, 1> kLater{"connections"};

void read_head(Compiler& c, const Fields& fields) {
    if (const YamlPair* pair = fields.need("flow")) {
        if (const auto name = plain_text(c.findings, *pair)) {
            if (is_flow_name(*name))
                c.plan->flow = *name;
            else
                c.findings.error(pair->value.range, "wrong-value",
                                 "a flow's name has lower-case letters, digits and single hyphens inside, "
                                 "such as onboard-location");
        }
    }
    c.plan->title = fields.text("title").value_or("");
    c.plan->description = fields.text("description").value_or("");
    if (const auto timeout = fields.duration("timeout")) c.plan->timeout = *timeout;
}

const YamlNode* value_of(const YamlPair* pair) { return pair ? &pair->value : nullptr; }

/// What the triggers call themselves, before they are read.
std::vector<std::string> ids_of(const YamlNode* triggers) {
    std::vector<std::string> out;
    if (!triggers) return out;
    for (const YamlNode& trigger : triggers->items)
        if (const YamlPair* id = trigger.find("id"); id && is_identifier(id->value.text))
            out.push_back(id->value.text);
    return out;
}

void compile_flow(Compiler& c, const YamlNode& root) {
    const Fields fields(c.findings, root, "a flow", kKeys, kLater);
    if (!fields.valid()) return;
    read_head(c, fields);
    if (const YamlPair* policies = fields.get("policies")) compile_policies(c, policies->value);
    const YamlPair* triggers = fields.need("triggers");
    const YamlPair* steps = fields.need("steps");
    const YamlPair* on_error = fields.get("onError");

    c.reach.set_run_names();
    if (const YamlPair* config = fields.get("config"))
        compile_config(c, config->value);
    else
        c.reach.set_config(expr::Type::object({{}, true, "configVars (declare them under `config`)"}));
    // Ids first: what comes later or is misspelt can then be told apart.
    shape_steps(c, value_of(steps), value_of(on_error));
    c.reach.set_ids(c.steps, ids_of(value_of(triggers)));
    if (const YamlPair* notify = fields.get("notify")) compile_notify(c, notify->value);
    compile_triggers(c, value_of(triggers));
    if (const YamlPair* labels = fields.get("labels")) compile_labels(c, labels->value);
    if (const YamlPair* concurrency = fields.get("concurrency")) compile_concurrency(c, *concurrency);
    compile_steps(c);
    if (const YamlPair* outputs = fields.get("outputs")) {
        if (!outputs->value.is(YamlKind::mapping))
            c.findings.error(outputs->value.range, "wrong-type",
                             "`outputs` must be a map, this is " + std::string(kind_text(outputs->value)));
        else
            c.plan->outputs = compile_value(c, outputs->value, SecretUse::denied);
    }
}

}  // namespace

CompiledFlow compile(std::string_view file, std::string_view source, const Catalog& catalog,
                     const CompileOptions& options) {
    CompiledFlow out;
    YamlDocument document =
        read_yaml(file, source, {options.max_bytes, options.max_depth, options.max_alias_nodes});
    Compiler c(file, source, catalog, options);
    c.findings.add(std::move(document.findings));
    if (document.root) compile_flow(c, *document.root);
    out.findings = c.findings.take();
    if (!document.root && out.findings.empty())
        out.findings.push_back({std::string(file),
                                {},
                                Severity::error,
                                "empty",
                                "the file is empty: a flow needs `flow`, `triggers` and `steps`",
                                {}});
    if (has_errors(out.findings)) return out;
    c.plan->source = source;
    out.plan = std::move(c.plan);
    return out;
}

}  // namespace tappet::flow
