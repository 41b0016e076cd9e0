#include <CLI/CLI.hpp>

#include "app/commands/steer.hpp"
#include "app/document.hpp"

namespace tappet::app {
namespace {

Exit list(Invocation& call) {
    const auto found = ask_all(call.target, call.target.resource("/polls"));
    if (!found) return call.console.fail(found.error().exit, found.error().message);
    std::vector<Value> polls;
    for (const Value& resource : *found) polls.push_back(plain(resource));
    if (call.console.json) {
        call.console.value(Value::object({{"polls", Value::list(std::move(polls))}}));
        return Exit::ok;
    }
    std::vector<std::vector<std::string>> rows;
    for (const Value& poll : polls) {
        const Value* every = poll.find("everyMs");
        const std::string problem = line_of(poll, "problem");
        rows.push_back({text_of(poll, "id"), text_of(poll, "uses"),
                        every && every->is(Kind::integer) ? span_text(every->as_integer()) : "",
                        text_of(poll, "state") + (problem.empty() ? "" : ": " + problem)});
    }
    call.console.out(table(call.console, {"POLL", "USES", "EVERY", "STATE"}, rows));
    return Exit::ok;
}

}  // namespace

void add_poll(CLI::App& app, Invocation& call) {
    CLI::App* poll = app.add_subcommand("poll", "shows and steers the sources that are asked");
    poll->require_subcommand(1);
    CLI::App* listing = poll->add_subcommand("list", "lists polls: what each asks, and how it does");
    take_target(*listing, call);
    listing->callback([&call] { call.run = [&call] { return list(call); }; });
    add_pauses(*poll, call, "poll");
}

}  // namespace tappet::app
