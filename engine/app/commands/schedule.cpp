#include <CLI/CLI.hpp>

#include "app/commands/command.hpp"
#include "app/commands/known.hpp"
#include "app/commands/steer.hpp"
#include "app/document.hpp"
#include "app/table.hpp"

namespace tappet::app {
namespace {

Exit list(Invocation& call) {
    const auto found = ask_all(call.target, call.target.resource("/schedules"));
    if (!found) return call.console.fail(found.error().exit, found.error().message);
    if (found->empty())
        if (const Exit exit = known(call); exit != Exit::ok) return exit;
    std::vector<Value> schedules;
    for (const Value& resource : *found) schedules.push_back(plain(resource));
    if (call.console.json) {
        call.console.value(Value::object({{"schedules", Value::list(std::move(schedules))}}));
        return Exit::ok;
    }
    std::vector<std::vector<std::string>> rows;
    for (const Value& schedule : schedules) {
        rows.push_back({text_of(schedule, "id"), text_of(schedule, "timezone"), time_of(schedule, "next"),
                        time_of(schedule, "accountedUntil"), text_of(schedule, "state"),
                        line_of(schedule, "problem")});
    }
    call.console.out(table(call.console,
                           {{"SCHEDULE", Fit::name},
                            {"ZONE", Fit::spare},
                            "NEXT",
                            {"ACCOUNTED UNTIL", Fit::spare},
                            "STATE",
                            {"PROBLEM", Fit::text}},
                           rows));
    return Exit::ok;
}

}  // namespace

void add_schedule(CLI::App& app, Invocation& call) {
    CLI::App* schedule =
        app.add_subcommand("schedule", "explains schedules, shows and steers those that are served");
    schedule->require_subcommand(1);
    add_schedule_next(*schedule, call);
    CLI::App* listing = schedule->add_subcommand("list", "lists schedules: when each fires next");
    take_target(*listing, call);
    listing->callback([&call] { call.run = [&call] { return list(call); }; });
    add_pauses(*schedule, call, "schedule");
    add_schedule_backfill(*schedule, call);
}

}  // namespace tappet::app
