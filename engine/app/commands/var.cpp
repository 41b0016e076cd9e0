#include <CLI/CLI.hpp>
#include <set>

#include "app/arguments.hpp"
#include "app/commands/command.hpp"
#include "app/document.hpp"
#include "app/table.hpp"
#include "base/closest.hpp"
#include "base/encoding.hpp"
#include "base/printable.hpp"
#include "expr/json.hpp"

namespace tappet::app {
namespace {

struct VarOptions {
    std::string name, value;
    bool unset = false;
};

/// Says so where no flow that is served declares the variable: its name may be misspelt.
void note_undeclared(Invocation& call, const std::string& name) {
    const auto flows = ask_all(call.target, call.target.resource("/flows"));
    if (!flows) return;  // it is set all the same
    std::set<std::string> known;
    for (const Value& resource : *flows)
        if (const Value* attributes = resource.find("attributes"))
            for (const Value& variable : items_of(*attributes, "config"))
                if (variable.is(Kind::string)) known.emplace(variable.as_string());
    if (known.contains(name)) return;
    const std::string_view near = closest(name, known);
    call.console.note("no flow that is served declares " + printable(name) +
                      (near.empty() ? std::string() : "; did you mean " + printable(near) + "?"));
}

Exit set(Invocation& call, const VarOptions& options) {
    if (options.name.empty()) return call.console.fail(Exit::usage, "NAME is the variable's, and not empty");
    JsonParsed parsed = parse_json(options.value);
    const Value value = parsed.ok ? std::move(parsed.value) : Value::string(options.value);
    std::string body;
    append_json(
        body, Value::object({{"data", Value::object({{"type", Value::string("var")},
                                                     {"id", Value::string(options.name)},
                                                     {"attributes", Value::object({{"value", value}})}})}}));
    const std::string path = call.target.resource("/vars/" + percent_encode(options.name));
    const auto reply = options.unset ? ask(call.target, "DELETE", path, Shape::none)
                                     : ask(call.target, "PUT", path, Shape::resource, body);
    if (!reply) return call.console.fail(reply.error().exit, reply.error().message);
    if (!options.unset) note_undeclared(call, options.name);
    if (call.console.json)
        call.console.value(
            Value::object({{"var", Value::object({{"name", Value::string(options.name)},
                                                  {"value", options.unset ? Value::null() : value}})}}));
    else
        call.console.line(options.name + (options.unset ? " is unset" : " is set"));
    return Exit::ok;
}

Exit list(Invocation& call) {
    const auto found = ask_all(call.target, call.target.resource("/vars"));
    if (!found) return call.console.fail(found.error().exit, found.error().message);
    std::vector<MapEntry> vars;
    std::vector<std::vector<std::string>> rows;
    for (const Value& resource : *found) {
        const Value var = plain(resource);
        const Value* set = var.find("value");
        const Value value = set ? *set : Value::null();
        std::string text;
        append_json(text, value);
        rows.push_back({text_of(var, "id"), text});
        vars.push_back({*var.find("id"), value});
    }
    if (call.console.json)
        call.console.value(Value::object({{"vars", Value::map(std::move(vars))}}));
    else
        call.console.out(table(call.console, {{"NAME", Fit::name}, {"VALUE", Fit::text}}, rows));
    return Exit::ok;
}

}  // namespace

void add_var(CLI::App& app, Invocation& call) {
    CLI::App* var = app.add_subcommand("var", "sets the config variables of a tenant's flows");
    var->require_subcommand(1);
    auto options = std::make_shared<VarOptions>();
    CLI::App* setting = var->add_subcommand("set", "sets a variable");
    setting->add_option("NAME", options->name, "the variable")->required()->check(text_problem);
    CLI::Option* value = setting->add_option("VALUE", options->value, "JSON, or a text")->check(text_problem);
    setting->add_flag("--unset", options->unset, "removes it instead")->excludes(value);
    take_target(*setting, call);
    setting->callback([&call, options, value] {
        if (!options->unset && value->count() == 0) throw CLI::RequiredError("VALUE");
        call.run = [&call, options] { return set(call, *options); };
    });
    CLI::App* listing = var->add_subcommand("list", "lists the variables that are set");
    take_target(*listing, call);
    listing->callback([&call] { call.run = [&call] { return list(call); }; });
}

}  // namespace tappet::app
