#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <map>

#include "app/commands/command.hpp"
#include "app/core.hpp"
#include "app/files.hpp"
#include "app/flow_folder.hpp"
#include "app/flow_set.hpp"

namespace tappet::app {
namespace {

namespace fs = std::filesystem;

struct ValidateOptions {
    std::vector<std::string> paths;
    std::string format = "human";
};

/// The flow files that a path names: itself, or all below a folder.
std::vector<std::string> files_of(const std::string& path) {
    std::error_code error;
    if (!fs::is_directory(path, error)) return {path};
    std::vector<std::string> out;
    for (const auto& item : fs::recursive_directory_iterator(path, error)) {
        if (item.is_regular_file(error) && is_flow_file(item.path())) out.push_back(item.path().string());
    }
    std::sort(out.begin(), out.end());
    return out;
}

/// Of the files that an engine would serve from this folder, whose flows they are; empty where it is none.
std::map<std::string, std::string> tenants_of(const std::string& path) {
    std::map<std::string, std::string> out;
    std::error_code error;
    if (!fs::is_directory(path, error)) return out;
    for (const FlowFile& file : flow_files(path).files) out[file.path] = file.tenant;
    return out;
}

Exit validate(Invocation& call, const ValidateOptions& options) {
    Exit exit = Exit::ok;
    const auto settings = settings_of(call, exit);
    if (!settings) return exit;
    log::configure(log::Level::error, log::Format::text);
    auto shelf = Shelf::open(*settings);
    if (!shelf) return call.console.fail(shelf.error());
    const bool json = options.format == "json" || call.console.json;
    std::vector<flow::Diagnostic> all;
    std::size_t files = 0;
    for (const std::string& path : options.paths) {
        FlowSet together;
        const auto tenants = tenants_of(path);
        for (const std::string& file : files_of(path)) {
            auto source = read_file(file);
            if (!source) return call.console.fail(Exit::not_found, source.error().message);
            ++files;
            auto compiled = flow::compile(file, *source, (*shelf)->host(), compile_options());
            if (const auto tenant = tenants.find(file); compiled.plan && tenant != tenants.end())
                for (auto& finding : together.add(file, *source, tenant->second, *compiled.plan))
                    compiled.findings.push_back(std::move(finding));
            if (!json) call.console.out(flow::render_human(compiled.findings, *source, {call.console.color}));
            all.insert(all.end(), compiled.findings.begin(), compiled.findings.end());
        }
    }
    if (files == 0)
        return call.console.fail(Exit::not_found, "there are no flow files (*.yaml, *.yml) there");
    if (json) {
        call.console.document(flow::render_json(all));
    } else {
        const auto errors = std::count_if(all.begin(), all.end(),
                                          [](const auto& f) { return f.severity == flow::Severity::error; });
        const auto warnings = static_cast<std::ptrdiff_t>(all.size()) - errors;
        const auto counted = [](std::ptrdiff_t n, const char* one) {
            return std::to_string(n) + " " + one + (n == 1 ? "" : "s");
        };
        call.console.line((errors ? call.console.paint("31", "✘ ") : call.console.paint("32", "✔ ")) +
                          counted(static_cast<std::ptrdiff_t>(files), "flow") + ", " +
                          counted(errors, "error") + ", " + counted(warnings, "warning"));
    }
    return flow::has_errors(all) ? Exit::invalid_flow : Exit::ok;
}

}  // namespace

void add_validate(CLI::App& app, Invocation& call) {
    auto options = std::make_shared<ValidateOptions>();
    CLI::App* command =
        app.add_subcommand("validate", "checks flow files and tells everything that is wrong with them");
    command->add_option("PATH", options->paths, "files, or folders of them")->required();
    command->add_option("--format", options->format, "human or json")
        ->check(CLI::IsMember({"human", "json"}))
        ->capture_default_str();
    take_engine(*command, call);
    take_output(*command, call);
    command->callback([&call, options] { call.run = [&call, options] { return validate(call, *options); }; });
}

}  // namespace tappet::app
