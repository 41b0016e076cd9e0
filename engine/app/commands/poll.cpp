#include <CLI/CLI.hpp>

#include "app/commands/known.hpp"
#include "app/commands/steer.hpp"
#include "app/document.hpp"
#include "app/files.hpp"
#include "app/table.hpp"
#include "base/printable.hpp"
#include "expr/json.hpp"

namespace tappet::app {
namespace {

Exit list(Invocation& call) {
    const auto found = ask_all(call.target, call.target.resource("/polls"));
    if (!found) return call.console.fail(found.error().exit, found.error().message);
    if (found->empty())
        if (const Exit exit = known(call); exit != Exit::ok) return exit;
    std::vector<Value> polls;
    for (const Value& resource : *found) polls.push_back(plain(resource));
    if (call.console.json) {
        call.console.value(Value::object({{"polls", Value::list(std::move(polls))}}));
        return Exit::ok;
    }
    std::vector<std::vector<std::string>> rows;
    for (const Value& poll : polls) {
        const Value* every = poll.find("everyMs");
        rows.push_back({text_of(poll, "id"), text_of(poll, "uses"),
                        every && every->is(Kind::integer) ? span_text(every->as_integer()) : "",
                        text_of(poll, "state"), line_of(poll, "problem")});
    }
    call.console.out(table(
        call.console,
        {{"POLL", Fit::name}, {"USES", Fit::name}, {"EVERY", Fit::spare}, "STATE", {"PROBLEM", Fit::text}},
        rows));
    return Exit::ok;
}

struct CursorOptions {
    Steered steered{"poll", {}, {}};
    std::optional<std::string> cursor;
    std::string file;  ///< with the cursor in it
    bool secret = false;
};

Exit show(Invocation& call, const CursorOptions& options) {
    Exit exit = Exit::ok;
    const auto id = id_of(call, options.steered, exit);
    if (!id) return exit;
    const std::string address = address_of(call, options.steered, *id);
    const auto poll = ask(call.target, "GET", address, Shape::resource);
    if (!poll) return call.console.fail(poll.error().exit, poll.error().message);
    const auto reply = ask(call.target, "GET", address + "/cursor", Shape::resource);
    if (!reply) return call.console.fail(reply.error().exit, reply.error().message);
    const Value shown = plain(*poll->json.find("data")), cursor = plain(*reply->json.find("data"));
    if (call.console.json) {
        call.console.value(Value::object({{"poll", shown}, {"cursor", cursor}}));
        return Exit::ok;
    }
    const std::string problem = line_of(shown, "problem");
    call.console.line(printable(*id) + "  " + shown_of(shown, "uses") + "  " + shown_of(shown, "state") +
                      (problem.empty() ? "" : ": " + problem));
    call.console.line("cursor of " + time_of(cursor, "time"));
    const Value* value = cursor.find("cursor");
    call.console.value(value ? *value : Value());
    return Exit::ok;
}

/// What stands for a secret where a cursor is shown: nobody means it.
constexpr std::string_view kHidden = "••••";

/// The cursor that is given, in the option or in a file; null where none is.
Result<Value> read_cursor(const CursorOptions& options) {
    if (!options.cursor && options.file.empty()) return Value::null();
    const char* flag = options.cursor ? "--cursor" : "--cursor-file";
    Result<std::string> text = options.cursor ? *options.cursor : read_file(options.file);
    if (!text) return text.error();
    JsonParsed parsed = parse_json(*text);
    if (!parsed.ok)
        return Error::invalid(std::string(flag) +
                              " takes JSON, such as {\"after\": 17}; a text has quotes of its own: \"abc\"" +
                              (options.cursor ? "; --cursor-file reads it from a file" : ""));
    if (parsed.value.is_null())
        return Error::invalid(std::string(flag) +
                              ": null is no cursor; `tappet poll reset` lets the source begin anew");
    if (text->find(kHidden) != std::string::npos)
        return Error::invalid(std::string(flag) + ": " + std::string(kHidden) +
                              " stands for a secret where a cursor is shown: give what it stands for, and "
                              "--secret");
    return std::move(parsed.value);
}

/// Sets the cursor, or lets the source begin anew where none is given.
Exit set(Invocation& call, const CursorOptions& options) {
    const auto given = read_cursor(options);
    if (!given)
        return call.console.fail(
            given.error().code == ErrorCode::invalid ? Exit::usage : exit_of(given.error()),
            given.error().message);
    const bool reset = given->is_null();
    Exit exit = Exit::ok;
    const auto id = id_of(call, options.steered, exit);
    if (!id) return exit;
    std::string body;
    const Value attributes = Value::object({{"cursor", *given}, {"secret", Value::boolean(options.secret)}});
    append_json(body, Value::object({{"data", Value::object({{"type", Value::string("poll-cursor")},
                                                             {"attributes", attributes}})}}));
    const std::string address = address_of(call, options.steered, *id) + "/cursor";
    const auto reply = reset ? ask(call.target, "DELETE", address, Shape::none)
                             : ask(call.target, "PUT", address, Shape::resource, body);
    if (!reply) return call.console.fail(reply.error().exit, reply.error().message);
    if (call.console.json)
        call.console.value(
            Value::object({{"cursor", reset ? Value::object({{"id", Value::string(*id)}, {"cursor", Value()}})
                                            : plain(*reply->json.find("data"))}}));
    else
        call.console.line(printable(*id) + (reset ? " begins anew" : " goes on from there"));
    return Exit::ok;
}

CLI::App* add_one(CLI::App& poll, Invocation& call, const char* name, const char* what,
                  const std::shared_ptr<CursorOptions>& options,
                  Exit (*perform)(Invocation&, const CursorOptions&)) {
    CLI::App* command = poll.add_subcommand(name, what);
    take_steered(*command, call, options->steered);
    command->callback([&call, options, perform] {
        call.run = [&call, options, perform] { return perform(call, *options); };
    });
    return command;
}

}  // namespace

void add_poll(CLI::App& app, Invocation& call) {
    CLI::App* poll = app.add_subcommand("poll", "shows and steers the sources that are asked");
    poll->require_subcommand(1);
    CLI::App* listing = poll->add_subcommand("list", "lists polls: what each asks, and how it does");
    take_target(*listing, call);
    listing->callback([&call] { call.run = [&call] { return list(call); }; });
    add_pauses(*poll, call, "poll");
    add_one(*poll, call, "show", "shows where a source goes on", std::make_shared<CursorOptions>(), show);
    auto given = std::make_shared<CursorOptions>();
    CLI::App* setting = add_one(*poll, call, "set", "lets a source go on elsewhere", given, set);
    CLI::Option_group* from = setting->add_option_group("from where");
    from->add_option("--cursor", given->cursor, "from here, as JSON");
    from->add_option("--cursor-file", given->file, "from what a file says, as JSON; - reads standard input");
    from->require_option(1);
    setting->add_flag("--secret", given->secret,
                      "it is kept sealed, and shown as ••••; give it by --cursor-file");
    add_one(*poll, call, "reset", "lets a source begin anew", std::make_shared<CursorOptions>(), set);
}

}  // namespace tappet::app
