// Measures calls of a plugin in this process and in one of its own, by Google Benchmark: medians of
// repetitions, over the work itself, against the aims.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "calls.hpp"
#include "table.hpp"

namespace {

/// Keeps the medians, and shows that it goes on.
class Medians final : public benchmark::BenchmarkReporter {
public:
    bool ReportContext(const Context&) override { return true; }
    void ReportRuns(const std::vector<Run>& runs) override {
        for (const Run& run : runs) {
            if (run.error_occurred) {
                std::fprintf(stderr, "bench: %s: %s\n", run.benchmark_name().c_str(),
                             run.error_message.c_str());
                std::exit(1);
            }
            if (run.run_type != Run::RT_Aggregate || run.aggregate_name != "median") continue;
            std::string name = run.benchmark_name();
            name.erase(name.find("_median"));
            if (const auto at = name.find("/repeats:"); at != std::string::npos)
                name.erase(at, name.find('/', at + 1) == std::string::npos ? std::string::npos
                                                                           : name.find('/', at + 1) - at);
            // Where it waits for another process, the time that passes counts; else that of the processor.
            const bool waits = name.find("real_time") != std::string::npos;
            medians[name] = (waits ? run.GetAdjustedRealTime() : run.GetAdjustedCPUTime()) *
                            (run.time_unit == benchmark::kNanosecond ? 1e-3 : 1);
            std::fprintf(stderr, "  measured %s\n", name.c_str());
        }
    }
    std::map<std::string, double> medians;
};

}  // namespace

int main(int argc, char** argv) {
    std::string json, times = "5", seconds = "0.3";
    for (int i = 1; i + 1 < argc; i += 2) {
        if (std::strcmp(argv[i], "--json") == 0) json = argv[i + 1];
        if (std::strcmp(argv[i], "--times") == 0) times = argv[i + 1];
        if (std::strcmp(argv[i], "--seconds") == 0) seconds = argv[i + 1];
    }
    std::vector<std::string> words{argv[0], "--benchmark_repetitions=" + times,
                                   "--benchmark_min_time=" + seconds};
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    int count = static_cast<int>(arguments.size());
    benchmark::Initialize(&count, arguments.data());
    tappet::bench::register_calls();
    Medians medians;
    benchmark::RunSpecifiedBenchmarks(&medians);
    return tappet::bench::print_table(medians.medians, json) ? 0 : 1;
}
