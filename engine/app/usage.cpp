#include "app/usage.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <vector>

#include "base/closest.hpp"

namespace tappet::app {
namespace {

bool is_flag(const std::string& word) { return word.starts_with('-'); }

std::string did_you_mean(const std::string& word, const std::vector<std::string>& known) {
    const std::string_view near = closest(word, known);
    return near.empty() ? std::string() : "; did you mean `" + std::string(near) + "`?";
}

std::vector<std::string> commands_of(const CLI::App& app) {
    std::vector<std::string> out;
    for (const CLI::App* command :
         app.get_subcommands([](const CLI::App* one) { return !one->get_group().empty(); }))
        out.push_back(command->get_name());
    return out;
}

std::vector<std::string> flags_of(const CLI::App& app) {
    std::vector<std::string> out;
    for (const CLI::Option* option : app.get_options())
        for (const std::string& name : option->get_lnames()) out.push_back("--" + name);
    return out;
}

template <class Words>
std::string joined(const Words& words) {
    std::string out;
    for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
    return out;
}

/// What is wrong with the words that `app`, called `name`, was given and does not know.
std::string unknown_text(const CLI::App& app, const std::string& name,
                         const std::vector<std::string>& unknown) {
    const auto commands = commands_of(app);
    const auto word = std::find_if_not(unknown.begin(), unknown.end(), is_flag);
    if (!commands.empty() && word != unknown.end())
        return "there is no command `" + name + " " + *word + "`" + did_you_mean(*word, commands);
    if (unknown.empty()) return "`" + name + "` needs a command: " + joined(commands);
    const auto flag = std::find_if(unknown.begin(), unknown.end(), is_flag);
    return "`" + name + "` does not take " + joined(unknown) +
           (flag == unknown.end() ? std::string() : did_you_mean(*flag, flags_of(app)));
}

}  // namespace

bool asks_for_json(std::span<const char* const> words) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string_view word = words[i];
        if (word == "-ojson" || word == "--output=json" || word == "--json") return true;
        const bool takes = word == "-o" || word == "--output";
        if (takes && i + 1 < words.size() && std::string_view(words[i + 1]) == "json") return true;
    }
    return false;
}

std::string usage_text(const CLI::App& app, const CLI::ParseError& error) {
    const CLI::App* at = &app;
    std::string name = app.get_name();
    std::string misplaced;  // flags before the command, which belong behind it
    while (!at->get_subcommands().empty()) {
        const std::vector<std::string> before = at->remaining();
        if (misplaced.empty() && !before.empty() && is_flag(before.front()))
            misplaced = "`" + name + "` does not take " + joined(before) + "; flags come behind the command";
        at = at->get_subcommands().back();
        name += " " + at->get_name();
    }
    const std::string see = "\nsee `" + name + " --help`";
    if (!misplaced.empty()) return misplaced + ", `" + name + "`" + see;
    const bool wants_command = !commands_of(*at).empty();
    const bool lacks_command = wants_command && dynamic_cast<const CLI::RequiredError*>(&error);
    const bool unknown = lacks_command || dynamic_cast<const CLI::ExtrasError*>(&error);
    return (unknown ? unknown_text(*at, name, at->remaining()) : std::string(error.what())) + see;
}

}  // namespace tappet::app
