#include "app/cli.hpp"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <exception>
#include <iostream>

#include "app/commands/command.hpp"
#include "app/usage.hpp"
#include "app/version.hpp"

namespace tappet::app {
namespace {

int code(Exit exit) { return static_cast<int>(exit); }

void set_from_environment(std::string& to, const char* name) {
    if (const char* value = std::getenv(name); value && *value) to = value;
}

/// The exit of a command that is done, unless nobody got what it printed.
Exit written(Exit exit) {
    std::cout.flush();
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0 && std::cout.good()) return exit;
    std::fputs("tappet: standard output could not be written: what was printed is not whole\n", stderr);
    return exit == Exit::ok ? Exit::failed : exit;
}

/// `help COMMAND…`: the same as `COMMAND… --help`.
void add_help(CLI::App& app, Invocation& call) {
    auto words = std::make_shared<std::vector<std::string>>();
    CLI::App* help = app.add_subcommand("help", "what there is, or what a command takes");
    help->add_option("COMMAND", *words, "the command");
    help->callback([&app, &call, words] {
        call.run = [&app, &call, words] {
            const CLI::App* at = &app;
            for (const std::string& word : *words) {
                const auto found =
                    at->get_subcommands([&](const CLI::App* one) { return one->get_name() == word; });
                if (found.empty())
                    return call.console.fail(Exit::usage, "there is no command `" + word + "`");
                at = found.front();
            }
            call.console.out(at->get_formatter()->make_help(at, "tappet", CLI::AppFormatMode::Normal));
            return Exit::ok;
        };
    });
}

int run(int argc, const char* const* argv) {
    CLI::App app("Tappet: workflow automation, durable and fast", "tappet");
    app.require_subcommand(1);
    app.set_version_flag("--version", "tappet " + version());
    Invocation call;
    set_from_environment(call.target.server, "TAPPET_SERVER");
    set_from_environment(call.target.tenant, "TAPPET_TENANT");
    set_from_environment(call.target.api_key, "TAPPET_API_KEY");
    for (const auto add :
         {add_serve, add_run, add_validate, add_test, add_schema, add_eval, add_trigger, add_runs, add_flows,
          add_var, add_schedule, add_poll, add_hooks, add_outgoing, add_plugin, add_doctor, add_version})
        add(app, call);
    add_help(app, call);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() != 0) {
            call.console.json = asks_for_json({argv, static_cast<std::size_t>(argc)});
            return code(call.console.fail(Exit::usage, usage_text(app, error)));
        }
        app.exit(error);  // --help, --version
        return code(written(Exit::ok));
    }
    while (call.target.server.ends_with('/')) call.target.server.pop_back();
    return code(written(call.run()));
}

}  // namespace

void take_output(CLI::App& command, Invocation& call) {
    command
        .add_option_function<std::string>(
            "-o,--output", [&call](const std::string& form) { call.console.json = form == "json"; },
            "json, or text")
        ->check(CLI::IsMember({"json", "text"}));
}

void take_target(CLI::App& command, Invocation& call) {
    command.add_option("--server", call.target.server, "the engine's address (TAPPET_SERVER)")
        ->capture_default_str();
    command.add_option("--tenant", call.target.tenant, "whose flows and runs")->capture_default_str();
    take_output(command, call);
}

void take_engine(CLI::App& command, Invocation& call) {
    command.add_option("--config", call.flags.config, "the configuration file (TAPPET_CONFIG)");
    command.add_option("--plugins", call.flags.plugins, "the folder of plugins (TAPPET_PLUGINS)");
    command
        .add_option("--allow-http", call.flags.allow_http,
                    "a private address, network or host that core/http may reach; may be repeated "
                    "(TAPPET_HTTP_ALLOW)")
        ->allow_extra_args(false);
}

std::optional<Settings> settings_of(Invocation& call, Exit& exit, const Settings& defaults) {
    auto loaded = load_settings(call.flags, defaults);
    if (!loaded) {
        exit = call.console.fail(
            loaded.error().code == ErrorCode::invalid ? Exit::usage : exit_of(loaded.error()),
            loaded.error().message);
        return std::nullopt;
    }
    if (!loaded->findings.empty())
        call.console.note(flow::render_human(loaded->findings, loaded->source, {call.console.color}));
    if (flow::has_errors(loaded->findings)) {
        exit = call.console.fail(Exit::usage, "the configuration has errors");
        return std::nullopt;
    }
    return std::move(loaded->settings);
}

int run_cli(int argc, const char* const* argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "tappet: internal error: %s\n", error.what());
        return code(Exit::internal);
    }
}

}  // namespace tappet::app
