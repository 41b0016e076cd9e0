#include "run/activation.hpp"

#include "base/encoding.hpp"

namespace tappet::run {
namespace {

Value text_or_null(const std::string& text) { return text.empty() ? Value::null() : Value::string(text); }

}  // namespace

std::string run_address(std::string_view base_url, std::string_view tenant, const RunId& run) {
    return std::string(base_url) + "/v2/tenants/" + percent_encode(tenant) + "/runs/" + run.text();
}

std::optional<std::string> unset_variable(const flow::Plan& plan, const Value& config, const Value& map,
                                          const Value& key) {
    // The same map, not an equal one: the trigger's body may lack a key of the same name.
    if (!config.is(Kind::map) || map.entries().data() != config.entries().data() ||
        map.size() != config.size())
        return std::nullopt;
    for (const flow::ConfigVar& variable : plan.config)
        if (key.is(Kind::string) && key.as_string() == variable.name)
            return "config variable \"" + variable.name + "\" is not set; set it with: tappet var set \"" +
                   variable.name + "\" VALUE";
    return std::nullopt;
}

Value error_value(const flow::RunError& error) {
    return Value::object({{"step", text_or_null(error.step)},
                          {"class", Value::string(flow::to_string(error.error_class))},
                          {"code", text_or_null(error.code)},
                          {"message", Value::string(error.message)},
                          {"status", error.status == 0 ? Value::null() : Value::integer(error.status)}});
}

Value step_value(const StepState& step) {
    return Value::object({{"status", Value::string(to_string(step.status))},
                          {"results", step.results},
                          {"error", step.error ? error_value(*step.error) : Value::null()},
                          {"attempts", Value::integer(step.attempts)}});
}

const ScopeState* RunActivation::scope_at(std::uint32_t depth) const {
    const ScopeState* scope = scope_;
    while (scope && scope->plan->depth > depth) scope = scope->parent;
    return scope && scope->plan->depth == depth ? scope : nullptr;
}

std::optional<Value> RunActivation::step_results_all() const {
    std::vector<MapEntry> all;
    all.push_back({Value::string(run_.start.trigger),
                   Value::object({{"status", Value::string("succeeded")}, {"results", run_.start.event}})});
    std::vector<const ScopeState*> scopes;
    for (const ScopeState* scope = scope_; scope; scope = scope->parent) scopes.push_back(scope);
    for (auto scope = scopes.rbegin(); scope != scopes.rend(); ++scope) {
        for (const flow::StepPlan* step : (*scope)->plan->steps) {
            if (step->id.empty()) continue;
            const StepState& state = (*scope)->of(*step);
            if (is_final(state.status)) all.push_back({Value::string(step->id), step_value(state)});
        }
    }
    return Value::map(std::move(all));
}

std::optional<Value> RunActivation::error_value() const {
    const ScopeState* scope = scope_;
    for (const flow::BlockPlan* block = block_; block;) {
        if (block->role == flow::BlockPlan::Role::flow_handler)
            return run_.error ? std::optional(run::error_value(*run_.error)) : std::nullopt;
        if (!block->owner) return std::nullopt;
        if (block->role == flow::BlockPlan::Role::step_handler) {
            const StepState& step = scope->of(*block->owner);
            return step.error ? std::optional(run::error_value(*step.error)) : std::nullopt;
        }
        scope = scope->parent;  // out of a loop's body
        block = block->owner->block;
    }
    return std::nullopt;
}

Value RunActivation::run_value() const {
    const std::string id = run_.start.id.text();
    return Value::object(
        {{"id", Value::string(id)},
         {"url", Value::string(run_address(around_.base_url, run_.start.tenant, run_.start.id))},
         {"attempt", Value::integer(run_.start.attempt)}});
}

std::optional<Value> RunActivation::get(std::uint32_t number) const {
    using Kind = flow::Slot::Kind;
    const flow::Slot& slot = run_.plan->slots[number];
    switch (slot.kind) {
        case Kind::trigger:
            if (slot.name.empty() || slot.name == run_.start.trigger) return run_.start.event;
            return std::nullopt;
        case Kind::step:
        case Kind::step_status:
        case Kind::step_results:
        case Kind::step_error:
        case Kind::step_attempts: {
            const ScopeState* scope = scope_at(slot.depth);
            if (!scope || slot.index >= scope->steps.size()) return std::nullopt;
            const StepState& step = scope->steps[slot.index];
            if (slot.kind == Kind::step) return step_value(step);
            if (slot.kind == Kind::step_status) return Value::string(to_string(step.status));
            if (slot.kind == Kind::step_results) return step.results;
            if (slot.kind == Kind::step_error)
                return step.error ? run::error_value(*step.error) : Value::null();
            return Value::integer(step.attempts);
        }
        case Kind::step_results_all:
            return step_results_all();
        case Kind::loop_item: {
            const ScopeState* scope = scope_at(slot.depth);
            return scope ? std::optional(scope->item_value()) : std::nullopt;
        }
        case Kind::config_vars:
            return run_.start.config.is_null() ? Value::object({}) : run_.start.config;
        case Kind::run:
            return run_value();
        case Kind::flow:
            return Value::object(
                {{"name", Value::string(run_.start.flow)}, {"version", Value::integer(run_.start.version)}});
        case Kind::error:
            return error_value();
        case Kind::secrets: {
            if (slot.name.empty() || !around_.secret) return std::nullopt;
            return around_.secret(run_.start.tenant, slot.name);
        }
    }
    return std::nullopt;
}

}  // namespace tappet::run
