#include "trigger/settings.hpp"

#include "run/activation.hpp"

namespace tappet::trigger {
namespace {
constexpr std::size_t kProblemsShown = 5;
}

std::optional<Value> SettingsActivation::get(std::uint32_t number) const {
    const flow::Slot& slot = flow_.plan->slots[number];
    if (slot.kind == flow::Slot::Kind::config_vars) return config_;
    if (slot.kind != flow::Slot::Kind::secrets || slot.name.empty() || !find_) return std::nullopt;
    return find_(flow_.tenant, slot.name);
}

std::optional<std::string> SettingsActivation::why_absent(const Value& map, const Value& key) const {
    return run::unset_variable(*flow_.plan, config_, map, key);
}

Result<Value> settings_of(const runtime::Flow& flow, const flow::TriggerPlan& trigger, const Value& config,
                          const FindSecret& find) {
    Value out = Value::object({});
    if (trigger.with) {
        const SettingsActivation activation(flow, config, find);
        auto given = trigger.with.evaluate(activation);
        if (!given.ok) return Error::invalid("with: " + given.error.message);
        out = std::move(given.value);
    }
    if (!trigger.spec || !trigger.spec->settings) return out;
    const flow::Schema& schema = *trigger.spec->settings;
    out = schema.with_defaults(out);
    if (schema.accepts(out)) return out;
    std::string why;
    for (const auto& problem : schema.problems(out, kProblemsShown))
        why += (why.empty() ? "with" : "; with") + problem.pointer + " " + problem.detail;
    return Error::invalid(std::move(why));
}

}  // namespace tappet::trigger
