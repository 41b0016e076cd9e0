#include <CLI/CLI.hpp>

#include "app/commands/command.hpp"
#include "app/core.hpp"
#include "app/document.hpp"
#include "app/plugin_file.hpp"
#include "app/table.hpp"
#include "base/encoding.hpp"
#include "base/log.hpp"
#include "base/printable.hpp"

namespace tappet::app {
namespace {

constexpr std::size_t kShortHash = 12;

/// The text without what stands at its beginning and is said already.
std::string without(const std::string& said, const std::string& text) {
    return text.starts_with(said) ? text.substr(said.size()) : text;
}

/// A plugin of the folder, as /v2/plugins shows those of an engine; what only an engine knows is null.
Value document_of(const plugin::PluginInfo& info) {
    const auto text = [](const std::string& s) { return s.empty() ? Value::null() : Value::string(s); };
    return Value::object(
        {{"name", Value::string(info.name)},
         {"version", Value::string(info.version)},
         {"file", Value::string(info.file)},
         {"hash", text(info.hash)},
         {"mode", info.hash.empty() ? Value::null() : Value::string(info.isolated ? "isolated" : "trusted")},
         {"loaded", Value::boolean(info.problem.empty())},
         {"problem", text(without(info.file + ": ", info.problem))},
         {"crashes", Value::null()},
         {"lastCrash", Value::null()},
         {"quarantinedSince", Value::null()}});
}

/// The same of an engine's answer.
Value document_of(const Value& resource) {
    std::vector<MapEntry> out{{Value::string("name"), *resource.find("id")}};
    for (const MapEntry& entry : resource.find("attributes")->entries()) out.push_back(entry);
    return Value::map(std::move(out));
}

std::string state_of(const Value& plugin) {
    if (const std::string since = text_of(plugin, "quarantinedSince"); !since.empty())
        return "set aside since " + since + ", last " + shown_of(plugin, "lastCrash");
    if (text_of(plugin, "loaded") == "true") return "loaded";
    return text_of(plugin, "file").empty() ? "removed" : "not loaded";
}

void show(const Console& console, const std::vector<Value>& plugins) {
    std::vector<std::vector<std::string>> rows;
    for (const Value& plugin : plugins) {
        const std::string problem = text_of(plugin, "problem");
        rows.push_back({text_of(plugin, "name"), text_of(plugin, "version"), text_of(plugin, "mode"),
                        text_of(plugin, "hash").substr(0, kShortHash), text_of(plugin, "crashes"),
                        state_of(plugin),
                        text_of(plugin, "file") +
                            (problem.empty() || text_of(plugin, "file").empty() ? problem : ": " + problem)});
    }
    console.out(table(console,
                      {"PLUGIN",
                       {"VERSION", Fit::spare},
                       {"MODE", Fit::spare},
                       "BUILD",
                       "CRASHES",
                       {"STATE", Fit::text},
                       {"FILE", Fit::below}},
                      rows));
}

Exit show_all(Invocation& call, std::vector<Value> plugins) {
    if (call.console.json)
        call.console.value(Value::object({{"plugins", Value::list(std::move(plugins))}}));
    else
        show(call.console, plugins);
    return Exit::ok;
}

Exit list_folder(Invocation& call) {
    Exit exit = Exit::ok;
    const auto settings = settings_of(call, exit);
    if (!settings) return exit;
    log::configure(log::Level::off, log::Format::text);  // what it would say stands in the list
    auto shelf = Shelf::open(*settings);
    if (!shelf) return call.console.fail(shelf.error());
    std::vector<Value> plugins;
    bool whole = true;
    for (const auto& info : (*shelf)->host().plugins()) {
        plugins.push_back(document_of(info));
        whole = whole && info.problem.empty();
    }
    for (const std::string& name : trusted_without_file(settings->plugins, settings->trusted))
        call.console.note("plugins.trusted: there is no file " + printable(name) + " in " +
                          settings->plugins);
    show_all(call, std::move(plugins));
    return whole ? Exit::ok : Exit::failed;
}

Exit list_server(Invocation& call) {
    const auto found = ask_all(call.target, "/v2/plugins");
    if (!found) return call.console.fail(found.error().exit, found.error().message);
    std::vector<Value> plugins;
    for (const Value& resource : *found) plugins.push_back(document_of(resource));
    return show_all(call, std::move(plugins));
}

Exit release(Invocation& call, const std::string& name) {
    const auto reply = send(call.target, "POST", "/v2/plugins/" + percent_encode(name) + "/release");
    if (!reply) return call.console.fail(reply.error().exit, reply.error().message);
    if (reply->status >= 400) return call.console.fail(exit_of_status(reply->status), problem_text(*reply));
    if (call.console.json)
        call.console.value(Value::object({{"released", Value::string(name)}}));
    else
        call.console.line("plugin " + printable(name) + " is called again; its crashes are forgotten");
    return Exit::ok;
}

}  // namespace

void add_plugin_list(CLI::App& plugin, Invocation& call) {
    CLI::App* listing = plugin.add_subcommand(
        "list", "lists the plugins of the folder, or of an engine with what crashed there");
    take_engine(*listing, call);
    const CLI::Option* server = listing->add_option("--server", call.target.server,
                                                    "of the engine at this address, instead of the folder");
    take_output(*listing, call);
    listing->callback([&call, server] {
        call.run = [&call, of_server = server->count() > 0] {
            return of_server ? list_server(call) : list_folder(call);
        };
    });
    auto name = std::make_shared<std::string>();
    CLI::App* one = plugin.add_subcommand("release", "lets a plugin be called again that crashed too often");
    one->add_option("NAME", *name, "the plugin")->required();
    one->add_option("--server", call.target.server, "the engine's address (TAPPET_SERVER)")
        ->capture_default_str();
    take_output(*one, call);
    one->callback([&call, name] { call.run = [&call, name] { return release(call, *name); }; });
}

}  // namespace tappet::app
