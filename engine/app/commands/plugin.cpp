#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>

#include "app/commands/command.hpp"
#include "app/core.hpp"
#include "app/document.hpp"
#include "base/printable.hpp"
#include "expr/json.hpp"
#include "plugin/child/fence.hpp"
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

/// What the engine starts in a child to hear of a plugin: prints its manifest, and nothing that the plugin
/// prints.
Exit probe(const std::string& file) {
    plugin::child::keep_alone();  // as it will be where it runs
    const int out = dup(STDOUT_FILENO);
    const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(nowhere, STDOUT_FILENO);
    const auto manifest = plugin::probe(file);
    if (manifest && manifest->empty()) {
        std::fprintf(stderr, "its manifest is empty\n");
        return Exit::failed;
    }
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
    child->add_option("--values", options->limits.link.values);
    child->add_option("--series", options->limits.series);
    child->callback([&call, options] {
        call.run = [options] { return plugin::child::serve(*options) == 0 ? Exit::ok : Exit::failed; };
    });
}

}  // namespace

void add_plugin(CLI::App& app, Invocation& call) {
    CLI::App* plugin = app.add_subcommand("plugin", "shows plugins, and makes new ones");
    plugin->require_subcommand(1);
    add_plugin_list(*plugin, call);
    add_plugin_inspect(*plugin, call);
    add_plugin_new(*plugin, call);
    add_plugin_test(*plugin, call);
    add_plugin_docs(*plugin, call);
    auto file = std::make_shared<std::string>();
    CLI::App* child = plugin->add_subcommand("probe", "")->group("");
    child->add_option("FILE", *file)->required();
    child->callback([&call, file] { call.run = [file] { return probe(*file); }; });
    add_host(*plugin, call);
}

}  // namespace tappet::app
