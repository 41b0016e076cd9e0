#pragma once
#include <CLI/App.hpp>
#include <functional>
#include <memory>
#include <string>

#include "app/console.hpp"
#include "app/remote.hpp"
#include "app/settings.hpp"

namespace tappet::app {

/// One command line in the making: commands set `run`, the one that was named is called.
struct Invocation {
    Console console;
    Flags flags;
    Target target;
    std::function<Exit()> run;
};

// Each declares its commands; one file each.
void add_serve(CLI::App& app, Invocation& call);  ///< serve, dev
void add_run(CLI::App& app, Invocation& call);
void add_validate(CLI::App& app, Invocation& call);
void add_test(CLI::App& app, Invocation& call);
void add_schema(CLI::App& app, Invocation& call);
void add_eval(CLI::App& app, Invocation& call);
void add_trigger(CLI::App& app, Invocation& call);
void add_runs(CLI::App& app, Invocation& call);
void add_flows(CLI::App& app, Invocation& call);
void add_var(CLI::App& app, Invocation& call);
void add_schedule(CLI::App& app, Invocation& call);
void add_poll(CLI::App& app, Invocation& call);
void add_hooks(CLI::App& app, Invocation& call);
void add_outgoing(CLI::App& app, Invocation& call);
void add_schedule_next(CLI::App& schedule, Invocation& call);
void add_schedule_backfill(CLI::App& schedule, Invocation& call);
void add_plugin(CLI::App& app, Invocation& call);
void add_plugin_list(CLI::App& plugin, Invocation& call);     ///< plugin list, plugin release
void add_plugin_inspect(CLI::App& plugin, Invocation& call);  ///< plugin inspect; plugin embed, for builds
void add_plugin_new(CLI::App& plugin, Invocation& call);
void add_plugin_test(CLI::App& plugin, Invocation& call);
void add_plugin_docs(CLI::App& plugin, Invocation& call);
void add_doctor(CLI::App& app, Invocation& call);
void add_version(CLI::App& app, Invocation& call);

// What several commands take.
void take_output(CLI::App& command, Invocation& call);  ///< -o json
void take_target(CLI::App& command, Invocation& call);  ///< --server --tenant
void take_engine(CLI::App& command, Invocation& call);  ///< --config --plugins --allow-http

/// Settings by flags, environment and file; says what is wrong with the file. Nothing when the command cannot
/// go on: `exit` says how.
std::optional<Settings> settings_of(Invocation& call, Exit& exit, const Settings& defaults = {});

}  // namespace tappet::app
