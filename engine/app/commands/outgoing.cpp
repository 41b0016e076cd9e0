#include <CLI/CLI.hpp>

#include "app/commands/known.hpp"
#include "app/commands/listing.hpp"
#include "app/commands/steer.hpp"
#include "app/document.hpp"
#include "app/table.hpp"
#include "base/encoding.hpp"
#include "base/printable.hpp"
#include "expr/json.hpp"

namespace tappet::app {
namespace {

struct OutgoingOptions {
    std::string id, flow, run, status;
    PageOptions page;
};

/// What to say where there is no message: what was asked for may not be there either.
Exit nothing_of(Invocation& call, const OutgoingOptions& options) {
    if (!options.run.empty()) {
        const auto run = ask(call.target, "GET", call.target.resource("/runs/" + percent_encode(options.run)),
                             Shape::resource);
        if (!run) return fail(call.console, run.error());
    }
    return known(call, options.flow);
}

Exit list(Invocation& call, const OutgoingOptions& options) {
    const Filter filters[] = {{"filter[flow]", "--flow", options.flow},
                              {"filter[run]", "--run", options.run},
                              {"filter[status]", "--status", options.status}};
    Exit exit = Exit::ok;
    auto listed = ask_page(call, "/outgoing", options.page, filters, exit);
    if (!listed) return exit;
    if (listed->items.empty() && options.page.after.empty())
        if (exit = nothing_of(call, options); exit != Exit::ok) return exit;
    if (call.console.json) {
        call.console.value(
            Value::object({{"messages", Value::list(std::move(listed->items))}, {"next", listed->next}}));
        return Exit::ok;
    }
    std::vector<std::vector<std::string>> rows;
    for (const Value& message : listed->items)
        rows.push_back(
            {text_of(message, "status"), text_of(message, "flow") + "." + text_of(message, "endpoint"),
             text_of(message, "type"), text_of(message, "attempts"), time_of(message, "nextAttemptAt"),
             text_of(message, "id"), line_of(message, "lastError")});
    call.console.out(table(call.console,
                           {"STATUS",
                            {"ENDPOINT", Fit::name},
                            "TYPE",
                            {"ATTEMPTS", Fit::spare},
                            {"NEXT", Fit::spare},
                            "ID",
                            {"ERROR", Fit::text}},
                           rows));
    note_next(call.console, *listed);
    return Exit::ok;
}

/// One message, as it is or after it was asked for again.
Exit one(Invocation& call, const OutgoingOptions& options, bool again) {
    const std::string address = call.target.resource("/outgoing/" + percent_encode(options.id));
    const auto reply =
        ask(call.target, again ? "POST" : "GET", again ? address + "/resend" : address, Shape::resource);
    if (!reply) return fail(call.console, reply.error());
    const Value message = plain(*reply->json.find("data"));
    if (again && text_of(message, "status") == "held")
        call.console.note("its address is disabled: it waits until `tappet outgoing enable " +
                          shown_of(message, "flow") + "." + shown_of(message, "endpoint") + "`");
    if (call.console.json) {
        call.console.value(Value::object({{"message", message}}));
        return Exit::ok;
    }
    std::string out;
    for (const char* name : {"id", "status", "flow", "endpoint", "run", "type", "attempts", "createdAt",
                             "nextAttemptAt", "lastAttemptAt", "lastStatus", "lastError"}) {
        const std::string text = line_of(message, name);
        if (!text.empty()) out += std::string(name) + ": " + text + "\n";
    }
    if (const Value* body = message.find("body"); body && !again) {
        JsonStyle style;
        style.indent = 2;
        std::string text;
        append_json(text, *body, style);
        out += printable_lines(text) + "\n";
    }
    call.console.out(out);
    return Exit::ok;
}

Exit endpoints(Invocation& call) {
    const auto found = ask_all(call.target, call.target.resource("/outgoing-endpoints"));
    if (!found) return fail(call.console, found.error());
    if (found->empty())
        if (const Exit exit = known(call); exit != Exit::ok) return exit;
    std::vector<Value> all;
    for (const Value& resource : *found) all.push_back(plain(resource));
    if (call.console.json) {
        call.console.value(Value::object({{"endpoints", Value::list(std::move(all))}}));
        return Exit::ok;
    }
    std::vector<std::vector<std::string>> rows;
    for (const Value& endpoint : all)
        rows.push_back({text_of(endpoint, "id"), text_of(endpoint, "status"), text_of(endpoint, "waiting"),
                        time_of(endpoint, "failingSince"), line_of(endpoint, "reason")});
    call.console.out(table(
        call.console,
        {{"ENDPOINT", Fit::name}, "STATUS", {"WAITING", Fit::spare}, "FAILING SINCE", {"REASON", Fit::text}},
        rows));
    return Exit::ok;
}

Exit enable(Invocation& call, const OutgoingOptions& options) {
    const std::string address =
        call.target.resource("/outgoing-endpoints/" + percent_encode(options.id) + "/enable");
    const auto reply = ask(call.target, "POST", address, Shape::resource);
    if (!reply) return fail(call.console, reply.error());
    const Value endpoint = plain(*reply->json.find("data"));
    if (call.console.json)
        call.console.value(Value::object({{"endpoint", endpoint}}));
    else
        call.console.out(shown_of(endpoint, "id") + " is sent to again; " +
                         counted(text_of(endpoint, "waiting"), "message waits", "messages wait") + "\n");
    return Exit::ok;
}

}  // namespace

void add_outgoing(CLI::App& app, Invocation& call) {
    CLI::App* group = app.add_subcommand("outgoing", "shows and steers what addresses are told of runs");
    group->require_subcommand(1);
    const auto options = std::make_shared<OutgoingOptions>();

    CLI::App* listing = group->add_subcommand("list", "lists messages, newest first");
    take_target(*listing, call);
    listing->add_option("--status", options->status, "pending, held, delivered or failed");
    listing->add_option("--flow", options->flow, "of this flow alone");
    listing->add_option("--run", options->run, "of this run alone");
    take_page(*listing, options->page);
    listing->callback([&call, options] { call.run = [&call, options] { return list(call, *options); }; });

    const auto with_id = [&](const char* name, const char* does, const char* what,
                             Exit (*act)(Invocation&, const OutgoingOptions&)) {
        CLI::App* command = group->add_subcommand(name, does);
        take_target(*command, call);
        command->add_option(what, options->id)->required();
        command->callback(
            [&call, options, act] { call.run = [&call, options, act] { return act(call, *options); }; });
    };
    with_id("show", "shows one message with its body", "ID",
            [](Invocation& with, const OutgoingOptions& given) { return one(with, given, false); });
    with_id("resend", "sends a message again, with every attempt before it", "ID",
            [](Invocation& with, const OutgoingOptions& given) { return one(with, given, true); });
    with_id("enable", "sends to a disabled address again", "ENDPOINT", enable);

    CLI::App* all =
        group->add_subcommand("endpoints", "lists addresses: whether they fail, what waits for them");
    take_target(*all, call);
    all->callback([&call] { call.run = [&call] { return endpoints(call); }; });
}

}  // namespace tappet::app
