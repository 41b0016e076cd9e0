#pragma once
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

#include "expr/json.hpp"
#include "flow/compile.hpp"
#include "support/test_catalog.hpp"

namespace tappet::flow::test {

inline const tappet::test::TestCatalog& catalog() {
    static const tappet::test::TestCatalog known;
    return known;
}

/// Compiles what must be without findings.
inline std::shared_ptr<const Plan> plan_of(std::string_view source, const CompileOptions& options = {}) {
    const CompiledFlow compiled = compile("test.yaml", source, catalog(), options);
    EXPECT_EQ(render_human(compiled.findings, source), "");
    if (!compiled.plan) throw std::runtime_error("the flow of this test does not compile");
    return compiled.plan;
}

/// "line:column code" of each finding, warnings with "warning " before it; one a line.
inline std::string findings_of(std::string_view source, const CompileOptions& options = {}) {
    std::string out;
    for (const Diagnostic& each : compile("test.yaml", source, catalog(), options).findings) {
        if (!out.empty()) out += '\n';
        if (each.severity == Severity::warning) out += "warning ";
        out += std::to_string(each.range.begin.line) + ":" + std::to_string(each.range.begin.column) + " " +
               each.code;
    }
    return out;
}

/// A flow with a manual trigger and these steps, which stand from line 4 on.
inline std::string with_steps(std::string_view steps) {
    return "flow: test\ntriggers: [{ id: received, uses: core/manual }]\nsteps:\n" + std::string(steps);
}

inline const StepPlan& step_of(const Plan& plan, std::string_view id) {
    for (const auto& step : plan.step_storage)
        if (step->id == id) return *step;
    throw std::runtime_error("the flow has no step " + std::string(id));
}

/// Answers for the slots of a plan.
class Names final : public expr::Activation {
public:
    explicit Names(const Plan& plan) : plan_(plan) {}
    Value trigger, item, config_vars;
    Value results;  ///< of every step
    Value secret = Value::string("s3cret").as_secret();

    std::optional<Value> get(std::uint32_t slot) const override {
        switch (plan_.slots.at(slot).kind) {
            case Slot::Kind::trigger:
                return trigger;
            case Slot::Kind::loop_item:
                return item;
            case Slot::Kind::config_vars:
                return config_vars;
            case Slot::Kind::step_results:
                return results;
            case Slot::Kind::secrets:
                return secret;
            default:
                return std::nullopt;
        }
    }

private:
    const Plan& plan_;
};

/// What a core/map step with this `value:` (a YAML text, from line 7 column 14 on) gives for a trigger with
/// this body: JSON, or "error: " and the message.
inline TemplateResult value_of(std::string_view yaml, std::string_view body = "null") {
    const auto plan = plan_of(
        with_steps("  - id: it\n    uses: core/map\n    with:\n      value: " + std::string(yaml) + "\n"));
    Names names(*plan);
    names.trigger = Value::object({{"body", read_json(body).value()}});
    TemplateResult result = step_of(*plan, "it").action->with.evaluate(names);
    if (!result.ok) return result;
    const Value* value = result.value.find("value");
    TemplateResult out;
    out.ok = true;
    out.value = value ? *value : Value::null();
    return out;
}
inline std::string show(std::string_view yaml, std::string_view body = "null") {
    const TemplateResult result = value_of(yaml, body);
    return result.ok ? write_json(result.value).value() : "error: " + result.error.message;
}

}  // namespace tappet::flow::test
