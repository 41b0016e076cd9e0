#include "app/flow_set.hpp"

#include "flow/yaml.hpp"

namespace tappet::app {
namespace {

/// Where a trigger's `path` is written, in the order of the file.
const flow::YamlNode* path_of(const flow::YamlNode& root, std::size_t trigger) {
    const flow::YamlPair* triggers = root.find("triggers");
    if (!triggers || trigger >= triggers->value.items.size()) return nullptr;
    const flow::YamlPair* path = triggers->value.items[trigger].find("path");
    return path ? &path->value : nullptr;
}

}  // namespace

std::vector<flow::Diagnostic> FlowSet::add(const std::string& file, std::string_view source,
                                           const std::string& tenant, const flow::Plan& plan) {
    std::vector<flow::Diagnostic> out;
    const auto document = flow::read_yaml(file, source);
    if (!document.root) return out;
    const auto error = [&](const flow::YamlNode& at, const char* code, std::string message) {
        out.push_back({file, at.range, flow::Severity::error, code, std::move(message), ""});
    };
    const flow::YamlPair* name = document.root->find("flow");
    const auto [flow, first] = files_.emplace(tenant + "/" + plan.flow, file);
    if (!first && name) {
        error(name->value, "duplicate-flow",
              "the flow " + plan.flow + " is in " + flow->second + " already; each name is there once");
        return out;  // it is not served, and neither are its triggers
    }
    for (std::size_t i = 0; i < plan.triggers.size(); ++i) {
        const flow::TriggerPlan& trigger = plan.triggers[i];
        if (!trigger.spec || trigger.spec->kind != flow::TriggerKind::webhook) continue;
        const std::string owner = "trigger " + trigger.id + " of flow " + plan.flow;
        const auto take = [&](const std::string& path, const flow::YamlNode& at) {
            const auto [taken, free] = owners_.emplace(tenant + "/" + path, owner);
            if (free || taken->second == owner) return;
            error(at, "duplicate-path",
                  "/hooks/" + tenant + "/" + path + " is the address of " + taken->second +
                      " already; give this one another");
        };
        if (name) take(plan.flow + "/" + trigger.id, name->value);
        const flow::YamlNode* path = path_of(*document.root, i);
        if (path && !trigger.path.empty()) take(trigger.path, *path);
    }
    return out;
}

}  // namespace tappet::app
