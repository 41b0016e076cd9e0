// Cron vectors against the schedules: `conformance_cron DIR [--verbose]`. All core vectors must agree; one
// that depends on what becomes of times around a change of the clocks, under the policy of its source. The
// others must agree, or be of a kind that docs/SCHEDULES.md leaves out; deviations.cpp lists them.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "deviations.hpp"
#include "expr/json.hpp"
#include "verdict.hpp"

using namespace tappet;
namespace fs = std::filesystem;

int main(int argc, char** argv) {
    const fs::path folder = argc > 1 ? argv[1] : "../shared/vectors/cron";
    const bool verbose = argc > 2 && std::string_view(argv[2]) == "--verbose";
    if (!fs::exists(folder / "next.jsonl")) {
        std::printf("skipped: no vectors at %s\n", folder.c_str());
        return 77;
    }
    std::size_t all = 0, core = 0, failed = 0;
    std::map<std::string, std::size_t> left_out;
    for (const char* name : {"next", "match", "valid", "invalid"}) {
        std::ifstream in(folder / (std::string(name) + ".jsonl"));
        for (std::string line; std::getline(in, line);) {
            const auto vector = read_json(line);
            if (!vector) {
                std::printf("%s: a line is no JSON\n", name);
                return 1;
            }
            ++all;
            const bool is_core = vector->find("core")->as_boolean();
            core += is_core ? 1 : 0;
            const std::string why = conformance::problem(*vector);
            if (why.empty()) continue;
            const std::string reason = is_core ? "" : conformance::deviation(*vector);
            if (reason.empty())
                ++failed;
            else
                ++left_out[reason];
            if (verbose || reason.empty()) {
                std::string text;
                append_json(text, *vector);
                std::printf("%s %s %s\n", reason.empty() ? "FAIL" : "left out", why.c_str(), text.c_str());
            }
        }
    }
    for (const auto& [reason, count] : left_out)
        std::printf("%4zu not followed: %s\n", count, reason.c_str());
    std::printf("cron: %zu vectors, %zu of them core, %zu failed\n", all, core, failed);
    return failed == 0 && core > 0 ? 0 : 1;
}
