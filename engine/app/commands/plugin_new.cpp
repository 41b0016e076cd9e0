// tappet plugin new: a project that builds and passes untouched.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "app/arguments.hpp"
#include "app/commands/command.hpp"
#include "app/plugin_templates.hpp"

namespace tappet::app {
namespace {

struct NewPlugin {
    std::string name, language = "cpp", folder;
};

constexpr std::size_t kMostName = 128;

/// What a plugin is named by (docs/ABI.md), and a name of files and identifiers too.
bool is_plugin_name(std::string_view name) {
    const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    if (name.empty() || name.size() > kMostName || !plain(name.front())) return false;
    return std::all_of(name.begin(), name.end(), [&](char c) { return plain(c) || c == '-' || c == '_'; });
}

/// The plugin's name as one of a flow: no underscores, no hyphen but single ones inside.
std::string flow_name(std::string_view plugin) {
    std::string out;
    for (const char c : plugin) {
        const bool hyphen = c == '-' || c == '_';
        if (!hyphen) out += c;
        if (hyphen && !out.ends_with('-')) out += '-';
    }
    while (out.ends_with('-')) out.pop_back();
    return out;
}

std::string filled(std::string_view text, const NewPlugin& plugin) {
    std::string ident = plugin.name;
    std::replace(ident.begin(), ident.end(), '-', '_');
    const std::pair<std::string_view, std::string> holes[] = {{"@NAME@", plugin.name},
                                                              {"@FLOW@", flow_name(plugin.name)},
                                                              {"@IDENT@", ident},
                                                              {"@EXT@", plugin.language}};
    std::string out;
    while (!text.empty()) {
        bool found = false;
        for (const auto& [hole, value] : holes) {
            if (!text.starts_with(hole)) continue;
            out += value;
            text.remove_prefix(hole.size());
            found = true;
            break;
        }
        if (found) continue;
        out += text.front();
        text.remove_prefix(1);
    }
    return out;
}

/// As a shell takes it; quoted only where it has to be.
std::string shell_word(const std::string& text) {
    const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("/._-+").find(c) != std::string_view::npos;
    });
    return plain && !text.empty() ? text : shell_quoted(text);
}

Exit make(Invocation& call, const NewPlugin& plugin) {
    namespace fs = std::filesystem;
    if (!is_plugin_name(plugin.name))
        return call.console.fail(
            Exit::usage, "\"" + plugin.name +
                             "\" is no name of a plugin: a lower-case letter or digit, then also '-' and "
                             "'_', at most " +
                             std::to_string(kMostName));
    if (plugin.name == "core")
        return call.console.fail(
            Exit::usage, "core is the engine's own plugin, beside which no other of that name is loaded");
    const fs::path folder = plugin.folder.empty() ? fs::path(plugin.name) : fs::path(plugin.folder);
    std::error_code failed;
    if (fs::exists(folder, failed) && !(fs::is_directory(folder, failed) && fs::is_empty(folder, failed)))
        return call.console.fail(Exit::conflict, folder.string() + " is there already; nothing was written");
    std::vector<std::string> written;
    for (const PluginTemplate& file : plugin_templates()) {
        if (file.language != "both" && file.language != plugin.language) continue;
        const fs::path path = folder / filled(file.path, plugin);
        fs::create_directories(path.parent_path(), failed);
        if (failed)
            return call.console.fail(Exit::failed, path.parent_path().string() + ": " + failed.message());
        errno = 0;
        std::ofstream out(path, std::ios::binary);
        out << filled(file.text, plugin);
        out.close();
        if (!out)
            return call.console.fail(Exit::failed,
                                     path.string() + ": cannot be written: " + std::strerror(errno));
        written.push_back(path.string());
    }
    std::sort(written.begin(), written.end());
    if (call.console.json) {
        std::vector<Value> files;
        for (const std::string& path : written) files.push_back(Value::string(path));
        call.console.value(Value::object(
            {{"folder", Value::string(folder.string())}, {"files", Value::list(std::move(files))}}));
        return Exit::ok;
    }
    for (const std::string& path : written) call.console.line(path);
    const std::string prefix = fs::path(own_path()).parent_path().parent_path().string();
    call.console.note("\nBuild and test it:\n  cd " + shell_word(folder.string()) +
                      "\n  cmake -B build -G Ninja -D CMAKE_PREFIX_PATH=" + shell_word(prefix) +
                      "\n  cmake --build build && ctest --test-dir build --output-on-failure");
    return Exit::ok;
}

}  // namespace

void add_plugin_new(CLI::App& plugin, Invocation& call) {
    auto wanted = std::make_shared<NewPlugin>();
    CLI::App* made =
        plugin.add_subcommand("new", "makes a project of a plugin that builds and passes its tests");
    made->add_option("NAME", wanted->name, "the plugin's name, the part before the slash of its actions")
        ->required();
    made->add_option("--lang", wanted->language, "cpp (C++20) or c (C11)")
        ->check(CLI::IsMember({"cpp", "c"}));
    made->add_option("--dir", wanted->folder, "the folder to write to; NAME by default");
    take_output(*made, call);
    made->callback([&call, wanted] { call.run = [&call, wanted] { return make(call, *wanted); }; });
}

}  // namespace tappet::app
