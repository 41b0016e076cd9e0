#pragma once
#include <functional>
#include <optional>
#include <string_view>

#include "base/result.hpp"
#include "expr/program.hpp"
#include "expr/value.hpp"
#include "flow/plan.hpp"
#include "runtime/flows.hpp"

namespace tappet::trigger {

/// A tenant's secret by its name, marked; nothing where it is not set.
using FindSecret = std::function<std::optional<Value>(std::string_view tenant, std::string_view name)>;

/// What a trigger's `verify` and `with` see: configVars and secrets, and nothing else. A view.
class SettingsActivation final : public expr::Activation {
public:
    SettingsActivation(const runtime::Flow& flow, const Value& config, const FindSecret& find)
        : flow_(flow), config_(config), find_(find) {}
    std::optional<Value> get(std::uint32_t number) const override;
    std::optional<std::string> why_absent(const Value& map, const Value& key) const override;

private:
    const runtime::Flow& flow_;
    const Value& config_;
    const FindSecret& find_;
};

/// The trigger's `with` as its plugin gets it, defaults filled in. Fails as invalid: an expression cannot be
/// evaluated, a secret is not set, or the schema refuses what they give.
Result<Value> settings_of(const runtime::Flow& flow, const flow::TriggerPlan& trigger, const Value& config,
                          const FindSecret& find);

}  // namespace tappet::trigger
