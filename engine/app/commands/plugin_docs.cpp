// tappet plugin docs: pages made from manifests.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>

#include "app/commands/command.hpp"
#include "app/plugin_file.hpp"
#include "app/plugin_page.hpp"

namespace tappet::app {
namespace {

struct Pages {
    std::vector<std::string> names;
    std::string folder;  ///< empty: to standard output
    bool run = false;    ///< asks plugins whose files hold no manifest
};

Exit docs(Invocation& call, const Pages& pages) {
    Exit exit = Exit::ok;
    const auto settings = settings_of(call, exit);
    if (!settings) return exit;
    const std::vector<std::string> names =
        pages.names.empty() ? plugin_files(settings->plugins) : pages.names;
    if (names.empty())
        return call.console.fail(Exit::not_found, "there is no plugin in " + settings->plugins);
    for (const std::string& name : names) {
        const auto file = plugin_file(settings->plugins, name, pages.run);
        if (!file) return call.console.fail(file.error());
        const auto text = plugin_manifest(*file, pages.run);
        if (!text) return call.console.fail(text.error());
        const auto manifest = plugin::parse_manifest(*text);
        if (!manifest)
            return call.console.fail(Error(manifest.error().code, *file + ": " + manifest.error().message));
        const std::string page = plugin_page(*manifest);
        if (pages.folder.empty()) {
            call.console.out(page);
            continue;
        }
        const std::filesystem::path path = std::filesystem::path(pages.folder) / (manifest->name + ".md");
        std::error_code failed;
        std::filesystem::create_directories(pages.folder, failed);
        std::ofstream out(path, std::ios::binary);
        out << page;
        out.close();
        if (!out) return call.console.fail(Exit::failed, path.string() + ": cannot be written");
        call.console.line(path.string());
    }
    return Exit::ok;
}

}  // namespace

void add_plugin_docs(CLI::App& plugin, Invocation& call) {
    auto pages = std::make_shared<Pages>();
    CLI::App* made =
        plugin.add_subcommand("docs", "writes a page of Markdown about each plugin, from its manifest");
    made->add_option("NAME", pages->names, "plugins or their files; all of the folder by default");
    made->add_option("--dir", pages->folder, "the folder to write NAME.md to; standard output by default");
    made->add_flag("--run", pages->run,
                   "where a file holds no manifest: asks the plugin, in a process of its own");
    take_engine(*made, call);
    made->callback([&call, pages] { call.run = [&call, pages] { return docs(call, *pages); }; });
}

}  // namespace tappet::app
