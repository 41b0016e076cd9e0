#include "runtime/config_vars.hpp"

#include "expr/json.hpp"

namespace tappet::runtime {

Result<const std::map<std::string, Value>*> ConfigVars::tenant_values(const std::string& tenant) {
    static const std::map<std::string, Value> kNone;
    if (const auto found = cache_.find(tenant); found != cache_.end()) return &found->second;
    auto rows = store_.vars(tenant);
    if (!rows) return rows.error();
    if (rows->empty()) return &kNone;  // not kept: anybody may ask for any name
    std::map<std::string, Value> values;
    for (const auto& [name, json] : *rows) {
        auto value = read_json(json);
        if (!value)
            return Error::corrupt("variable " + name + " of tenant " + tenant +
                                  " does not read back: " + value.error().message);
        values.emplace(name, std::move(*value));
    }
    return &cache_.emplace(tenant, std::move(values)).first->second;
}

Result<Value> ConfigVars::of(const Flow& flow) {
    if (flow.plan->config.empty()) return Value::null();
    auto stored = tenant_values(flow.tenant);
    if (!stored) return stored.error();
    std::vector<MapEntry> out;
    for (const flow::ConfigVar& variable : flow.plan->config) {
        Value key = Value::string(variable.name);
        if (const auto forced = overrides_.find(variable.name); forced != overrides_.end()) {
            out.push_back({std::move(key), forced->second});
        } else if (const auto set = (*stored)->find(variable.name); set != (*stored)->end()) {
            out.push_back({std::move(key), set->second});
        } else if (variable.fallback) {
            out.push_back({std::move(key), *variable.fallback});
        }
    }
    return Value::map(std::move(out));
}

Result<std::vector<std::string>> ConfigVars::missing(const Flow& flow) {
    auto values = of(flow);
    if (!values) return values.error();
    std::vector<std::string> out;
    for (const flow::ConfigVar& variable : flow.plan->config)
        if (!values->find(variable.name)) out.push_back(variable.name);
    return out;
}

std::optional<std::string> ConfigVars::problem(const flow::Plan& plan, const flow::ConfigVar& variable,
                                               const Value& value) {
    if (!variable.schema) return std::nullopt;
    const auto problems = variable.schema->problems(value, 1);
    if (problems.empty()) return std::nullopt;
    const std::string where = problems.front().pointer.empty() ? "it" : problems.front().pointer;
    return "variable " + variable.name + " as flow " + plan.flow + " declares it: " + where + " " +
           problems.front().detail;
}

Result<void> ConfigVars::set(const std::string& tenant, const std::string& name, const Value& value,
                             const Flows& flows) {
    if (!value.is_null()) {
        for (const FlowHandle& flow : flows.all()) {
            if (flow->tenant != tenant) continue;
            for (const flow::ConfigVar& variable : flow->plan->config) {
                if (variable.name != name) continue;
                if (auto wrong = problem(*flow->plan, variable, value))
                    return Error::invalid(std::move(*wrong));
            }
        }
    }
    std::optional<std::string> json;
    if (!value.is_null()) {
        auto text = write_json(value, {Secrets::reveal, 0});
        if (!text) return text.error();
        json = std::move(*text);
    }
    if (auto stored = store_.set_var(tenant, name, json); !stored) return stored.error();
    cache_.erase(tenant);
    return {};
}

Result<std::map<std::string, Value>> ConfigVars::all(const std::string& tenant) {
    auto values = tenant_values(tenant);
    if (!values) return values.error();
    return **values;
}

}  // namespace tappet::runtime
