#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "expr/value.hpp"
#include "runtime/flows.hpp"
#include "store/store.hpp"

namespace tappet::runtime {

/// The values of flows' `config` variables: what the tenant set, else the schema's default. On the loop's
/// thread; reading a tenant for the first time and setting block for a disk access.
class ConfigVars {
public:
    explicit ConfigVars(store::Store& store) : store_(store) {}

    /// Values that win over those in the store, in every tenant; for `tappet run --var`.
    void override_with(std::map<std::string, Value> values) { overrides_ = std::move(values); }
    /// What the flow sees as configVars; null when it declares none. A variable without a value is absent.
    Result<Value> of(const Flow& flow);
    /// The declared variables that have no value: expressions that need them fail.
    Result<std::vector<std::string>> missing(const Flow& flow);
    /// What is wrong with a value for a variable that the flow declares: it breaks the variable's schema.
    static std::optional<std::string> problem(const flow::Plan& plan, const flow::ConfigVar& variable,
                                              const Value& value);
    /// Sets a variable of a tenant, or removes it where `value` is null. Fails as invalid when a flow of the
    /// tenant declares the variable and its schema refuses the value, naming the flow.
    Result<void> set(const std::string& tenant, const std::string& name, const Value& value,
                     const Flows& flows);
    Result<std::map<std::string, Value>> all(const std::string& tenant);

private:
    Result<const std::map<std::string, Value>*> tenant_values(const std::string& tenant);
    store::Store& store_;
    std::map<std::string, Value> overrides_;
    std::map<std::string, std::map<std::string, Value>> cache_;  ///< of tenants that have set something
};

}  // namespace tappet::runtime
