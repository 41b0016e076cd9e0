#include <CLI/CLI.hpp>
#include <chrono>
#include <set>
#include <thread>

#include "app/commands/known.hpp"
#include "app/commands/listing.hpp"
#include "app/commands/steer.hpp"
#include "app/document.hpp"
#include "app/story.hpp"
#include "app/table.hpp"
#include "base/encoding.hpp"
#include "base/printable.hpp"
#include "base/time_text.hpp"

namespace tappet::app {
namespace {

constexpr std::chrono::milliseconds kFollow{300};

struct RunsOptions {
    std::string id, flow, status, label;
    PageOptions page;
};

std::string took(const Value& run) {
    const auto begin = parse_rfc3339(text_of(run, "createdAt")),
               end = parse_rfc3339(text_of(run, "finishedAt"));
    return begin && end ? span_text((*end - *begin).count()) : "";
}

/// "timeout at getOrders", or the class alone where it was no step that failed. Of a run that was cancelled
/// it is the reason: its status says the rest.
std::string why_of(const Value& error) {
    const std::string reason = line_of(error, "message");
    if (text_of(error, "class") == "cancelled" && !reason.empty()) return reason;
    const std::string step = shown_of(error, "step");
    return shown_of(error, "class") + (step.empty() ? "" : " at " + step);
}

std::string address_of(const Invocation& call, const RunsOptions& options) {
    return call.target.resource("/runs/" + percent_encode(options.id));
}

/// {run, steps, response} of a run, from its resource with the steps included.
Value story_of(const Value& document) {
    Value run = plain(*document.find("data"));
    std::vector<MapEntry> bare;
    Value response;
    for (const MapEntry& entry : run.entries()) {
        if (entry.key.as_string() == "response")
            response = entry.value;
        else
            bare.push_back(entry);
    }
    std::vector<Value> steps;
    for (const Value& step : items_of(document, "included"))
        if (const Value* attributes = step.find("attributes")) steps.push_back(*attributes);
    return Value::object({{"run", Value::map(std::move(bare))},
                          {"steps", Value::list(std::move(steps))},
                          {"response", response}});
}

Exit list(Invocation& call, const RunsOptions& options) {
    const std::size_t equals = options.label.find('=');
    if (!options.label.empty() && (equals == std::string::npos || equals == 0))
        return call.console.fail(Exit::usage, "--label takes NAME=VALUE; not `" + options.label + "`");
    std::string label = options.label;
    if (!label.empty()) label[equals] = ':';
    const Filter filters[] = {{"filter[flow]", "--flow", options.flow},
                              {"filter[status]", "--status", options.status},
                              {"filter[label]", "--label", options.label, label}};
    Exit exit = Exit::ok;
    auto listed = ask_page(call, "/runs", options.page, filters, exit);
    if (!listed) return exit;
    if (listed->items.empty() && options.page.after.empty())
        if (exit = known(call, options.flow); exit != Exit::ok) return exit;
    if (call.console.json) {
        call.console.value(
            Value::object({{"runs", Value::list(std::move(listed->items))}, {"next", listed->next}}));
        return Exit::ok;
    }
    std::vector<std::vector<std::string>> rows;
    for (const Value& run : listed->items) {
        const Value* error = run.find("error");
        rows.push_back({text_of(run, "status"), text_of(run, "flow"), time_of(run, "createdAt"), took(run),
                        text_of(run, "id"), error && !error->is_null() ? why_of(*error) : ""});
    }
    call.console.out(table(
        call.console,
        {"STATUS", {"FLOW", Fit::name}, "CREATED", {"TOOK", Fit::spare}, "ID", {"ERROR", Fit::text}}, rows));
    note_next(call.console, *listed);
    return Exit::ok;
}

Exit show(Invocation& call, const RunsOptions& options) {
    const auto reply = ask(call.target, "GET", address_of(call, options) + "?include=steps", Shape::resource);
    if (!reply) return call.console.fail(reply.error().exit, reply.error().message);
    const Value story = story_of(reply->json);
    if (call.console.json)
        call.console.value(story);
    else
        call.console.out(waterfall(call.console, story, SystemClock().now()));
    return Exit::ok;
}

std::string log_line(const Console& console, const Value& line) {
    static constexpr std::string_view kStyles[] = {"2", "2", "36", "33", "31"};
    const std::string level = text_of(line, "level");
    std::size_t rank = 2;
    for (std::size_t i = 0; i < 5; ++i)
        if (level == std::array<std::string_view, 5>{"trace", "debug", "info", "warn", "error"}[i]) rank = i;
    return console.paint("2", shown_of(line, "time")) + "  " +
           console.paint(kStyles[rank], padded(printable(level), 5)) + "  " + shown_of(line, "step") + "  " +
           shown_of(line, "message");
}

Exit logs(Invocation& call, const RunsOptions& options) {
    const auto found = ask_all(call.target, address_of(call, options) + "/logs");
    if (!found) return call.console.fail(found.error().exit, found.error().message);
    std::vector<Value> lines;
    for (const Value& resource : *found) lines.push_back(*resource.find("attributes"));
    if (call.console.json)
        call.console.value(Value::object({{"logs", Value::list(std::move(lines))}}));
    else
        for (const Value& line : lines) call.console.line(log_line(call.console, line));
    return Exit::ok;
}

bool is_final(const std::string& status) {
    return status == "succeeded" || status == "failed" || status == "cancelled" || status == "quarantined";
}

/// Tells of steps as they end, until the run does.
Exit tail(Invocation& call, const RunsOptions& options) {
    std::set<std::string> shown;
    while (true) {
        const auto reply =
            ask(call.target, "GET", address_of(call, options) + "?include=steps", Shape::resource);
        if (!reply) return call.console.fail(reply.error().exit, reply.error().message);
        const Value story = story_of(reply->json);
        for (const Value& step : items_of(story, "steps")) {
            const std::string status = text_of(step, "status");
            if (status == "pending" || status == "running" || status == "retrying" || status == "waiting")
                continue;
            if (!shown.insert(text_of(step, "path")).second) continue;
            if (call.console.json) {
                call.console.line(json_text(step));
            } else {
                call.console.line(step_line(call.console, step));
            }
        }
        const std::string status = text_of(*story.find("run"), "status");
        if (is_final(status)) {
            if (!call.console.json) {
                call.console.line(status_text(call.console, status));
                if (const Value* error = story.find("run")->find("error"); error && !error->is_null())
                    call.console.line(call.console.paint(
                        "31", shown_of(*error, "class") + ": " + shown_of(*error, "message")));
            }
            return status == "succeeded" ? Exit::ok : Exit::failed;
        }
        std::this_thread::sleep_for(kFollow);
    }
}

Exit act(Invocation& call, const RunsOptions& options, const std::string& what) {
    const auto reply = ask(call.target, "POST", address_of(call, options) + "/" + what, Shape::resource);
    if (!reply) return call.console.fail(reply.error().exit, reply.error().message);
    Value run = plain(*reply->json.find("data"));
    if (call.console.json) {
        const RunsOptions other{text_of(run, "id"), {}, {}, {}, {}};
        // It is done whether or not it can be read again: to repeat the command would be to do it twice.
        const auto whole = ask(call.target, "GET", address_of(call, other), Shape::resource);
        if (whole) run = *story_of(whole->json).find("run");
        call.console.value(Value::object({{"run", run}}));
    } else
        call.console.line(status_text(call.console, text_of(run, "status")) + "  " + shown_of(run, "id"));
    return Exit::ok;
}

using Perform = Exit (*)(Invocation&, const RunsOptions&);

void add_one(CLI::App& runs, Invocation& call, const char* name, const char* what, Perform perform) {
    auto options = std::make_shared<RunsOptions>();
    CLI::App* command = runs.add_subcommand(name, what);
    command->add_option("ID", options->id, "the run")->required();
    take_target(*command, call);
    command->callback([&call, options, perform] {
        call.run = [&call, options, perform] { return perform(call, *options); };
    });
}

}  // namespace

void add_runs(CLI::App& app, Invocation& call) {
    CLI::App* runs = app.add_subcommand("runs", "shows runs, ends and repeats them");
    runs->require_subcommand(1);
    auto options = std::make_shared<RunsOptions>();
    CLI::App* command = runs->add_subcommand("list", "lists runs, newest first");
    command->add_option("--flow", options->flow, "of this flow only");
    command->add_option("--status", options->status, "in these statuses, joined by commas");
    command->add_option("--label", options->label, "NAME=VALUE");
    take_page(*command, options->page);
    take_target(*command, call);
    command->callback([&call, options] { call.run = [&call, options] { return list(call, *options); }; });
    add_one(*runs, call, "show", "draws a run with its steps over time", show);
    add_one(*runs, call, "logs", "shows what a run's steps logged", logs);
    add_one(*runs, call, "tail", "follows a run until it ends", tail);
    add_one(*runs, call, "cancel", "ends a run as cancelled",
            [](Invocation& c, const RunsOptions& o) { return act(c, o, "cancel"); });
    add_one(*runs, call, "rerun", "starts a new run with the same event",
            [](Invocation& c, const RunsOptions& o) { return act(c, o, "rerun"); });
}

}  // namespace tappet::app
