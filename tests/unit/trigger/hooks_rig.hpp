#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "expr/json.hpp"
#include "support/scripted_sources.hpp"
#include "trigger/hooks.hpp"
#include "unit/runtime/runtime_rig.hpp"

namespace tappet::trigger {

/// Hooks over a runtime whose store is in memory, without a server: a request is a call.
class HookRig {
public:
    explicit HookRig(HookOptions options = {}, runtime::Options runtime = {})
        : rig(std::move(runtime)), vars(rig.store()) {
        options.base_url = "http://engine";
        book.emplace(
            rig.loop(), rig.clock,
            [this](store::RejectedBatch batch, const RejectedBook::Done& done) {
                done(rig.store().add_rejected(batch));
            },
            RejectedLimits{});
        options.rejected = &*book;
        HookPlugins plugins{sources, owners, [this](std::string_view) { return app_settings; }};
        hooks.emplace(rig.loop(), rig.runtime(), rig.flows(), vars, rig.clock, secret, std::move(plugins),
                      options);
        hooks->set_ready(true);
    }

    /// Publishes a flow with one webhook `received`, whose further keys are given.
    runtime::FlowHandle publish(const std::string& name, const std::string& trigger,
                                const std::string& rest = "steps: [ { id: a, uses: test/effect } ]") {
        return publish_source(name, "flow: " + name + "\ntriggers: [ { id: received, uses: core/webhook, " +
                                        trigger + " } ]\n" + rest);
    }
    /// The same with a trigger of another plugin.
    runtime::FlowHandle publish_for(const std::string& name, const std::string& uses,
                                    const std::string& more = "") {
        return publish_source(name, "flow: " + name + "\ntriggers: [ { id: received, uses: " + uses + more +
                                        " } ]\nsteps: [ { id: a, uses: test/effect } ]");
    }
    runtime::FlowHandle publish_source(const std::string& name, const std::string& source) {
        auto compiled = flow::compile(name + ".yaml", source, rig.catalog);
        if (!compiled.plan) throw std::runtime_error(flow::render_human(compiled.findings, source));
        return rig.flows().publish(tenant, compiled.plan, name + ".yaml", rig.clock.now()).value();
    }

    /// What a sender got; nothing while it waits.
    struct Reply final : http::Responder::Target {
        void answer(http::Response r) override { response = std::move(r); }
        void abandon() override { abandoned = true; }
        int status() const { return response ? response->status : 0; }
        std::string text(std::string_view name) const {
            const auto json = response ? parse_json(response->body) : JsonParsed{};
            const Value* value = json.ok ? json.value.find(name) : nullptr;
            return value && value->is(Kind::string) ? std::string(value->as_string()) : "";
        }
        std::string header(std::string_view name) const {
            return response ? std::string(response->headers.get(name).value_or("")) : "";
        }
        std::optional<http::Response> response;
        bool abandoned = false;
    };
    /// Posts `{}` and lets everything that follows happen.
    std::shared_ptr<Reply> post(const std::string& path, http::Headers headers = {}) {
        headers.add("content-type", "application/json");
        return send("POST", path, std::move(headers), "{}");
    }
    std::shared_ptr<Reply> send(const std::string& method, const std::string& path,
                                http::Headers headers = {}, const std::string& body = "") {
        http::Request request;
        request.method = method;
        request.target = path;
        request.headers = std::move(headers);
        request.body = body;
        auto reply = std::make_shared<Reply>();
        hooks->handle(std::move(request), http::Responder(reply));
        rig.settle();
        return reply;
    }

    /// What is kept of refused requests, newest first.
    std::vector<store::Rejected> rejected() {
        book->settle([] {});
        store::RejectedFilter filter;
        filter.tenant = tenant;
        return rig.store().rejected(filter).value().rows;
    }

    static std::optional<Value> secret(std::string_view, std::string_view name) {
        if (name != "TOKEN") return std::nullopt;
        return Value::string("t0ken").as_secret();
    }

    std::string tenant = "default";
    test::RuntimeRig rig;
    runtime::ConfigVars vars;
    test::ScriptedSources sources;
    struct : Owners {
        std::vector<std::string> tenants{"default"};
        std::vector<std::string> tenants_of(std::string_view, const Value&) const override { return tenants; }
    } owners;
    Result<Value> app_settings = Value::object({});
    std::optional<RejectedBook> book;
    std::optional<Hooks> hooks;
};

}  // namespace tappet::trigger
