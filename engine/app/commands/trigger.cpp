#include <CLI/CLI.hpp>

#include "app/arguments.hpp"
#include "app/commands/command.hpp"
#include "app/document.hpp"
#include "app/files.hpp"
#include "base/encoding.hpp"
#include "base/printable.hpp"

namespace tappet::app {
namespace {

struct TriggerOptions {
    std::string flow, trigger, payload;
    std::vector<std::string> headers;
};

/// The request of an event, and how to say it with curl.
struct Sending {
    std::string method = "POST", path;
    http::Headers headers{{"content-type", "application/json"}};
    std::string payload = "{}";
};

std::string curl_of(const Target& target, const Sending& sending) {
    std::string out = "curl -i -X " + shell_quoted(sending.method);
    for (const auto& [name, value] : sending.headers.items())
        out += " -H " + shell_quoted(value.empty() ? name + ";" : name + ": " + value);
    return out + " --data-raw " + shell_quoted(sending.payload) + " " +
           shell_quoted(target.server + sending.path);
}

/// Where an event for the trigger goes; nothing when the server's document says no such place.
std::optional<std::string> path_of(const Target& target, const std::string& flow, const Value& trigger) {
    const std::string url = text_of(trigger, "url");
    if (url.empty())
        return target.resource("/flows/" + percent_encode(flow) + "/triggers/" +
                               percent_encode(text_of(trigger, "id")));
    const std::size_t hooks = url.find("/hooks/");
    return hooks == std::string::npos ? std::nullopt : std::optional(url.substr(hooks));
}

const Value* find_trigger(const Value& flow, const std::string& id, std::string& problem) {
    const auto triggers = items_of(flow, "triggers");
    if (id.empty() && triggers.size() == 1) return &triggers[0];
    std::string names;
    for (const Value& trigger : triggers) {
        if (text_of(trigger, "id") == id) return &trigger;
        names += (names.empty() ? "" : ", ") + text_of(trigger, "id");
    }
    problem = "name one of the flow's triggers: " + names;
    return nullptr;
}

void show(const Console& console, const Reply& reply) {
    if (console.json) {
        std::vector<MapEntry> headers;
        for (const auto& [name, value] : reply.headers.items())
            headers.push_back({Value::string(name), Value::string(value)});
        console.value(
            Value::object({{"status", Value::integer(reply.status)},
                           {"headers", Value::map(std::move(headers))},
                           {"body", reply.json.is_null() ? Value::string(reply.body) : reply.json}}));
        return;
    }
    console.line(console.paint(reply.status < 400 ? "32" : "31",
                               std::to_string(reply.status) + " " + std::string(http::reason(reply.status))));
    for (const char* name : {"location", "idempotent-replayed", "retry-after"})
        if (const auto value = reply.headers.get(name))
            console.line(console.paint("2", std::string(name) + ": " + printable(*value)));
    if (!reply.json.is_null())
        console.value(reply.json);
    else if (!reply.body.empty())
        console.line(printable_lines(reply.body));
}

Exit trigger(Invocation& call, const TriggerOptions& options) {
    Sending sending;
    for (const std::string& text : options.headers) {
        const auto header = parse_header(text);
        if (!header)
            return call.console.fail(Exit::usage, "--header takes NAME:VALUE, a header field, not " + text);
        sending.headers.set(header->first, header->second);
    }
    if (!options.payload.empty()) {
        auto text = read_file(options.payload);
        if (!text) return call.console.fail(Exit::not_found, text.error().message);
        sending.payload = std::move(*text);
    }
    const auto found = ask(call.target, "GET", call.target.resource("/flows/" + percent_encode(options.flow)),
                           Shape::resource);
    if (!found) return call.console.fail(found.error().exit, found.error().message);
    const Value flow = plain(*found->json.find("data"));
    std::string problem;
    const Value* trigger = find_trigger(flow, options.trigger, problem);
    if (!trigger) return call.console.fail(Exit::usage, problem);
    const auto path = path_of(call.target, options.flow, *trigger);
    if (!path)
        return call.console.fail(Exit::failed, "the server gives the trigger the address " +
                                                   text_of(*trigger, "url") + ", which is none of a hook");
    sending.path = *path;
    const auto methods = items_of(*trigger, "methods");
    if (!methods.empty() && methods[0].is(Kind::string)) sending.method = std::string(methods[0].as_string());
    if (!call.console.json) call.console.line(call.console.paint("2", curl_of(call.target, sending)) + "\n");
    const auto reply = send(call.target, sending.method, sending.path, sending.payload, sending.headers);
    if (!reply) return call.console.fail(reply.error().exit, reply.error().message);
    show(call.console, *reply);
    return reply->status < 400 ? Exit::ok : exit_of_status(reply->status);
}

}  // namespace

void add_trigger(CLI::App& app, Invocation& call) {
    auto options = std::make_shared<TriggerOptions>();
    CLI::App* command = app.add_subcommand(
        "trigger", "sends an event to a flow of a running engine, and shows the curl for it");
    command->add_option("FLOW", options->flow, "the flow")->required();
    command->add_option("TRIGGER", options->trigger, "which of its triggers");
    command->add_option("--payload", options->payload, "a file with the body; - reads standard input");
    command->add_option("--header", options->headers, "NAME:VALUE, such as a signature; may be repeated")
        ->allow_extra_args(false);
    take_target(*command, call);
    command->callback([&call, options] { call.run = [&call, options] { return trigger(call, *options); }; });
}

}  // namespace tappet::app
