#include "app/version.hpp"

#include <CLI/CLI.hpp>

#include "app/commands/command.hpp"

namespace tappet::app {

void add_version(CLI::App& app, Invocation& call) {
    CLI::App* command = app.add_subcommand("version", "tells the version");
    take_output(*command, call);
    command->callback([&call] {
        call.run = [&call] {
            if (call.console.json)
                call.console.value(version_document());
            else
                call.console.line("tappet " + version());
            return Exit::ok;
        };
    });
}

}  // namespace tappet::app
