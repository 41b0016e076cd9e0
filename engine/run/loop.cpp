#include "run/loop.hpp"

#include "run/activation.hpp"
#include "run/decide.hpp"

namespace tappet::run {

std::optional<Value> loop_items(const RunState& run, const ScopeState& scope, const flow::StepPlan& step,
                                std::string* why) {
    static const Surroundings none;  // secrets are not allowed in forEach
    const RunActivation activation(run, &scope, step.block, none);
    auto result = step.for_each->items.evaluate(activation);
    if (!result.ok) {
        if (why) *why = result.error.message;
        return std::nullopt;
    }
    if (!result.value.is(Kind::list)) {
        if (why) *why = "forEach needs a list, this is " + std::string(type_name(result.value));
        return std::nullopt;
    }
    if (result.value.size() > kMaxLoopItems) {
        if (why)
            *why = "forEach over " + std::to_string(result.value.size()) + " items; at most " +
                   std::to_string(kMaxLoopItems) + " are allowed: split the list over several runs";
        return std::nullopt;
    }
    return std::move(result.value);
}

Value item_result(const Value& item, StepStatus status, const flow::ScopePlan& body, const ScopeState* scope,
                  const std::optional<flow::RunError>& error) {
    std::vector<MapEntry> results;
    for (const flow::StepPlan* step : body.steps)
        if (!step->id.empty())
            results.push_back({Value::string(step->id), scope ? scope->of(*step).results : Value::null()});
    std::vector<MapEntry> out;
    out.push_back({Value::string("item"), item});
    out.push_back({Value::string("status"), Value::string(to_string(status))});
    out.push_back({Value::string("results"), Value::map(std::move(results))});
    if (error) out.push_back({Value::string("error"), error_value(*error)});
    return Value::map(std::move(out));
}

Value loop_results(const LoopState& loop, const flow::ScopePlan& body) {
    std::vector<Value> out = loop.results;
    for (std::size_t i = 0; i < out.size(); ++i) {
        if (!out[i].is_null()) continue;
        const auto open = loop.open.find(static_cast<std::uint32_t>(i));
        out[i] = item_result(loop.items.items()[i], StepStatus::cancelled, body,
                             open == loop.open.end() ? nullptr : open->second.get(), {});
    }
    return Value::list(std::move(out));
}

}  // namespace tappet::run
