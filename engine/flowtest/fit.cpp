#include <algorithm>
#include <map>

#include "base/closest.hpp"
#include "flow/findings.hpp"
#include "flowtest/fit_mocks.hpp"
#include "flowtest/read.hpp"
#include "flowtest/step_names.hpp"
#include "runtime/config_vars.hpp"

namespace tappet::flowtest {
namespace {

bool names_action(std::string_view name) { return name.find('/') != std::string_view::npos; }

/// Checks one suite against the plan of its flow.
class Fitter {
public:
    Fitter(const Suite& suite, const flow::Plan& plan)
        : suite_(suite), plan_(plan), names_(plan), findings_(suite.file) {
        for (const StepNames::Named& one : names_.all())
            if (one.step->action)
                actions_.emplace(one.step->action->action->name, one.step->action->action.get());
    }

    std::vector<flow::Diagnostic> check() {
        for (const Case& one : suite_.cases) {
            for (const Setting& var : one.vars) check_var(var);
            for (const SentEvent& event : one.events) check_event(event);
            for (const Mock& mock : one.mocks) check_mock(mock);
            for (const auto& step : one.expect.steps) check_step(step.name, step.at);
            for (const auto& calls : one.expect.calls) check_calls_of(calls.name, calls.at);
            check_responses(one);
        }
        return findings_.take();
    }

private:
    void check_var(const Setting& var) {
        const auto declared = std::find_if(plan_.config.begin(), plan_.config.end(),
                                           [&](const auto& known) { return known.name == var.name; });
        if (declared != plan_.config.end()) {
            if (const auto wrong = runtime::ConfigVars::problem(plan_, *declared, var.value))
                findings_.error(var.value_at, "wrong-value", *wrong);
            return;
        }
        std::vector<std::string_view> names;
        names.reserve(plan_.config.size());
        for (const flow::ConfigVar& known : plan_.config) names.emplace_back(known.name);
        findings_.error(var.name_at, "unknown-variable",
                        "flow " + plan_.flow + " declares no variable `" + var.name + "`",
                        closest(var.name, names));
    }
    void check_event(const SentEvent& event) {
        if (event.trigger.empty()) return;  // it could not be read
        std::vector<std::string_view> names;
        for (const flow::TriggerPlan& trigger : plan_.triggers) {
            names.emplace_back(trigger.id);
            if (trigger.id != event.trigger) continue;
            if (event.by_http && trigger.spec->kind != flow::TriggerKind::webhook)
                findings_.error(event.at, "wrong-value",
                                "an event of " + trigger.spec->name +
                                    " has a body alone: `headers`, `query` and `method` are of webhooks");
            return;
        }
        findings_.error(event.at, "unknown-trigger",
                        "flow " + plan_.flow + " has no trigger `" + event.trigger + "`",
                        closest(event.trigger, names));
    }
    void check_step(const std::string& name, flow::Range at) {
        if (!names_.find(name)) unknown_step(name, at);
    }
    void check_calls_of(const std::string& name, flow::Range at) {
        if (names_action(name)) {
            if (!actions_.contains(name))
                findings_.error(at, "unknown-action",
                                "flow " + plan_.flow + " calls no action `" + name + "`",
                                closest(name, action_names()));
            return;
        }
        const flow::StepPlan* step = names_.find(name);
        if (!step) return unknown_step(name, at);
        if (step->kind != flow::StepKind::action)
            findings_.error(at, "wrong-value", "step `" + name + "` calls no action");
    }
    void check_mock(const Mock& mock) {
        check_calls_of(mock.name, mock.at);
        if (const flow::ActionSpec* action = action_of(mock.name)) fit_mock(mock, *action, findings_);
    }
    std::vector<std::string_view> action_names() const {
        std::vector<std::string_view> out;
        out.reserve(actions_.size());
        for (const auto& [name, action] : actions_) out.emplace_back(name);
        return out;
    }
    /// What a step or an action of this name calls; null where it is unknown or calls none.
    const flow::ActionSpec* action_of(const std::string& name) const {
        if (const auto known = actions_.find(name); known != actions_.end()) return known->second;
        const flow::StepPlan* step = names_.find(name);
        return step && step->action ? step->action->action.get() : nullptr;
    }
    void unknown_step(const std::string& name, flow::Range at) {
        findings_.error(
            at, "unknown-step",
            "flow " + plan_.flow + " has no step of this id or path (in a loop, a path is such as each[0].a)",
            closest(name, names_.known()));
    }
    void check_responses(const Case& one) {
        const flow::YamlNode* response = one.expect.response;
        if (!response) return;
        const bool each = response->is(flow::YamlKind::sequence);
        for (std::size_t i = 0; i < one.events.size(); ++i) {
            if (each && i >= response->items.size()) break;
            const flow::YamlNode& wanted = each ? response->items[i] : *response;
            if (polls(one.events[i].trigger) && !wanted.is(flow::YamlKind::null))
                findings_.error(
                    wanted.range, "wrong-value",
                    "trigger `" + one.events[i].trigger +
                        "` polls: nobody is answered, so that there is no response (in a list, `~` "
                        "stands for none)");
        }
        if (!each || response->items.size() == one.events.size()) return;
        findings_.error(response->range, "wrong-value",
                        "a list of responses has one for each event: there are " +
                            std::to_string(one.events.size()) + " events, this lists " +
                            std::to_string(response->items.size()));
    }

    bool polls(const std::string& trigger) const {
        return std::any_of(plan_.triggers.begin(), plan_.triggers.end(),
                           [&](const auto& one) { return one.id == trigger && one.poll; });
    }

    const Suite& suite_;
    const flow::Plan& plan_;
    StepNames names_;
    std::map<std::string, const flow::ActionSpec*> actions_;
    flow::Findings findings_;
};

}  // namespace

std::vector<flow::Diagnostic> fit(const Suite& suite, const flow::Plan& plan) {
    return Fitter(suite, plan).check();
}

}  // namespace tappet::flowtest
