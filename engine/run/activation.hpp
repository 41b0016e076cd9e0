#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "expr/program.hpp"
#include "run/state.hpp"

namespace tappet::run {

/// The address of a run in the API, behind the engine's own.
std::string run_address(std::string_view base_url, std::string_view tenant, const RunId& run);

/// What expressions see besides the run itself. Given by the runtime.
struct Surroundings {
    std::string base_url;  ///< of the engine, "http://127.0.0.1:8420": what run.url begins with
    /// The secret's value, marked; nothing when it is not set.
    std::function<std::optional<Value>(std::string_view tenant, std::string_view name)> secret;
    /// Bytes in the journal of one result, of one answer and of the outputs; more fails the step or the run.
    std::size_t max_value = 60u << 20;
    std::uint32_t max_crashes = 3;  ///< of one run; the last of them ends it as quarantined
};

/// What is to be said of a key that configVars has not: that the variable which the flow declares is not set,
/// and how to set it. Nothing when `map` is not `config`, or the flow declares no such variable.
std::optional<std::string> unset_variable(const flow::Plan& plan, const Value& config, const Value& map,
                                          const Value& key);

/// Answers an expression's slots from a run's state, as seen from a block in a scope. A view: lives for one
/// evaluation.
class RunActivation final : public expr::Activation {
public:
    RunActivation(const RunState& run, const ScopeState* scope, const flow::BlockPlan* block,
                  const Surroundings& around)
        : run_(run), scope_(scope), block_(block), around_(around) {}
    std::optional<Value> get(std::uint32_t slot) const override;
    std::optional<std::string> why_absent(const Value& map, const Value& key) const override {
        return unset_variable(*run_.plan, run_.start.config, map, key);
    }

private:
    const ScopeState* scope_at(std::uint32_t depth) const;
    std::optional<Value> step_results_all() const;
    std::optional<Value> error_value() const;
    Value run_value() const;

    const RunState& run_;
    const ScopeState* scope_;
    const flow::BlockPlan* block_;
    const Surroundings& around_;
};

/// {status, results, error, attempts} of a step.
Value step_value(const StepState& step);
/// {step, class, code, message, status}; absent parts are null.
Value error_value(const flow::RunError& error);

}  // namespace tappet::run
