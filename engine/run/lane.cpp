#include "run/lane.hpp"

#include "run/key.hpp"

namespace tappet::run {

Result<std::string> lane_key(const flow::TemplateResult& value) {
    return key_of(value, "the flow's concurrency key");
}

Result<std::string> lane_of(const std::shared_ptr<const flow::Plan>& plan, const RunStarted& start,
                            const Surroundings& around) {
    std::string name = start.tenant + "\n" + start.flow + "\n";
    if (!plan->concurrency->key) return name;
    RunState draft(plan);  // the key sees the event and the configuration, no step
    apply(draft, Entry{{}, start});
    const RunActivation activation(draft, draft.root.get(), nullptr, around);
    auto key = lane_key(plan->concurrency->key->evaluate(activation));
    if (!key) return key.error();
    return name + *key;
}

}  // namespace tappet::run
