#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>

#include "app/commands/command.hpp"
#include "app/core.hpp"
#include "app/document.hpp"
#include "base/printable.hpp"
#include "expr/json.hpp"
#include "plugin/child/serve.hpp"

namespace tappet::app {
namespace {

bool write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = write(fd, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

void show_entries(const Console& console, const plugin::PluginInfo& info, std::string_view key) {
    for (const Value& entry : items_of(info.manifest, key)) {
        console.line("\n" + console.paint("1", printable(info.name) + "/" + shown_of(entry, "name")) + "  " +
                     shown_of(entry, "title"));
        if (const std::string text = shown_of(entry, "description"); !text.empty()) console.line("  " + text);
        const Value* input = entry.find("input");
        const Value* properties = input ? input->find("properties") : nullptr;
        if (!properties || !properties->is(Kind::map)) continue;
        for (const MapEntry& property : properties->entries()) {
            std::string type;
            if (const Value* declared = property.value.find("type"))
                append_json(type, *declared);
            else if (const Value* choices = property.value.find("enum"))
                append_json(type, *choices);
            console.line("  " + padded(printable(property.key.as_string()), 14) + " " +
                         console.paint("36", padded(printable(type), 24)) + " " +
                         shown_of(property.value, "description"));
        }
    }
}

Exit inspect(Invocation& call, const std::string& name) {
    Exit exit = Exit::ok;
    const auto settings = settings_of(call, exit);
    if (!settings) return exit;
    auto shelf = Shelf::open(*settings);
    if (!shelf) return call.console.fail(shelf.error());
    for (const auto& info : (*shelf)->host().plugins()) {
        if (info.name != name && info.file != name) continue;
        if (!info.problem.empty()) return call.console.fail(Exit::failed, info.file + ": " + info.problem);
        if (call.console.json) {
            call.console.value(info.manifest);
            return Exit::ok;
        }
        call.console.line(call.console.paint("1", printable(info.name)) + " " + printable(info.version) +
                          "  " + call.console.paint("2", printable(info.file)));
        show_entries(call.console, info, "actions");
        show_entries(call.console, info, "triggers");
        return Exit::ok;
    }
    return call.console.fail(Exit::not_found, "there is no plugin " + name + " in " + settings->plugins);
}

/// What the engine starts in a child to hear of a plugin: prints its manifest, and nothing that the plugin
/// prints.
Exit probe(const std::string& file) {
    const int out = dup(STDOUT_FILENO);
    const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(nowhere, STDOUT_FILENO);
    const auto manifest = plugin::probe(file);
    if (manifest && write_all(out, *manifest)) return Exit::ok;
    if (!manifest) std::fprintf(stderr, "%s\n", manifest.error().message.c_str());
    return Exit::failed;
}

/// What the engine starts in a child to run a plugin there.
void add_host(CLI::App& plugin, Invocation& call) {
    auto options = std::make_shared<plugin::child::ServeOptions>();
    CLI::App* child = plugin.add_subcommand("host", "")->group("");
    child->add_option("FILE", options->file)->required();
    child->add_option("--memory", options->limits.memory);
    child->add_option("--files", options->limits.files);
    child->add_option("--file-size", options->limits.file_size);
    child->add_option("--frame", options->limits.link.frame);
    child->callback([&call, options] {
        call.run = [options] { return plugin::child::serve(*options) == 0 ? Exit::ok : Exit::failed; };
    });
}

}  // namespace

void add_plugin(CLI::App& app, Invocation& call) {
    CLI::App* plugin = app.add_subcommand("plugin", "shows plugins");
    plugin->require_subcommand(1);
    add_plugin_list(*plugin, call);
    auto name = std::make_shared<std::string>();
    CLI::App* one =
        plugin->add_subcommand("inspect", "shows a plugin's actions and triggers with their inputs");
    one->add_option("NAME", *name, "the plugin")->required();
    take_engine(*one, call);
    take_output(*one, call);
    one->callback([&call, name] { call.run = [&call, name] { return inspect(call, *name); }; });
    auto file = std::make_shared<std::string>();
    CLI::App* child = plugin->add_subcommand("probe", "")->group("");
    child->add_option("FILE", *file)->required();
    child->callback([&call, file] { call.run = [file] { return probe(*file); }; });
    add_host(*plugin, call);
}

}  // namespace tappet::app
