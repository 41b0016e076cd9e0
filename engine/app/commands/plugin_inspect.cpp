// tappet plugin inspect, and what puts a manifest where inspect finds it.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "app/commands/command.hpp"
#include "app/document.hpp"
#include "app/plugin_file.hpp"
#include "app/schema_text.hpp"
#include "app/table.hpp"
#include "base/printable.hpp"
#include "expr/json.hpp"
#include "plugin/manifest.hpp"
#include "plugin/manifest_section.hpp"
#include "plugin/probe.hpp"
#include "vault/digest.hpp"

namespace tappet::app {
namespace {

Result<std::string> bytes_of(const std::string& file) {
    std::error_code failed;
    if (std::filesystem::is_directory(file, failed)) return Error::not_found(file + ": it is a folder");
    std::ifstream in(file, std::ios::binary);
    std::string out((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (!in) return Error::not_found(file + ": cannot be read");
    return out;
}

/// The members that a schema knows, at any depth. `given`: they are an author's to give, and may have
/// defaults; otherwise they are what comes back.
void show_schema(const Console& console, const Value& entry, std::string_view key, std::string_view title,
                 bool given) {
    const Value* schema = entry.find(key);
    const auto members = schema ? members_of(*schema) : std::vector<SchemaMember>();
    if (members.empty()) return;
    std::vector<std::vector<std::string>> rows;
    for (const SchemaMember& member : members) {
        std::string fallback;
        if (const Value* value = member.schema->find("default")) append_json(fallback, *value);
        std::string text = line_of(*member.schema, "description");
        if (text.empty()) text = line_of(*member.schema, "title");
        const std::string bounds = bounds_of(*member.schema);
        rows.push_back({printable(member.path) + (member.required ? given ? " (required)" : " (always)" : ""),
                        printable(type_of(*member.schema) + (bounds.empty() ? "" : ", " + bounds))});
        if (given) rows.back().push_back(fallback);
        rows.back().push_back(text);
    }
    console.line("  " + console.paint("2", title));
    using Columns = std::vector<Column>;
    std::string block =
        table(console, given ? Columns{"name", "type", "default", ""} : Columns{"name", "type", ""}, rows);
    std::size_t at = 0;
    while (at < block.size()) {
        const std::size_t end = std::min(block.find('\n', at), block.size());
        console.line("    " + block.substr(at, end - at));
        at = end + 1;
    }
}

void show_entry(const Console& console, const std::string& plugin, const Value& entry) {
    std::string marks;
    for (const char* flag : {"pure", "idempotent", "nonBlocking", "handles"})
        if (const Value* value = entry.find(flag); value && value->is(Kind::boolean) && value->as_boolean())
            marks += std::string(marks.empty() ? "" : " ") + flag;
    if (const std::string kind = shown_of(entry, "kind"); !kind.empty())
        marks = kind + (marks.empty() ? "" : " ") + marks;
    console.line("\n" + console.paint("1", printable(plugin) + "/" + shown_of(entry, "name")) + "  " +
                 shown_of(entry, "title") +
                 (marks.empty() ? "" : "  " + console.paint("2", "(" + marks + ")")));
    if (const std::string text = line_of(entry, "description"); !text.empty()) console.line("  " + text);
    show_schema(console, entry, "input", "with", true);
    show_schema(console, entry, "settings", "with", true);
    show_schema(console, entry, "output", "results", false);
    show_schema(console, entry, "body", "trigger.body", false);
    for (const Value& error : items_of(entry, "errors"))
        console.line("  " + console.paint("33", shown_of(error, "class")) + " " + shown_of(error, "code") +
                     "  " + line_of(error, "when"));
}

void show(const Console& console, const plugin::Manifest& manifest, const std::string& file,
          const std::string& hash, bool trusted) {
    console.line(console.paint("1", printable(manifest.name)) + " " + printable(manifest.version) + "  " +
                 shown_of(manifest.json, "title"));
    console.line(console.paint("2", printable(file) + "  sha256 " + hash.substr(0, 12) + "  " +
                                        (trusted ? "trusted: runs in the engine's process"
                                                 : "isolated: runs in a process of its own")));
    for (const std::string& need : manifest.needs) console.line("  needs " + printable(need));
    for (const Value& connection : items_of(manifest.json, "connections")) {
        console.line("  connection " + shown_of(connection, "name") + "  " + shown_of(connection, "type") +
                     "  " + line_of(connection, "title"));
        show_schema(console, connection, "fields", "settings", true);
        if (const std::string attach = shown_of(connection, "attach"); !attach.empty())
            console.line("  attach " + attach);
    }
    for (const char* list : {"actions", "triggers"})
        for (const Value& entry : items_of(manifest.json, list)) show_entry(console, manifest.name, entry);
    if (manifest.app) console.line("\nListens at /hooks/@" + printable(manifest.name));
}

Exit inspect(Invocation& call, const std::string& name, bool run) {
    Exit exit = Exit::ok;
    const auto settings = settings_of(call, exit);
    if (!settings) return exit;
    const auto file = plugin_file(settings->plugins, name, run);
    if (!file) return call.console.fail(file.error());
    const auto text = plugin_manifest(*file, run);
    if (!text) return call.console.fail(text.error());
    const auto manifest = plugin::parse_manifest(*text);
    if (!manifest)
        return call.console.fail(Error(manifest.error().code, *file + ": " + manifest.error().message));
    if (call.console.json) {
        call.console.value(manifest->json);
        return Exit::ok;
    }
    const auto bytes = bytes_of(*file);
    if (!bytes) return call.console.fail(bytes.error());
    const std::string base = std::filesystem::path(*file).filename().string();
    const bool trusted = base == "core.so" || std::find(settings->trusted.begin(), settings->trusted.end(),
                                                        base) != settings->trusted.end();
    show(call.console, *manifest, *file, vault::sha256_hex(*bytes), trusted);
    return Exit::ok;
}

/// Puts the manifest that the plugin tells into its file; nothing where it stands there already.
Exit embed(Invocation& call, const std::string& file) {
    const auto bytes = bytes_of(file);
    if (!bytes) return call.console.fail(bytes.error());
    const auto told = plugin::Prober(own_path(), std::chrono::seconds(10)).ask(file);
    if (!told) return call.console.fail(Error(told.error().code, file + ": " + told.error().message));
    if (const auto read = plugin::parse_manifest(*told); !read)
        return call.console.fail(Error(read.error().code, file + ": " + read.error().message));
    const auto stands = plugin::find_manifest_section(*bytes);
    if (!stands) return call.console.fail(Error(stands.error().code, file + ": " + stands.error().message));
    if (*stands && **stands == *told) return Exit::ok;
    if (*stands)
        return call.console.fail(Exit::failed,
                                 file +
                                     ": the manifest in the file is not the one that it tells when "
                                     "it runs");
    const auto whole = plugin::with_manifest_section(*bytes, *told);
    if (!whole) return call.console.fail(Error(whole.error().code, file + ": " + whole.error().message));
    const std::string beside = file + ".embed";
    std::error_code failed;
    std::ofstream out(beside, std::ios::binary);
    out << *whole;
    out.close();
    if (!out) {
        std::filesystem::remove(beside, failed);
        return call.console.fail(Exit::failed, beside + ": cannot be written");
    }
    std::filesystem::permissions(beside, std::filesystem::status(file).permissions(), failed);
    if (!failed) std::filesystem::rename(beside, file, failed);
    if (failed) return call.console.fail(Exit::failed, file + ": " + failed.message());
    return Exit::ok;
}

}  // namespace

void add_plugin_inspect(CLI::App& plugin, Invocation& call) {
    auto name = std::make_shared<std::string>();
    auto run = std::make_shared<bool>(false);
    CLI::App* one = plugin.add_subcommand("inspect", "shows what a plugin holds, without running it");
    one->add_option("NAME", *name, "the plugin, or its file")->required();
    one->add_flag("--run", *run,
                  "where the file holds no manifest: asks the plugin, in a process of its own");
    take_engine(*one, call);
    take_output(*one, call);
    one->callback(
        [&call, name, run] { call.run = [&call, name, run] { return inspect(call, *name, *run); }; });
    auto file = std::make_shared<std::string>();
    CLI::App* put =
        plugin.add_subcommand("embed", "puts the manifest that a plugin tells into its file, for builds")
            ->group("");
    put->add_option("FILE", *file, "the plugin's file; it is run, in a process of its own")->required();
    put->callback([&call, file] { call.run = [&call, file] { return embed(call, *file); }; });
}

}  // namespace tappet::app
