#include "app/commands/steer.hpp"

#include <CLI/CLI.hpp>

#include "app/commands/known.hpp"
#include "app/document.hpp"
#include "base/encoding.hpp"
#include "base/printable.hpp"

namespace tappet::app {
namespace {

/// Pauses or resumes, one after the other; ends with the first that is refused.
Exit act(Invocation& call, const Steered& steered, const std::string& action) {
    Exit exit = Exit::ok;
    const auto ids = ids_of(call, steered, exit);
    if (!ids) return exit;
    std::vector<Value> shown;
    for (const std::string& id : *ids) {
        const auto reply =
            ask(call.target, "POST", address_of(call, steered, id) + "/" + action, Shape::resource);
        if (!reply) return call.console.fail(reply.error().exit, reply.error().message);
        shown.push_back(plain(*reply->json.find("data")));
        if (!call.console.json)
            call.console.line(printable(id) + " is " + shown_of(shown.back(), "state") +
                              (action == "pause" ? " since " + time_of(shown.back(), "pausedSince") : ""));
    }
    if (call.console.json)
        call.console.value(Value::object({{steered.kind + "s", Value::list(std::move(shown))}}));
    return Exit::ok;
}

}  // namespace

void take_steered(CLI::App& command, Invocation& call, Steered& steered) {
    command.add_option("FLOW", steered.flow, "the flow")->required();
    command.add_option("TRIGGER", steered.trigger, "its trigger");
    take_target(command, call);
}

std::optional<std::vector<std::string>> ids_of(Invocation& call, const Steered& steered, Exit& exit) {
    const auto found = ask_all(call.target, call.target.resource("/" + steered.kind + "s"));
    if (!found) {
        exit = call.console.fail(found.error().exit, found.error().message);
        return std::nullopt;
    }
    std::vector<std::string> ids;
    std::string others;
    for (const Value& resource : *found) {
        const Value one = plain(resource);
        if (text_of(one, "flow") != steered.flow) continue;
        const std::string trigger = text_of(one, "trigger");
        if (steered.trigger.empty() || steered.trigger == trigger)
            ids.push_back(text_of(one, "id"));
        else
            others += (others.empty() ? "; it has " : ", ") + printable(trigger);
    }
    if (!ids.empty()) return ids;
    if (others.empty())
        if (exit = known(call, steered.flow); exit != Exit::ok) return std::nullopt;
    exit = call.console.fail(Exit::not_found,
                             "flow " + printable(steered.flow) + " has no " + steered.kind +
                                 (steered.trigger.empty() ? "" : " " + printable(steered.trigger)) + others);
    return std::nullopt;
}

std::optional<std::string> id_of(Invocation& call, const Steered& steered, Exit& exit) {
    const auto ids = ids_of(call, steered, exit);
    if (!ids) return std::nullopt;
    if (ids->size() == 1) return ids->front();
    std::string names;
    for (const std::string& id : *ids)
        names += (names.empty() ? "" : ", ") + printable(id.substr(id.find('.') + 1));
    exit = call.console.fail(Exit::usage, "name one of the flow's triggers: " + names);
    return std::nullopt;
}

std::string address_of(const Invocation& call, const Steered& steered, const std::string& id) {
    return call.target.resource("/" + steered.kind + "s/" + percent_encode(id));
}

void add_pauses(CLI::App& group, Invocation& call, const std::string& kind) {
    const std::pair<const char*, std::string> actions[] = {
        {"pause", "starts nothing until it is resumed; without TRIGGER each " + kind + " of the flow"},
        {"resume", "goes on; without TRIGGER each " + kind + " of the flow"}};
    for (const auto& [action, what] : actions) {
        auto steered = std::make_shared<Steered>(Steered{kind, {}, {}});
        CLI::App* command = group.add_subcommand(action, what);
        take_steered(*command, call, *steered);
        command->callback([&call, steered, name = std::string(action)] {
            call.run = [&call, steered, name] { return act(call, *steered, name); };
        });
    }
}

std::string time_of(const Value& object, std::string_view name) {
    std::string text = text_of(object, name);
    if (text.size() < 19) return "-";
    text[10] = ' ';
    return text.substr(0, 19) + "Z";
}

}  // namespace tappet::app
