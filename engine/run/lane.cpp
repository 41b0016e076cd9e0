#include "run/lane.hpp"

#include "expr/json.hpp"

namespace tappet::run {

Result<std::string> lane_key(const flow::TemplateResult& value) {
    if (!value.ok) return Error::invalid("the flow's concurrency key: " + value.error.message);
    if (value.value.is_null() || (value.value.is(Kind::string) && value.value.size() == 0))
        return Error::invalid("the flow's concurrency key is empty or null");
    std::string key;
    append_json(key, value.value, {Secrets::reveal, 0});
    return key;
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
