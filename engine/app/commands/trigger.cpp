#include <CLI/CLI.hpp>

#include "app/commands/command.hpp"
#include "app/files.hpp"
#include "base/encoding.hpp"
#include "expr/json.hpp"

namespace tappet::app {
namespace {

struct TriggerOptions {
    std::string flow, trigger, payload;
    std::vector<std::string> headers;
};

std::string text_of(const Value& object, std::string_view name) {
    const Value* value = object.find(name);
    return value && value->is(Kind::string) ? std::string(value->as_string()) : std::string();
}

/// 'it' for a shell.
std::string shell_quoted(const std::string& text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

const Value* find_trigger(const Value& flow, const std::string& id, std::string& problem) {
    const Value& triggers = *flow.find("triggers");
    if (id.empty() && triggers.size() == 1) return &triggers.items()[0];
    std::string names;
    for (const Value& trigger : triggers.items()) {
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
            console.line(console.paint("2", std::string(name) + ": " + std::string(*value)));
    if (!reply.json.is_null())
        console.value(reply.json);
    else if (!reply.body.empty())
        console.line(reply.body);
}

Exit trigger(Invocation& call, const TriggerOptions& options) {
    std::string payload = "{}";
    if (!options.payload.empty()) {
        auto text = read_file(options.payload);
        if (!text) return call.console.fail(Exit::not_found, text.error().message);
        payload = std::move(*text);
    }
    const auto found =
        ask(call.target, "GET", call.target.resource("/flows/" + percent_encode(options.flow)));
    if (!found) return call.console.fail(found.error().exit, found.error().message);
    const Value flow = plain(*found->json.find("data"));
    std::string problem;
    const Value* trigger = find_trigger(flow, options.trigger, problem);
    if (!trigger) return call.console.fail(Exit::usage, problem);
    const std::string url = text_of(*trigger, "url");
    std::string path = call.target.resource("/flows/" + percent_encode(options.flow) + "/triggers/" +
                                            text_of(*trigger, "id"));
    if (!url.empty()) path = url.substr(url.find("/hooks/"));
    http::Headers headers{{"content-type", "application/json"}};
    std::string curl = "curl -i";
    for (const std::string& header : options.headers) {
        const std::size_t colon = header.find_first_of(":=");
        if (colon == std::string::npos)
            return call.console.fail(Exit::usage, "--header takes NAME:VALUE, not " + header);
        headers.set(header.substr(0, colon), header.substr(header.find_first_not_of(' ', colon + 1)));
        curl += " -H " + shell_quoted(header);
    }
    const Value* methods = trigger->find("methods");
    const std::string method = !url.empty() && methods && methods->size() > 0
                                   ? std::string(methods->items()[0].as_string())
                                   : "POST";
    curl += " -X " + method + " -H 'content-type: application/json' -d " + shell_quoted(payload) + " " +
            shell_quoted(call.target.server + path);
    if (!call.console.json) call.console.line(call.console.paint("2", curl) + "\n");
    const auto reply = send(call.target, method, path, payload, headers);
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
    command->add_option("--header", options->headers, "NAME:VALUE, such as a signature");
    take_target(*command, call);
    command->callback([&call, options] { call.run = [&call, options] { return trigger(call, *options); }; });
}

}  // namespace tappet::app
