#include <CLI/CLI.hpp>
#include <memory>

#include "app/commands/known.hpp"
#include "app/commands/listing.hpp"
#include "app/commands/steer.hpp"
#include "app/document.hpp"
#include "app/table.hpp"
#include "base/encoding.hpp"
#include "base/printable.hpp"

namespace tappet::app {
namespace {

struct RequestsOptions {
    std::string flow, trigger, id;
    int status = 0;
    PageOptions page;
};

std::string size_of(const Value& request) {
    const Value* body = request.find("body");
    return body ? text_of(*body, "size") : std::string();
}

Exit list_requests(Invocation& call, const RequestsOptions& options) {
    const Filter filters[] = {
        {"filter[flow]", "FLOW", options.flow},
        {"filter[trigger]", "--trigger", options.trigger},
        {"filter[status]", "--status", options.status == 0 ? "" : std::to_string(options.status)}};
    Exit exit = Exit::ok;
    auto listed = ask_page(call, "/hook-requests", options.page, filters, exit);
    if (!listed) return exit;
    if (listed->items.empty() && options.page.after.empty())
        if (exit = known(call, options.flow, options.trigger); exit != Exit::ok) return exit;
    const Value* unkept = listed->meta.find("notKept");
    const Value more = unkept ? *unkept : Value::null();
    if (call.console.json) {
        call.console.value(Value::object({{"requests", Value::list(std::move(listed->items))},
                                          {"next", listed->next},
                                          {"notKept", more}}));
        return Exit::ok;
    }
    std::vector<std::vector<std::string>> rows;
    for (const Value& request : listed->items)
        rows.push_back({time_of(request, "time"),
                        text_of(request, "flow") + "." + text_of(request, "trigger"),
                        text_of(request, "status"), text_of(request, "code"), line_of(request, "detail"),
                        size_of(request), text_of(request, "id")});
    call.console.out(table(call.console,
                           {"TIME",
                            {"HOOK", Fit::name},
                            "STATUS",
                            {"CODE", Fit::spare},
                            {"WHY", Fit::text},
                            {"BYTES", Fit::spare},
                            "ID"},
                           rows));
    if (more.is(Kind::integer) && more.as_integer() > 0)
        call.console.note("and " + std::to_string(more.as_integer()) + " more of which nothing is kept");
    note_next(call.console, *listed);
    return Exit::ok;
}

void say(const Console& console, std::string_view name, const std::string& text) {
    if (!text.empty()) console.line(console.paint("2", padded(name, 9)) + text);
}

void say_body(const Console& console, const Value& body) {
    const bool whole = text_of(body, "complete") == "true";
    const std::string size = text_of(body, "size");
    std::string about = size.empty() ? "of unknown length" : counted(size, "byte", "bytes");
    if (const std::string digest = shown_of(body, "sha256"); !digest.empty()) about += ", SHA-256 " + digest;
    const std::string text = printable_lines(text_of(body, "text")), base64 = shown_of(body, "base64");
    if (text.empty() && base64.empty())
        about += text_of(body, "size") == "0" ? "" : ", not kept";
    else
        about += whole ? "" : ", the beginning:";
    say(console, "body", about);
    if (!text.empty()) console.line("\n" + (text.ends_with('\n') ? text.substr(0, text.size() - 1) : text));
    if (!base64.empty()) console.line("\nbase64 " + base64);
}

Exit show_request(Invocation& call, const RequestsOptions& options) {
    const auto reply =
        ask(call.target, "GET", call.target.resource("/hook-requests/" + percent_encode(options.id)),
            Shape::resource);
    if (!reply) return call.console.fail(reply.error().exit, reply.error().message);
    const Value request = plain(*reply->json.find("data"));
    const Console& console = call.console;
    if (console.json) {
        console.value(Value::object({{"request", request}}));
        return Exit::ok;
    }
    console.line(console.paint("31", shown_of(request, "status") + " " + shown_of(request, "code")) + "  " +
                 shown_of(request, "detail"));
    for (const Value& place : items_of(request, "errors"))
        console.line("  " + shown_of(place, "pointer") + "  " + line_of(place, "detail"));
    say(console, "hook", shown_of(request, "flow") + "." + shown_of(request, "trigger"));
    say(console, "time", shown_of(request, "time"));
    say(console, "from", shown_of(request, "remote"));
    say(console, "source", shown_of(request, "source"));
    const std::string query = line_of(request, "query");
    if (const std::string method = line_of(request, "method"); !method.empty())
        say(console, "request", method + " " + line_of(request, "path") + (query.empty() ? "" : "?" + query));
    if (const Value* headers = request.find("headers"); headers && headers->is(Kind::map))
        for (const MapEntry& header : headers->entries())
            console.line("  " + printable(header.key.as_string()) + ": " +
                         line_of(*headers, header.key.as_string()));
    if (const Value* body = request.find("body")) say_body(console, *body);
    return Exit::ok;
}

/// Addresses, from the triggers of the flows that are served.
Exit list_hooks(Invocation& call) {
    const auto found = ask_all(call.target, call.target.resource("/flows"));
    if (!found) return call.console.fail(found.error().exit, found.error().message);
    if (found->empty())
        if (const Exit exit = known(call); exit != Exit::ok) return exit;
    std::vector<Value> hooks;
    std::vector<std::vector<std::string>> rows;
    for (const Value& resource : *found) {
        const Value flow = plain(resource);
        for (const Value& trigger : items_of(flow, "triggers")) {
            if (text_of(trigger, "url").empty()) continue;
            const auto of = [&](std::string_view name) {
                const Value* value = trigger.find(name);
                return value ? *value : Value::null();
            };
            hooks.push_back(Value::object({{"flow", Value::string(text_of(flow, "id"))},
                                           {"trigger", of("id")},
                                           {"url", of("url")},
                                           {"methods", of("methods")},
                                           {"verify", of("verify")},
                                           {"mode", of("mode")}}));
            std::string methods;
            for (const Value& method : items_of(trigger, "methods"))
                if (method.is(Kind::string))
                    methods += (methods.empty() ? "" : ",") + std::string(method.as_string());
            rows.push_back({text_of(flow, "id") + "." + text_of(trigger, "id"), methods,
                            text_of(trigger, "verify"), text_of(trigger, "url")});
        }
    }
    if (call.console.json)
        call.console.value(Value::object({{"hooks", Value::list(std::move(hooks))}}));
    else
        call.console.out(
            table(call.console,
                  {{"HOOK", Fit::name}, {"METHODS", Fit::spare}, "VERIFY", {"ADDRESS", Fit::below}}, rows));
    return Exit::ok;
}

}  // namespace

void add_hooks(CLI::App& app, Invocation& call) {
    CLI::App* hooks = app.add_subcommand("hooks", "shows addresses, and requests that they refused");
    hooks->require_subcommand(1);
    CLI::App* listing = hooks->add_subcommand("list", "lists the addresses of the flows that are served");
    take_target(*listing, call);
    listing->callback([&call] { call.run = [&call] { return list_hooks(call); }; });

    auto options = std::make_shared<RequestsOptions>();
    CLI::App* requests = hooks->add_subcommand("requests", "lists refused requests, newest first");
    requests->add_option("FLOW", options->flow, "of this flow only");
    requests->add_option("--trigger", options->trigger, "of triggers of this id only");
    requests->add_option("--status", options->status, "that were answered with this status, such as 401")
        ->check(CLI::Range(400, 599));
    take_page(*requests, options->page);
    take_target(*requests, call);
    CLI::App* show = requests->add_subcommand("show", "shows one with all that is kept of it");
    show->add_option("ID", options->id, "the request; its sender knows it as requestId")->required();
    take_target(*show, call);
    requests->callback([&call, options, show] {
        if (!show->parsed()) call.run = [&call, options] { return list_requests(call, *options); };
    });
    show->callback(
        [&call, options] { call.run = [&call, options] { return show_request(call, *options); }; });
}

}  // namespace tappet::app
