#include "app/flow_folder.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
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

namespace {

/// Reads the names in a folder, and what they are, into FlowFiles.
class Listing {
public:
    explicit Listing(FlowFiles& found) : found_(found) {}

    /// Flow files are `tenant`'s. Names that begin with @ are folders of tenants where `tenants` is given.
    void read(const fs::path& folder, const std::string& tenant, std::vector<fs::path>* tenants) {
        std::error_code error;
        for (fs::directory_iterator item(folder, error), end; !error && item != end; item.increment(error)) {
            const std::string name = item->path().filename().string();
            if (is_flow_file(item->path()))
                take_file(*item, tenant);
            else if (tenants && name.starts_with('@') && name.size() > 1)
                take_folder(*item, *tenants);
        }
        if (error) unlisted(folder, error);
    }

private:
    void take_file(const fs::directory_entry& item, const std::string& tenant) {
        std::error_code error;
        const fs::file_status status = item.status(error);
        if (status.type() == fs::file_type::regular) found_.files.push_back({item.path().string(), tenant});
        if (status.type() != fs::file_type::none) return;  // it is something else, or gone
        found_.unreadable.push_back(item.path().string());
        found_.problems.push_back(item.path().string() + ": " + error.message());
    }
    void take_folder(const fs::directory_entry& item, std::vector<fs::path>& tenants) {
        std::error_code error;
        const fs::file_status status = item.status(error);
        if (status.type() == fs::file_type::directory) tenants.push_back(item.path());
        if (status.type() == fs::file_type::none) unlisted(item.path(), error);
    }
    void unlisted(const fs::path& folder, const std::error_code& error) {
        found_.whole = false;
        found_.problems.push_back(folder.string() + ": " + error.message());
    }

    FlowFiles& found_;
};

}  // namespace

FlowFiles flow_files(const std::string& folder) {
    FlowFiles out;
    Listing listing(out);
    std::vector<fs::path> tenants;
    listing.read(folder, std::string(kDefaultTenant), &tenants);
    for (const fs::path& tenant : tenants)
        listing.read(tenant, tenant.filename().string().substr(1), nullptr);
    std::sort(out.files.begin(), out.files.end(),
              [](const FlowFile& a, const FlowFile& b) { return a.path < b.path; });
    return out;
}

std::string FlowFolder::fingerprint() const {
    std::string out;
    std::error_code error;
    const FlowFiles found = flow_files(path_);
    for (const FlowFile& file : found.files) {
        const auto time = fs::last_write_time(file.path, error).time_since_epoch().count();
        out += file.path + " " + std::to_string(time) + " " +
               std::to_string(fs::file_size(file.path, error)) + "\n";
    }
    for (const std::string& problem : found.problems) out += problem + "\n";
    return out;
}

void FolderReport::leave_out_told(const std::vector<std::string>& elsewhere) {
    constexpr std::string_view kRemedy = "set TAPPET_SECRET_";
    std::set<std::string> told;
    for (const std::string& problem : elsewhere)
        if (const std::size_t at = problem.rfind(kRemedy); at != std::string::npos)
            told.insert(problem.substr(at));
    std::erase_if(warning_lines, [&](const std::string& line) {
        const std::size_t at = line.rfind(kRemedy);
        return at != std::string::npos && told.contains(line.substr(at, line.find(' ', at + 4) - at));
    });
}

void FlowFolder::load_file(const FlowFile& file, runtime::Flows& flows, TimeMs now, FolderReport& report) {
    const auto last = served_.find(file.path);
    const auto broken = [&](std::string text, std::vector<std::string> lines) {
        report.broken.push_back({file.path, std::move(text), std::move(lines), last != served_.end()});
    };
    const auto broken_as = [&](const std::string& line) { broken(line + "\n", {line}); };
    auto source = read_file(file.path);
    if (!source) return broken_as(source.error().message);
    auto compiled = flow::compile(file.path, *source, catalog_, compile_options());
    std::string text = flow::render_human(compiled.findings, *source);
    std::vector<std::string> lines;
    for (const flow::Diagnostic& finding : compiled.findings) lines.push_back(flow::render_line(finding));
    if (!compiled.plan) return broken(std::move(text), std::move(lines));
    report.warnings += text;
    std::move(lines.begin(), lines.end(), std::back_inserter(report.warning_lines));
    const Name name{file.tenant, compiled.plan->flow};
    for (const auto& [other, taken] : served_)
        if (taken == name && other != file.path)
            return broken_as(file.path + ": the flow " + name.second + " is in " + other +
                             " already; each name is there once");
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
    if (broken_.contains(file.path)) report.mended.push_back(file.path);
}

FolderReport FlowFolder::load(runtime::Flows& flows, TimeMs now) {
    FolderReport report;
    FlowFiles found = flow_files(path_);
    report.problems = std::move(found.problems);
    report.flows = served_.size();
    if (!found.whole) {
        report.problems.push_back("the flows are left as they were: " + path_ + " cannot be listed whole");
        return report;
    }
    std::set<std::string> paths(found.unreadable.begin(), found.unreadable.end());
    for (const FlowFile& file : found.files) paths.insert(file.path);
    for (auto served = served_.begin(); served != served_.end();) {
        if (paths.contains(served->first)) {
            ++served;
            continue;
        }
        flows.withdraw(served->second.first, served->second.second);
        report.withdrawn.push_back(served->second.first + "/" + served->second.second);
        served = served_.erase(served);
    }
    for (const FlowFile& file : found.files) load_file(file, flows, now, report);
    report.flows = served_.size();
    broken_.clear();
    for (const FolderReport::Broken& broken : report.broken) broken_.insert(broken.file);
    return report;
}

}  // namespace tappet::app
