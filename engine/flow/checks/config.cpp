#include "flow/compiler.hpp"

namespace tappet::flow {

void compile_config(Compiler& c, const YamlNode& node) {
    expr::Type::ObjectSpec spec;
    spec.closed = true;
    spec.title = "configVars";
    if (!node.is(YamlKind::mapping)) {
        c.findings.error(node.range, "wrong-type", "`config` must be a map of JSON Schemas by name");
        spec.closed = false;
    }
    for (const YamlPair& pair : node.pairs) {
        ConfigVar var;
        var.name = pair.key;
        var.schema = compile_schema(c, pair.value);
        var.position = pair.key_range.begin;
        const YamlPair* fallback = pair.value.find("default");
        if (fallback && var.schema) {
            var.fallback = to_value(fallback->value);
            for (const SchemaProblem& problem : var.schema->problems(*var.fallback))
                c.findings.error(
                    fallback->value.range, "wrong-value",
                    "the default of `" + pair.key + "` breaks its own schema: it " + problem.detail);
        }
        spec.fields[pair.key] = {var.schema ? var.schema->type() : expr::Type::dyn(), !fallback, {}};
        c.plan->config.push_back(std::move(var));
    }
    c.reach.set_config(expr::Type::object(std::move(spec)));
}

void compile_labels(Compiler& c, const YamlNode& node) {
    if (!node.is(YamlKind::mapping)) {
        c.findings.error(node.range, "wrong-type", "`labels` must be a map of texts");
        return;
    }
    for (const YamlPair& pair : node.pairs) {
        if (!pair.value.is_scalar())
            c.findings.error(
                pair.value.range, "wrong-type",
                "a label is one text, number or boolean, this is " + std::string(kind_text(pair.value)));
        else
            c.plan->labels.push_back({pair.key, compile_value(c, pair.value, SecretUse::denied)});
    }
}

}  // namespace tappet::flow
