// What the file and its manifest promise.
#include <dirent.h>

#include <fstream>
#include <iterator>
#include <optional>

#include "plugin/check/manifest_rules.hpp"
#include "plugin/check/stage.hpp"
#include "plugin/elf.hpp"
#include "plugin/manifest_section.hpp"

namespace tappet::plugin::check {
namespace {

constexpr const char* kUsedUp = "leaves so many open files that no more can be opened";

std::string bytes_of(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// Nothing where the folder cannot be opened.
std::optional<std::size_t> entries_of(const char* folder) {
    DIR* open = opendir(folder);
    if (!open) return std::nullopt;
    std::size_t out = 0;
    while (readdir(open)) ++out;
    closedir(open);
    return out;
}

/// Threads and open files of this process; nothing where it can open no more files.
struct Held {
    std::size_t threads, files;
};
std::optional<Held> held() {
    const auto threads = entries_of("/proc/self/task"), files = entries_of("/proc/self/fd");
    if (!threads || !files) return std::nullopt;
    return Held{*threads, *files};
}

}  // namespace

Outcome manifest_holds(const std::string& file) {
    const auto library = Library::open(file);
    if (!library) return failed(library.error().message);
    const auto manifest = parse_manifest((*library)->manifest());
    if (!manifest) return failed(manifest.error().message);
    std::vector<std::string> faults = manifest_faults(*manifest);
    for (const auto& action : manifest->actions) {
        if (action->title.empty()) faults.push_back("action " + action->name + " has no title");
        if (action->output && action->pure && !action->input)
            faults.push_back(action->name + " has no input schema");
    }
    return outcome_of(faults);
}

Outcome manifest_stands_in_file(const std::string& file) {
    const auto library = Library::open(file);
    if (!library) return failed(library.error().message);
    const auto stands = read_manifest_section(file);
    if (!stands) return failed(stands.error().message);
    if (!*stands) return skipped("the file holds no manifest; tappet_add_plugin puts it there");
    if (**stands != (*library)->manifest())
        return failed("the manifest in the file is not the one that it tells");
    return {};
}

Outcome one_symbol(const std::string& file) {
    const std::string bytes = bytes_of(file);
    const auto symbols = exported_symbols(bytes);
    if (!symbols) return failed(symbols.error().message);
    std::vector<std::string> faults;
    bool found = false;
    for (const std::string& name : *symbols) {
        if (name == TAPPET_PLUGIN_ENTRY)
            found = true;
        else if (faults.size() < 5)
            faults.push_back("exports " + name +
                             " too: other plugins' symbols may get in its way; hide all but the entry");
    }
    if (!found) faults.insert(faults.begin(), "does not export " TAPPET_PLUGIN_ENTRY);
    return outcome_of(faults);
}

Outcome same_entry(const std::string& file) {
    const auto library = Library::open(file);
    if (!library) return failed(library.error().message);
    const auto again = Library::open(file);
    if (!again) return failed(again.error().message);
    if ((*again)->table() != (*library)->table()) return failed("gives another table each time");
    return {};
}

Outcome starts_again(const std::string& file) {
    for (int i = 0; i < 3; ++i) {
        Stage stage(file);
        if (!stage.end()) return failed("does not end");
    }
    return {};
}

Outcome leaves_nothing(const std::string& file) {
    {
        Stage once(
            file);  // what a first load opens for good, libraries and the like, is not the plugin's leaving
        for (const auto& action : once.manifest().actions)
            for (Value& input : inputs_of(once.manifest(), *action)) once.action(*action, std::move(input));
        if (!once.end()) return failed("a call does not stop");
    }
    const auto before = held();
    if (!before) return failed(kUsedUp);
    for (int round = 0; round < 3; ++round) {
        Stage stage(file);
        for (const auto& action : stage.manifest().actions)
            for (Value& input : inputs_of(stage.manifest(), *action)) stage.action(*action, std::move(input));
        if (!stage.end()) return failed("a call does not stop");
    }
    std::vector<std::string> faults;
    const auto after = held();
    if (!after) return failed(kUsedUp);
    if (after->threads > before->threads)
        faults.push_back("leaves " + std::to_string(after->threads - before->threads) +
                         " threads after three lives");
    if (after->files > before->files)
        faults.push_back("leaves " + std::to_string(after->files - before->files) +
                         " open files after three lives");
    return outcome_of(faults);
}

}  // namespace tappet::plugin::check
