#pragma once
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "expr/json.hpp"
#include "flow/catalog.hpp"

namespace tappet::test {

/// The actions and triggers that flows in tests may name: those of core with their schemas, and test/…
/// without any.
class TestCatalog final : public flow::Catalog {
public:
    TestCatalog() {
        add("core/http", true, false,
            R"({"type":"object","required":["url"],"additionalProperties":false,"properties":{
                "method":{"type":"string","default":"GET"},"url":{"type":"string","minLength":1},
                "headers":{"type":"object","additionalProperties":{"type":["string","number","boolean","array"]}},
                "query":{"type":"object"},"body":{},"form":{"type":"object"},"text":{"type":"string"},
                "timeout":{"type":["string","integer"],"default":"30s"},"redirects":{"type":"integer","minimum":0,"maximum":50,"default":5},
                "maxBody":{"type":"integer","minimum":0},"failOnStatus":{"type":"boolean","default":true}}})",
            R"({"type":"object","required":["status","headers","body"],"additionalProperties":false,
                "properties":{"status":{"type":"integer"},"headers":{"type":"object"},"body":{}}})")
            .errors = {{flow::ErrorClass::forbidden, "http.403"},
                       {flow::ErrorClass::forbidden, "http.refusedAddress"},
                       {flow::ErrorClass::rate_limited, "http.429"},
                       {flow::ErrorClass::unavailable, ""},
                       {flow::ErrorClass::not_found, ""},
                       {flow::ErrorClass::upstream, ""}};
        add("core/log", true, true,
            R"({"type":"object","required":["message"],"additionalProperties":false,"properties":{
                "level":{"enum":["trace","debug","info","warn","error"],"default":"info"},"message":{}}})",
            "");
        add("core/map", true, true,
            R"({"type":"object","additionalProperties":false,"properties":{"value":{},"source":{},
                "fields":{"type":"array","items":{"type":"object","required":["from","to"]}}}})",
            "");
        add("test/pure", true, true, "", "");
        add("test/effect", true, false, "", "");
        add("test/later", false, false, "", "");
        trigger("core/webhook", flow::TriggerKind::webhook);
        trigger("core/manual", flow::TriggerKind::manual);
        trigger("core/schedule", flow::TriggerKind::schedule).settings =
            schema(R"({"type":"object","additionalProperties":false,"properties":{
                "cron":{"type":"string"},"every":{"type":"string"},"timezone":{"type":"string","default":"UTC"},
                "gap":{"enum":["skip","runAfter"]},"overlap":{"enum":["once","both"]},
                "missed":{"enum":["skip","last","all"]},"maxMissed":{"type":"integer"},
                "maxLateness":{"type":"string"},"jitter":{"type":"string"}}})");
        trigger("crm/changes", flow::TriggerKind::poll).settings =
            schema(R"({"type":"object","properties":{"list":{"type":"string","default":"all"}}})");
        trigger("crm/others", flow::TriggerKind::poll);
        trigger("crm/nightly", flow::TriggerKind::schedule);
        trigger("crm/called", flow::TriggerKind::flow);
        auto& received = trigger("crm/received", flow::TriggerKind::webhook);
        received.handles = true;
        received.settings = schema(R"({"type":"object","properties":{"secret":{"type":"string"}}})");
        trigger("crm/installed", flow::TriggerKind::webhook).events = {"INSTALL", "UPDATE"};
    }

    std::shared_ptr<const flow::ActionSpec> action(std::string_view name) const override {
        return find(actions_, name);
    }
    std::shared_ptr<const flow::TriggerSpec> trigger(std::string_view name) const override {
        return find(triggers_, name);
    }
    std::vector<std::string> action_names() const override { return names(actions_); }
    std::vector<std::string> trigger_names() const override { return names(triggers_); }

private:
    template <class Spec>
    using Named = std::map<std::string, std::shared_ptr<const Spec>, std::less<>>;

    template <class Spec>
    static std::shared_ptr<const Spec> find(const Named<Spec>& specs, std::string_view name) {
        const auto at = specs.find(name);
        return at == specs.end() ? nullptr : at->second;
    }
    template <class Spec>
    static std::vector<std::string> names(const Named<Spec>& specs) {
        std::vector<std::string> out;
        for (const auto& [name, spec] : specs) out.push_back(name);
        return out;
    }
    static std::shared_ptr<const flow::Schema> schema(std::string_view json) {
        if (json.empty()) return nullptr;
        std::vector<flow::Schema::CompileError> errors;
        auto out = flow::Schema::compile(*read_json(json), errors);
        if (!out) throw std::runtime_error("a schema of the test catalog does not compile");
        return out;
    }
    flow::ActionSpec& add(const std::string& name, bool non_blocking, bool pure, std::string_view input,
                          std::string_view output) {
        auto spec = std::make_shared<flow::ActionSpec>();
        spec->name = name;
        spec->input = schema(input);
        spec->output = schema(output);
        spec->pure = pure;
        spec->non_blocking = non_blocking;
        flow::ActionSpec& made = *spec;
        actions_[name] = std::move(spec);
        return made;
    }
    flow::TriggerSpec& trigger(const std::string& name, flow::TriggerKind kind) {
        auto spec = std::make_shared<flow::TriggerSpec>();
        spec->name = name;
        spec->kind = kind;
        flow::TriggerSpec& made = *spec;
        triggers_[name] = std::move(spec);
        return made;
    }

    Named<flow::ActionSpec> actions_;
    Named<flow::TriggerSpec> triggers_;
};

}  // namespace tappet::test
