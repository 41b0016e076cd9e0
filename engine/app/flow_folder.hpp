#pragma once
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "flow/diagnostic.hpp"
#include "runtime/flows.hpp"

namespace tappet::app {

/// The tenant of files that lie in no tenant's folder.
inline constexpr std::string_view kDefaultTenant = "default";

/// What a reading of the folder brought.
struct FolderReport {
    struct Broken {
        std::string file, text;          ///< the findings as people read them
        std::vector<std::string> lines;  ///< the same, a line each
        bool serving_last = false;       ///< the last good version goes on
    };
    std::size_t flows = 0;                        ///< being served
    std::vector<std::string> changed, withdrawn;  ///< "tenant/name"
    std::vector<Broken> broken;
    std::vector<std::string> mended;  ///< files that were broken at the last reading and are served now
    std::vector<std::string> problems;
    std::string warnings;                    ///< findings of good flows, as people read them
    std::vector<std::string> warning_lines;  ///< the same, a line each

    /// Leaves out the lines about a secret that is not set of which one of the problems of hooks says the
    /// same.
    void leave_out_told(const std::vector<std::string>& elsewhere);
};

struct FlowFile {
    std::string path, tenant;
};

/// Whether a file is one of a flow by its name: `*.yaml` or `*.yml`, and no test (`*.test.yaml`).
bool is_flow_file(const std::filesystem::path& path);
/// What is found in a folder of flows.
struct FlowFiles {
    std::vector<FlowFile> files;          ///< by path
    std::vector<std::string> unreadable;  ///< paths of flow files whose status cannot be read
    bool whole = true;                    ///< false: the folder, or that of a tenant, cannot be listed
    std::vector<std::string> problems;    ///< what cannot be read, and why
};
/// The flows that an engine serves from a folder: those at its top, and those in `@tenant/`, which are that
/// tenant's.
FlowFiles flow_files(const std::string& folder);

/// The folder of flow files as an engine serves it.
class FlowFolder {
public:
    FlowFolder(std::string path, const flow::Catalog& catalog) : path_(std::move(path)), catalog_(catalog) {}

    /// Reads the folder and publishes what is good. A file that is broken or cannot be read keeps its last
    /// good version; one that is gone withdraws its flow. A folder that cannot be listed whole changes
    /// nothing.
    FolderReport load(runtime::Flows& flows, TimeMs now);
    /// Changes when a file of the folder does.
    std::string fingerprint() const;

private:
    void load_file(const FlowFile& file, runtime::Flows& flows, TimeMs now, FolderReport& report);

    using Name = std::pair<std::string, std::string>;  ///< tenant and flow
    std::string path_;
    const flow::Catalog& catalog_;
    std::map<std::string, Name> served_;  ///< by file
    std::set<std::string> broken_;        ///< files, at the last reading
};

}  // namespace tappet::app
