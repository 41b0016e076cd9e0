#include "app/tested_flows.hpp"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <set>

#include "app/files.hpp"
#include "app/flow_folder.hpp"
#include "base/closest.hpp"
#include "flow/yaml.hpp"

namespace tappet::app {

namespace fs = std::filesystem;

namespace {

bool is_test_file(const fs::path& path) {
    const std::string extension = path.extension().string();
    return (extension == ".yaml" || extension == ".yml") && path.stem().extension() == ".test";
}

bool is_hidden(const fs::path& path) {
    const std::string name = path.filename().string();
    return name.size() > 1 && name.starts_with('.') && name != "..";
}

using Wanted = bool (*)(const fs::path&);

/// The files below a folder, by path; what cannot be read is passed by.
std::vector<std::string> below(const fs::path& folder, Wanted wanted, bool deep = true) {
    std::vector<std::string> out;
    std::error_code error;
    fs::recursive_directory_iterator item(folder, fs::directory_options::skip_permission_denied, error), end;
    for (; !error && item != end; item.increment(error)) {
        std::error_code unknown;
        if (item->is_directory(unknown) && (!deep || is_hidden(item->path())))
            item.disable_recursion_pending();
        if (wanted(item->path()) && item->is_regular_file(unknown)) out.push_back(item->path().string());
    }
    std::sort(out.begin(), out.end());
    return out;
}

std::string folder_of(const std::string& file) {
    const fs::path folder = fs::path(file).parent_path();
    return folder.empty() ? "." : folder.string();
}

/// One spelling for a file, so that `flows/a.yaml` and `./flows/a.yaml` are one.
std::string plain(const std::string& file) { return fs::path(file).lexically_normal().string(); }

}  // namespace

Result<std::vector<std::string>> test_files(const std::string& path) {
    std::error_code error;
    if (fs::is_directory(path, error)) return below(path, is_test_file);
    if (!fs::exists(path, error)) return Error::not_found(path + ": there is nothing of that name");
    return std::vector<std::string>{path};
}

TestedFlows::TestedFlows(const flow::Catalog& catalog, const std::vector<std::string>& folders)
    : catalog_(catalog) {
    std::set<std::string> files;
    for (const std::string& folder : folders)
        for (const std::string& file : below(folder, is_flow_file)) files.insert(plain(file));
    files_.assign(files.begin(), files.end());
}

std::string TestedFlows::name_of(const std::string& file) {
    if (const auto known = names_.find(file); known != names_.end()) return known->second;
    std::string& name = names_[file];
    const auto source = read_file(file);
    if (!source) return name;
    const auto document = flow::read_yaml(file, *source);
    const flow::YamlPair* pair = document.root ? document.root->find("flow") : nullptr;
    if (pair && pair->value.is(flow::YamlKind::string)) name = pair->value.text;
    return name;
}

std::vector<std::string> TestedFlows::with_name(const std::vector<std::string>& files,
                                                const std::string& name) {
    std::vector<std::string> out;
    for (const std::string& file : files)
        if (name_of(file) == name) out.push_back(file);
    return out;
}

TestedFlow* TestedFlows::read(const std::string& file) {
    const auto [at, fresh] = read_.try_emplace(file);
    TestedFlow& out = at->second;
    if (!fresh) return &out;
    out.file = file;
    auto source = read_file(file);
    if (!source) {
        out.compiled.findings.push_back(
            {file, {}, flow::Severity::error, "unreadable", source.error().message, ""});
        return &out;
    }
    out.source = std::move(*source);
    out.compiled = flow::compile(file, out.source, catalog_);
    if (out.compiled.plan) out.coverage = std::make_unique<flowtest::Coverage>(out.compiled.plan);
    return &out;
}

TestedFlow* TestedFlows::by_path(const flowtest::Suite& suite, std::vector<flow::Diagnostic>& findings) {
    const std::string path = plain((fs::path(folder_of(suite.file)) / suite.flow).string());
    std::error_code error;
    if (fs::is_regular_file(path, error)) return read(path);
    findings.push_back(
        {suite.file, suite.flow_at, flow::Severity::error, "unknown-flow", "there is no file " + path, ""});
    return nullptr;
}

TestedFlow* TestedFlows::of(const flowtest::Suite& suite, std::vector<flow::Diagnostic>& findings) {
    if (suite.flow.find('/') != std::string::npos || is_flow_file(suite.flow))
        return by_path(suite, findings);
    std::vector<std::string> near;
    for (const std::string& file : below(folder_of(suite.file), is_flow_file, false))
        near.push_back(plain(file));
    auto found = with_name(near, suite.flow);
    if (found.empty()) found = with_name(files_, suite.flow);
    if (found.size() == 1) return read(found.front());
    std::string message = "no flow of this name is beside the test or below the folder of tests";
    std::string suggestion;
    if (found.empty()) {
        std::vector<std::string_view> names;
        names.reserve(names_.size());
        for (const auto& [file, name] : names_) names.emplace_back(name);
        suggestion = closest(suite.flow, names);
    } else {
        message = "several files hold a flow of this name: ";
        for (const std::string& file : found) message += (file == found.front() ? "" : ", ") + file;
        message += "; name the one that is meant by its path";
    }
    findings.push_back({suite.file, suite.flow_at, flow::Severity::error,
                        found.empty() ? "unknown-flow" : "ambiguous-flow", message, suggestion});
    return nullptr;
}

void TestedFlows::read_all() {
    for (const std::string& file : files_) read(file);
}

std::vector<const TestedFlow*> TestedFlows::all() const {
    std::vector<const TestedFlow*> out;
    out.reserve(read_.size());
    for (const auto& [file, flow] : read_) out.push_back(&flow);
    return out;
}

}  // namespace tappet::app
