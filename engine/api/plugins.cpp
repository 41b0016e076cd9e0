#include <algorithm>
#include <map>
#include <set>

#include "api/context.hpp"
#include "api/document.hpp"
#include "api/page.hpp"
#include "base/time_text.hpp"

namespace tappet::api {
namespace {

Value text_or_null(const std::string& text) { return text.empty() ? Value::null() : Value::string(text); }

/// A plugin as it is loaded, with what its build's crashes are.
Resource plugin_resource(const Context& context, const plugin::PluginInfo& info) {
    const store::PluginRecord* record = context.crashes->record(info.name, info.hash);
    const bool aside = record && record->quarantined.ms != 0;
    return {
        "plugin", info.name.empty() ? info.file : info.name,
        Value::object(
            {{"version", text_or_null(info.version)},
             {"file", Value::string(info.file)},
             {"hash", text_or_null(info.hash)},
             {"mode", Value::string(info.isolated ? "isolated" : "trusted")},
             {"loaded", Value::boolean(info.problem.empty())},
             {"problem", text_or_null(info.problem.empty() ? info.newer_problem : info.problem)},
             {"crashes", Value::integer(record ? static_cast<std::int64_t>(record->crashes) : 0)},
             {"lastCrash", record ? Value::string(record->what) : Value::null()},
             {"quarantinedSince", aside ? Value::string(to_rfc3339(record->quarantined)) : Value::null()}})};
}

/// Plugins whose files are gone while served flows still call what was loaded: by name, how many flows.
std::map<std::string, std::size_t> removed_but_used(const Context& context) {
    std::set<std::string> here;
    for (const plugin::PluginInfo& info : context.host->plugins()) here.insert(info.name);
    std::map<std::string, std::size_t> out;
    for (const runtime::FlowHandle& flow : context.flows.all()) {
        std::set<std::string> used;
        for (const auto& step : flow->plan->step_storage)
            if (step->action && step->action->action) {
                const std::string& name = step->action->action->name;
                used.insert(name.substr(0, name.find('/')));
            }
        for (const auto& trigger : flow->plan->triggers)
            if (trigger.spec) used.emplace(trigger.spec->plugin());
        for (const std::string& name : used)
            if (!here.contains(name)) ++out[name];
    }
    return out;
}

Resource removed_plugin(const std::string& name, std::size_t flows) {
    return {"plugin", name,
            Value::object({{"version", Value::null()},
                           {"file", Value::null()},
                           {"hash", Value::null()},
                           {"mode", Value::null()},
                           {"loaded", Value::boolean(false)},
                           {"problem", Value::string("removed, used by " + std::to_string(flows) +
                                                     (flows == 1 ? " flow" : " flows"))},
                           {"crashes", Value::null()},
                           {"lastCrash", Value::null()},
                           {"quarantinedSince", Value::null()}})};
}

std::vector<Resource> resources(const Context& context) {
    std::vector<Resource> out;
    for (const plugin::PluginInfo& info : context.host->plugins())
        out.push_back(plugin_resource(context, info));
    for (const auto& [name, flows] : removed_but_used(context)) out.push_back(removed_plugin(name, flows));
    return out;
}

void list(const Context& context, Call call) { call.respond.send(page_of(call, resources(context))); }

void show(const Context& context, Call call, const std::string& name) {
    for (const Resource& resource : resources(context))
        if (resource.id == name) return call.respond.send(one(call.request, resource));
    call.respond.send(failure(call.request, 404, "not-found", "there is no plugin " + name));
}

}  // namespace

void plugins_resource(const Context& context, Call call) {
    const bool get = call.request.method == "GET" || call.request.method == "HEAD";
    const bool release = call.path.size() == 3 && call.path[2] == "release";
    if (call.path.size() > 2 && !release)
        return call.respond.send(failure(call.request, 404, "not-found", "there is nothing at this address"));
    if (!release && !get) return call.respond.send(wrong_method(call.request, "GET"));
    if (release && call.request.method != "POST")
        return call.respond.send(wrong_method(call.request, "POST"));
    if (call.path.size() == 1) return list(context, std::move(call));
    if (auto refused = refuse_parameters(call, {})) return call.respond.send(std::move(*refused));
    const std::string name = call.path[1];
    const auto& plugins = context.host->plugins();
    const bool here = std::ranges::find(plugins, name, &plugin::PluginInfo::name) != plugins.end();
    if (release)
        if (auto released = context.crashes->release(name); !released)
            return call.respond.send(
                here ? failure_of(call.request, released.error())
                     : failure(call.request, 404, "not-found", "there is no plugin " + name));
    if (release && !here)
        return call.respond.send(none(call.request, Value::object({{"released", Value::string(name)}})));
    show(context, std::move(call), name);
}

}  // namespace tappet::api
