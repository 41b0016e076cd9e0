// tappet schema: the flow language for editors.
#include <CLI/CLI.hpp>

#include "app/commands/command.hpp"
#include "app/core.hpp"
#include "flow/language_schema.hpp"

namespace tappet::app {
namespace {

Exit schema(Invocation& call) {
    Exit exit = Exit::ok;
    const auto settings = settings_of(call, exit);
    if (!settings) return exit;
    auto shelf = Shelf::open(*settings);
    if (!shelf) return call.console.fail(shelf.error());
    call.console.value(flow::language_schema((*shelf)->host()));
    return Exit::ok;
}

}  // namespace

void add_schema(CLI::App& app, Invocation& call) {
    CLI::App* command =
        app.add_subcommand("schema", "prints the flow language as JSON Schema, with all installed actions");
    take_engine(*command, call);
    command->callback([&call] { call.run = [&call] { return schema(call); }; });
}

}  // namespace tappet::app
