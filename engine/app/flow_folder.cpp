#include "app/flow_folder.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include "app/core.hpp"
#include "app/files.hpp"

namespace tappet::app {
namespace {

namespace fs = std::filesystem;

bool is_flow_file(const fs::path& path) {
    const std::string extension = path.extension().string();
    if (extension != ".yaml" && extension != ".yml") return false;
    return path.stem().extension() != ".test";
}

}  // namespace

std::vector<FlowFolder::Entry> FlowFolder::entries(std::vector<std::string>* problems) const {
    std::vector<Entry> out;
    const auto scan = [&](const fs::path& folder, const std::string& tenant) {
        std::error_code error;
        for (const auto& item : fs::directory_iterator(folder, error))
            if (item.is_regular_file(error) && is_flow_file(item.path()))
                out.push_back({item.path().string(), tenant});
        if (error && problems) problems->push_back(folder.string() + ": " + error.message());
    };
    scan(path_, std::string(kDefaultTenant));
    std::error_code error;
    for (const auto& item : fs::directory_iterator(path_, error)) {
        const std::string name = item.path().filename().string();
        if (item.is_directory(error) && name.starts_with('@') && name.size() > 1)
            scan(item.path(), name.substr(1));
    }
    std::sort(out.begin(), out.end(), [](const Entry& a, const Entry& b) { return a.file < b.file; });
    return out;
}

std::string FlowFolder::fingerprint() const {
    std::string out;
    std::error_code error;
    for (const Entry& entry : entries(nullptr)) {
        const auto time = fs::last_write_time(entry.file, error).time_since_epoch().count();
        out += entry.file + " " + std::to_string(time) + " " +
               std::to_string(fs::file_size(entry.file, error)) + "\n";
    }
    return out;
}

void FlowFolder::load_file(const Entry& entry, runtime::Flows& flows, TimeMs now, FolderReport& report) {
    const auto last = served_.find(entry.file);
    const auto broken = [&](std::string text) {
        report.broken.push_back({entry.file, std::move(text), last != served_.end()});
    };
    auto source = read_file(entry.file);
    if (!source) return broken(source.error().message + "\n");
    auto compiled = flow::compile(entry.file, *source, catalog_, compile_options());
    std::string text = flow::render_human(compiled.findings, *source);
    if (!compiled.plan) return broken(std::move(text));
    report.warnings += text;
    const Name name{entry.tenant, compiled.plan->flow};
    for (const auto& [file, taken] : served_)
        if (taken == name && file != entry.file)
            return broken(entry.file + ": the flow " + name.second + " is in " + file +
                          " already; each name is there once\n");
    const auto before = flows.current(name.first, name.second);
    auto published = flows.publish(entry.tenant, compiled.plan, entry.file, now);
    if (!published) {
        report.problems.push_back(entry.file + ": " + published.error().message);
        return;
    }
    if (last != served_.end() && last->second != name) {
        flows.withdraw(last->second.first, last->second.second);
        report.withdrawn.push_back(last->second.first + "/" + last->second.second);
    }
    if (!before || before->version != (*published)->version)
        report.changed.push_back(name.first + "/" + name.second);
    served_[entry.file] = name;
}

FolderReport FlowFolder::load(runtime::Flows& flows, TimeMs now) {
    FolderReport report;
    const auto found = entries(&report.problems);
    std::set<std::string> files;
    for (const Entry& entry : found) files.insert(entry.file);
    for (auto served = served_.begin(); served != served_.end();) {
        if (files.contains(served->first)) {
            ++served;
            continue;
        }
        flows.withdraw(served->second.first, served->second.second);
        report.withdrawn.push_back(served->second.first + "/" + served->second.second);
        served = served_.erase(served);
    }
    for (const Entry& entry : found) load_file(entry, flows, now, report);
    report.flows = served_.size();
    return report;
}

}  // namespace tappet::app
