#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "flow/compile.hpp"
#include "run/decide.hpp"
#include "support/test_catalog.hpp"

namespace tappet::test {

inline const RunId kRun = *Uuid::parse("018bcfe5-6800-7000-8000-0000000000aa");

/// Compiles the steps of a flow with a manual trigger; a finding ends the test program's case.
inline std::shared_ptr<const flow::Plan> plan_of(const std::string& rest) {
    const TestCatalog catalog;
    const std::string source = "flow: tested\ntriggers: [{ id: received, uses: core/manual }]\n" + rest;
    auto compiled = flow::compile("tested.yaml", source, catalog);
    if (!compiled.plan) throw std::runtime_error(flow::render_human(compiled.findings, source));
    return compiled.plan;
}

/// A run under the hand of a test: gives it events one at a time.
class RunRig {
public:
    explicit RunRig(const std::string& rest) : state(plan_of(rest)) {}

    run::Decision tell(const run::Event& event) {
        const run::Moment moment{now, random, around};
        return run::decide(state, event, moment);
    }
    run::Decision begin(Value body = {}) {
        run::RunStarted start;
        start.id = kRun;
        start.tenant = "default";
        start.flow = "tested";
        start.version = 1;
        start.trigger = "received";
        start.event = Value::object({{"id", Value::string("e")}, {"body", std::move(body)}});
        return tell(run::Begin{start});
    }
    run::Decision finish(std::uint32_t call, Value results = {}) {
        return tell(run::CallFinished{call, std::move(results), {}});
    }
    run::Decision fail(std::uint32_t call, flow::ErrorClass error) {
        return tell(run::CallFinished{call, flow::RunError{error, "", "scripted", 0, ""}, {}});
    }

    run::RunState state;
    TimeMs now{1'000'000};
    SeededRandom random{7};
    run::Surroundings around;
};

/// The commands of one kind, in order.
template <class Kind>
std::vector<Kind> commands(const run::Decision& decision) {
    std::vector<Kind> out;
    for (const run::Command& command : decision.commands)
        if (const auto* found = std::get_if<Kind>(&command)) out.push_back(*found);
    return out;
}

}  // namespace tappet::test
