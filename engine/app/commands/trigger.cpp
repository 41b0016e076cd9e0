#include <CLI/CLI.hpp>
#include <algorithm>

#include "app/arguments.hpp"
#include "app/commands/command.hpp"
#include "app/document.hpp"
#include "app/files.hpp"
#include "app/sending.hpp"
#include "base/encoding.hpp"
#include "base/ids.hpp"
#include "base/printable.hpp"
#include "base/random.hpp"
#include "flow/verify_settings.hpp"
#include "trigger/sign.hpp"

namespace tappet::app {
namespace {

struct TriggerOptions {
    std::string flow, trigger, payload, secret, secret_file, as, id;
    std::vector<std::string> headers;
    bool dry_run = false;
};

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
    problem = id.empty() ? "name one of the flow's triggers: " + names
                         : "flow " + text_of(flow, "name") + " has no trigger " + printable(id) +
                               "; its triggers are " + names;
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
    for (const char* name : {"Location", "Idempotent-Replayed", "Retry-After"})
        if (const auto value = reply.headers.get(name))
            console.line(console.paint("2", std::string(name) + ": " + printable(*value)));
    if (!reply.json.is_null())
        console.value(reply.json);
    else if (!reply.body.empty())
        console.line(printable_lines(reply.body));
}

/// How an event goes out without being sent. The secret itself is not in it.
void show_unsent(const Console& console, const Sending& sending) {
    if (!console.json) return console.line(sending.curl());
    std::vector<MapEntry> headers;
    for (const auto& [name, value] : sending.headers.items()) {
        const bool shown = sending.credential.empty() || !http::same_name(name, "authorization");
        headers.push_back({Value::string(name), shown ? Value::string(value) : Value::string("••••")});
    }
    console.value(Value::object({{"method", Value::string(sending.method)},
                                 {"url", Value::string(sending.url)},
                                 {"headers", Value::map(std::move(headers))},
                                 {"body", Value::string(sending.payload)},
                                 {"curl", Value::string(sending.curl())}}));
}

using Problem = std::optional<Error>;

/// The secret that was named; where none was, one that the flow names and the environment holds.
Result<std::optional<SenderSecret>> find_sender_secret(const TriggerOptions& options,
                                                       const flow::VerifyPlan& plan) {
    if (!options.secret_file.empty()) {
        auto read = secret_of_file(options.secret_file);
        if (!read) return read.error();
        return std::optional(std::move(*read));
    }
    if (!options.secret.empty()) {
        auto found = secret_of_environment(options.secret);
        if (!found)
            return Error::invalid("--secret " + options.secret + ": TAPPET_SECRET_" + options.secret +
                                  " is not set in the environment");
        return found;
    }
    if (trigger::shares_secret(plan))
        for (const std::string& name : plan.secret_names)
            if (auto found = secret_of_environment(name)) return found;
    return std::optional<SenderSecret>();
}

/// Names the event and signs it, as far as there is something to sign with.
Problem prepare(Sending& sending, const TriggerOptions& options, const Value& trigger) {
    const flow::VerifyPlan plan = verification_of(trigger, options.as);
    const auto secret = find_sender_secret(options, plan);
    if (!secret) return secret.error();
    const SystemClock clock;
    SystemRandom random;
    const std::string id = options.id.empty() ? "msg_" + IdSource(clock, random).next().text() : options.id;
    // The id of Standard Webhooks is part of what is signed; other senders name an event in a header of its
    // own.
    if (!options.id.empty() && plan.preset != "standard-webhooks")
        sending.headers.set("idempotency-key", options.id);
    if (!*secret) return std::nullopt;
    if (plan.preset.empty() || plan.preset == "none" || plan.preset == "ip")
        return Error::invalid(
            "trigger " + text_of(trigger, "id") +
            (plan.preset == "ip" ? " looks at the sender's address alone" : " verifies nothing") +
            ": leave the secret out, or say with --as whom to sign as");
    const auto done = sending.sign(plan, **secret, id, clock.now());
    return done ? std::nullopt : Problem(done.error());
}

Problem read_sending(Sending& sending, const TriggerOptions& options) {
    for (const std::string& text : options.headers) {
        const auto header = parse_header(text);
        if (!header) return Error::invalid("--header takes NAME:VALUE, a header field, not " + text);
        sending.headers.set(header->first, header->second);
    }
    if (options.payload == "-" && options.secret_file == "-")
        return Error::invalid("--payload and --secret-file cannot both be standard input");
    if (options.payload.empty()) return std::nullopt;
    auto text = read_file(options.payload);
    if (!text) return text.error();
    sending.payload = std::move(*text);
    sending.payload_file = options.payload;
    return std::nullopt;
}

Exit fail(const Console& console, const Error& error) {
    return console.fail(error.code == ErrorCode::not_found ? Exit::not_found : Exit::usage, error.message);
}

Exit trigger(Invocation& call, const TriggerOptions& options) {
    Sending sending;
    if (const auto problem = read_sending(sending, options)) return fail(call.console, *problem);
    const auto found = ask(call.target, "GET", call.target.resource("/flows/" + percent_encode(options.flow)),
                           Shape::resource);
    if (!found) return call.console.fail(found.error().exit, found.error().message);
    const Value flow = plain(*found->json.find("data"));
    std::string problem;
    const Value* trigger = find_trigger(flow, options.trigger, problem);
    if (!trigger) return call.console.fail(options.trigger.empty() ? Exit::usage : Exit::not_found, problem);
    const auto path = path_of(call.target, options.flow, *trigger);
    if (!path)
        return call.console.fail(Exit::failed, "the server gives the trigger the address " +
                                                   text_of(*trigger, "url") + ", which is none of a hook");
    sending.url = call.target.server + *path;
    const auto methods = items_of(*trigger, "methods");
    if (!methods.empty() && methods[0].is(Kind::string)) sending.method = std::string(methods[0].as_string());
    if (const auto unsigned_why = prepare(sending, options, *trigger))
        return fail(call.console, *unsigned_why);
    if (options.dry_run) {
        show_unsent(call.console, sending);
        return Exit::ok;
    }
    if (!call.console.json) call.console.line(call.console.paint("2", sending.curl()) + "\n");
    Target target = call.target;
    // A hook is sent what a sender would send: the key of the API is nobody's there.
    if (!text_of(*trigger, "url").empty()) target.api_key.clear();
    const auto reply = send(target, sending.method, *path, sending.payload, sending.headers);
    if (!reply) return call.console.fail(reply.error().exit, reply.error().message);
    show(call.console, *reply);
    return reply->status < 400 ? Exit::ok : exit_of_status(reply->status);
}

std::string known_preset(const std::string& text) {
    const auto& presets = flow::kVerifyPresets;
    if (std::find(presets.begin(), presets.end(), text) != presets.end()) return {};
    std::string all;
    for (const auto preset : presets) all += (all.empty() ? "" : ", ") + std::string(preset);
    return text + " is no preset; there are " + all;
}

}  // namespace

