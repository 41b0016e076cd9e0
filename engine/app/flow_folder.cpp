#include "app/flow_folder.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include "app/core.hpp"
#include "app/files.hpp"

namespace tappet::app {

namespace fs = std::filesystem;

bool is_flow_file(const fs::path& path) {
    const std::string extension = path.extension().string();
    if (extension != ".yaml" && extension != ".yml") return false;
    return path.stem().extension() != ".test";
}

std::vector<FlowFile> flow_files(const std::string& path, std::vector<std::string>* problems) {
    std::vector<FlowFile> out;
    const auto scan = [&](const fs::path& folder, const std::string& tenant) {
        std::error_code error;
        for (const auto& item : fs::directory_iterator(folder, error))
            if (item.is_regular_file(error) && is_flow_file(item.path()))
                out.push_back({item.path().string(), tenant});
        if (error && problems) problems->push_back(folder.string() + ": " + error.message());
    };
    scan(path, std::string(kDefaultTenant));
    std::error_code error;
    for (const auto& item : fs::directory_iterator(path, error)) {
        const std::string name = item.path().filename().string();
        if (item.is_directory(error) && name.starts_with('@') && name.size() > 1)
            scan(item.path(), name.substr(1));
    }
    std::sort(out.begin(), out.end(), [](const FlowFile& a, const FlowFile& b) { return a.path < b.path; });
    return out;
}

std::string FlowFolder::fingerprint() const {
    std::string out;
    std::error_code error;
    for (const FlowFile& file : flow_files(path_)) {
        const auto time = fs::last_write_time(file.path, error).time_since_epoch().count();
        out += file.path + " " + std::to_string(time) + " " +
               std::to_string(fs::file_size(file.path, error)) + "\n";
    }
    return out;
}

void FlowFolder::load_file(const FlowFile& file, runtime::Flows& flows, TimeMs now, FolderReport& report) {
    const auto last = served_.find(file.path);
    const auto broken = [&](std::string text) {
        report.broken.push_back({file.path, std::move(text), last != served_.end()});
    };
    auto source = read_file(file.path);
    if (!source) return broken(source.error().message + "\n");
    auto compiled = flow::compile(file.path, *source, catalog_, compile_options());
    std::string text = flow::render_human(compiled.findings, *source);
    if (!compiled.plan) return broken(std::move(text));
    report.warnings += text;
    const Name name{file.tenant, compiled.plan->flow};
    for (const auto& [other, taken] : served_)
        if (taken == name && other != file.path)
            return broken(file.path + ": the flow " + name.second + " is in " + other +
                          " already; each name is there once\n");
    const auto before = flows.current(name.first, name.second);
    auto published = flows.publish(file.tenant, compiled.plan, file.path, now);
    if (!published) {
        report.problems.push_back(file.path + ": " + published.error().message);
        return;
    }
    if (last != served_.end() && last->second != name) {
        flows.withdraw(last->second.first, last->second.second);
        report.withdrawn.push_back(last->second.first + "/" + last->second.second);
    }
    if (!before || before->version != (*published)->version)
        report.changed.push_back(name.first + "/" + name.second);
    served_[file.path] = name;
}

FolderReport FlowFolder::load(runtime::Flows& flows, TimeMs now) {
    FolderReport report;
    const auto found = flow_files(path_, &report.problems);
    std::set<std::string> paths;
    for (const FlowFile& file : found) paths.insert(file.path);
    for (auto served = served_.begin(); served != served_.end();) {
        if (paths.contains(served->first)) {
            ++served;
            continue;
        }
        flows.withdraw(served->second.first, served->second.second);
        report.withdrawn.push_back(served->second.first + "/" + served->second.second);
        served = served_.erase(served);
    }
    for (const FlowFile& file : found) load_file(file, flows, now, report);
    report.flows = served_.size();
    return report;
}

}  // namespace tappet::app
