#include "load.hpp"

#include <cstdio>
#include <memory>
#include <stdexcept>

namespace tappet::bench {

Load send_events(const std::string& url, int connections, int seconds, const std::string& run) {
    const std::string command = "wrk -t1 -c" + std::to_string(connections) + " -d" + std::to_string(seconds) +
                                "s -s " TAPPET_BENCH_FOLDER "/hook.lua " + url + " -- " + run + " 2>&1";
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
    std::string output;
    char line[512];
    Load out;
    bool found = false;
    while (pipe && std::fgets(line, sizeof line, pipe.get())) {
        long requests = 0, duration = 0, p50 = 0, p99 = 0, most = 0;
        output += line;
        if (std::sscanf(line, "RESULT %ld %ld %ld %ld %ld %ld", &requests, &duration, &p50, &p99, &most,
                        &out.wrong) != 6)
            continue;
        found = true;
        out.per_second = static_cast<double>(requests) * 1e6 / static_cast<double>(duration);
        out.p50_ms = static_cast<double>(p50) / 1000;
        out.p99_ms = static_cast<double>(p99) / 1000;
        out.most_ms = static_cast<double>(most) / 1000;
    }
    if (!found) throw std::runtime_error("wrk gave no result:\n" + output);
    return out;
}

}  // namespace tappet::bench
