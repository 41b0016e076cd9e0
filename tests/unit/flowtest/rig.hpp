#pragma once
#include <gmock/gmock.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "flow/compile.hpp"
#include "flowtest/coverage.hpp"
#include "flowtest/read.hpp"
#include "flowtest/run_suite.hpp"
#include "support/scripted_caller.hpp"
#include "support/test_catalog.hpp"

namespace tappet::flowtest {

/// Plays tests that are written in a test, with the actions of the test catalog: test/pure and core/map yield
/// their `value`, core/log logs nothing, and a call of any other is on record in `caller`.
class Rig {
public:
    Rig() {
        caller.answer = [this](const test::ScriptedCaller::Call& call) {
            if (call.action == "core/log") {
                const Value* message = call.input.find("message");
                logs.log({2, "core", std::string(message->as_string()), call.context.run, call.context.flow,
                          call.context.step, clock.now()});
                return std::optional<plugin::CallOutcome>(Value());
            }
            const Value* value = call.input.find("value");
            return std::optional<plugin::CallOutcome>(value ? *value : Value());
        };
    }

    std::shared_ptr<const flow::Plan> compiled(const std::string& rest) const {
        const std::string source = "flow: tested\n" + rest;
        auto out = flow::compile("tested.yaml", source, catalog);
        if (!out.plan) throw std::runtime_error(flow::render_human(out.findings, source));
        return out.plan;
    }
    static Suite suite(const std::string& cases) {
        const std::string source = "test: tested\n" + cases;
        auto out = read_suite("tested.test.yaml", source, [](const std::string&) -> Result<std::string> {
            return std::string(R"({"from":"file"})");
        });
        if (!out.whole()) throw std::runtime_error(flow::render_human(out.findings, source));
        return std::move(*out.suite);
    }
    std::vector<CaseResult> play(const std::string& flow, const std::string& cases) {
        coverage = std::make_unique<Coverage>(compiled(flow));
        const Suite read = suite(cases);
        if (const auto misfits = fit(read, *coverage->plan()); !misfits.empty())
            throw std::runtime_error(flow::render_human(misfits, ""));
        return run_suite(stage, read, *coverage, "");
    }
    /// Plays one case that says `expect: …` last; its failures, "PATH: expected E, got G".
    std::vector<std::string> failures(const std::string& flow, const std::string& one) {
        std::vector<std::string> out;
        for (const CaseResult& result : play(flow, "cases:\n  - name: one\n" + one)) {
            for (const Failure& failure : result.failures)
                out.push_back(failure.path + ": expected " + failure.expected + ", got " + failure.got);
            notes = result.notes;
            took = result.took;
        }
        return out;
    }

    test::TestCatalog catalog;
    test::ScriptedCaller caller;
    boost::asio::io_context loop{1};
    VirtualClock clock;
    LogTap logs{loop};
    Stage stage{loop, clock, caller, catalog, logs, nullptr};
    std::unique_ptr<Coverage> coverage;
    std::vector<std::string> notes;
    std::chrono::milliseconds took{0};
};

}  // namespace tappet::flowtest
