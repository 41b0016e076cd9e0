#pragma once
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "rows.hpp"
#include "support/engine_process.hpp"

namespace tappet::bench {

/// An engine on an empty folder, gone with the object.
class FreshEngine {
public:
    using Variables = std::vector<std::pair<std::string, std::string>>;
    explicit FreshEngine(const Setup& setup, Variables variables = {})
        : folder_(setup.work + "/engine"), process_(options(setup, folder_, std::move(variables))) {
        std::filesystem::remove_all(folder_);
        std::filesystem::create_directories(folder_);
    }
    ~FreshEngine() {
        process_.kill();
        std::filesystem::remove_all(folder_);
    }
    test::EngineProcess& process() { return process_; }
    std::string hook(const std::string& flow) const {
        return "http://" + process_.address() + "/hooks/default/" + flow + "/received";
    }
    /// A line of /proc/PID/status: "VmRSS", what is resident, "VmHWM", the most that ever was; in MiB.
    double memory_mib(const std::string& name) const {
        std::ifstream in("/proc/" + std::to_string(process_.pid()) + "/status");
        std::string line;
        while (std::getline(in, line))
            if (line.starts_with(name + ":")) return std::stod(line.substr(name.size() + 1)) / 1024;
        return 0;
    }

private:
    static test::EngineProcess::Options options(const Setup& setup, const std::string& folder,
                                                Variables variables) {
        test::EngineProcess::Options out;
        out.tappet = setup.tappet;
        out.plugins = setup.plugins;
        out.folder = folder;
        out.flows = TAPPET_BENCH_FOLDER "/flows";
        out.variables = std::move(variables);
        return out;
    }
    std::string folder_;
    test::EngineProcess process_;
};

}  // namespace tappet::bench
