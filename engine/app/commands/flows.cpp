#include <CLI/CLI.hpp>

#include "app/commands/command.hpp"
#include "app/commands/known.hpp"
#include "app/document.hpp"
#include "app/table.hpp"
#include "base/encoding.hpp"
#include "base/printable.hpp"

namespace tappet::app {
namespace {

Exit list(Invocation& call) {
    const auto found = ask_all(call.target, call.target.resource("/flows"));
    if (!found) return call.console.fail(found.error().exit, found.error().message);
    if (found->empty())
        if (const Exit exit = known(call); exit != Exit::ok) return exit;
    std::vector<Value> flows;
    for (const Value& resource : *found) flows.push_back(plain(resource));
    if (call.console.json) {
        call.console.value(Value::object({{"flows", Value::list(std::move(flows))}}));
        return Exit::ok;
    }
    std::vector<std::vector<std::string>> rows;
    for (const Value& flow : flows) {
        std::string triggers;
        for (const Value& trigger : items_of(flow, "triggers"))
            triggers += (triggers.empty() ? "" : ", ") + text_of(trigger, "id");
        const bool unset = !items_of(flow, "missingConfig").empty();
        rows.push_back({text_of(flow, "id"), "v" + text_of(flow, "version"), triggers, text_of(flow, "steps"),
                        unset ? "needs variables" : text_of(flow, "title")});
    }
    call.console.out(table(call.console,
                           {{"FLOW", Fit::name},
                            {"VERSION", Fit::spare},
                            {"TRIGGERS", Fit::text},
                            {"STEPS", Fit::spare},
                            {"TITLE", Fit::text}},
                           rows));
    return Exit::ok;
}

Exit show(Invocation& call, const std::string& name) {
    const auto reply =
        ask(call.target, "GET", call.target.resource("/flows/" + percent_encode(name)), Shape::resource);
    if (!reply) return call.console.fail(reply.error().exit, reply.error().message);
    const Value flow = plain(*reply->json.find("data"));
    if (call.console.json) {
        call.console.value(Value::object({{"flow", flow}}));
        return Exit::ok;
    }
    call.console.line(call.console.paint("1", printable(name)) + " v" + shown_of(flow, "version") + "  " +
                      shown_of(flow, "title"));
    if (const std::string text = shown_of(flow, "description"); !text.empty()) call.console.line(text);
    call.console.line(call.console.paint("2", shown_of(flow, "file")) + "\n");
    std::vector<std::vector<std::string>> rows;
    for (const Value& trigger : items_of(flow, "triggers"))
        rows.push_back({text_of(trigger, "id"), text_of(trigger, "uses"), text_of(trigger, "mode"),
                        text_of(trigger, "verify"), text_of(trigger, "url")});
    call.console.out(table(call.console,
                           {{"TRIGGER", Fit::name},
                            {"USES", Fit::name},
                            {"MODE", Fit::spare},
                            {"VERIFY", Fit::spare},
                            {"ADDRESS", Fit::below}},
                           rows));
    for (const Value& variable : items_of(flow, "missingConfig"))
        if (variable.is(Kind::string))
            call.console.line(call.console.paint(
                "33", "variable `" + printable(variable.as_string()) + "` has no value: tappet var set"));
    call.console.line("\n" + printable_lines(text_of(flow, "source")));
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
