#include <CLI/CLI.hpp>

#include "app/commands/command.hpp"
#include "base/encoding.hpp"

namespace tappet::app {
namespace {

std::string text_of(const Value& object, std::string_view name) {
    const Value* value = object.find(name);
    if (!value) return {};
    if (value->is(Kind::integer)) return std::to_string(value->as_integer());
    return value->is(Kind::string) ? std::string(value->as_string()) : std::string();
}

Exit list(Invocation& call) {
    const auto reply = ask(call.target, "GET", call.target.resource("/flows"));
    if (!reply) return call.console.fail(reply.error().exit, reply.error().message);
    std::vector<Value> flows;
    for (const Value& resource : reply->json.find("data")->items()) flows.push_back(plain(resource));
    if (call.console.json) {
        call.console.value(Value::object({{"flows", Value::list(std::move(flows))}}));
        return Exit::ok;
    }
    std::vector<std::vector<std::string>> rows;
    for (const Value& flow : flows) {
        std::string triggers;
        for (const Value& trigger : flow.find("triggers")->items())
            triggers += (triggers.empty() ? "" : ", ") + text_of(trigger, "id");
        const Value* missing = flow.find("missingConfig");
        const bool unset = missing && missing->size() > 0;
        rows.push_back({text_of(flow, "id"), "v" + text_of(flow, "version"), triggers, text_of(flow, "steps"),
                        unset ? "needs variables" : text_of(flow, "title")});
    }
    call.console.out(table(call.console, {"FLOW", "VERSION", "TRIGGERS", "STEPS", "TITLE"}, rows));
    return Exit::ok;
}

Exit show(Invocation& call, const std::string& name) {
    const auto reply = ask(call.target, "GET", call.target.resource("/flows/" + percent_encode(name)));
    if (!reply) return call.console.fail(reply.error().exit, reply.error().message);
    const Value flow = plain(*reply->json.find("data"));
    if (call.console.json) {
        call.console.value(Value::object({{"flow", flow}}));
        return Exit::ok;
    }
    call.console.line(call.console.paint("1", name) + " v" + text_of(flow, "version") + "  " +
                      text_of(flow, "title"));
    if (const std::string text = text_of(flow, "description"); !text.empty()) call.console.line(text);
    call.console.line(call.console.paint("2", text_of(flow, "file")) + "\n");
    std::vector<std::vector<std::string>> rows;
    for (const Value& trigger : flow.find("triggers")->items())
        rows.push_back({text_of(trigger, "id"), text_of(trigger, "uses"), text_of(trigger, "mode"),
                        text_of(trigger, "verify"), text_of(trigger, "url")});
    call.console.out(table(call.console, {"TRIGGER", "USES", "MODE", "VERIFY", "ADDRESS"}, rows));
    for (const Value& variable : flow.find("missingConfig")->items())
        call.console.line(call.console.paint(
            "33", "variable `" + std::string(variable.as_string()) + "` has no value: tappet var set"));
    call.console.line("\n" + text_of(flow, "source"));
    return Exit::ok;
}

}  // namespace

void add_flows(CLI::App& app, Invocation& call) {
    CLI::App* flows = app.add_subcommand("flows", "shows the flows that are served");
    flows->require_subcommand(1);
    CLI::App* listing = flows->add_subcommand("list", "lists flows");
    take_target(*listing, call);
    listing->callback([&call] { call.run = [&call] { return list(call); }; });
    auto name = std::make_shared<std::string>();
    CLI::App* one = flows->add_subcommand("show", "shows a flow: triggers, variables, source");
    one->add_option("FLOW", *name, "its name")->required();
    take_target(*one, call);
    one->callback([&call, name] { call.run = [&call, name] { return show(call, *name); }; });
}

}  // namespace tappet::app