void add_trigger(CLI::App& app, Invocation& call) {
    auto options = std::make_shared<TriggerOptions>();
    CLI::App* command = app.add_subcommand(
        "trigger", "sends an event to a flow of a running engine, signed, and shows the curl for it");
    command->add_option("FLOW", options->flow, "the flow")->required();
    command->add_option("TRIGGER", options->trigger, "which of its triggers");
    command->add_option("--payload", options->payload, "a file with the body; - reads standard input");
    command->add_option("--header", options->headers, "NAME:VALUE, such as a signature; may be repeated")
        ->allow_extra_args(false);
    CLI::Option* secret =
        command->add_option("--secret", options->secret, "signs with TAPPET_SECRET_NAME of the environment");
    command
        ->add_option("--secret-file", options->secret_file,
                     "signs with a file's text; - reads standard input")
        ->excludes(secret);
    command->add_option("--as", options->as, "the preset to sign as, in place of the trigger's")
        ->check(CLI::Validator(known_preset, "PRESET"));
    command->add_option("--id", options->id, "names the event: sent again it starts no second run");
    command->add_flag("--dry-run", options->dry_run, "shows the curl and sends nothing");
    take_target(*command, call);
    command->callback([&call, options] { call.run = [&call, options] { return trigger(call, *options); }; });
}

}  // namespace tappet::app
