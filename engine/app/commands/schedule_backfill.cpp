#include <CLI/CLI.hpp>

#include "app/commands/command.hpp"
#include "app/commands/steer.hpp"
#include "app/document.hpp"
#include "base/printable.hpp"
#include "base/time_text.hpp"
#include "expr/json.hpp"

namespace tappet::app {
namespace {

struct BackfillOptions {
    Steered steered{"schedule", {}, {}};
    std::string from, to;
    bool dry_run = false, yes = false, older = false;
};

boost::system::result<Value, Refusal> ask_backfill(Invocation& call, const BackfillOptions& options,
                                                   const std::string& id, bool dry_run) {
    std::string body;
    append_json(body, Value::object({{"from", Value::string(options.from)},
                                     {"to", Value::string(options.to)},
                                     {"older", Value::boolean(options.older)},
                                     {"dryRun", Value::boolean(dry_run)}}));
    auto reply =
        ask(call.target, "POST", address_of(call, options.steered, id) + "/backfill", Shape::resource, body);
    if (!reply) return reply.error();
    return plain(*reply->json.find("data"));
}

/// ", 2 have fired before"; nothing where there are none.
std::string part(const Value& result, std::string_view name, const char* one, const char* many) {
    const std::string count = text_of(result, name);
    return count == "0" || count.empty() ? "" : ", " + counted(count, one, many);
}

void show(Invocation& call, const Value& result, bool dry_run) {
    if (call.console.json) return call.console.value(Value::object({{"backfill", result}}));
    if (dry_run) {
        for (const Value& at : items_of(result, "at"))
            if (at.is(Kind::string)) call.console.line(printable(at.as_string()));
        return call.console.note(counted(text_of(result, "instants"), "instant", "instants") +
                                 "; those that have fired start nothing again");
    }
    const std::string started = text_of(result, "started");
    call.console.line(started + " of " + counted(text_of(result, "instants"), "instant", "instants") +
                      (started == "1" ? " starts a run" : " start a run") +
                      part(result, "duplicates", "has fired before", "have fired before") +
                      part(result, "filtered", "is filtered", "are filtered") +
                      part(result, "refused", "is refused", "are refused"));
}

Exit backfill(Invocation& call, const BackfillOptions& options) {
    for (const auto& [flag, text] : {std::pair("--from", &options.from), std::pair("--to", &options.to)})
        if (!parse_rfc3339(*text))
            return call.console.fail(Exit::usage, std::string(flag) + ": `" + *text +
                                                      "` is no time such as 2027-03-14T00:00:00-05:00");
    if (*parse_rfc3339(options.from) >= *parse_rfc3339(options.to))
        return call.console.fail(Exit::usage, "the range is empty: --from must be before --to");
    Exit exit = Exit::ok;
    const auto id = id_of(call, options.steered, exit);
    if (!id) return exit;
    const bool only_ask = options.dry_run || !options.yes;
    const auto result = ask_backfill(call, options, *id, only_ask);
    if (!result) {
        const bool wrong_range = result.error().status == 422;
        return call.console.fail(wrong_range ? Exit::usage : result.error().exit, result.error().message);
    }
    if (only_ask && !options.dry_run)
        return call.console.fail(
            Exit::usage, "the range has " + counted(text_of(*result, "instants"), "instant", "instants") +
                             ": --yes starts a run of each that has not fired, --dry-run shows them");
    show(call, *result, options.dry_run);
    return Exit::ok;
}

}  // namespace

void add_schedule_backfill(CLI::App& schedule, Invocation& call) {
    auto options = std::make_shared<BackfillOptions>();
    CLI::App* command =
        schedule.add_subcommand("backfill", "starts a run for each instant of a range that has not fired");
    take_steered(*command, call, options->steered);
    command->add_option("--from", options->from, "the range begins here (RFC 3339)")->required();
    command->add_option("--to", options->to, "and ends before")->required();
    command->add_flag("--dry-run", options->dry_run, "shows the instants and starts nothing");
    command->add_flag("--yes", options->yes, "starts the runs");
    command->add_flag(
        "--older", options->older,
        "also instants of before the dedupe window, of which it is not known whether they fired");
    command->callback([&call, options] { call.run = [&call, options] { return backfill(call, *options); }; });
}

}  // namespace tappet::app
