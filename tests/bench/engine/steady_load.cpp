#include "steady_load.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <stdexcept>

namespace tappet::bench {
namespace {

SteadyLoad::Answers summed(std::vector<long>& micros, int seconds) {
    SteadyLoad::Answers out;
    out.count = micros.size();
    out.per_second = static_cast<double>(micros.size()) / seconds;
    if (micros.empty()) return out;
    const auto at = micros.begin() + static_cast<std::ptrdiff_t>((micros.size() - 1) * 99 / 100);
    std::nth_element(micros.begin(), at, micros.end());
    out.p99_ms = static_cast<double>(*at) / 1000;
    out.most_ms = static_cast<double>(*std::max_element(micros.begin(), micros.end())) / 1000;
    return out;
}

/// Runs a command; gives what it printed.
std::string output_of(const std::string& command) {
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
    std::string output;
    char line[512];
    while (pipe && std::fgets(line, sizeof line, pipe.get())) output += line;
    return output;
}

}  // namespace

SteadyLoad offer(const std::string& url, int connections, int per_second, int seconds,
                 const std::string& work) {
    const std::string log = work + "/h2load.log", body = work + "/event.json";
    std::ofstream(body) << R"({"id":"e","count":1,"event":")" << std::string(250, 'x') << R"("})";
    std::remove(log.c_str());
    const std::string output =
        output_of("h2load --h1 -t1 -c " + std::to_string(connections) + " --rps " +
                  std::to_string(per_second / connections) + " -D " + std::to_string(seconds) + " -d " +
                  body + " -H 'content-type: application/json' --log-file=" + log + " " + url + " 2>&1");
    // Each line: when it was sent (µs), the status, how long it took (µs).
    std::ifstream lines(log);
    long long sent = 0;
    int status = 0;
    long took = 0;
    std::vector<long> accepted, limited;
    SteadyLoad out;
    while (lines >> sent >> status >> took) {
        if (status >= 200 && status < 300)
            accepted.push_back(took);
        else if (status == 429)
            limited.push_back(took);
        else
            ++out.wrong;
    }
    std::remove(log.c_str());
    if (accepted.empty()) throw std::runtime_error("h2load gave no result:\n" + output);
    out.offered_per_second = static_cast<double>(accepted.size() + limited.size() + out.wrong) / seconds;
    out.accepted = summed(accepted, seconds);
    out.limited = summed(limited, seconds);
    return out;
}

}  // namespace tappet::bench
